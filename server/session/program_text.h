/* SPDX-License-Identifier: MIT */
/* What the program says, by whichever way (semihosting, RTT, SWO, a serial port), is one event: it
 * reaches every listener, and whoever waits for the program at that moment: the gdbs, or the
 * console whose command makes it run. Worker thread. */
#ifndef PROBED_PROGRAM_TEXT_H
#define PROBED_PROGRAM_TEXT_H

#include "target.h"

struct session;

/* One who hears all of it; embedded in what is its own. */
struct text_listener {
    struct text_listener *next; /* the session's */
    /* Must neither block nor use the target. */
    void (*text)(struct text_listener *listener, const struct program_text *text);
};

void session_listen(struct session *session, struct text_listener *listener);
/* One that does not listen is fine. */
void session_unlisten(struct session *session, struct text_listener *listener);
/* For who has got a piece of it from the target, inside a job of the session's or between jobs. */
void session_say(struct session *session, const struct program_text *text);
/* The same for target_set_text(); `user` is the session. */
void session_hear(void *user, const struct program_text *text);

#endif
