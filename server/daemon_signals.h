/* SPDX-License-Identifier: MIT */
/* The signals that end the daemon: SIGTERM, SIGINT, and SIGHUP unless it was ignored when the
 * process began (nohup). The first asks it to leave; another one ends the process, in case leaving
 * takes too long, unless some job is at what must not be cut in two (base/job.h). Loop thread. */
#ifndef PROBED_DAEMON_SIGNALS_H
#define PROBED_DAEMON_SIGNALS_H

#include <stdbool.h>
#include <uv.h>

#include "base/log.h"

enum { DAEMON_SIGNALS = 3 };

struct daemon_signals {
    uv_signal_t each[DAEMON_SIGNALS];
    size_t count; /* of those that are awaited */
    const struct log *log;
    bool not_interrupts; /* a Ctrl-C in the terminal of the gdb that owns our pipe is meant for the
                            program */
    uv_async_t *stop;    /* is sent when the first has come */
    bool asked;          /* to leave: the next one may end the process */
};

/* `count` and `each` are zero. */
void daemon_signals_start(struct daemon_signals *signals, uv_loop_t *loop);
/* From now on each does what it does by default: it kills. Not started, or twice: nothing happens.
 */
void daemon_signals_stop(struct daemon_signals *signals);

#endif
