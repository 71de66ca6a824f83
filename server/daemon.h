/* SPDX-License-Identifier: MIT */
/* The daemon: the loop and its stations, one a probe. It ends with the last of them. Several in one
 * process are fine, each on its own thread; the process must ignore SIGPIPE. */
#ifndef PROBED_DAEMON_H
#define PROBED_DAEMON_H

#include "base/log.h"
#include "options/options.h"

struct daemon;

struct daemon_setup {
    const struct options *options; /* outlives the daemon */
    struct log log;
    /* A port accepts from now on; `service` is what it is for: "gdb", `name` the station's: empty
     * if it is the only one. */
    void (*ready)(void *user, const char *name, const char *service,
                  const struct endpoint *endpoint);
    void *user;
    bool signals; /* those of daemon_signals.h end this daemon */
};

/* Exit codes of the process. */
enum {
    DAEMON_OK = 0,
    DAEMON_FAILED = 1,
    DAEMON_USAGE = 2,
    DAEMON_NO_TARGET = 3, /* only with options.needs_target */
};

/* Returns an exit code; the log has the sentence if it is not DAEMON_OK. */
int daemon_create(const struct daemon_setup *setup, struct daemon **daemon);
/* Until daemon_stop(), a signal, or --once is over; returns an exit code. */
int daemon_run(struct daemon *daemon);
/* Any thread, while daemon_run() runs or before. */
void daemon_stop(struct daemon *daemon);
/* After daemon_run(), or instead of it. NULL is fine. */
void daemon_destroy(struct daemon *daemon);

#endif
