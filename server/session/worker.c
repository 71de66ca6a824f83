/* SPDX-License-Identifier: MIT */
#include "session/worker.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "session/discovery.h"
#include "session/events.h"
#include "session/mailbox.h"
#include "session/meant_chip.h"

enum {
    POLL_FIRST_US = 1000, /* right after a resume: breakpoints often hit at once */
    POLL_LAST_US = 20000,
    RETRY_US = 1000000,   /* between tries to connect */
    STROLL_US = 1000,     /* what passes every POLL_LAST_US of real time while those who just look
                             on look at a simulated core whose time stands still otherwise */
    PRESENCE_US = 500000, /* between looks at a halted core, when consoles are there */
    SLICE_NS = 10000000,  /* a slice of virtual time should take less than this to simulate */
};

struct worker {
    struct worker_setup setup; /* fixed before the thread starts */
    uv_thread_t thread;
    struct mailbox inbox;
    atomic_uint progress;
    atomic_bool connected;

    /* Worker thread only. */
    struct session session;
    struct job idle_job;     /* on whose behalf we poll and retry */
    struct request *running; /* the one others may run between, else NULL */
    uint64_t poll_us;        /* 0: nobody waited when we last looked */
    uint64_t next_try;       /* uv_hrtime() of the next try to connect */
    bool connect_asked, was_connected, stopping;
    struct events_route route; /* to the consoles */
    char last_why[sizeof((struct session *)0)->why_absent];
};

static void answer(struct worker *worker, struct request *request)
{
    mailbox_put(worker->setup.answers, request);
}

static struct worker *worker_of(struct session *session)
{
    return (struct worker *)((char *)session - offsetof(struct worker, session));
}

/* --- connecting --- */

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
    chip_compare(worker->setup.chip, chip->name, worker->setup.log);
}

/* Whoever connected: a try of ours, or a client's vAttach. The session tells of losses. */
static void report_connection(struct worker *worker)
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

static enum err find_probe(void *user, struct probe_info *info, struct job *job)
{
    const struct worker_setup *setup = &((struct worker *)user)->setup;

    return discovery_find(setup->selectors, setup->selector_count, info, job);
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

/* A failure to connect is told when it is a new one. */
static void report_failure(struct worker *worker, enum err err)
{
    const char *why = worker->session.why_absent;

    if (strcmp(worker->last_why, why) == 0)
        return;
    snprintf(worker->last_why, sizeof worker->last_why, "%s", why);
    log_line(worker->setup.log, LOG_WARN, "%s%s", why, what_next(worker, err));
}

static enum err try_connect(struct worker *worker, struct job *job)
{
    enum err err = session_connect(&worker->session, job);

    worker->next_try = uv_hrtime() + RETRY_US * 1000ull;
    if (!err)
        report_connection(worker);
    else
        report_failure(worker, err);
    return err;
}

/* A try of our own; the loop hears of success, since commands may wait for it. */
static void retry_connect(struct worker *worker)
{
    job_clear(&worker->idle_job);
    if (try_connect(worker, &worker->idle_job) != ERR_OK)
        return;
    struct request *notice = malloc(sizeof *notice);
    if (!notice)
        return;
    request_init(notice, worker->setup.log, worker->setup.user, NULL, worker->setup.connected);
    answer(worker, notice);
}

/* --- requests --- */

void worker_connect(struct request *request, struct session *session)
{
    struct worker *worker = worker_of(session);

    worker->connect_asked = true;
    request->err = try_connect(worker, &request->job);
}

void worker_watch(struct request *request, struct session *session)
{
    session->watchers++;
}

void worker_unwatch(struct request *request, struct session *session)
{
    session->watchers--;
}

void worker_stop(struct request *request, struct session *session)
{
    session_finish(session);
    worker_of(session)->stopping = true;
}

/* What may run between the slices of another owner's long job. Those that would disturb the long
 * one are refused by packet_run(), at once and not after the time limit. */
static bool may_run_between(const struct request *request, void *user)
{
    const struct request *running = user;

    return request->between && request->owner != running->owner;
}

/* job->between of the running job. The nested job gets no `between` of its own. */
static void run_others(void *user)
{
    struct worker *worker = user;
    struct request *request;

    while ((request = mailbox_take_if(&worker->inbox, may_run_between, worker->running))) {
        request->job.progress = &worker->progress;
        request->run(request, &worker->session);
        answer(worker, request);
    }
}

/* job->waiting of the running job. */
static bool others_wait(void *user)
{
    struct worker *worker = user;

    return mailbox_has(&worker->inbox, may_run_between, worker->running);
}

static void run(struct worker *worker, struct request *request)
{
    worker->session.cause = request->owner;
    under_way_begin(&worker->session, request);
    worker->running = request;
    request->job.between = run_others;
    request->job.waiting = others_wait;
    request->job.progress = &worker->progress;
    request->job.between_user = worker;
    request->run(request, &worker->session);
    worker->running = NULL;
    worker->session.cause = NULL;
    under_way_end(&worker->session);
    report_connection(worker);
    answer(worker, request);
}

/* --- waiting for the next request --- */

static bool time_is_virtual(const struct session *session)
{
    return session->probe && probe_clock(session->probe)->is_virtual;
}

/* A simulated core strolls for those who just look on. */
static bool wants_poll(const struct worker *worker)
{
    const struct session *session = &worker->session;

    return session_wants_poll(session) ||
           (session->watchers > 0 && session_connected(session) &&
            target_state(session->target) != TARGET_HALTED && !time_is_virtual(session));
}

/* Somebody waits for the running core: look, then let some time pass. */
static struct request *poll_core(struct worker *worker)
{
    struct session *session = &worker->session;
    struct request *request = NULL;
    uint64_t started = uv_hrtime();

    if (worker->poll_us == 0)
        worker->poll_us = POLL_FIRST_US;
    job_clear(&worker->idle_job);
    session_poll(session, &worker->idle_job);
    report_connection(worker);
    if (!wants_poll(worker))
        return NULL;
    /* Waiting elsewhere makes no virtual time pass: the simulated core runs inside the sleep. */
    if (time_is_virtual(session))
        clock_sleep_us(probe_clock(session->probe), worker->poll_us);
    else
        request = mailbox_wait(&worker->inbox, worker->poll_us);
    if (uv_hrtime() - started > SLICE_NS && time_is_virtual(session))
        worker->poll_us = worker->poll_us / 2 > POLL_FIRST_US ? worker->poll_us / 2 : POLL_FIRST_US;
    else
        worker->poll_us = worker->poll_us * 2 < POLL_LAST_US ? worker->poll_us * 2 : POLL_LAST_US;
    return request;
}

/* Those who just look on, at a simulated core: it has run meanwhile as on the wall, unless its time
 * stands still between looks. */
static struct request *stroll(struct worker *worker)
{
    struct request *request = mailbox_wait(&worker->inbox, POLL_LAST_US);
    struct clock *clock = probe_clock(worker->session.probe);

    if (request)
        return request;
    if (clock->stands_still)
        clock_sleep_us(clock, STROLL_US);
    job_clear(&worker->idle_job);
    session_poll(&worker->session, &worker->idle_job);
    return NULL;
}

static struct request *guard(struct worker *worker)
{
    struct request *request = mailbox_wait(&worker->inbox, PRESENCE_US);

    if (request)
        return request;
    job_clear(&worker->idle_job);
    session_check_presence(&worker->session, &worker->idle_job);
    return NULL;
}

static bool wants_retry(const struct worker *worker)
{
    return worker->connect_asked && !session_connected(&worker->session);
}

static struct request *retry(struct worker *worker)
{
    uint64_t now = uv_hrtime();

    if (now < worker->next_try)
        return mailbox_wait(&worker->inbox, (worker->next_try - now) / 1000 + 1);
    retry_connect(worker);
    return NULL;
}

static bool wants_stroll(const struct worker *worker)
{
    const struct session *session = &worker->session;

    return session->watchers > 0 && time_is_virtual(session) && session->target &&
           target_state(session->target) == TARGET_RUNNING;
}

static bool wants_guard(const struct worker *worker)
{
    return worker->session.watchers > 0 && session_connected(&worker->session);
}

/* What is to be looked at while nobody asks for anything; the first that is wanted has its turn. */
static const struct poll_source {
    bool (*wanted)(const struct worker *worker);
    /* Looks, and waits for a request meanwhile; NULL: none came. */
    struct request *(*wait)(struct worker *worker);
} sources[] = {
    {wants_poll, poll_core},
    {wants_retry, retry},
    {wants_stroll, stroll},
    {wants_guard, guard},
};

static struct request *wait_for_request(struct worker *worker)
{
    if (!wants_poll(worker))
        worker->poll_us = 0;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i].wanted(worker))
            return sources[i].wait(worker);
    return mailbox_wait(&worker->inbox, MAILBOX_FOREVER);
}

static void worker_main(void *user)
{
    struct worker *worker = user;

    if (!worker->setup.info.driver) {
        worker->setup.options.find = find_probe;
        worker->setup.options.find_user = worker;
    }
    session_init(&worker->session, worker->setup.log, &worker->setup.options, &worker->setup.info,
                 worker->setup.wire);
    worker->session.notices = worker->setup.answers;
    worker->route = (struct events_route){worker->setup.user, worker->setup.event};
    events_begin(&worker->session, &worker->route);
    while (!worker->stopping) {
        struct request *request = mailbox_take(&worker->inbox);

        if (!request)
            request = wait_for_request(worker);
        if (request)
            run(worker, request);
    }
}

/* --- for the loop --- */

struct worker *worker_start(const struct worker_setup *setup)
{
    struct worker *worker = calloc(1, sizeof *worker);

    if (!worker)
        return NULL;
    worker->setup = *setup;
    job_init(&worker->idle_job, setup->log);
    worker->idle_job.progress = &worker->progress;
    if (!mailbox_init(&worker->inbox, NULL)) {
        free(worker);
        return NULL;
    }
    if (uv_thread_create(&worker->thread, worker_main, worker) != 0) {
        mailbox_finish(&worker->inbox);
        free(worker);
        return NULL;
    }
    return worker;
}

unsigned worker_progress(const struct worker *worker)
{
    return atomic_load(&worker->progress);
}

bool worker_is_connected(const struct worker *worker)
{
    return atomic_load(&worker->connected);
}

void worker_post(struct worker *worker, struct request *request)
{
    mailbox_put(&worker->inbox, request);
}

void worker_join(struct worker *worker)
{
    struct request *request;

    uv_thread_join(&worker->thread);
    while ((request = mailbox_take(&worker->inbox)))
        request_destroy(request);
    mailbox_finish(&worker->inbox);
    free(worker);
}
