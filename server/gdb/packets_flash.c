/* SPDX-License-Identifier: MIT */
/* vFlashErase vFlashWrite vFlashDone: one flash session from the first to the last. */
#include <uv.h>

#include "gdb/packets_internal.h"

/* The target was lost and is back. The core is halted as for a new gdb, and the load goes on. What
 * gdb believes of its registers is old, and a pc that it believes to be right it does not write: so
 * the core shall stand where a program begins. */
static enum err come_back(struct packet_call *call)
{
    enum err err = session_halt(call->session, call->job);

    if (err)
        return err;
    log_line(call->session->log, LOG_WARN,
             "gdb loads into a target that was away since it last looked: it is reset behind the "
             "load, and what gdb shows of registers is old until the program has run");
    session_join(call->session, call->client);
    call->gdb->resets_load = true;
    return ERR_OK;
}

/* gdb 13 breaks off with an internal error when a load succeeds without a thread. */
static enum err find_program(struct packet_call *call)
{
    if (call->client->ended)
        return job_fail(call->job, ERR_NOT_CONNECTED,
                        "this gdb was told that no program runs: 'attach 1' or 'run' begins one, "
                        "then load");
    enum err err = session_may_run(call->session, call->job);
    if (!err)
        err = session_connect_anyhow(call->session, call->job);
    return !err && call->client->lost ? come_back(call) : err;
}

/* Only now, perhaps, it shows that the target was lost or reset: nothing is announced yet, so it is
 * begun again. */
static enum err begin_flash(struct packet_call *call)
{
    struct session *session = call->session;
    enum err err = flash_open(session->target, &call->client->flash);

    if (!err || err == ERR_PROBE_GONE || (err != ERR_RESET_LOST && session_connected(session)))
        return err;
    if (session_connected(session))
        job_clear(call->job);
    err = find_program(call);
    return !err ? flash_open(session->target, &call->client->flash) : err;
}

static enum err open_flash(struct packet_call *call)
{
    enum err err = find_program(call);

    if (err || call->client->flash)
        return err;
    err = begin_flash(call);
    call->client->loads_since_ns = uv_hrtime();
    if (err)
        call->client->flash = NULL;
    else
        session_keep_registers(call->session); /* for those who ask in the middle of it */
    return err;
}

/* After an error the session is over: the next load begins a new one. gdb shows its own words
 * ("Error erasing flash with vFlashErase packet") and takes no text here: the reason is logged. */
static enum err end(struct packet_call *call, enum err err)
{
    if (!err)
        return packet_ok(call);
    if (!call->client->flash)
        log_line(call->session->log, LOG_WARN, "flash: nothing was programmed: %s",
                 job_text(call->job, err));
    if (err == ERR_NOT_FLASH)
        call->err = "E.memtype";
    session_end_flash(call->session, call->client, job_text(call->job, err));
    return err;
}

/* gdb announces all erases before its first write: one after a write begins a new load, and the one
 * before was abandoned (Ctrl-C). What it announced must not be erased by this one. */
static void end_abandoned(struct packet_call *call)
{
    const struct flash *flash = call->client->flash;

    if (flash && flash_report(flash)->bytes_written > 0) {
        session_end_flash(call->session, call->client, "a new load begins");
        call->gdb->load = LOAD_GOOD;
    }
}

/* It lacks what was announced and written before. */
static enum err refuse_rest(struct packet_call *call)
{
    enum err err = job_fail(call->job, ERR_FLASH, "this load was cut short (%s): load again",
                            call->gdb->load_cut);

    log_line(call->session->log, LOG_WARN, "flash: %s", job_text(call->job, err));
    return err;
}

enum err packet_flash_erase(struct packet_call *call)
{
    end_abandoned(call);
    if (call->gdb->load == LOAD_CUT)
        return refuse_rest(call);
    call->gdb->load = LOAD_GOOD;
    enum err err = open_flash(call);

    if (!err)
        err =
            flash_erase(call->client->flash, call->args.item[0].number, call->args.item[1].number);
    return end(call, err);
}

enum err packet_flash_write(struct packet_call *call)
{
    const struct packet_arg *data = &call->args.item[1];

    if (call->gdb->load != LOAD_GOOD)
        return refuse_rest(call);
    enum err err = open_flash(call);
    if (!err)
        err = flash_write(call->client->flash, call->args.item[0].number, data->data,
                          (uint32_t)data->length);
    return end(call, err);
}

static void log_report(struct packet_call *call, const struct flash_report *report)
{
    uint64_t us = report->elapsed_us ? report->elapsed_us : 1;

    log_line(call->session->log, LOG_INFO,
             "flash: %u bytes programmed, %u were there already, %u sectors erased%s, verified, "
             "in %llu ms",
             report->bytes_programmed, report->bytes_same, report->sectors_erased,
             report->mass_erased ? " (mass erase)" : "", (unsigned long long)us / 1000);
}

/* gdb moves pc to the program's entry, and nothing else. When the core goes on gdb's user is told;
 * here nothing but OK or an error may be said. */
static void look_after_load(struct session *session)
{
    session->loaded = true;
    if (session_stop(session)->reason == STOP_FAULT)
        log_line(session->log, LOG_INFO,
                 "before the load the core stood in a fault or in lockup: 'monitor reset halt' "
                 "lets the program begin afresh");
}

/* The load is good, whatever becomes of this. */
static enum err reset_behind_load(struct packet_call *call)
{
    if (!call->session->options.load_resets && !call->gdb->resets_load)
        return packet_ok(call);
    enum err err = session_reset(call->session, call->job, TARGET_RESET_HALT);
    if (!err)
        return packet_ok(call);
    log_line(call->session->log, LOG_WARN,
             "flash: the program is loaded and checked, but the reset behind it failed: %s",
             job_text(call->job, err));
    return err;
}

enum err packet_flash_done(struct packet_call *call)
{
    if (call->gdb->load != LOAD_GOOD)
        return refuse_rest(call);
    if (!call->client->flash)
        return packet_ok(call); /* nothing was announced, nothing is to be done */
    enum err err = flash_done(call->client->flash);
    if (!err) {
        log_report(call, flash_report(call->client->flash));
        flash_close(call->client->flash);
        call->client->flash = NULL;
        look_after_load(call->session);
        return reset_behind_load(call);
    }
    return end(call, err);
}
