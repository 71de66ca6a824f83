/* SPDX-License-Identifier: MIT */
/* The signals that end the daemon: SIGTERM, SIGINT, and SIGHUP unless it was ignored when the
 * process began (nohup). Loop thread. */
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
    uv_async_t *stop;    /* is sent when the first has come, and no more are awaited */
};

/* `count` and `each` are zero. */
void daemon_signals_start(struct daemon_signals *signals, uv_loop_t *loop);
/* From now on each does what it does by default: it kills. Not started, or twice: nothing happens.
 */
void daemon_signals_stop(struct daemon_signals *signals);

#endif
