/* SPDX-License-Identifier: MIT */
/* What is under way on a session, and whose it is: told to those who have to wait for it. Worker
 * thread. */
#ifndef PROBED_UNDER_WAY_H
#define PROBED_UNDER_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/job.h"

struct request;
struct session;

/* The request that the worker runs now; its words are the request's. */
struct under_way {
    const char *who;   /* as request.who; NULL: not known, or nothing is under way */
    const char *what;  /* as request.what */
    uint64_t since_ns; /* uv_hrtime() */
    unsigned percent;  /* of a command that writes flash; 0: not known */
};

void under_way_begin(struct session *session, const struct request *request);
void under_way_end(struct session *session);
/* Another client than the acting one loads flash. */
bool under_way_load(const struct session *session);
/* Fails the job with ERR_BUSY and who is at what, for how long, and how far: a gdb's load that is
 * not the acting client's, or else the request under way. */
enum err under_way_refuse(const struct session *session, struct job *job);

#endif
