/* SPDX-License-Identifier: MIT */
/* ! vAttach vRun R vKill k D: how a debugging session begins and ends. */
#include "gdb/packets_internal.h"
#include "gdb/stop_reply.h"
#include "session/program_side.h"

enum err packet_extended(struct packet_call *call)
{
    call->gdb->extended = true;
    return packet_ok(call);
}

/* Tries the target again if there is none. As with `?`, only the holder halts it. */
enum err packet_attach(struct packet_call *call)
{
    struct session *session = call->session;
    enum err err = session_connect(session, call->job);

    if (!err && session_holds(session, call->client))
        err = session_halt(session, call->job);
    if (err)
        return err;
    session_join(session, call->client);
    session->core->unreported = false;
    call->gdb->thread = 0;
    stop_reply_asked(call->reply, session);
    return ERR_OK;
}

/* It would take this core away. */
static enum err refuse_reset(struct packet_call *call)
{
    return job_fail(
        call->job, ERR_UNSUPPORTED,
        "a reset is one of the whole chip, and this core waits after it until the first "
        "one starts it: 'run' in the first core's gdb");
}

/* vRun and R: the program is what is in the flash, from its reset vector. */
enum err packet_restart(struct packet_call *call)
{
    struct session *session = call->session;

    if (call->client->core > 0)
        return refuse_reset(call);
    enum err err = session_connect_anyhow(session, call->job);
    if (!err)
        err = session_reset(session, call->job, TARGET_RESET_HALT);
    if (!err) {
        session_join(session, call->client);
        call->gdb->begins = true;
        call->gdb->thread = 0;
    }
    if (!err && call->outcome == PACKET_REPLY)
        stop_reply_asked(call->reply, session);
    return err;
}

static void drop_breakpoints(struct packet_call *call)
{
    struct session *session = call->session;

    if (session->target &&
        target_breakpoints_drop_owner(session->target, call->client->id) != ERR_OK)
        log_line(session->log, LOG_WARN, "removing breakpoints: %s",
                 job_text(call->job, call->job->err));
}

/* Perhaps it shows only now that the target was away: with it went the program. A core that a reset
 * would take away is left where it stands. */
static enum err end_program(struct packet_call *call)
{
    struct session *session = call->session;

    if (call->client->core > 0)
        return session_halt(session, call->job);
    enum err err = session_reset(session, call->job, TARGET_RESET_HALT);
    if (err == ERR_RESET_LOST && session_connected(session)) {
        job_clear(call->job);
        err = session_reset(session, call->job, TARGET_RESET_HALT);
    }
    if (!err || session_connected(session))
        return err;
    job_clear(call->job);
    return ERR_OK;
}

/* A killed program does not run: the core is left halted at its reset vector, where the next run
 * or attach finds it, until this gdb leaves. An observer kills nothing but its own breakpoints. */
enum err packet_kill(struct packet_call *call)
{
    struct session *session = call->session;
    bool holds = session_holds(session, call->client);
    enum err err = ERR_OK;

    call->client->waiting = call->client->asked = false;
    session_end_flash(session, call->client, "killed");
    drop_breakpoints(call);
    if (session_connected(session) && holds && !call->client->lost)
        err = end_program(call);
    call->client->killed = holds;
    if (!err)
        session_part(call->client);
    if (call->outcome == PACKET_NO_REPLY && !call->gdb->extended)
        *call->actions |= CLIENT_CLOSE;
    return err ? err : packet_ok(call);
}

/* gdb leaves in any case, so failures only go to the log. */
enum err packet_detach(struct packet_call *call)
{
    struct session *session = call->session;

    call->client->waiting = false;
    program_side_leave(session, call->client);
    session_end_flash(session, call->client, "detached");
    drop_breakpoints(call);
    if (session_connected(session) && session_holds(session, call->client) &&
        session_resume(session, call->job) != ERR_OK)
        log_line(session->log, LOG_WARN, "resuming after detach: %s",
                 job_text(call->job, call->job->err));
    session_part(call->client);
    return packet_ok(call);
}
