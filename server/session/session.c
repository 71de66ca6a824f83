/* SPDX-License-Identifier: MIT */
/* Life of a session: opening and losing the probe, jobs that come and go, gdb connections. */
#include "session/session.h"

#include <stdio.h>
#include <string.h>

#include "gdb/gdb_console.h"
#include "session/mailbox.h"
#include "session/request.h"

void session_init(struct session *session, const struct log *log,
                  const struct session_options *options, const struct probe_info *info, FILE *wire)
{
    memset(session, 0, sizeof *session);
    session->log = log;
    session->options = *options;
    session->info = *info;
    session->wire = wire;
    job_init(&session->idle, log);
    snprintf(session->why_absent, sizeof session->why_absent, "not connected to a target yet");
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

struct job *session_enter(struct session *session, struct job *job)
{
    struct job *before = session->current;

    if (session->depth++ == 0)
        session->outer = job;
    set_job(session, job);
    return before;
}

void session_end_text(struct session *session)
{
    if (session_connected(session) && target_state(session->target) == TARGET_HALTED)
        target_end_text(session->target);
}

bool session_nested(const struct session *session)
{
    return session->outer && session->current != session->outer;
}

void session_end_flash(struct session *session, struct client *client, const char *why)
{
    if (!client->flash)
        return;
    const struct flash_report *report = flash_report(client->flash);
    log_line(session->log, LOG_WARN,
             "flash: programming ended early (%s): %u bytes announced, %u programmed, "
             "%u sectors erased; the rest is as it was before or erased",
             why, report->bytes_announced, report->bytes_programmed, report->sectors_erased);
    if (report->bytes_announced + report->bytes_written > 0)
        client->load = LOAD_CUT;
    snprintf(client->load_cut, sizeof client->load_cut, "%s", why);
    flash_close(client->flash);
    client->flash = NULL;
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

/* gdb takes its breakpoints for gone with the program: it will not clear them. */
void session_tell_end(struct session *session, struct client *client)
{
    client->ended = true;
    if (session->target)
        target_breakpoints_drop_owner(session->target, client->id);
}

static void tell_loss(struct session *session)
{
    session->was_connected = false;
    session->stop_regs_valid = 0;
    session->stop = (struct target_stop){0};
    end_loads(session, session->why_absent);
    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        struct client *client = &session->clients[i];

        client->lost = client->open && client->joined;
        if (!client->open || !client->waiting)
            continue;
        client->waiting = false;
        session_tell_end(session, client);
        gdb_console_say(client, "lost the target: %s", session->why_absent);
        client->send(client->user, "X09", 3); /* no T05: nothing stands anywhere */
    }
}

static bool anyone_waits(const struct session *session)
{
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        if (session->clients[i].open && session->clients[i].waiting)
            return true;
    return false;
}

/* After a job: what others have to know. */
static void settle(struct session *session, const struct job *job)
{
    if (job->error == ERR_PROBE_GONE)
        session->probe_gone = true;
    if (job->error != ERR_OK && (session->probe_gone || !session_connected(session)))
        snprintf(session->why_absent, sizeof session->why_absent, "%s", job_text(job, job->error));
    if (session->probe_gone) {
        drop_target(session);
        if (session->probe && !probe_outlives_cable(session->probe))
            close_probe(session);
    }
    if (session->was_connected && !session_connected(session))
        tell_loss(session);
    if (!session_connected(session) || !anyone_waits(session))
        return;
    if (target_state(session->target) == TARGET_HALTED) {
        session->stop = *target_last_stop(session->target);
        session_announce_stop(session);
    }
}

void session_leave(struct session *session, struct job *before)
{
    if (--session->depth == 0) {
        settle(session, session->current);
        session->outer = NULL;
    }
    set_job(session, before);
}

/* --- the probe and its target --- */

bool session_connected(const struct session *session)
{
    return session->target && !session->probe_gone &&
           target_state(session->target) != TARGET_ABSENT;
}

enum err session_require(const struct session *session, struct job *job)
{
    if (session_connected(session))
        return ERR_OK;
    return job_fail(job, ERR_NOT_CONNECTED, "%s", session->why_absent);
}

/* Probes have few speeds, old firmware only one. */
static enum err set_speed(struct session *session, uint32_t khz)
{
    uint32_t actual = khz;
    enum err err = probe_set_speed(session->probe, khz, &actual);

    if (err == ERR_OK && actual != khz)
        log_line(session->log, actual > khz ? LOG_WARN : LOG_INFO,
                 "SWD runs at %u kHz: the probe has no speed of %u kHz%s", (unsigned)actual,
                 (unsigned)khz, actual > khz ? ", nor a lower one" : "");
    return err;
}

static enum err open_probe(struct session *session, struct job *job)
{
    const struct session_options *options = &session->options;
    enum err err = options->find ? options->find(options->find_user, &session->info, job) : ERR_OK;

    if (err == ERR_OK)
        err = probe_open(&session->info, job, session->wire, &session->probe);
    if (err != ERR_OK) {
        session->probe = NULL;
        return err;
    }
    return session->options.speed_khz ? set_speed(session, session->options.speed_khz) : ERR_OK;
}

enum err session_open(struct session *session, struct job *job)
{
    struct job *before = session_enter(session, job);
    enum err err = session->probe ? ERR_OK : open_probe(session, job);

    session_leave(session, before);
    return err;
}

static enum err connect_target(struct session *session, struct job *job)
{
    enum err err = ERR_OK;

    if (!session->probe)
        err = open_probe(session, job);
    if (err == ERR_OK && !session->target)
        err = target_create(session->probe, &session->target);
    if (err != ERR_OK)
        return err;
    target_set_job(session->target, job);
    err = target_connect(session->target, session->options.connect);
    if (err == ERR_OK) {
        session->was_connected = true;
        session->why_absent[0] = '\0';
        session->stop = *target_last_stop(session->target);
    }
    return err;
}

/* The same job has just found the target lost. */
static void settle_loss(struct session *session, struct job *job)
{
    if (!session->was_connected || session_nested(session))
        return;
    snprintf(session->why_absent, sizeof session->why_absent, "%s", job_text(job, ERR_RESET_LOST));
    job_clear(job);
    tell_loss(session);
}

enum err session_connect(struct session *session, struct job *job)
{
    if (session_connected(session))
        return ERR_OK;
    struct job *before = session_enter(session, job);
    settle_loss(session, job);
    /* Never in the middle of somebody's longer job. */
    enum err err = session_nested(session) ? job_fail(job, ERR_BUSY, "another job is under way")
                                           : connect_target(session, job);
    if (err != ERR_OK)
        snprintf(session->why_absent, sizeof session->why_absent, "%s", job_text(job, err));
    if (err == ERR_PROBE_GONE)
        session->probe_gone = true;
    session_leave(session, before);
    return err;
}

void session_finish(struct session *session)
{
    struct job job;

    job_init(&job, session->log);
    set_job(session, &job);
    job_section_begin(&job);
    end_loads(session, "the daemon ends");
    if (session_connected(session) && target_disconnect(session->target) != ERR_OK)
        log_line(session->log, LOG_WARN, "leaving the target: %s", job_text(&job, job.error));
    job_section_end(&job);
    drop_target(session);
    close_probe(session);
    session->current = NULL;
}

/* --- gdb connections --- */

struct client *session_client_open(struct session *session,
                                   void (*send)(void *user, const void *payload, size_t length),
                                   void *user)
{
    for (unsigned i = 0; i < SESSION_CLIENTS; i++) {
        struct client *client = &session->clients[i];

        if (client->open)
            continue;
        *client = (struct client){.id = i, .open = true, .send = send, .user = user};
        return client;
    }
    return NULL;
}

/* Black Magic Debug's scripts end with `kill`, and count on a board that runs. */
static void let_killed_run(struct session *session, struct client *client, struct job *job)
{
    if (client->killed && session_holder(session) == NULL && session_connected(session) &&
        session_resume(session, job) != ERR_OK)
        log_line(session->log, LOG_WARN, "resuming after kill: %s", job_text(job, job->error));
}

void session_client_close(struct session *session, struct client *client, struct job *job)
{
    struct job *before = session_enter(session, job);

    client->waiting = false;
    session_end_flash(session, client, "its gdb is gone");
    if (session->target)
        target_breakpoints_drop_owner(session->target, client->id);
    client->open = false;
    let_killed_run(session, client, job);
    session_leave(session, before);
}

unsigned session_lost_clients(const struct session *session)
{
    unsigned lost = 0;

    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        lost += session->clients[i].open && session->clients[i].lost ? 1 : 0;
    return lost;
}

void session_join(struct session *session, struct client *client)
{
    client->ended = client->lost = client->killed = false;
    if (!client->joined)
        client->joined = ++session->next_joined;
}

const struct client *session_holder(const struct session *session)
{
    const struct client *holder = NULL;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        const struct client *client = &session->clients[i];

        if (client->open && client->joined && (!holder || client->joined < holder->joined))
            holder = client;
    }
    return holder;
}

bool session_holds(const struct session *session, const struct client *client)
{
    const struct client *holder = session_holder(session);

    return !holder || holder == client;
}

bool session_wants_poll(const struct session *session)
{
    return session_connected(session) && target_state(session->target) != TARGET_HALTED &&
           anyone_waits(session);
}
