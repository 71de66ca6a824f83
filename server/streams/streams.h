/* SPDX-License-Identifier: MIT */
/* The ports of a station at which the program's streams are heard, and who came through them:
 * raw bytes both ways, to any of a bounded number of listeners. Who is slow or dead loses his own
 * bytes, nobody else's. Loop thread. */
#ifndef PROBED_STREAMS_H
#define PROBED_STREAMS_H

#include "net/listener.h"
#include "session/stream_port.h"
#include "streams/stream_listener.h"

enum { STREAM_PORTS = 16 };

struct streams {
    struct stream_host host; /* gone and user are the streams' own */
    uv_loop_t *loop;
    const struct peer_rules *peers;
    struct stream_route route; /* for the worker's session, which it outlives */
    struct stream_port {
        struct streams *streams;
        struct stream_id id;
        struct listener listener;
        char hello[STREAM_HELLO]; /* a line for who connects; or empty */
        bool used;                /* until its handles are closed */
    } ports[STREAM_PORTS];
    struct stream_listener *listeners[STREAM_LISTENERS];
    size_t count; /* of listeners */
    bool closed;  /* no port is opened any more */
    /* A port accepts from now on; `service`: "rtt". */
    void (*ready)(void *user, const char *service, const struct endpoint *endpoint);
    void (*empty)(void *user); /* the last listener is gone */
    void *user;
};

/* No port is open yet. All outlive the listeners; host.worker is set before a port is opened. */
void streams_init(struct streams *streams, uv_loop_t *loop, const struct log *log,
                  const struct log *strangers, const struct peer_rules *peers);
/* *endpoint becomes where it is. False: `why` (200 bytes) has a sentence. */
bool streams_open(struct streams *streams, struct stream_id id, const char *hello,
                  struct endpoint *endpoint, char *why, size_t why_size);
struct stream_place;
bool streams_open_places(struct streams *streams, const struct stream_place *places, size_t count,
                         char *why, size_t why_size);
/* Closes the port and those who came through any to the same stream; false: there is none. */
bool streams_close_port(struct streams *streams, enum stream_kind kind, uint16_t port);
/* Closes ports and listeners; empty() comes when the last is gone, not if there is none. */
void streams_close(struct streams *streams);

#endif
