/* SPDX-License-Identifier: MIT */
/* Register accesses in packets, several of them under way. The probe goes on with those behind one
 * that failed: what FAULT ends, the port's sticky flags keep from being done, and what nobody
 * acknowledges, its silence; behind WAIT and wrong parity they are done. So only what may be done
 * again is sent before all in front of it is known to be done. */
#include "cmsis_dap/cmsis_dap.h"

struct window {
    struct probe *probe;
    struct dap_access *list;
    size_t count, next; /* of all accesses; the first that was not sent */
    size_t first, used; /* flights */
    bool waits;         /* the newest of them holds a match: what is behind depends on it */
    bool stopped;       /* nothing more is sent: one of them did not end well */
    size_t *done;
    enum swd_ack *ack;
};

static enum err send_more(struct window *window)
{
    struct cmsis_dap *dap = cmsis_dap_of(window->probe);

    while (!window->stopped && !(window->waits && window->used > 0) &&
           window->next < window->count && window->used < dap->depth) {
        struct cmsis_flight *flight = &dap->flights[(window->first + window->used) % PIPE_DEPTH];
        cmsis_pack(&flight->packet, window->list + window->next, window->count - window->next,
                   dap->packet_size);
        if (flight->packet.once && window->used > 0)
            return ERR_OK;
        enum err err = cmsis_dap_begin(window->probe, flight);
        if (err) {
            window->used = 0;
            return err;
        }
        window->next += flight->packet.count;
        window->used++;
        window->waits = flight->packet.match;
    }
    return ERR_OK;
}

/* Those behind one that failed: what they read is not believed, but was read. */
static void note_behind(struct window *window, const struct cmsis_packet *packet, size_t done)
{
    for (size_t i = 0; i < done; i++)
        packet->list[i].ran = true;
    if (done > 0 && *window->ack == SWD_WAIT)
        *window->ack = SWD_UNSURE;
}

/* Nothing is lost by it: what was cut off is asked for again. */
static void learn_of_cut(struct window *window)
{
    struct cmsis_dap *dap = cmsis_dap_of(window->probe);

    if (!dap->cuts)
        log_line(window->probe->job->log, LOG_WARN,
                 "the probe did less than it was asked for and said OK: from now on it gets one "
                 "packet at a time (update its firmware)");
    dap->cuts = true;
    dap->depth = 1;
}

static void note_outcome(struct window *window, const struct cmsis_packet *packet,
                         const struct cmsis_outcome *outcome)
{
    if (window->stopped) {
        note_behind(window, packet, outcome->done);
        return;
    }
    *window->done += outcome->done;
    if (outcome->cut)
        learn_of_cut(window);
    if (outcome->cut && window->used == 0 && outcome->done > 0) {
        window->next = *window->done; /* nothing was sent behind it */
        return;
    }
    *window->ack = outcome->ack;
    window->stopped = outcome->ack != SWD_OK;
}

static enum err take_oldest(struct window *window)
{
    struct cmsis_dap *dap = cmsis_dap_of(window->probe);
    struct cmsis_flight *flight = &dap->flights[window->first];
    struct cmsis_outcome outcome;
    enum err err = cmsis_dap_end(window->probe, flight);

    window->first = (window->first + 1) % PIPE_DEPTH;
    window->used--;
    if (err) { /* of the pipe: none is under way any more */
        window->used = 0;
        return err;
    }
    if (!cmsis_unpack(&flight->packet, flight->reply, flight->exchange.in_length,
                      dap->report_size == 0, &outcome))
        return cmsis_dap_fail_strange(window->probe, flight->packet.bytes[0], flight->reply,
                                      flight->exchange.in_length);
    note_outcome(window, &flight->packet, &outcome);
    return ERR_OK;
}

/* Whose replies nobody believes any more. */
static void drop_rest(struct window *window)
{
    struct cmsis_dap *dap = cmsis_dap_of(window->probe);

    for (; window->used > 0; window->used--) {
        if (cmsis_dap_end(window->probe, &dap->flights[window->first]) != ERR_OK)
            break;
        window->first = (window->first + 1) % PIPE_DEPTH;
    }
    dap->dirty = true;
}

enum err cmsis_dap_transfer(struct probe *probe, struct dap_access *list, size_t count,
                            size_t *done, enum swd_ack *ack)
{
    struct window window = {.probe = probe, .list = list, .count = count, .done = done, .ack = ack};
    enum err err = ERR_OK;

    *done = 0;
    *ack = SWD_OK;
    while (!err && (window.used > 0 || (window.next < count && !window.stopped))) {
        err = send_more(&window);
        if (!err)
            err = take_oldest(&window);
    }
    if (err)
        drop_rest(&window);
    return err;
}
