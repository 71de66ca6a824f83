/* SPDX-License-Identifier: MIT */
/* ? c C s S vCont. */
#include <string.h>

#include "gdb/gdb_console.h"
#include "gdb/long_step.h"
#include "gdb/packets_internal.h"
#include "gdb/stop_reply.h"

/* Never an error: gdb 13 and 16 hang at E.text to `?`. Without a target there is no program. */
enum err packet_why(struct packet_call *call)
{
    struct unit *unit = call->unit;
    bool halts = unit_holds(unit, call->client) && !unit_nested(unit);

    if (unit_connected(unit) && halts && unit_halt(unit, call->job) != ERR_OK) {
        log_line(unit->log, LOG_WARN, "halting for gdb: %s", job_text(call->job, call->job->error));
        unit_tell_end(unit, call->client);
        buf_text(call->reply, "W00");
        return ERR_OK;
    }
    if (!unit_connected(unit)) {
        unit_tell_end(unit, call->client);
        buf_text(call->reply, "W00");
        return ERR_OK;
    }
    unit_join(unit, call->client);
    unit->unreported = false;
    stop_reply_asked(call->reply, unit);
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
 * joins, and unit_leave() tells it if the core stands. */
static bool joins(struct packet_call *call)
{
    return target_state(call->unit->target) != TARGET_HALTED || call->unit->unreported;
}

static bool is_held(const struct packet_call *call)
{
    return unit_connected(call->unit) && target_state(call->unit->target) == TARGET_IN_RESET;
}

/* gdb gets its stop when NRST is released, or somebody's Ctrl-C an explanation. */
static enum err wait_for_release(struct packet_call *call)
{
    job_clear(call->job);
    console_say(call->client, TARGET_HELD_TEXT "; it is halted when that ends");
    return wait_for_stop(call);
}

static enum err join(struct packet_call *call, const char *sentence)
{
    enum err err = unit_may_run(call->unit, call->job);

    if (err != ERR_OK)
        return err;
    bool was_held = is_held(call); /* that it is now is told by the look itself */
    wait_for_stop(call);
    unit_poll(call->unit, call->job);
    if (was_held && is_held(call))
        return wait_for_release(call);
    if (sentence && unit_connected(call->unit) &&
        target_state(call->unit->target) == TARGET_RUNNING)
        console_say(call->client, "%s", sentence);
    return ERR_OK;
}

/* What was loaded begins where the program before it stood: in an exception's handler, which keeps
 * interrupts away, or without a stack. To reset it unasked would not be what `continue` says. */
static void warn_after_load(struct packet_call *call)
{
    enum { SP = 13, XPSR = 16, XPSR_IPSR = 0x1FF }; /* gdb's numbers, target_registers() */
    struct target *target = call->unit->target;
    uint64_t sp = 0, xpsr = 0;

    if (!call->unit->loaded || target_read_register(target, SP, &sp) != ERR_OK ||
        target_read_register(target, XPSR, &xpsr) != ERR_OK)
        return;
    const struct target_region *stack = target_region_at(target, (uint32_t)sp - 4);
    if (!(xpsr & XPSR_IPSR) && stack && stack->kind == REGION_RAM)
        return;
    console_say(call->client,
                "before the load the core stood in %s; the program now begins like that (exception "
                "%u, sp 0x%08x) and will probably fail: 'monitor reset halt', then 'continue', "
                "begins it properly",
                call->unit->stop.reason == STOP_FAULT ? "a fault or in lockup (empty flash?)"
                : xpsr & XPSR_IPSR                    ? "an interrupt handler"
                                                      : "no program (empty flash?)",
                (unsigned)(xpsr & XPSR_IPSR), (unsigned)sp);
}

/* What came of letting the core go. */
static enum err begun(struct packet_call *call, enum err err)
{
    if (err != ERR_OK)
        return is_held(call) ? wait_for_release(call) : err;
    return wait_for_stop(call);
}

/* 0x03 came while the core stood: the resume behind it ends where it begins. */
static enum err stop_at_once(struct packet_call *call)
{
    struct unit *unit = call->unit;

    unit->stop =
        (struct target_stop){.reason = STOP_REQUEST, .pc = target_last_stop(unit->target)->pc};
    stop_reply_write(call->reply, unit, call->client);
    return ERR_OK;
}

static enum err resume(struct packet_call *call)
{
    call->client->sync = false;
    if (joins(call))
        return join(call, NULL);
    if (call->client->interrupted)
        return stop_at_once(call);
    warn_after_load(call);
    return begun(call, unit_continue(call->unit, call->job));
}

static enum err reply_stop(struct packet_call *call)
{
    struct unit *unit = call->unit;

    if (target_state(unit->target) != TARGET_HALTED)
        return wait_for_stop(call); /* a step that ran into something longer */
    stop_reply_say(call->client, &unit->stop);
    if (unit->stop.reason == STOP_EXIT)
        unit_tell_end(unit, call->client);
    stop_reply_stepped(call->reply, unit, call->client);
    return ERR_OK;
}

/* At least one instruction, then on while pc is in [start, end). */
static enum err step(struct packet_call *call, uint32_t start, uint32_t end)
{
    struct console console;
    enum err err;

    if (joins(call))
        return join(call, "the core runs already (another session resumed it, or it was reset): "
                          "waiting for it to stop; Ctrl-C halts it");
    if (call->client->interrupted)
        return stop_at_once(call);
    if (call->client->sync) { /* `monitor gdb_sync` came before it */
        call->client->sync = false;
        return reply_stop(call);
    }
    warn_after_load(call);
    console_begin(&console, call->job, call->unit, call->client);
    if (start < end) {
        struct long_step long_step;

        long_step_begin(&long_step, call, start, end);
        err = unit_step_range(call->unit, call->job, start, end);
        long_step_end(&long_step);
    } else {
        err = unit_step(call->unit, call->job);
    }
    console_end(&console);
    return err != ERR_OK ? begun(call, err) : reply_stop(call);
}

/* `c ADDRESS`, `s ADDRESS`. */
static enum err set_pc(struct packet_call *call)
{
    size_t at = call->packet->variant ? 1 : 0, count;
    const struct target_register *regs = target_registers(call->unit->target, &count);

    if (call->args.count <= at)
        return ERR_OK;
    if (is_held(call))
        return job_fail(call->job, ERR_NOT_HALTED, TARGET_HELD_TEXT);
    if (joins(call))
        return job_fail(call->job, ERR_NOT_HALTED, "the core runs; halt it first (Ctrl-C)");
    for (size_t i = 0; i < count; i++)
        if (strcmp(regs[i].name, "pc") == 0)
            return target_write_register(call->unit->target, i, call->args.item[at].number);
    return job_fail(call->job, ERR_UNSUPPORTED, "no register pc");
}

enum err packet_continue(struct packet_call *call)
{
    enum err err = set_pc(call);

    return err != ERR_OK ? err : resume(call);
}

enum err packet_step(struct packet_call *call)
{
    enum err err = set_pc(call);

    return err != ERR_OK ? err : step(call, 0, 0);
}

enum err packet_vcont(struct packet_call *call)
{
    const struct packet_arg *actions = &call->args.item[0];
    struct vcont vcont;
    enum err err = packet_args_vcont(actions->data, actions->length, &vcont);

    if (err != ERR_OK)
        return job_fail(call->job, err, "malformed vCont");
    return vcont.action == 'c' ? resume(call) : step(call, vcont.start, vcont.end);
}

/* c and C both, or gdb does without vCont. */
enum err packet_vcont_actions(struct packet_call *call)
{
    buf_text(call->reply, "vCont;c;C;s;S;r");
    return ERR_OK;
}
