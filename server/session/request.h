/* SPDX-License-Identifier: MIT */
/* A piece of work on its way between the loop and a session's worker, as libuv's work requests: the
 * loop makes it, `run` works for it on the worker's thread, `done` takes what came of it on the
 * loop. Who makes one embeds it as first member of a struct with the question and the answer.
 *
 * It belongs to the loop from its birth to its end, the worker only borrows it: so the loop may set
 * job.cancelled as long as it is not done. What the worker has to say by itself goes the second
 * half of the way: a notice has no `run`. */
#ifndef PROBED_REQUEST_H
#define PROBED_REQUEST_H

#include "base/job.h"

struct request;
struct session;

struct request {
    struct request *next; /* the mailbox's */
    /* Worker thread. */
    void (*run)(struct request *request, struct session *session);
    /* Loop thread; the request is the callee's, who destroys it. */
    void (*done)(struct request *request);
    /* Frees it, done or not; NULL: free(). */
    void (*destroy)(struct request *request);
    void *owner; /* whose it is (a gdb, a console); NULL: the daemon's */
    /* For who has to wait for it; both outlive it. "gdb from 127.0.0.1:50000"; a command; NULL: not
     * known. */
    const char *who, *what;
    bool between; /* may run at a checkpoint of another owner's long job */
    struct job job;
    enum err err; /* what came of it; the sentence is in job */
};

void request_init(struct request *request, const struct log *log, void *owner,
                  void (*run)(struct request *request, struct session *session),
                  void (*done)(struct request *request));
/* NULL is fine. */
void request_destroy(struct request *request);
void request_cancel(struct request *request);

#endif
