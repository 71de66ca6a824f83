/* SPDX-License-Identifier: MIT */
/* A port or Unix-domain socket that accepts connections from those who may come, one in a turn of
 * the loop: however many knock, those who are in are served between them. Loop thread. */
#ifndef PROBED_LISTENER_H
#define PROBED_LISTENER_H

#include <uv.h>

#include "net/endpoint.h"
#include "net/peer.h"

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    uv_idle_t turn;           /* active: somebody has knocked */
    bool open;                /* until listener_close() */
    unsigned open_handles;    /* until closed() */
    struct endpoint endpoint; /* with the real port */

    /* The caller's, before listener_open(); the rest is zero then. */
    const char *service;            /* "gdb"; "--gdb" chooses another endpoint */
    const struct peer_rules *peers; /* NULL: everybody may come */
    const struct log *log;
    /* A connection waits to be accepted. */
    void (*arrived)(void *user, uv_stream_t *listener);
    /* After listener_close(), or a listener_open() in vain: the memory is the caller's again. NULL:
     * it lives as long as the loop. */
    void (*closed)(void *user);
    void *user;
};

/* A stale Unix-domain socket, at which nobody listens, is removed; the new one is for those who may
 * come only. An address that other machines reach is warned of. False: nothing is open, `why` (200
 * bytes) has a sentence; the loop must run on until its handles are closed. */
bool listener_open(struct listener *listener, uv_loop_t *loop, const struct endpoint *endpoint,
                   char *why, size_t why_size);
/* In arrived(): accepts only to close. A client that is told nothing would wait. */
void listener_turn_away(uv_loop_t *loop, uv_stream_t *listener);
/* Not open: nothing happens. */
void listener_close(struct listener *listener);

#endif
