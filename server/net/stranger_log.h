/* SPDX-License-Identifier: MIT */
/* A log for what whoever reaches a port can cause as often as he likes: who was refused, turned
 * away or closed. Of each such line the first few are written, then only how many more there were:
 * a flood of strangers must not fill a disk, nor hide the other lines. Loop thread. */
#ifndef PROBED_STRANGER_LOG_H
#define PROBED_STRANGER_LOG_H

#include <stdint.h>
#include <uv.h>

#include "base/log.h"

enum {
    STRANGER_LINES = 24, /* different ones told apart */
    STRANGER_FEW = 5,    /* times that a line is written as it is */
};

struct stranger_log {
    struct log log; /* to be used in place of the other */

    /* Private. */
    const struct log *to;
    uv_timer_t timer; /* active while a line is remembered; does not keep the loop */
    uint64_t first_ms, period_ms;
    struct stranger_line {
        char text[512];
        enum log_level level;
        unsigned written;
        unsigned long long more; /* not written */
    } lines[STRANGER_LINES];
    size_t count;
};

/* `to` outlives it. Counts are written after `first_ms`, and ever less often while the flood lasts,
 * at last once an hour. */
void stranger_log_init(struct stranger_log *strangers, uv_loop_t *loop, const struct log *to,
                       uint64_t first_ms);
/* Writes what was counted so far. The timer is closed with the loop. */
void stranger_log_flush(struct stranger_log *strangers);

#endif
