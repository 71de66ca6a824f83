/* SPDX-License-Identifier: MIT */
#include "session/rtt_service.h"

#include <stdlib.h>
#include <string.h>

#include "image/elf_symbols.h"
#include "session/program_text.h"
#include "session/session.h"

enum {
    FIRST_US = 1000,          /* between looks that find nothing */
    SEARCH_US = 50000,        /* between searches in vain, at first.. */
    SEARCH_LAST_US = 1000000, /* ..and at last */
    PASSES = 4,               /* of them while nobody listens */
    IDLE_US = 1000000,        /* nobody listens, or the core stands, or memory does not answer */
    LOOK_US = 10000,          /* a look that takes less may move more */
    ROUNDS = 16,
};

static struct rtt_service *service_of(struct poller *poller)
{
    return (struct rtt_service *)((char *)poller - offsetof(struct rtt_service, poller));
}

static struct stream_id id_of(unsigned channel)
{
    return (struct stream_id){STREAM_RTT, channel};
}

/* --- the ends of the channels --- */

/* While somebody could see it: what comes later is for those who wait then. */
static bool is_shown(const struct rtt_service *service)
{
    struct session *session = service->session;

    return session->rtt_shown && (session->watchers > 0 || session_wants_any_poll(session));
}

/* Those who hear whatever the program says hear channel 0. */
static bool is_told(const struct rtt_service *service, unsigned channel)
{
    return channel == 0 && (service->session->listeners || is_shown(service));
}

static bool is_read(const struct rtt_service *service, unsigned channel)
{
    return stream_heard(service->session, id_of(channel)) || is_told(service, channel);
}

static size_t wanted_of(void *user, unsigned channel)
{
    const struct rtt_service *service = user;

    if (stream_heard(service->session, id_of(channel)))
        return stream_room(service->session);
    return service->drain || is_told(service, channel) ? RTT_SLICE : 0;
}

static void say(void *user, const char *bytes, size_t length)
{
    struct rtt_service *service = user;
    const struct program_text said = {TEXT_RTT, 0, bytes, length};

    session_say(service->session, &said);
}

static void bring(void *user, unsigned channel, const uint8_t *bytes, size_t length)
{
    struct rtt_service *service = user;

    stream_bring(service->session, id_of(channel), bytes, length);
    if (is_told(service, channel))
        rtt_text_feed(&service->text, bytes, length, say, service);
}

static size_t waiting(void *user, unsigned channel, const uint8_t **bytes)
{
    return stream_sent(((struct rtt_service *)user)->session, id_of(channel), bytes);
}

static void took(void *user, unsigned channel, size_t length)
{
    stream_took(((struct rtt_service *)user)->session, id_of(channel), length);
}

/* --- a channel that nobody reads --- */

static bool is_full(const struct rtt_channel *up)
{
    return up->size > 1 && (up->write + 1) % up->size == up->read;
}

static bool blocks(const struct rtt_service *service, unsigned channel)
{
    return channel < service->rtt.up_count && service->rtt.up[channel].buffer &&
           (service->rtt.up[channel].flags & RTT_MODE) == RTT_BLOCK;
}

/* Full, it would stop its program. */
static bool may_stop(const struct rtt_service *service, unsigned channel)
{
    return blocks(service, channel) && !service->drain && !is_read(service, channel);
}

static bool wants_hint(const struct rtt_service *service)
{
    for (unsigned i = 0; i < RTT_CHANNELS && !service->hinted; i++)
        if (may_stop(service, i))
            return true;
    return false;
}

/* The program stands there, and who debugs it wonders why. */
static void hint(struct rtt_service *service)
{
    for (unsigned i = 0; i < RTT_CHANNELS && !service->hinted; i++) {
        if (!may_stop(service, i) || !is_full(&service->rtt.up[i]))
            continue;
        service->hinted = true;
        log_line(
            service->session->log, LOG_WARN,
            "rtt: channel %u is full and its program waits until somebody reads it: connect to "
            "its port, or let --rtt-drain throw it away",
            i);
    }
}

/* Now and then, however often others are read. */
static enum err look_for_hint(struct rtt_service *service, struct target *target)
{
    uint64_t now = clock_now_us(probe_clock(service->session->probe));

    if (!wants_hint(service) || now < service->hint_us)
        return ERR_OK;
    service->hint_us = now + IDLE_US / 2;
    enum err err = rtt_look(&service->rtt, target);
    if (!err && service->rtt.found)
        hint(service);
    return err;
}

/* --- defmt: its programs take blocking mode for "somebody listens" --- */

static bool is_defmt(const struct rtt_service *service, unsigned channel)
{
    return strcmp(service->rtt.up_names[channel], "defmt") == 0;
}

static enum err put_back(struct rtt_service *service, struct target *target, unsigned channel)
{
    service->modes_changed &= ~(1u << channel);
    return rtt_set_mode(&service->rtt, target, channel, service->modes[channel]);
}

static enum err adjust(struct rtt_service *service, struct target *target, unsigned channel)
{
    bool heard = is_read(service, channel);
    bool changed = service->modes_changed >> channel & 1;

    if (!heard)
        return changed ? put_back(service, target, channel) : ERR_OK;
    if (changed || blocks(service, channel) || !is_defmt(service, channel))
        return ERR_OK;
    service->modes_changed |= 1u << channel;
    service->modes[channel] = service->rtt.up[channel].flags & RTT_MODE;
    return rtt_set_mode(&service->rtt, target, channel, RTT_BLOCK);
}

static enum err adjust_all(struct rtt_service *service, struct target *target)
{
    enum err err = ERR_OK;

    for (unsigned i = 0; i < RTT_CHANNELS && i < service->rtt.up_count && !err; i++)
        err = adjust(service, target, i);
    return err;
}

static void put_all_back(struct rtt_service *service)
{
    struct session *session = service->session;
    unsigned core = session_select_core(session, 0);

    for (unsigned i = 0; i < RTT_CHANNELS && session_connected(session); i++)
        if (service->rtt.found && service->modes_changed >> i & 1)
            (void)put_back(service, session->target, i);
    service->modes_changed = 0;
    session_select_core(session, core);
}

/* --- the search --- */

static void begin_again(struct rtt_service *service)
{
    rtt_forget(&service->rtt);
    service->modes_changed = 0;
    service->text = (struct rtt_text){0};
    service->resets = service->session->resets;
    service->passes = 0;
    service->wait_us = FIRST_US;
}

static void tell_found(struct rtt_service *service)
{
    const struct rtt *rtt = &service->rtt;

    service->passes = 0;
    service->hinted = false;
    log_line(service->session->log, LOG_INFO,
             "rtt: Control block found at 0x%08x, up %u, down %u%s%s", rtt->address, rtt->up_count,
             rtt->down_count, rtt->up_names[0][0] ? ", channel 0 is " : "", rtt->up_names[0]);
}

static uint64_t search(struct rtt_service *service, struct target *target)
{
    bool over;
    enum err err = rtt_search(&service->rtt, target, &over);

    if (err)
        return IDLE_US;
    if (service->rtt.found)
        tell_found(service);
    if (!over || service->rtt.found)
        return 0;
    rtt_forget(&service->rtt);
    service->passes++;
    return service->passes > 4 ? SEARCH_LAST_US : (uint64_t)SEARCH_US << service->passes;
}

enum err rtt_service_find(struct rtt_service *service, struct job *job)
{
    bool over = service->rtt.found;
    enum err err = ERR_OK;

    if (!service->rtt.found)
        begin_again(service);
    service->asked = true; /* nobody else goes on with it meanwhile */
    while (!over && !err) {
        err = rtt_search(&service->rtt, service->session->target, &over);
        if (!err && !over)
            err = job_checkpoint(job);
    }
    service->asked = false;
    if (!err && service->rtt.found)
        tell_found(service);
    else
        rtt_forget(&service->rtt);
    return err;
}

/* --- the poller --- */

static bool listens(const struct rtt_service *service)
{
    struct stream_id id;

    return service->drain || service->session->listeners || is_shown(service) ||
           stream_kind_heard(service->session, STREAM_RTT) ||
           stream_waiting(service->session, STREAM_RTT, &id);
}

static bool wanted(struct poller *poller, struct session *session)
{
    struct rtt_service *service = service_of(poller);

    if (!service->on || service->asked)
        return false;
    if (listens(service) || service->modes_changed)
        return true;
    if (session->resets != service->resets)
        return true;
    return service->rtt.found ? wants_hint(service) : service->passes < PASSES;
}

/* More at once where the wire is quick, so that the reading of the block costs less. */
static enum err move(struct rtt_service *service, struct session *session, size_t *moved)
{
    const struct rtt_ends ends = {wanted_of, bring, waiting, took, service};
    struct clock *clock = probe_clock(session->probe);
    uint64_t began = clock_now_us(clock);
    enum err err = rtt_move(&service->rtt, session->target, &ends, service->rounds, moved);
    uint64_t took_us = clock_now_us(clock) - began;

    if (took_us < LOOK_US && service->rounds < ROUNDS)
        service->rounds *= 2;
    else if (took_us > 2 * LOOK_US && service->rounds > 1)
        service->rounds /= 2;
    return err;
}

static uint64_t next_wait(struct rtt_service *service, const struct session *session, size_t moved)
{
    bool stands = target_state(session->target) == TARGET_HALTED;

    if (moved > 0) {
        service->wait_us = FIRST_US;
        return 0;
    }
    if (stands || !listens(service))
        return IDLE_US;
    uint64_t wait = service->wait_us < service->longest_us ? service->wait_us : service->longest_us;
    service->wait_us = wait * 2;
    return wait;
}

static uint64_t look(struct poller *poller, struct session *session, struct job *job)
{
    struct rtt_service *service = service_of(poller);
    size_t moved = 0;

    (void)job;
    if (session->resets != service->resets)
        begin_again(service);
    if (!service->rtt.found)
        return search(service, session->target);
    enum err err = adjust_all(service, session->target);
    if (!err && listens(service))
        err = move(service, session, &moved);
    if (!err && service->rtt.found)
        err = look_for_hint(service, session->target);
    if (!service->rtt.found) /* the next look searches */
        begin_again(service);
    return err ? IDLE_US : service->rtt.found ? next_wait(service, session, moved) : FIRST_US;
}

static void restarts(struct poller *poller, struct session *session)
{
    struct rtt_service *service = service_of(poller);
    unsigned core = session_select_core(session, 0);

    if (service->on && session_connected(session))
        (void)rtt_wipe(&service->rtt, session->target);
    begin_again(service);
    session_select_core(session, core);
}

static void leaves(struct poller *poller, struct session *session)
{
    (void)session;
    put_all_back(service_of(poller));
}

/* --- for the session and its commands --- */

struct rtt_service *rtt_service(struct session *session)
{
    struct rtt_service *service = session->rtt;

    if (service || !(service = calloc(1, sizeof *service)))
        return service;
    rtt_init(&service->rtt);
    service->rtt.symbol = session->rtt_symbol;
    service->session = session;
    service->longest_us = RTT_INTERVAL_US;
    service->rounds = 1;
    service->poller =
        (struct poller){.wanted = wanted, .look = look, .restarts = restarts, .leaves = leaves};
    poller_add(session, &service->poller);
    return session->rtt = service;
}

void rtt_service_expect(struct session *session, uint32_t address)
{
    session->rtt_symbol = address;
    if (!session->rtt)
        return;
    session->rtt->rtt.symbol = address;
    if (!session->rtt->rtt.found)
        begin_again(session->rtt);
}

void rtt_service_learn(struct session *session, const char *path)
{
    struct elf_symbol block = {.name = RTT_SYMBOL};
    struct job unheard;

    job_init(&unheard, NULL);
    bool found = elf_symbols_find(&unheard, path, &block, 1) == ERR_OK && block.found;
    rtt_service_expect(session, found ? block.address : 0);
}

void rtt_service_begin(struct session *session)
{
    const struct session_options *options = &session->options;

    if ((!options->rtt && !options->rtt_drain) || !rtt_service(session))
        return;
    session->rtt->drain = options->rtt_drain;
    rtt_service_start(session->rtt);
}

void rtt_service_restart(struct rtt_service *service)
{
    put_all_back(service);
    begin_again(service);
    service->rtt.last = 0;
    pollers_hurry(service->session);
}

void rtt_service_start(struct rtt_service *service)
{
    if (!service->on)
        begin_again(service);
    service->on = true;
    pollers_hurry(service->session);
}

void rtt_service_stop(struct rtt_service *service)
{
    put_all_back(service);
    begin_again(service);
    service->on = false;
}

void rtt_service_free(struct session *session)
{
    free(session->rtt);
    session->rtt = NULL;
}
