/* SPDX-License-Identifier: MIT */
/* What the files of the worker share: worker.c runs requests, worker_connection.c connects,
 * worker_idle.c says what is looked at between requests. Worker thread. */
#ifndef PROBED_WORKER_INTERNAL_H
#define PROBED_WORKER_INTERNAL_H

#include "session/mailbox.h"
#include "session/worker.h"

struct worker {
    struct worker_setup setup; /* fixed before the thread starts */
    uv_thread_t thread;
    struct mailbox inbox;
    atomic_uint progress;
    atomic_bool connected;

    /* Worker thread only. */
    struct session session;
    struct job idle_job;              /* on whose behalf we poll and retry */
    struct request *running;          /* the one others may run between, else NULL */
    const struct poll_source *source; /* what is looked at between requests; NULL: nothing */
    uint64_t looked_us;               /* when it was, or since when it is wanted */
    uint64_t poll_us;                 /* between looks at the core; 0: not looked at yet */
    bool slow;                        /* to simulate that took this machine long */
    bool poller_was_last;
    uint64_t next_try; /* uv_hrtime() of the next try to connect */
    bool connect_asked, was_connected, stopping;
    struct events_route route; /* to the consoles */
    char last_why[sizeof((struct session_core *)0)->why_absent];
};

/* --- worker_connection.c --- */

enum err worker_try_connect(struct worker *worker, struct job *job);
/* A try of our own; the loop hears of success, since commands may wait for it. */
void worker_retry_connect(struct worker *worker);
/* What gdb is about to load fits the chip, which gdb does not ask; else an error in the log. */
enum err worker_check_program(struct worker *worker, struct job *job);
/* To be called when somebody may have connected: a try of ours, or a client's vAttach. The session
 * tells of losses. */
void worker_report_connection(struct worker *worker);

/* --- worker_idle.c --- */

/* Looks at what is to be looked at, and waits for a request meanwhile; NULL: none came. */
struct request *worker_wait(struct worker *worker);

#endif
