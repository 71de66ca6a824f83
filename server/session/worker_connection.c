/* SPDX-License-Identifier: MIT */
/* How a worker comes to its target, and what is said of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flash/content.h"
#include "session/meant_chip.h"
#include "session/worker_internal.h"

enum { RETRY_US = 1000000 }; /* between tries to connect */

/* To connect does not tell a locked-up core from one that runs. */
static void describe_core(struct worker *worker, char *text, size_t size)
{
    struct session *session = &worker->session;
    struct job job, *before;
    char why[300] = "";

    job_init(&job, worker->setup.log);
    before = session_enter(session, &job);
    if (session_measure(session, &job) == ERR_OK && target_locked_up(session->target) &&
        target_explain_lockup(session->target, why, sizeof why) == ERR_OK)
        snprintf(text, size, "locked up: %s", why);
    else
        snprintf(text, size, "%s", session_state_name(session));
    session_leave(session, before);
}

/* The loop opens a port for it. */
static void tell_other_core(struct worker *worker)
{
    struct session *session = &worker->session;
    struct core_notice *notice;

    if (target_core_count(session->target) < 2)
        return;
    unsigned before = session_select_core(session, 1);
    const struct target_core *core = target_core(session->target);
    log_line(worker->setup.log, LOG_INFO, "another core: %s behind access port %u, %s", core->name,
             core->ap,
             session_connected(session) ? session_state_name(session) : "not started yet");
    notice = worker->setup.core ? malloc(sizeof *notice) : NULL;
    if (notice) {
        request_init(&notice->request, worker->setup.log, worker->setup.user, NULL,
                     worker->setup.core);
        snprintf(notice->name, sizeof notice->name, "%s", core->name);
        mailbox_put(worker->setup.answers, &notice->request);
    }
    session_select_core(session, before);
}

static void tell_connection(struct worker *worker)
{
    const struct target_chip *chip = target_chip(worker->session.target);
    const struct target_core *core = target_core(worker->session.target);
    char state[320];

    describe_core(worker, state, sizeof state);
    if (!session_connected(&worker->session))
        return;
    log_line(worker->setup.log, LOG_INFO,
             "connected: %s, %s, %u KiB flash, %u KiB RAM, %u breakpoints, %u watchpoints, %s",
             chip->name, core->name, (unsigned)(chip->flash_size / 1024),
             (unsigned)(chip->ram_size / 1024), core->breakpoints, core->watchpoints, state);
    if (chip->warning[0])
        log_line(worker->setup.log, LOG_WARN, "%s", chip->warning);
    tell_other_core(worker);
    chip_compare(worker->setup.chip, chip->name, worker->setup.log);
}

void worker_report_connection(struct worker *worker)
{
    struct session *session = &worker->session;
    bool connected = session_connected(session);

    if (connected && !worker->was_connected) {
        tell_connection(worker);
        connected = session_connected(session);
        worker->last_why[0] = '\0';
        if (session_lost_clients(session) > 0)
            log_line(worker->setup.log, LOG_WARN, "the target was away: " SESSION_LOST_TEXT);
    }
    worker->was_connected = connected;
    atomic_store(&worker->connected, connected);
}

/* What will be done about it, or what the user can do. */
static const char *what_next(const struct worker *worker, enum err err)
{
    bool once = worker->setup.tries_once;

    if (err == ERR_NO_PROBE)
        return once ? "; PROBED_SIM=bluepill needs none"
                    : ": plug one in, or start again with --sim";
    return once || err == ERR_ARGUMENT || probe_is_recorded(&worker->session.info)
               ? ""
               : "; trying again until it works";
}

/* Measured values differ from look to look. */
static bool is_the_same(const char *a, const char *b)
{
    static const char digits[] = "0123456789";

    for (;;) {
        a += strspn(a, digits);
        b += strspn(b, digits);
        if (*a != *b || !*a)
            return *a == *b;
        a++;
        b++;
    }
}

/* A failure to connect is told when it is a new one. */
static void report_failure(struct worker *worker, enum err err)
{
    const char *why = worker->session.core->why_absent;

    if (is_the_same(worker->last_why, why))
        return;
    snprintf(worker->last_why, sizeof worker->last_why, "%s", why);
    log_line(worker->setup.log, LOG_WARN, "%s%s", why, what_next(worker, err));
}

enum err worker_try_connect(struct worker *worker, struct job *job)
{
    struct session *session = &worker->session;
    bool launches = session->options.launches && !session->met;
    enum err err = launches ? session_connect_anyhow(session, job) : session_regain(session, job);

    worker->next_try = uv_hrtime() + RETRY_US * 1000ull;
    if (!err)
        worker_report_connection(worker);
    else
        report_failure(worker, err);
    return err;
}

enum err worker_check_program(struct worker *worker, struct job *job)
{
    struct session *session = &worker->session;
    struct job *before = session_enter(session, job);
    struct flash_image_places places;
    struct image image;
    enum err err = image_load(job, worker->setup.program, IMAGE_ELF, 0, &image);

    if (!err)
        err = flash_image_made_for(session->target, &image);
    if (!err)
        err = flash_image_places(session->target, &image, &places);
    image_finish(&image);
    session_leave(session, before);
    if (err)
        log_line(worker->setup.log, LOG_ERROR, "%s: %s", worker->setup.program, job_text(job, err));
    return err;
}

void worker_retry_connect(struct worker *worker)
{
    job_clear(&worker->idle_job);
    if (worker_try_connect(worker, &worker->idle_job) != ERR_OK)
        return;
    struct request *notice = malloc(sizeof *notice);
    if (!notice)
        return;
    request_init(notice, worker->setup.log, worker->setup.user, NULL, worker->setup.connected);
    mailbox_put(worker->setup.answers, notice);
}
