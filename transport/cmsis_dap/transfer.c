/* SPDX-License-Identifier: MIT */
/* Register accesses in packets, several of them under way. */
#include "cmsis_dap/cmsis_dap.h"

struct window {
    struct probe *probe;
    struct dap_access *list;
    size_t count, next; /* of all accesses; the first that was not sent */
    size_t first, used; /* flights */
    bool stopped;       /* nothing more is sent: one of them did not end well */
    size_t *done;
    enum swd_ack *ack;
};

static enum err send_more(struct window *window)
{
    struct cmsis_dap *dap = cmsis_dap_of(window->probe);

    while (!window->stopped && window->next < window->count && window->used < dap->depth) {
        struct cmsis_flight *flight = &dap->flights[(window->first + window->used) % PIPE_DEPTH];
        cmsis_pack(&flight->packet, window->list + window->next, window->count - window->next,
                   dap->packet_size);
        enum err err = cmsis_dap_begin(window->probe, flight);
        if (err)
            return err;
        window->next += flight->packet.count;
        window->used++;
    }
    return ERR_OK;
}

static enum err take_oldest(struct window *window)
{
    struct cmsis_dap *dap = cmsis_dap_of(window->probe);
    struct cmsis_flight *flight = &dap->flights[window->first];
    struct cmsis_outcome outcome;
    enum err err = cmsis_dap_end(window->probe, flight);

    window->first = (window->first + 1) % PIPE_DEPTH;
    window->used--;
    if (err)
        return err;
    if (!cmsis_unpack(&flight->packet, flight->reply, flight->exchange.in_length, dap->exact,
                      &outcome))
        return cmsis_dap_fail_strange(window->probe, flight->packet.bytes[0], flight->reply,
                                      flight->exchange.in_length);
    if (window->stopped)
        return ERR_OK;
    *window->done += outcome.done;
    *window->ack = outcome.ack;
    window->stopped = outcome.ack != SWD_OK;
    return ERR_OK;
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
    return err;
}
