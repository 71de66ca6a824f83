/* SPDX-License-Identifier: MIT */
/* The thread of one open probe: runs the requests of its mailbox, else polls the running core. */
#ifndef PROBED_WORKER_H
#define PROBED_WORKER_H

#include "base/job.h"
#include "session/events.h"
#include "session/request.h"
#include "session/session.h"

struct mailbox;
struct worker;

struct worker_setup {
    const struct log *log;
    struct session_options options;
    struct probe_info info;       /* driver NULL: look for a probe, again at every try */
    const char *const *selectors; /* which probe to take then */
    size_t selector_count;
    const char *chip;    /* as options.chip */
    const char *program; /* as options.program: the first try fails if it is for others */
    bool tries_once;     /* if the first try fails, the loop gives up: nothing is promised */
    struct stream_route *streams; /* outlives the worker; NULL: nobody listens */
    FILE *wire;                   /* stays the caller's */
    struct mailbox *answers;      /* where requests come back; outlives the worker */
    /* Done functions of what the worker tells by itself, with `user` as owner: that a later try of
     * its own has connected (request.err ERR_OK), and the events (struct event_notice). */
    void (*connected)(struct request *notice);
    void (*event)(struct request *notice);
    void (*core)(struct request *notice); /* struct core_notice; NULL: nobody wants to know */
    void *user;
};

/* A chip was connected that has another core: the target's number 1. */
struct core_notice {
    struct request request;
    char name[24];
};

/* Starts the thread; it connects when a worker_connect() asks for it, and from then on tries again
 * by itself whenever the target is away. NULL without memory or thread. Loop thread. */
struct worker *worker_start(const struct worker_setup *setup);
/* Grows with all that the probe gets done: a worker that is late gets on, one that is stuck does
 * not. Any thread. */
unsigned worker_progress(const struct worker *worker);
/* The target was there when the worker last looked. Any thread. */
bool worker_is_connected(const struct worker *worker);
/* Loop thread. The request comes back through `answers`, always. */
void worker_post(struct worker *worker, struct request *request);
/* After worker_stop() came back; frees. Requests posted later than that are destroyed. */
void worker_join(struct worker *worker);

/* --- what request.run may be --- */

/* Opens the probe and connects. */
void worker_connect(struct request *request, struct session *session);
/* One more console wants to know what the core does, or one less. */
void worker_watch(struct request *request, struct session *session);
void worker_unwatch(struct request *request, struct session *session);
/* The worker's last request: everything of ours leaves the chip. */
void worker_stop(struct request *request, struct session *session);

#endif
