/* SPDX-License-Identifier: MIT */
/* Life of a unit: opening and losing the probe, jobs that come and go, gdb connections. */
#include "session/session.h"

#include <stdio.h>
#include <string.h>

#include "gdb/gdb_console.h"

void unit_init(struct unit *unit, const struct log *log, const struct unit_options *options,
               const struct probe_info *info, FILE *wire)
{
    memset(unit, 0, sizeof *unit);
    unit->log = log;
    unit->options = *options;
    unit->info = *info;
    unit->wire = wire;
    job_init(&unit->idle, log);
    snprintf(unit->why_absent, sizeof unit->why_absent, "not connected to a target yet");
}

/* --- jobs --- */

static void set_job(struct unit *unit, struct job *job)
{
    unit->current = job;
    if (!job)
        job = &unit->idle;
    if (unit->target)
        target_set_job(unit->target, job);
    else if (unit->probe)
        probe_set_job(unit->probe, job);
}

struct job *unit_enter(struct unit *unit, struct job *job)
{
    struct job *before = unit->current;

    if (unit->depth++ == 0)
        unit->outer = job;
    set_job(unit, job);
    return before;
}

void unit_end_text(struct unit *unit)
{
    if (unit_connected(unit) && target_state(unit->target) == TARGET_HALTED)
        target_end_text(unit->target);
}

bool unit_nested(const struct unit *unit)
{
    return unit->outer && unit->current != unit->outer;
}

void unit_end_flash(struct unit *unit, struct client *client, const char *why)
{
    if (!client->flash)
        return;
    const struct flash_report *report = flash_report(client->flash);
    log_line(unit->log, LOG_WARN,
             "flash: programming ended early (%s): %u bytes announced, %u programmed, "
             "%u sectors erased; the rest is as it was before or erased",
             why, report->bytes_announced, report->bytes_programmed, report->sectors_erased);
    flash_close(client->flash);
    client->flash = NULL;
}

static void drop_target(struct unit *unit)
{
    for (size_t i = 0; i < UNIT_CLIENTS; i++)
        unit_end_flash(unit, &unit->clients[i], "the probe is gone");
    target_destroy(unit->target);
    unit->target = NULL;
    unit->probe_gone = false;
}

static void close_probe(struct unit *unit)
{
    probe_close(unit->probe);
    unit->probe = NULL;
}

/* gdb takes its breakpoints for gone with the program: it will not clear them. */
void unit_tell_end(struct unit *unit, struct client *client)
{
    client->ended = true;
    if (unit->target)
        target_breakpoints_drop_owner(unit->target, client->id);
}

static void tell_loss(struct unit *unit)
{
    unit->was_connected = false;
    unit->stop_regs_valid = 0;
    unit->stop = (struct target_stop){0};
    for (size_t i = 0; i < UNIT_CLIENTS; i++) {
        struct client *client = &unit->clients[i];

        client->lost = client->open && client->joined;
        if (!client->open || !client->waiting)
            continue;
        client->waiting = false;
        unit_tell_end(unit, client);
        console_say(client, "lost the target: %s", unit->why_absent);
        client->send(client->user, "X09", 3); /* no T05: nothing stands anywhere */
    }
}

static bool anyone_waits(const struct unit *unit)
{
    for (size_t i = 0; i < UNIT_CLIENTS; i++)
        if (unit->clients[i].open && unit->clients[i].waiting)
            return true;
    return false;
}

/* After a job: what others have to know. */
static void settle(struct unit *unit, const struct job *job)
{
    if (job->error == ERR_PROBE_GONE)
        unit->probe_gone = true;
    if (job->error != ERR_OK && (unit->probe_gone || !unit_connected(unit)))
        snprintf(unit->why_absent, sizeof unit->why_absent, "%s", job_text(job, job->error));
    if (unit->probe_gone) {
        drop_target(unit);
        if (unit->probe && !probe_outlives_cable(unit->probe))
            close_probe(unit);
    }
    if (unit->was_connected && !unit_connected(unit))
        tell_loss(unit);
    if (!unit_connected(unit) || !anyone_waits(unit))
        return;
    if (target_state(unit->target) == TARGET_HALTED) {
        unit->stop = *target_last_stop(unit->target);
        unit_announce_stop(unit);
    }
}

void unit_leave(struct unit *unit, struct job *before)
{
    if (--unit->depth == 0) {
        settle(unit, unit->current);
        unit->outer = NULL;
    }
    set_job(unit, before);
}

/* --- the probe and its target --- */

bool unit_connected(const struct unit *unit)
{
    return unit->target && !unit->probe_gone && target_state(unit->target) != TARGET_ABSENT;
}

enum err unit_require(const struct unit *unit, struct job *job)
{
    if (unit_connected(unit))
        return ERR_OK;
    return job_fail(job, ERR_NOT_CONNECTED, "%s", unit->why_absent);
}

/* Probes have few speeds, old firmware only one. */
static enum err set_speed(struct unit *unit, uint32_t khz)
{
    uint32_t actual = khz;
    enum err err = probe_set_speed(unit->probe, khz, &actual);

    if (err == ERR_OK && actual != khz)
        log_line(unit->log, actual > khz ? LOG_WARN : LOG_INFO,
                 "SWD runs at %u kHz: the probe has no speed of %u kHz%s", (unsigned)actual,
                 (unsigned)khz, actual > khz ? ", nor a lower one" : "");
    return err;
}

static enum err open_probe(struct unit *unit, struct job *job)
{
    const struct unit_options *options = &unit->options;
    enum err err = options->find ? options->find(options->find_user, &unit->info, job) : ERR_OK;

    if (err == ERR_OK)
        err = probe_open(&unit->info, job, unit->wire, &unit->probe);
    if (err != ERR_OK) {
        unit->probe = NULL;
        return err;
    }
    return unit->options.speed_khz ? set_speed(unit, unit->options.speed_khz) : ERR_OK;
}

enum err unit_open(struct unit *unit, struct job *job)
{
    struct job *before = unit_enter(unit, job);
    enum err err = unit->probe ? ERR_OK : open_probe(unit, job);

    unit_leave(unit, before);
    return err;
}

static enum err connect(struct unit *unit, struct job *job)
{
    enum err err = ERR_OK;

    if (!unit->probe)
        err = open_probe(unit, job);
    if (err == ERR_OK && !unit->target)
        err = target_create(unit->probe, &unit->target);
    if (err != ERR_OK)
        return err;
    target_set_job(unit->target, job);
    err = target_connect(unit->target, unit->options.connect);
    if (err == ERR_OK) {
        unit->was_connected = true;
        unit->why_absent[0] = '\0';
        unit->stop = *target_last_stop(unit->target);
    }
    return err;
}

/* The same job has just found the target lost. */
static void settle_loss(struct unit *unit, struct job *job)
{
    if (!unit->was_connected || unit_nested(unit))
        return;
    snprintf(unit->why_absent, sizeof unit->why_absent, "%s", job_text(job, ERR_RESET_LOST));
    job_clear(job);
    tell_loss(unit);
}

enum err unit_connect(struct unit *unit, struct job *job)
{
    if (unit_connected(unit))
        return ERR_OK;
    struct job *before = unit_enter(unit, job);
    settle_loss(unit, job);
    /* Never in the middle of somebody's longer job. */
    enum err err = unit_nested(unit) ? job_fail(job, ERR_BUSY, "another job is under way")
                                     : connect(unit, job);
    if (err != ERR_OK)
        snprintf(unit->why_absent, sizeof unit->why_absent, "%s", job_text(job, err));
    if (err == ERR_PROBE_GONE)
        unit->probe_gone = true;
    unit_leave(unit, before);
    return err;
}

void unit_finish(struct unit *unit)
{
    struct job job;

    job_init(&job, unit->log);
    set_job(unit, &job);
    job_section_begin(&job);
    for (size_t i = 0; i < UNIT_CLIENTS; i++)
        unit_end_flash(unit, &unit->clients[i], "the daemon ends");
    if (unit_connected(unit) && target_disconnect(unit->target) != ERR_OK)
        log_line(unit->log, LOG_WARN, "leaving the target: %s", job_text(&job, job.error));
    job_section_end(&job);
    drop_target(unit);
    close_probe(unit);
    unit->current = NULL;
}

/* --- gdb connections --- */

struct client *unit_client_open(struct unit *unit,
                                void (*send)(void *user, const void *payload, size_t length),
                                void *user)
{
    for (unsigned i = 0; i < UNIT_CLIENTS; i++) {
        struct client *client = &unit->clients[i];

        if (client->open)
            continue;
        *client = (struct client){.id = i, .open = true, .send = send, .user = user};
        return client;
    }
    return NULL;
}

/* Black Magic Debug's scripts end with `kill`, and count on a board that runs. */
static void let_killed_run(struct unit *unit, struct client *client, struct job *job)
{
    if (client->killed && unit_holder(unit) == NULL && unit_connected(unit) &&
        unit_resume(unit, job) != ERR_OK)
        log_line(unit->log, LOG_WARN, "resuming after kill: %s", job_text(job, job->error));
}

void unit_client_close(struct unit *unit, struct client *client, struct job *job)
{
    struct job *before = unit_enter(unit, job);

    client->waiting = false;
    unit_end_flash(unit, client, "its gdb is gone");
    if (unit->target)
        target_breakpoints_drop_owner(unit->target, client->id);
    client->open = false;
    let_killed_run(unit, client, job);
    unit_leave(unit, before);
}

unsigned unit_lost_clients(const struct unit *unit)
{
    unsigned lost = 0;

    for (size_t i = 0; i < UNIT_CLIENTS; i++)
        lost += unit->clients[i].open && unit->clients[i].lost ? 1 : 0;
    return lost;
}

void unit_join(struct unit *unit, struct client *client)
{
    client->ended = client->lost = client->killed = false;
    if (!client->joined)
        client->joined = ++unit->next_joined;
}

const struct client *unit_holder(const struct unit *unit)
{
    const struct client *holder = NULL;

    for (size_t i = 0; i < UNIT_CLIENTS; i++) {
        const struct client *client = &unit->clients[i];

        if (client->open && client->joined && (!holder || client->joined < holder->joined))
            holder = client;
    }
    return holder;
}

bool unit_holds(const struct unit *unit, const struct client *client)
{
    const struct client *holder = unit_holder(unit);

    return !holder || holder == client;
}

bool unit_wants_poll(const struct unit *unit)
{
    return unit_connected(unit) && target_state(unit->target) != TARGET_HALTED &&
           anyone_waits(unit);
}
