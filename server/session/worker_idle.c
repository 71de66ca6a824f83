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

/* The program stands at each of its calls until somebody looks, which is not for gdbs alone where
 * it was given files or a port. */
static bool serves_program(const struct session *session)
{
    return (session->options.files || session->program_port.takes) &&
           target_semihosting(session->target);
}

/* Consoles want to know what the core does, or its program needs nobody but us. */
static bool looks_on(const struct session *session)
{
    return session_connected(session) && (session->watchers > 0 || serves_program(session));
}

/* Those who just look on at a simulated core have look_on() for it. */
static bool wants_poll(struct worker *worker)
{
    struct session *session = &worker->session;

    return session_wants_any_poll(session) ||
           (looks_on(session) && target_state(session->target) != TARGET_HALTED &&
            !time_is_virtual(session));
}

/* It made a call that was served, and probably makes the next one already. */
static bool talks(const struct session *session)
{
    return session_connected(session) && target_talks(session->target);
}

/* Somebody waits for the running core. What time passes between looks doubles, unless it takes this
 * machine long to simulate. */
static void poll_core(struct worker *worker)
{
    uint64_t us = worker->slow ? worker->poll_us / 2 : worker->poll_us * 2;

    worker->poll_us = us < POLL_FIRST_US ? POLL_FIRST_US : us < POLL_LAST_US ? us : POLL_LAST_US;
    worker->slow = false;
    job_clear(&worker->idle_job);
    session_poll_all(&worker->session, &worker->idle_job);
    worker_report_connection(worker);
    if (talks(&worker->session))
        worker->poll_us = 0;
}

/* Those who just look on, at a simulated core: it has run meanwhile as on the wall, unless its time
 * stands still between looks. */
static void look_on(struct worker *worker)
{
    struct clock *clock = probe_clock(worker->session.probe);

    if (clock->stands_still)
        clock_sleep_us(clock, LOOK_ON_US);
    job_clear(&worker->idle_job);
    session_poll(&worker->session, &worker->idle_job);
}

static void check_presence(struct worker *worker)
{
    job_clear(&worker->idle_job);
    session_check_presence(&worker->session, &worker->idle_job);
}

static bool wants_retry(struct worker *worker)
{
    return worker->connect_asked && !session_connected(&worker->session);
}

static bool wants_look_on(struct worker *worker)
{
    const struct session *session = &worker->session;

    return looks_on(session) && time_is_virtual(session) &&
           target_state(session->target) == TARGET_RUNNING;
}

static bool wants_presence(struct worker *worker)
{
    return worker->session.watchers > 0 && session_connected(&worker->session);
}

/* --- when --- */

static uint64_t rest(uint64_t us, uint64_t passed)
{
    return passed < us ? us - passed : 0;
}

static uint64_t core_waits(const struct worker *worker, uint64_t passed)
{
    return rest(worker->poll_us, passed);
}

static uint64_t retry_waits(const struct worker *worker, uint64_t passed)
{
    uint64_t now = uv_hrtime();

    (void)passed; /* others try, too */
    return now < worker->next_try ? (worker->next_try - now) / 1000 + 1 : 0;
}

static uint64_t on_waits(const struct worker *worker, uint64_t passed)
{
    return talks(&worker->session) ? 0 : rest(POLL_LAST_US, passed);
}

static uint64_t presence_waits(const struct worker *worker, uint64_t passed)
{
    (void)worker;
    return rest(PRESENCE_US, passed);
}

/* What is to be looked at while nobody asks for anything; the first that is wanted has its turn. */
static const struct poll_source {
    bool (*wanted)(struct worker *worker);
    /* Until the next look, `passed` microseconds after the last, or after it began to be wanted. */
    uint64_t (*wait_us)(const struct worker *worker, uint64_t passed);
    void (*look)(struct worker *worker);
} sources[] = {
    {wants_poll, core_waits, poll_core},
    {wants_retry, retry_waits, worker_retry_connect},
    {wants_look_on, on_waits, look_on},
    {wants_presence, presence_waits, check_presence},
};

static const struct poll_source *wanted_source(struct worker *worker)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (sources[i].wanted(worker))
            return &sources[i];
    return NULL;
}

/* Waiting elsewhere makes no virtual time pass: while somebody waits for a simulated core it runs
 * inside the sleep. */
static bool waits_by_its_clock(struct worker *worker)
{
    return time_is_virtual(&worker->session) && session_wants_any_poll(&worker->session);
}

static uint64_t now_us(struct worker *worker)
{
    return waits_by_its_clock(worker) ? clock_now_us(probe_clock(worker->session.probe))
                                      : uv_hrtime() / 1000;
}

/* Until the source's next look; it begins to wait when it is wanted. */
static uint64_t source_wait_us(struct worker *worker, const struct poll_source *source)
{
    if (worker->source != source) {
        worker->source = source;
        worker->poll_us = 0;
        worker->slow = false;
        worker->looked_us = source ? now_us(worker) : 0;
    }
    return source ? source->wait_us(worker, now_us(worker) - worker->looked_us) : MAILBOX_FOREVER;
}

static struct request *let_pass(struct worker *worker, uint64_t us, bool for_poller)
{
    struct session *session = &worker->session;

    if (waits_by_its_clock(worker)) {
        uint64_t started = uv_hrtime();
        clock_sleep_us(probe_clock(session->probe), us);
        worker->slow |= uv_hrtime() - started > SLICE_NS;
        return NULL;
    }
    if (!for_poller || !probe_clock(session->probe)->stands_still)
        return mailbox_wait(&worker->inbox, us);
    struct request *request = mailbox_wait(&worker->inbox, us < POLL_LAST_US ? us : POLL_LAST_US);
    if (!request)
        clock_sleep_us(probe_clock(session->probe), us < LOOK_ON_US ? us : LOOK_ON_US);
    return request;
}

/* Pollers and source take turns: none of them keeps the others from theirs. */
struct request *worker_wait(struct worker *worker)
{
    const struct poll_source *source = wanted_source(worker);
    uint64_t wait = source_wait_us(worker, source);
    uint64_t pollers = pollers_wait_us(&worker->session);

    if (pollers == 0 && (wait > 0 || !worker->poller_was_last)) {
        worker->poller_was_last = true;
        pollers_look(&worker->session, &worker->idle_job);
        worker_report_connection(worker);
        return NULL;
    }
    worker->poller_was_last = false;
    if (wait > 0)
        return let_pass(worker, wait < pollers ? wait : pollers,
                        pollers <= wait && pollers != POLLER_NEVER);
    source->look(worker);
    worker->looked_us = now_us(worker);
    return NULL;
}
