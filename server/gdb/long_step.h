/* SPDX-License-Identifier: MIT */
/* A `next` over a line that waits in a loop steps that loop, by one packet for a long time or, if
 * the loop has a call in it, by the same packet again and again. gdb says nothing meanwhile: its
 * user is told once. Worker thread. */
#ifndef PROBED_LONG_STEP_H
#define PROBED_LONG_STEP_H

#include "gdb/packets_internal.h"

/* While one packet steps. */
struct long_step {
    struct packet_call *call;
    struct job *job;
    void (*between)(void *user); /* the job's, as they were */
    bool (*waiting)(void *user);
    void *between_user;
};

/* Around a step of [start, end) for the call's client. */
void long_step_begin(struct long_step *step, struct packet_call *call, uint32_t start,
                     uint32_t end);
void long_step_end(struct long_step *step);

#endif
