/* SPDX-License-Identifier: MIT */
/* Life of a session: opening and losing the probe, jobs that come and go. */
#include "session/session.h"

#include <stdio.h>
#include <string.h>

#include "rtos/rtos.h"
#include "session/mailbox.h"
#include "session/program_side.h"
#include "session/program_text.h"
#include "session/request.h"
#include "session/usb_holder.h"

void session_init(struct session *session, const struct log *log,
                  const struct session_options *options, const struct probe_info *info, FILE *wire)
{
    memset(session, 0, sizeof *session);
    session->log = log;
    session->options = *options;
    session->info = *info;
    session->wire = wire;
    job_init(&session->idle, log);
    for (size_t i = 0; i < TARGET_CORES_MAX; i++)
        snprintf(session->cores[i].why_absent, sizeof session->cores[i].why_absent,
                 "not connected to a target yet");
    session->core = session->cores;
}

void session_notify(struct session *session, struct request *notice)
{
    if (session->notices)
        mailbox_put(session->notices, notice);
    else
        request_destroy(notice);
}

/* --- jobs --- */

static void set_job(struct session *session, struct job *job)
{
    session->current = job;
    if (!job)
        job = &session->idle;
    if (session->target)
        target_set_job(session->target, job);
    else if (session->probe)
        probe_set_job(session->probe, job);
}

/* A core that programs what gdb's last packet brought goes on until somebody else wants something.
 */
static void stand_for_others(struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        if (session->clients[i].flash)
            flash_stand(session->clients[i].flash);
}

struct job *session_enter(struct session *session, struct job *job)
{
    struct job *before = session->current;

    if (session->depth++ == 0)
        session->outer = job;
    set_job(session, job);
    if (!session->loads)
        stand_for_others(session);
    return before;
}

void session_end_flash(struct session *session, struct client *client, const char *why)
{
    if (!client->flash)
        return;
    unsigned core = session_select_core(session, 0);
    const struct flash_report *report = flash_report(client->flash);
    log_line(session->log, LOG_WARN,
             "flash: programming ended early (%s): %u bytes announced, %u programmed, "
             "%u sectors erased; the rest is as it was before or erased",
             why, report->bytes_announced, report->bytes_programmed, report->sectors_erased);
    if (report->bytes_announced + report->bytes_written > 0)
        client->ops->load_cut(client, why);
    flash_close(client->flash);
    client->flash = NULL;
    session_select_core(session, core);
}

static void end_loads(struct session *session, const char *why)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        session_end_flash(session, &session->clients[i], why);
}

static void drop_target(struct session *session)
{
    end_loads(session, "the probe is gone");
    target_destroy(session->target);
    session->target = NULL;
    session->probe_gone = false;
}

static void close_probe(struct session *session)
{
    probe_close(session->probe);
    session->probe = NULL;
}

/* Loads end with the target that they are for. */
static void tell(struct session *session)
{
    unsigned core = session_select_core(session, 0);

    if (session->core->was_connected && !session_connected(session))
        end_loads(session, session->core->why_absent);
    session_select_core(session, core);
    session_tell(session);
}

/* Why those are not there that this job has lost. What else it failed at, before a target that was
 * not there anyway, explains nothing. */
static void note_losses(struct session *session, const char *why)
{
    unsigned core = session_select_core(session, 0);

    for (unsigned i = 0; i < TARGET_CORES_MAX; i++) {
        session_select_core(session, i);
        bool gone = session->probe_gone || !session_connected(session);
        if (gone && (session->probe_gone || session->core->was_connected))
            snprintf(session->core->why_absent, sizeof session->core->why_absent, "%s", why);
    }
    session_select_core(session, core);
}

/* One that a job got over, and so left no sentence. */
static void name_losses(struct session *session)
{
    unsigned core = session_select_core(session, 0);

    for (unsigned i = 0; i < TARGET_CORES_MAX; i++) {
        session_select_core(session, i);
        if (session->core->was_connected && !session_connected(session) &&
            !session->core->why_absent[0])
            snprintf(session->core->why_absent, sizeof session->core->why_absent,
                     "it answered no more while it was looked at: power, a wire, or its program?");
    }
    session_select_core(session, core);
}

/* After a job: what others have to know. */
static void settle(struct session *session, const struct job *job)
{
    if (job->err == ERR_PROBE_GONE)
        session->probe_gone = true;
    if (job->err != ERR_OK)
        note_losses(session, job_text(job, job->err));
    name_losses(session);
    if (session->probe_gone) {
        drop_target(session);
        if (session->probe && !probe_outlives_cable(session->probe))
            close_probe(session);
    }
    tell(session);
}

void session_leave(struct session *session, struct job *before)
{
    if (session->depth == 1) { /* until it is told: an event's client may enter again */
        settle(session, session->current);
        session->outer = NULL;
    }
    session->depth--;
    set_job(session, before);
}

/* --- the probe and its target --- */

/* Probes have few speeds, old firmware only one. */
static enum err set_speed(struct session *session, uint32_t khz)
{
    uint32_t actual = khz;
    enum err err = probe_set_speed(session->probe, khz, &actual);

    if (!err && actual != khz)
        log_line(session->log, actual > khz ? LOG_WARN : LOG_INFO,
                 "SWD runs at %u kHz: the probe has no speed of %u kHz%s", (unsigned)actual,
                 (unsigned)khz, actual > khz ? ", nor a lower one" : "");
    return err;
}

static enum err open_probe(struct session *session, struct job *job)
{
    static const struct usb_roots roots = {"/sys", "/dev", "/proc"};
    const struct session_options *options = &session->options;
    enum err err = options->find ? options->find(options->find_user, &session->info, job) : ERR_OK;

    if (!err)
        err = probe_open(&session->info, job, session->wire, &session->probe);
    if (err) {
        session->probe = NULL;
        return usb_holder_tell(&roots, session->info.place, job, err);
    }
    probe_say_supply(session->probe, options->vtref_mv);
    return session->options.speed_khz ? set_speed(session, session->options.speed_khz) : ERR_OK;
}

enum err session_open(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    enum err err = session->probe ? ERR_OK : open_probe(session, job);

    session_leave(session, before);
    return err;
}

enum err session_create_target(struct session *session)
{
    enum err err = target_create(session->probe, &session->target);

    if (err)
        return err;
    target_select_core(session->target, (unsigned)(session->core - session->cores));
    target_describe(session->target, session->options.description);
    target_set_text(session->target, session_hear, session);
    program_side_equip(session);
    return ERR_OK;
}

static bool first_connected(struct session *session)
{
    unsigned core = session_select_core(session, 0);
    bool connected = session_connected(session);

    session_select_core(session, core);
    return connected;
}

/* Which of them are there now. */
static void note_cores(struct session *session)
{
    unsigned core = session_select_core(session, 0);

    for (unsigned i = 0; i < TARGET_CORES_MAX; i++) {
        session_select_core(session, i);
        if (session_connected(session)) {
            session->core->was_connected = true;
            session->core->why_absent[0] = '\0';
        } else if (i < target_core_count(session->target)) {
            snprintf(session->core->why_absent, sizeof session->core->why_absent,
                     "the %s does not run yet; once its chip has started it, 'attach 1' (in gdb) "
                     "finds it",
                     target_core(session->target)->name);
        }
    }
    session_select_core(session, core);
}

static enum err connect_target(struct session *session, struct job *job, enum target_connect how)
{
    enum err err = ERR_OK;

    if (!session->probe)
        err = open_probe(session, job);
    if (!err && !session->target)
        err = session_create_target(session);
    if (!err && session->options.flash_size)
        err = target_say_flash_size(session->target, session->options.flash_size);
    if (err)
        return err;
    target_set_job(session->target, job);
    if (session->core == session->cores || !first_connected(session))
        err = target_connect(session->target, how);
    if (err)
        return err;
    session->met = true;
    err = target_reach_core(session->target);
    note_cores(session);
    return err;
}

/* The same job has just found the target lost. */
static void settle_loss(struct session *session, struct job *job)
{
    if (!session->core->was_connected || session_nested(session))
        return;
    snprintf(session->core->why_absent, sizeof session->core->why_absent, "%s",
             job_text(job, ERR_RESET_LOST));
    job_clear(job);
    tell(session);
}

static enum err connect_by(struct session *session, struct job *job, enum target_connect how)
{
    if (session_connected(session))
        return ERR_OK;
    struct job *before = session_enter(session, job);
    settle_loss(session, job);
    /* Never in the middle of somebody's longer job. */
    enum err err = session_nested(session) ? under_way_refuse(session, job)
                                           : connect_target(session, job, how);
    if (err)
        snprintf(session->core->why_absent, sizeof session->core->why_absent, "%s",
                 job_text(job, err));
    if (err == ERR_PROBE_GONE)
        session->probe_gone = true;
    session_leave(session, before);
    return err;
}

static bool climbs(enum target_connect how)
{
    return how == TARGET_CONNECT_LADDER || how == TARGET_CONNECT_ATTENDED;
}

enum err session_connect(struct session *session, struct job *job)
{
    enum target_connect said = session->options.connect;

    return connect_by(session, job, climbs(said) ? TARGET_CONNECT_NORMAL : said);
}

enum err session_connect_anyhow(struct session *session, struct job *job)
{
    return connect_by(session, job, session->options.connect);
}

enum err session_regain(struct session *session, struct job *job)
{
    if (!session->met)
        return session_connect(session, job);
    bool alone = session->options.connect == TARGET_CONNECT_ATTACH;
    return connect_by(session, job, alone ? TARGET_CONNECT_ATTACH : TARGET_CONNECT_NORMAL);
}

void session_look_for_core(struct session *session, unsigned core)
{
    unsigned before = session_select_core(session, core);
    struct job unheard;

    job_init(&unheard, NULL);
    if (!session_nested(session) && first_connected(session))
        (void)session_connect(session, &unheard);
    session_select_core(session, before);
}

void session_finish(struct session *session)
{
    struct job job;

    job_init(&job, session->log);
    set_job(session, &job);
    session_select_core(session, 0);
    job_section_begin(&job);
    end_loads(session, "the daemon ends");
    if (session_connected(session) && target_disconnect(session->target) != ERR_OK)
        log_line(session->log, LOG_WARN, "leaving the target: %s", job_text(&job, job.err));
    job_section_end(&job);
    drop_target(session);
    close_probe(session);
    for (size_t i = 0; i < TARGET_CORES_MAX; i++) {
        rtos_destroy(session->cores[i].rtos);
        session->cores[i].rtos = NULL;
    }
    session->current = NULL;
}
