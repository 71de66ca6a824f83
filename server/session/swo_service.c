/* SPDX-License-Identifier: MIT */
#include "session/swo_service.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"

enum {
    FIRST_US = 1000, /* between looks that find nothing; at 2 Mbaud a V2's 4 KiB fill in 20 ms */
    LONGEST_US = 8000,
    UNHEARD_US = 100000, /* nobody listens: what comes is thrown away */
    RETRY_US = 1000000,  /* after an error */
    MEASURE_US = 20000,  /* between looks at a clock, or at a core that does not run yet */
    CHECK_US = 1000000,  /* of silence, before the registers are looked at */
    PIECE = 16384,
    MUCH = 2048, /* that came: more waits */
    ROUNDS = 8,
    JUDGED = 64,     /* packets before they are judged */
    BAD_PERCENT = 4, /* of them, and together with odd ones: */
    ODD_PERCENT = 25,
    PER_CENT = 100,
};

static struct swo_service *service_of(struct poller *poller)
{
    return (struct swo_service *)((char *)poller - offsetof(struct swo_service, poller));
}

static uint64_t now_us(const struct swo_service *service)
{
    return clock_now_us(probe_clock(service->session->probe));
}

/* --- set up --- */

static uint32_t baud_of(const struct swo_service *service, uint32_t clock_hz)
{
    uint32_t limit = probe_trace_limit(service->session->probe);

    if (service->settings.baud)
        return service->settings.baud;
    return swo_best_baud(clock_hz, limit && limit < SWO_USUAL_BAUD ? limit : SWO_USUAL_BAUD);
}

static void make_plan(struct swo_service *service, uint32_t clock_hz)
{
    const struct swo_settings *settings = &service->settings;

    service->plan = (struct swo_plan){.clock_hz = clock_hz,
                                      .baud = baud_of(service, clock_hz),
                                      .ports = settings->ports,
                                      .sample_cycles = settings->sample_cycles,
                                      .times = settings->times,
                                      .exceptions = settings->exceptions};
}

static enum err check_plan(const struct swo_service *service, struct job *job)
{
    const struct swo_plan *plan = &service->plan;

    if (plan->baud && swo_fits(plan))
        return ERR_OK;
    return job_fail(job, ERR_ARGUMENT,
                    "a clock of %u Hz cannot be divided to %u baud within %d %%: %u would be the "
                    "nearest",
                    plan->clock_hz, plan->baud, SWO_TOLERANCE, plan->baud ? swo_pin_baud(plan) : 0);
}

/* What speaks already falls silent; then the receiver, and the sender last: nothing is heard at the
 * wrong rate. */
static enum err set_up(struct swo_service *service, struct job *job, uint32_t clock_hz)
{
    struct session *session = service->session;

    make_plan(service, clock_hz);
    enum err err = check_plan(service, job);
    if (!err)
        err = swo_require(session->target);
    if (!err)
        err = swo_take_down(session->target);
    if (!err && !service->settings.external)
        err = probe_trace_start(session->probe, service->plan.baud);
    if (!err)
        err = swo_set_up(session->target, &service->plan);
    if (err)
        return err;
    struct swo_counts before = service->sink.counts;
    swo_sink_init(&service->sink, session, &service->plan);
    service->sink.counts = before;
    service->sink.decoder.packets = service->judged_packets = before.packets;
    service->sink.decoder.bad = service->judged_bad = before.bad;
    service->judged_odd = before.odd;
    service->set_up = true;
    service->suspect = false;
    service->resets = session->resets;
    service->checked_us = now_us(service);
    return ERR_OK;
}

static void tell_set_up(const struct swo_service *service)
{
    log_line(service->session->log, LOG_INFO, "swo: %u baud from a clock of %.3f MHz%s",
             service->plan.baud, service->plan.clock_hz / 1e6,
             service->settings.clock_hz ? "" : ", as measured");
}

/* What no later look can mend ends it; the wire's errors do not. */
static uint64_t give_up(struct swo_service *service, struct job *job, enum err err)
{
    if (err != ERR_UNSUPPORTED && err != ERR_ARGUMENT)
        return RETRY_US;
    log_line(service->session->log, LOG_WARN, "swo: %s", job_text(job, err));
    service->on = false;
    return POLLER_NEVER;
}

/* By the clock that was given, or once that was measured. */
static uint64_t begin(struct swo_service *service, struct job *job)
{
    uint32_t hz = service->settings.clock_hz;
    enum err err = swo_require(service->session->target);

    if (!err && !hz)
        err = swo_clock_look(&service->clock, service->session->target, &hz);
    if (!err && !hz)
        return MEASURE_US;
    if (!err)
        err = set_up(service, job, hz);
    if (err)
        return give_up(service, job, err);
    service->told = false;
    tell_set_up(service);
    return 0;
}

/* --- sense --- */

static bool is_garbled(struct swo_service *service)
{
    const struct swo_counts *counts = &service->sink.counts;
    uint64_t bad = counts->bad - service->judged_bad, odd = counts->odd - service->judged_odd;
    uint64_t all = counts->packets - service->judged_packets + bad;

    if (all < JUDGED)
        return false;
    service->judged_packets = counts->packets;
    service->judged_bad = counts->bad;
    service->judged_odd = counts->odd;
    return bad * PER_CENT >= all * BAD_PERCENT && (bad + odd) * PER_CENT >= all * ODD_PERCENT;
}

static bool differs(uint32_t hz, uint32_t other)
{
    int64_t apart = (int64_t)hz - other;

    return (apart < 0 ? -apart : apart) * PER_CENT > (int64_t)SWO_TOLERANCE * other;
}

static void tell_clock(struct swo_service *service, uint32_t hz, uint32_t taken_hz)
{
    log_line(service->session->log, LOG_WARN,
             "swo: what comes makes no sense: the core's clock is about %.1f MHz, and not the "
             "%.3f MHz that %s: %s",
             hz / 1e6, taken_hz / 1e6, service->settings.clock_hz ? "was given" : "it was",
             service->settings.clock_hz ? "give that one" : "it is set up again for that");
    service->told = true;
}

static void tell_wire(struct swo_service *service)
{
    if (!service->told)
        log_line(service->session->log, LOG_WARN,
                 "swo: what comes makes no sense, although clock and registers are right: the wire "
                 "of SWO (PB3) may be bad, or another program writes to ITM in a way of its own");
    service->told = true;
}

/* The program, or a debugger, wrote to the registers. False: they are as they were left. */
static enum err mend(struct swo_service *service, struct job *job, bool *mended)
{
    char changed[400];
    enum err err = swo_check(service->session->target, &service->plan, changed, sizeof changed);

    service->checked_us = now_us(service);
    *mended = !err && changed[0];
    if (!*mended)
        return err;
    if (service->resets == service->session->resets && !service->told)
        log_line(service->session->log, LOG_INFO, "swo: %s: set up again", changed);
    service->told = true;
    return set_up(service, job, service->plan.clock_hz);
}

/* The likeliest reason is a clock that is another: it is measured, which takes two looks. */
static enum err investigate(struct swo_service *service, struct job *job)
{
    uint32_t hz;
    bool mended = false;
    enum err err = swo_clock_look(&service->clock, service->session->target, &hz);

    if (err || !hz)
        return err;
    service->suspect = false;
    if (!differs(hz, service->plan.clock_hz)) {
        err = mend(service, job, &mended);
        if (!err && !mended)
            tell_wire(service);
        return err;
    }
    uint32_t taken_hz = service->plan.clock_hz;
    if (!service->settings.clock_hz)
        err = set_up(service, job, hz);
    if (!err)
        tell_clock(service, hz, taken_hz);
    return err;
}

static void look_for_sense(struct swo_service *service)
{
    const struct swo_counts *counts = &service->sink.counts;

    if (is_garbled(service) && !service->suspect && !service->told) {
        service->suspect = true;
        service->clock = (struct swo_clock){0};
    }
    if (counts->overflows > service->told_overflows && !service->told_overflows)
        log_line(service->session->log, LOG_WARN,
                 "swo: the chip says that it lost packets: more is printed or traced than %u baud "
                 "carry",
                 service->plan.baud);
    service->told_overflows = counts->overflows;
}

static enum err look_at_chip(struct swo_service *service, struct job *job, bool silent)
{
    bool was_reset = service->resets != service->session->resets, mended;
    enum err err = ERR_OK;

    if (service->suspect)
        return investigate(service, job);
    if (was_reset || (silent && now_us(service) - service->checked_us >= CHECK_US))
        err = mend(service, job, &mended);
    service->resets = service->session->resets;
    return err;
}

/* --- the poller --- */

static bool is_heard(const struct swo_service *service)
{
    struct session *session = service->session;

    return session->listeners || stream_kind_heard(session, STREAM_SWO_RAW) ||
           stream_kind_heard(session, STREAM_ITM) || session_wants_any_poll(session);
}

static void pass_on(struct swo_service *service, const uint8_t *bytes, size_t length)
{
    struct session *session = service->session;
    struct stream_id raw = {STREAM_SWO_RAW, 0};

    if (stream_room(session) >= length)
        stream_bring(session, raw, bytes, length);
    else if (stream_heard(session, raw))
        service->lost += length;
    swo_sink_feed(&service->sink, bytes, length);
}

static enum err fetch(struct swo_service *service, size_t *fetched)
{
    uint8_t bytes[PIECE];
    size_t count = MUCH;
    enum err err = ERR_OK;

    *fetched = 0;
    for (unsigned i = 0; i < ROUNDS && count >= MUCH && !err; i++) {
        err = probe_trace_read(service->session->probe, bytes, sizeof bytes, &count);
        if (!err && count > 0)
            pass_on(service, bytes, count);
        *fetched += count;
    }
    return err;
}

static uint64_t next_wait(struct swo_service *service, size_t fetched)
{
    if (!is_heard(service))
        return UNHEARD_US;
    if (fetched >= MUCH)
        return 0;
    service->wait_us = fetched > 0 ? FIRST_US : service->wait_us * 2;
    if (service->wait_us > LONGEST_US)
        service->wait_us = LONGEST_US;
    return service->wait_us;
}

/* As a look at the running core: whoever waits for it hears what its program says. */
static enum err fetch_for_all(struct swo_service *service, struct job *job, size_t *fetched)
{
    struct client_text text;

    client_text_begin(&text, job, service->session, NULL);
    enum err err = fetch(service, fetched);
    client_text_end(&text);
    return err;
}

static uint64_t look(struct poller *poller, struct session *session, struct job *job)
{
    struct swo_service *service = service_of(poller);
    size_t fetched = 0;

    if (!probe_traces(session->probe) && !service->settings.external)
        service->set_up = false; /* it was opened anew */
    if (!service->set_up)
        return begin(service, job);
    enum err err = fetch_for_all(service, job, &fetched);
    if (fetched > 0)
        service->checked_us = now_us(service);
    look_for_sense(service);
    if (!err)
        err = look_at_chip(service, job, fetched == 0);
    return err ? RETRY_US : next_wait(service, fetched);
}

static bool wanted(struct poller *poller, struct session *session)
{
    return service_of(poller)->on;
}

static void take_down(struct swo_service *service)
{
    struct session *session = service->session;

    if (service->set_up && session_connected(session)) {
        unsigned core = session_select_core(session, 0);
        (void)swo_take_down(session->target);
        session_select_core(session, core);
    }
    if (session->probe)
        (void)probe_trace_stop(session->probe);
    service->set_up = false;
}

static void leaves(struct poller *poller, struct session *session)
{
    take_down(service_of(poller));
}

/* --- for the session and its commands --- */

struct swo_service *swo_service(struct session *session)
{
    struct swo_service *service = session->swo;

    if (service || !(service = calloc(1, sizeof *service)))
        return service;
    service->session = session;
    service->settings.ports = UINT32_MAX;
    service->poller = (struct poller){.wanted = wanted, .look = look, .leaves = leaves};
    poller_add(session, &service->poller);
    return session->swo = service;
}

void swo_service_begin(struct session *session)
{
    const struct session_options *options = &session->options;

    if (!options->swo || !swo_service(session))
        return;
    session->swo->settings.clock_hz = options->swo_clock_hz;
    session->swo->settings.baud = options->swo_baud;
    session->swo->on = true;
}

enum err swo_service_start(struct swo_service *service, struct job *job)
{
    struct session *session = service->session;
    unsigned core = session_select_core(session, 0);
    uint32_t hz = service->settings.clock_hz;
    enum err err = ERR_OK;

    take_down(service);
    service->on = service->told = false;
    service->clock = (struct swo_clock){0};
    if (session_connected(session))
        err = swo_require(session->target);
    if (!err && session_connected(session) && hz)
        err = set_up(service, job, hz);
    service->on = !err;
    session_select_core(session, core);
    pollers_hurry(session);
    return err;
}

void swo_service_stop(struct swo_service *service)
{
    take_down(service);
    service->on = false;
}

void swo_service_free(struct session *session)
{
    free(session->swo);
    session->swo = NULL;
}
