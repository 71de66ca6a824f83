/* SPDX-License-Identifier: MIT */
/* A core that is reset again and again, by nobody's order: noticed by looks that are made anyway,
 * explained once. Worker thread. */
#ifndef PROBED_SESSION_RESET_LOOP_H
#define PROBED_SESSION_RESET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/job.h"

struct session;

struct reset_loop {
    unsigned count;   /* resets, each soon after the one before */
    uint64_t last_us; /* the last of them, or when the core was let go after it */
    bool told;        /* `text` was */
    char text[480];   /* one sentence: by what, and what to do */
};

/* There was one. The first that makes it a loop asks the chip by what, and tells it to the log. An
 * error is a loss. */
enum err reset_loop_note(struct session *session, struct job *job);
/* The core is let go: the time that it stood does not count. */
void reset_loop_goes_on(struct session *session);
/* The sentence while it loops; NULL: it does not. */
const char *reset_loop_text(const struct session *session);

#endif
