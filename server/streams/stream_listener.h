/* SPDX-License-Identifier: MIT */
/* One who listens to a stream: gets its bytes as long as he reads them, and sends some back. Loop
 * thread. */
#ifndef PROBED_STREAM_LISTENER_H
#define PROBED_STREAM_LISTENER_H

#include "net/connection.h"
#include "session/stream.h"
#include "streams/opening.h"

struct stream_listener;
struct worker;

/* What all listeners of a station share; outlives them. */
struct stream_host {
    const struct log *log;
    const struct log *strangers; /* for what clients cause that are nobody */
    struct worker *worker;
    void (*gone)(void *user, struct stream_listener *listener); /* it is about to be freed */
    void *user;
};

struct stream_listener {
    const struct stream_host *host;
    struct stream_id id;
    struct connection connection;
    uv_timer_t timer; /* J-Link's clients have so long to choose another channel */
    unsigned open_handles;
    char who[80];
    struct request *leave; /* while it listens: what ends that, allocated while there is memory */
    char opening[OPENING_SIZE];
    size_t opened; /* bytes of it */
    bool judged;   /* the opening is over */
    bool waits;    /* what it sent has not reached the target */
    bool ended;    /* it sends no more */
    bool closing;
    uint64_t lost; /* bytes that it did not read in time, not told yet */
};

/* Takes the connection that waits at `port`; "hello" and a line end are sent first if not empty.
 * NULL without memory. */
struct stream_listener *stream_listener_create(const struct stream_host *host, struct stream_id id,
                                               const char *hello, uv_stream_t *port);
/* Bytes of its stream; those that it has no room for are lost, to it alone. */
void stream_listener_bring(struct stream_listener *listener, const void *bytes, size_t length);
/* All that it sent was taken: more may come. */
void stream_listener_go_on(struct stream_listener *listener);
void stream_listener_close(struct stream_listener *listener);

#endif
