/* SPDX-License-Identifier: MIT */
/* Bytes between the program and whoever listens, the worker's half: what an RTT channel or SWO
 * brings goes to the loop in notices, what listeners send waits here until the target takes it.
 * server/streams/ is the loop's half. Worker thread, where nothing else is said. */
#ifndef PROBED_STREAM_H
#define PROBED_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/request.h"

enum stream_kind {
    STREAM_RTT,         /* a channel, both ways */
    STREAM_SWO_RAW,     /* what comes on the wire */
    STREAM_ITM,         /* what the program writes to a stimulus port */
    STREAM_SEMIHOSTING, /* its console, both ways */
};

struct stream_id {
    enum stream_kind kind;
    unsigned number; /* of the channel or port */
};

enum {
    STREAM_LISTENERS = 16,                             /* of all streams of a session */
    STREAM_CHUNK = 512,                                /* that one of them sends at once */
    STREAM_DOWN = 2 * STREAM_LISTENERS * STREAM_CHUNK, /* what waits for the target */
    STREAM_AHEAD = 256 * 1024, /* bytes on their way to the loop: then there is no room */
};

/* Where notices go: `done` of each, on the loop. */
struct stream_route {
    void *owner;
    void (*done)(struct request *notice); /* struct stream_notice */
    void (*port)(struct request *notice); /* struct stream_port_order */
    atomic_size_t unsent;                 /* bytes of notices that the loop has not taken yet */
};

enum stream_event {
    STREAM_BYTES, /* for all its listeners */
    STREAM_TAKEN, /* all that they sent has reached the target, or is of no use to it */
};

struct stream_notice {
    struct request request;
    struct stream_id id;
    enum stream_event event;
    size_t length;
    uint8_t bytes[];
};

/* What the loop asks. */
struct stream_request {
    struct request request; /* run: one of the three below */
    struct stream_id id;
    size_t length;
    uint8_t bytes[]; /* at most STREAM_CHUNK */
};
void stream_listen(struct request *request, struct session *session); /* one listener more */
void stream_leave(struct request *request, struct session *session);
void stream_send(struct request *request, struct session *session);

/* --- for who fills and empties them --- */

/* For the target, from this thread; false: it has not taken yet what it was sent before. */
bool stream_send_here(struct session *session, struct stream_id id, const void *bytes,
                      size_t length);

bool stream_same(struct stream_id a, struct stream_id b);
/* Somebody listens to it. */
bool stream_heard(const struct session *session, struct stream_id id);
/* To any of a kind. */
bool stream_kind_heard(const struct session *session, enum stream_kind kind);
/* Bytes that can be brought now without filling this process's memory. */
size_t stream_room(const struct session *session);
/* To all listeners. */
void stream_bring(struct session *session, struct stream_id id, const void *bytes, size_t length);
/* What they have sent and nobody took yet: *bytes until stream_took(). */
size_t stream_sent(const struct session *session, struct stream_id id, const uint8_t **bytes);
void stream_took(struct session *session, struct stream_id id, size_t length);
/* A stream of this kind for which something waits; false: none. */
bool stream_waiting(const struct session *session, enum stream_kind kind, struct stream_id *id);

/* The session ends. */
void streams_free(struct session *session);

#endif
