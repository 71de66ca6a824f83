/* SPDX-License-Identifier: MIT */
/* What happened to a session since somebody looked last: for those who want to hear of it without
 * having asked. Worker thread. */
#ifndef PROBED_EVENTS_H
#define PROBED_EVENTS_H

#include "session/request.h"
#include "session/session.h"

enum session_event {
    EVENT_FOUND,   /* a target is connected */
    EVENT_LOST,    /* not any more */
    EVENT_RESET,   /* by us or behind our back */
    EVENT_RUNNING, /* it was halted before */
    EVENT_HALTED,  /* it ran before */
};

struct event_state {
    bool connected, halted;
    unsigned resets;
};

enum { EVENT_AT_ONCE = 4 }; /* at most so many at once */

/* As it is now: nothing has happened yet. */
void events_begin(struct event_state *state, const struct session *session);
/* In the order they are told in. Returns how many. */
size_t events_look(struct event_state *state, const struct session *session,
                   enum session_event events[EVENT_AT_ONCE]);
/* Lines for a person, each with its line end. May read registers for `job`. */
void events_describe(struct session *session, struct job *job, enum session_event event,
                     struct buf *text);

/* What the loop is told of one event: a notice for everybody. */
struct event_notice {
    struct request request;
    enum session_event event;
    enum target_reset reset; /* EVENT_RESET */
    const void *cause;       /* owner of the request that was run; NULL: none */
    size_t length;
    char text[]; /* lines for a person */
};

/* NULL without memory. Any thread. */
struct event_notice *event_notice_create(const struct log *log, enum session_event event,
                                         const char *text, size_t length);
/* Sends a notice to `done` for each thing that happened, if somebody watches. */
void events_tell(struct session *session, struct event_state *state, const void *cause, void *owner,
                 void (*done)(struct request *notice));

#endif
