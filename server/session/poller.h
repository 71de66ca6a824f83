/* SPDX-License-Identifier: MIT */
/* What looks at the target again and again while nobody asks for anything: RTT, SWO, a profile.
 * A session's jobs always go first: a poller looks between them and between the slices of long
 * ones, for a short time, and says when it wants to look again. It sleeps while nobody wants what
 * it brings, and while a routine of ours has the core. Worker thread. */
#ifndef PROBED_POLLER_H
#define PROBED_POLLER_H

#include <stdbool.h>
#include <stdint.h>

struct job;
struct session;

#define POLLER_NEVER UINT64_MAX

/* Embedded in what it is for; all zero but the functions before poller_add(). */
struct poller {
    /* Somebody wants what it brings; asked of a connected target only. No traffic. */
    bool (*wanted)(struct poller *poller, struct session *session);
    /* One look of well under 50 ms, between session_enter() and session_leave(), at the first core.
     * What went wrong is its own matter, but for a target that is lost. Returns after how many
     * microseconds on the probe's clock it wants to look again; 0: at once, if no job waits. */
    uint64_t (*look)(struct poller *poller, struct session *session, struct job *job);
    /* The core stands and is about to begin something new (a reset, or a program just loaded): what
     * is in its RAM is of no use to the poller any more. NULL: no matter. */
    void (*restarts)(struct poller *poller, struct session *session);
    /* The session leaves the target: what was changed there is put right. NULL: nothing was. */
    void (*leaves)(struct poller *poller, struct session *session);

    /* Private. */
    struct poller *next;
    uint64_t due_us; /* on the probe's clock */
    uint64_t looks;
};

/* Stays the caller's until the session ends. */
void poller_add(struct session *session, struct poller *poller);
/* Somebody came, or left, or has sent something; or the core runs now: all look at once. */
void pollers_hurry(struct session *session);
/* Microseconds until the next look that is wanted; POLLER_NEVER: there is none. */
uint64_t pollers_wait_us(struct session *session);
/* The look that is due longest; false: none is. */
bool pollers_look(struct session *session, struct job *job);
void pollers_restart(struct session *session);
/* None of them looks again; if there is a target they leave it. */
void pollers_end(struct session *session, struct job *job);

#endif
