/* SPDX-License-Identifier: MIT */
/* ! vAttach vRun R vKill k D: how a debugging session begins and ends. */
#include "gdb/packets_internal.h"
#include "gdb/stop_reply.h"

enum err packet_extended(struct packet_call *call)
{
    call->client->extended = true;
    return packet_ok(call);
}

/* Tries the target again if there is none. As with `?`, only the holder halts it. */
enum err packet_attach(struct packet_call *call)
{
    struct unit *unit = call->unit;
    enum err err = unit_connect(unit, call->job);

    if (err == ERR_OK && unit_holds(unit, call->client))
        err = unit_halt(unit, call->job);
    if (err != ERR_OK)
        return err;
    unit_join(unit, call->client);
    unit->unreported = false;
    stop_reply_asked(call->reply, unit);
    return ERR_OK;
}

/* vRun and R: the program is what is in the flash, from its reset vector. */
enum err packet_restart(struct packet_call *call)
{
    struct unit *unit = call->unit;
    enum err err = unit_connect(unit, call->job);

    if (err == ERR_OK)
        err = unit_reset(unit, call->job, TARGET_RESET_HALT);
    if (err == ERR_OK)
        unit_join(unit, call->client);
    if (err == ERR_OK && call->outcome == PACKET_REPLY)
        stop_reply_asked(call->reply, unit);
    return err;
}

static void drop_breakpoints(struct packet_call *call)
{
    struct unit *unit = call->unit;

    if (unit->target && target_breakpoints_drop_owner(unit->target, call->client->id) != ERR_OK)
        log_line(unit->log, LOG_WARN, "removing breakpoints: %s",
                 job_text(call->job, call->job->error));
}

/* A killed program does not run: the core is left halted at its reset vector, where the next run
 * or attach finds it, until this gdb leaves. An observer kills nothing but its own breakpoints. */
enum err packet_kill(struct packet_call *call)
{
    struct unit *unit = call->unit;
    enum err err = ERR_OK;

    call->client->waiting = false;
    unit_end_flash(unit, call->client, "killed");
    drop_breakpoints(call);
    if (unit_connected(unit) && unit_holds(unit, call->client) && !call->client->lost)
        err = unit_reset(unit, call->job, TARGET_RESET_HALT);
    call->client->ended = err == ERR_OK;
    call->client->killed = unit_holds(unit, call->client);
    if (call->outcome == PACKET_NO_REPLY && !call->client->extended)
        *call->actions |= CLIENT_CLOSE;
    return err != ERR_OK ? err : packet_ok(call);
}

/* gdb leaves in any case, so failures only go to the log. */
enum err packet_detach(struct packet_call *call)
{
    struct unit *unit = call->unit;

    call->client->waiting = false;
    unit_end_flash(unit, call->client, "detached");
    drop_breakpoints(call);
    if (unit_connected(unit) && unit_holds(unit, call->client) &&
        unit_resume(unit, call->job) != ERR_OK)
        log_line(unit->log, LOG_WARN, "resuming after detach: %s",
                 job_text(call->job, call->job->error));
    call->client->ended = true;
    call->client->joined = 0; /* the next in line holds */
    return packet_ok(call);
}
