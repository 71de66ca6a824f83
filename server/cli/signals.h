/* SPDX-License-Identifier: MIT */
/* Ctrl-C while a tool works: the first SIGINT, SIGTERM or SIGHUP (unless it was ignored at the
 * start) cancels the job, which leaves the hardware in a state it can tell; the second one ends the
 * process, unless it is at something that must not be cut in two (base/job.h). */
#ifndef PROBED_CLI_SIGNALS_H
#define PROBED_CLI_SIGNALS_H

#include <signal.h>
#include <uv.h>

#include "base/job.h"

struct cli_signals {
    uv_thread_t thread;
    struct job *job;
    sigset_t before; /* the process's mask */
};

/* Before other threads are started: they inherit that signals are ours. False: out of threads. */
bool cli_signals_start(struct cli_signals *signals, struct job *job);
void cli_signals_stop(struct cli_signals *signals);

#endif
