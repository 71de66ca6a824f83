/* SPDX-License-Identifier: MIT */
/* The consoles as a client of the session: what happens becomes a notice to the loop, for those who
 * want to hear of it without having asked. */
#ifndef PROBED_EVENTS_H
#define PROBED_EVENTS_H

#include "session/console_lines.h"
#include "session/request.h"
#include "session/session.h"

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
/* Where the notices go: `done` of each, on the loop. */
struct events_route {
    void *owner;
    void (*done)(struct request *notice);
    struct console_lines lines; /* what the program says; the consoles' own */
    struct session *session;    /* events_begin() sets both */
};

/* From now on the consoles are told by `route`, which stays the caller's. Worker thread. */
void events_begin(struct session *session, struct events_route *route);

#endif
