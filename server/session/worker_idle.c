/* SPDX-License-Identifier: MIT */
/* What a worker does while nobody asks for anything: it looks at what others wait for. */
#include "session/worker_internal.h"

enum {
    POLL_FIRST_US = 1000, /* right after a resume: breakpoints often hit at once */
    POLL_LAST_US = 20000,
    LOOK_ON_US = 1000,    /* what passes every POLL_LAST_US of real time while those who just look
                             on look at a simulated core whose time stands still otherwise */
    PRESENCE_US = 500000, /* between looks at a halted core, when consoles are there */
    SLICE_NS = 10000000,  /* a slice of virtual time should take less than this to simulate */
};

static bool time_is_virtual(const struct session *session)
{
    return session->probe && probe_clock(session->probe)->is_virtual;
}

/* Those who just look on at a simulated core have look_on() for it. */
static bool wants_poll(struct worker *worker)
{
    struct session *session = &worker->session;

    return session_wants_any_poll(session) ||
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
    session_poll_all(session, &worker->idle_job);
    worker_report_connection(worker);
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
static struct request *look_on(struct worker *worker)
{
    struct request *request = mailbox_wait(&worker->inbox, POLL_LAST_US);
    struct clock *clock = probe_clock(worker->session.probe);

    if (request)
        return request;
    if (clock->stands_still)
        clock_sleep_us(clock, LOOK_ON_US);
    job_clear(&worker->idle_job);
    session_poll(&worker->session, &worker->idle_job);
    return NULL;
}

static struct request *check_presence(struct worker *worker)
{
    struct request *request = mailbox_wait(&worker->inbox, PRESENCE_US);

    if (request)
        return request;
    job_clear(&worker->idle_job);
    session_check_presence(&worker->session, &worker->idle_job);
    return NULL;
}

static bool wants_retry(struct worker *worker)
{
    return worker->connect_asked && !session_connected(&worker->session);
}

static struct request *retry(struct worker *worker)
{
    uint64_t now = uv_hrtime();

    if (now < worker->next_try)
        return mailbox_wait(&worker->inbox, (worker->next_try - now) / 1000 + 1);
    worker_retry_connect(worker);
    return NULL;
}

static bool wants_look_on(struct worker *worker)
{
    const struct session *session = &worker->session;

    return session->watchers > 0 && time_is_virtual(session) && session->target &&
           target_state(session->target) == TARGET_RUNNING;
}

static bool wants_presence(struct worker *worker)
{
    return worker->session.watchers > 0 && session_connected(&worker->session);
}

/* What is to be looked at while nobody asks for anything; the first that is wanted has its turn. */
static const struct poll_source {
    bool (*wanted)(struct worker *worker);
    /* Looks, and waits for a request meanwhile; NULL: none came. */
    struct request *(*wait)(struct worker *worker);
} sources[] = {
    {wants_poll, poll_core},
    {wants_retry, retry},
    {wants_look_on, look_on},
    {wants_presence, check_presence},
};

struct request *worker_wait(struct worker *worker)
{
    if (!wants_poll(worker))
        worker->poll_us = 0;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i].wanted(worker))
            return sources[i].wait(worker);
    return mailbox_wait(&worker->inbox, MAILBOX_FOREVER);
}
