/* SPDX-License-Identifier: MIT */
/* Ctrl-C while a tool works: the first SIGINT, SIGTERM or SIGHUP (unless it was ignored at the
 * start) cancels the job, which leaves the hardware in a state it can tell; the second one ends the
 * process, unless it is at something that must not be cut in two (base/job.h). A time limit cancels
 * it, too. */
#ifndef PROBED_CLI_SIGNALS_H
#define PROBED_CLI_SIGNALS_H

#include <signal.h>
#include <uv.h>

#include "base/job.h"

struct cli_signals {
    uv_thread_t thread;
    struct job *job;
    uint64_t limit_us; /* from the start on, by the clock on the wall; 0: none */
    bool expired;      /* the limit has passed; the thread's */
    sigset_t before;   /* the process's mask */
};

/* Before other threads are started: they inherit that signals are ours. False: out of threads. */
bool cli_signals_start(struct cli_signals *signals);
/* Whether the limit passed before. */
bool cli_signals_stop(struct cli_signals *signals);

#endif
