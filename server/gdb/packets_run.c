/* SPDX-License-Identifier: MIT */
/* ? c C s S vCont, and 0x03. */
#include <string.h>

#include "gdb/file_io.h"
#include "gdb/gdb_console.h"
#include "gdb/long_step.h"
#include "gdb/packets_internal.h"
#include "gdb/stop_reply.h"
#include "session/program_side.h"
#include "session/symbols.h"
#include "session/threads.h"

/* Never an error: gdb 13 and 16 hang at E.text to `?`. Without a target there is no program. */
enum err packet_why(struct packet_call *call)
{
    struct session *session = call->session;
    bool halts = session_holds(session, call->client) && !session_nested(session);

    if (session_connected(session) && halts && session_halt(session, call->job) != ERR_OK) {
        log_line(session->log, LOG_WARN, "halting for gdb: %s",
                 job_text(call->job, call->job->err));
        session_tell_end(session, call->client);
        buf_text(call->reply, "W00");
        return ERR_OK;
    }
    if (!session_connected(session)) {
        if (call->client->core > 0)
            log_line(session->log, LOG_WARN, "nothing for this gdb: %s", session->core->why_absent);
        session_tell_end(session, call->client);
        buf_text(call->reply, "W00");
        return ERR_OK;
    }
    program_side_void(session, call->client);
    call->gdb->steps = false;
    session_join(session, call->client);
    session->core->unreported = false;
    call->gdb->thread = 0;
    session_read_symbols(session, call->job);
    job_clear(call->job);
    stop_reply_asked(call->reply, session);
    return ERR_OK;
}

/* The reply comes when the core stops. */
static enum err wait_for_stop(struct packet_call *call)
{
    call->client->waiting = true;
    call->outcome = PACKET_LATER;
    return ERR_OK;
}

/* Somebody else sent the core on its way, or it stopped and nobody heard of it: gdb's resume just
 * joins, and session_leave() tells it if the core stands. */
static bool joins(struct packet_call *call)
{
    return target_state(call->session->target) != TARGET_HALTED || call->session->core->unreported;
}

static bool is_held(const struct packet_call *call)
{
    return session_connected(call->session) &&
           target_state(call->session->target) == TARGET_IN_RESET;
}

/* gdb gets its stop when NRST is released, or somebody's Ctrl-C an explanation. */
static enum err wait_for_release(struct packet_call *call)
{
    job_clear(call->job);
    gdb_console_say(call->client, TARGET_HELD_TEXT "; it is halted when that ends");
    return wait_for_stop(call);
}

static enum err join(struct packet_call *call, const char *sentence)
{
    enum err err = session_may_run(call->session, call->job);

    if (err)
        return err;
    bool was_held = is_held(call); /* that it is now is told by the look itself */
    wait_for_stop(call);
    session_poll(call->session, call->job);
    if (was_held && is_held(call))
        return wait_for_release(call);
    if (sentence && session_connected(call->session) &&
        target_state(call->session->target) == TARGET_RUNNING)
        gdb_console_say(call->client, "%s", sentence);
    return ERR_OK;
}

/* What was loaded begins where the program before it stood: in an exception's handler, which keeps
 * interrupts away, or without a stack. To reset it unasked would not be what `continue` says. */
static void warn_after_load(struct packet_call *call)
{
    enum { SP = 13, XPSR = 16, XPSR_IPSR = 0x1FF }; /* gdb's numbers, target_registers() */
    struct target *target = call->session->target;
    uint64_t sp = 0, xpsr = 0;

    if (!call->session->loaded || target_read_register(target, SP, &sp) != ERR_OK ||
        target_read_register(target, XPSR, &xpsr) != ERR_OK)
        return;
    const struct target_region *stack = target_region_at(target, (uint32_t)sp - 4);
    if (!(xpsr & XPSR_IPSR) && stack && stack->kind == REGION_RAM)
        return;
    gdb_console_say(
        call->client,
        "before the load the core stood in %s; the program now begins like that (exception "
        "%u, sp 0x%08x) and will probably fail: 'monitor reset halt', then 'continue', "
        "begins it properly",
        session_stop(call->session)->reason == STOP_FAULT ? "a fault or in lockup (empty flash?)"
        : xpsr & XPSR_IPSR                                ? "an interrupt handler"
                                                          : "no program (empty flash?)",
        (unsigned)(xpsr & XPSR_IPSR), (unsigned)sp);
}

/* gdb takes no text in the answer to `run` itself. A core that begins where nothing is stops at
 * once, and then says it. */
static void warn_of_start(struct packet_call *call)
{
    const struct target *target = call->session->target;
    const struct target_stop *reset = target_last_reset(target);
    const struct target_region *code = target_region_at(target, reset->pc);

    if (call->gdb->begins && reset->misled && code && code->kind != REGION_DEVICE)
        gdb_console_say(call->client, "%s", reset->text);
    call->gdb->begins = false;
}

/* What came of letting the core go. */
static enum err begun(struct packet_call *call, enum err err)
{
    if (err)
        return is_held(call) ? wait_for_release(call) : err;
    return wait_for_stop(call);
}

/* 0x03 came while the core stood: the resume behind it ends where it begins. */
static enum err stop_at_once(struct packet_call *call)
{
    stop_reply_interrupted(call->reply, call->session);
    return ERR_OK;
}

static enum err resume(struct packet_call *call)
{
    call->client->sync = call->gdb->steps = false;
    call->gdb->thread = 0;
    if (joins(call))
        return join(call, NULL);
    if (call->gdb->interrupted)
        return stop_at_once(call);
    warn_after_load(call);
    warn_of_start(call);
    return begun(call, session_continue(call->session, call->job));
}

static enum err reply_stop(struct packet_call *call)
{
    struct session *session = call->session;

    /* A step that ran into something longer, or at a call that gdb has yet to carry out. */
    if (target_state(session->target) != TARGET_HALTED || call->client->asked)
        return wait_for_stop(call);
    call->gdb->steps = false;
    stop_reply_say(call->client, session);
    if (session_stop(session)->reason == STOP_EXIT)
        session_tell_end(session, call->client);
    stop_reply_stepped(call->reply, session, call->client);
    return ERR_OK;
}

static enum err step_running(struct packet_call *call)
{
    uint32_t start = call->gdb->step_start, end = call->gdb->step_end;
    struct long_step long_step;

    if (start >= end)
        return session_step(call->session, call->job);
    long_step_begin(&long_step, call, start, end);
    enum err err = session_step_range(call->session, call->job, start, end);
    long_step_end(&long_step);
    return err;
}

/* Once the thread runs that is to be stepped; the step is over if something else comes before. */
static enum err step_thread(struct packet_call *call)
{
    uint32_t thread = call->gdb->step_thread;
    struct target_stop stop;
    bool there = true;
    enum err err = ERR_OK;

    if (thread && thread != session_running_thread(call->session))
        err = session_run_thread(call->session, call->job, thread, &stop, &there);
    if (!err && !there && stop.reason == STOP_REQUEST && stop.text[0])
        gdb_console_say(call->client, "%s", stop.text);
    return err || !there ? err : step_running(call);
}

/* At least one instruction of the thread (0: of what runs), then on while pc is in [start, end). */
static enum err step(struct packet_call *call, uint32_t thread, uint32_t start, uint32_t end)
{
    struct client_text text;

    call->gdb->thread = 0; /* gdb takes the one of the stop reply for chosen */
    if (joins(call))
        return join(call, "the core runs already (another session resumed it, or it was reset): "
                          "waiting for it to stop; Ctrl-C halts it");
    if (call->gdb->interrupted)
        return stop_at_once(call);
    if (call->client->sync) { /* `monitor gdb_sync` came before it */
        call->client->sync = false;
        return reply_stop(call);
    }
    warn_after_load(call);
    warn_of_start(call);
    call->gdb->steps = true;
    call->gdb->step_start = start;
    call->gdb->step_end = end;
    call->gdb->step_thread = thread;
    client_text_begin(&text, call->job, call->session, call->client);
    enum err err = step_thread(call);
    client_text_end(&text);
    if (!err)
        return reply_stop(call);
    call->gdb->steps = false;
    return begun(call, err);
}

/* `c ADDRESS`, `s ADDRESS`. */
static enum err set_pc(struct packet_call *call)
{
    size_t at = call->packet->variant ? 1 : 0, count;
    const struct target_register *regs = target_registers(call->session->target, &count);

    if (call->args.count <= at)
        return ERR_OK;
    if (is_held(call))
        return job_fail(call->job, ERR_NOT_HALTED, TARGET_HELD_TEXT);
    if (joins(call))
        return job_fail(call->job, ERR_NOT_HALTED, "the core runs; halt it first (Ctrl-C)");
    for (size_t i = 0; i < count; i++)
        if (strcmp(regs[i].name, "pc") == 0)
            return target_write_register(call->session->target, i, call->args.item[at].number);
    return job_fail(call->job, ERR_UNSUPPORTED, "no register pc");
}

enum err packet_continue(struct packet_call *call)
{
    enum err err = set_pc(call);

    return err ? err : resume(call);
}

enum err packet_step(struct packet_call *call)
{
    enum err err = set_pc(call);

    return err ? err : step(call, 0, 0, 0);
}

/* To step the running one instead and say that it was the other makes gdb repeat it for ever, and
 * so does a step that changes nothing. */
static enum err refuse_thread(struct packet_call *call, uint32_t thread)
{
    unsigned running = session_running_thread(call->session);
    enum err err =
        session_find_thread(call->session, thread)
            ? job_fail(call->job, ERR_UNSUPPORTED,
                       "thread %u does not run now, and only its kernel can change that, for which "
                       "the others have to run: 'set scheduler-locking off', or step the one that "
                       "runs (Thread %u)",
                       (unsigned)thread, running)
            : job_fail(call->job, ERR_ARGUMENT,
                       "there is no thread %u any more (was the program reset?): 'info threads', "
                       "then 'thread N', chooses another",
                       (unsigned)thread);

    if (!call->gdb->error_message) /* it would show a number */
        gdb_console_say(call->client, "%s", job_text(call->job, err));
    return err;
}

static bool may_await(const struct packet_call *call, const struct vcont *vcont)
{
    return !vcont->alone && vcont->action != 'c' &&
           session_find_thread(call->session, vcont->thread);
}

enum err packet_vcont(struct packet_call *call)
{
    const struct packet_arg *actions = &call->args.item[0];
    struct vcont vcont;
    uint32_t running = session_running_thread(call->session);
    enum err err = packet_args_vcont(actions->data, actions->length, running, &vcont);

    if (err)
        return job_fail(call->job, err, "malformed vCont");
    if (vcont.thread && !may_await(call, &vcont))
        return refuse_thread(call, vcont.thread);
    return vcont.action == 'c' ? resume(call) : step(call, vcont.thread, vcont.start, vcont.end);
}

/* c and C both, or gdb does without vCont. */
enum err packet_vcont_actions(struct packet_call *call)
{
    buf_text(call->reply, "vCont;c;C;s;S;r");
    return ERR_OK;
}

/* gdb has done what the program asked it for: its resume, or its step, goes on. A stop that came
 * meanwhile is told behind this. */
enum err packet_file_answer(struct packet_call *call)
{
    const struct packet_arg *text = &call->args.item[0];
    struct file_io_answer answer = file_io_parse(text->data, text->length);
    struct session *session = call->session;

    if (!call->client->asked) { /* it has heard that its target is lost */
        call->outcome = PACKET_NO_REPLY;
        return ERR_OK;
    }
    call->client->asked = false;
    if (answer.interrupted && answer.result == -SEMI_EINTR)
        target_ask_again(session->target);
    else
        target_answer(session->target, answer.result);
    if (call->gdb->steps && !answer.interrupted) {
        call->client->waiting = false; /* the end of the step is the answer to this */
        return step(call, call->gdb->step_thread, call->gdb->step_start, call->gdb->step_end);
    }
    call->gdb->steps = false;
    wait_for_stop(call);
    if (answer.interrupted)
        return session_halt(session, call->job);
    session_poll(session, call->job);
    return ERR_OK;
}

void packet_interrupt(struct session *session, struct client *client, struct job *job)
{
    if (!client->waiting)
        return; /* late: the core stopped meanwhile */
    unsigned core = session_select_core(session, client->core);
    struct job *before = session_enter(session, job);
    enum err err = session_halt(session, job);

    if (err && session_connected(session))
        gdb_console_say(client, "cannot halt the core: %s", job_text(job, err));
    session_leave(session, before);
    session_select_core(session, core);
}
