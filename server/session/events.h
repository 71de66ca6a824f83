/* SPDX-License-Identifier: MIT */
/* What happened to a unit since somebody looked last: for those who want to hear of it without
 * having asked. Worker thread. */
#ifndef PROBED_NEWS_H
#define PROBED_NEWS_H

#include "session/session.h"

enum unit_news {
    NEWS_FOUND,   /* a target is connected */
    NEWS_LOST,    /* not any more */
    NEWS_RESET,   /* by us or behind our back */
    NEWS_RUNNING, /* it was halted before */
    NEWS_HALTED,  /* it ran before */
};

struct news_state {
    bool connected, halted;
    unsigned resets;
};

enum { NEWS_AT_ONCE = 4 }; /* at most so many at once */

/* As it is now: nothing has happened yet. */
void news_begin(struct news_state *state, const struct unit *unit);
/* In the order they are told in. Returns how many. */
size_t news_look(struct news_state *state, const struct unit *unit,
                 enum unit_news news[NEWS_AT_ONCE]);
/* Lines for a person, each with its line end. May read registers for `job`. */
void news_describe(struct unit *unit, struct job *job, enum unit_news news, struct buf *text);

#endif
