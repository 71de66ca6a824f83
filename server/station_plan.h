/* SPDX-License-Identifier: MIT */
/* What the stations of a daemon shall be: one a probe, each with a name and its own ports, as the
 * options ask. `--probe all` looks which probes there are, replay:FILE whether that is a wire log;
 * everything else is arithmetic. */
#ifndef PROBED_STATION_PLAN_H
#define PROBED_STATION_PLAN_H

#include "options/options.h"
#include "options/probe_choice.h"
#include "probe/probe.h"
#include "session/stream.h"

struct station_plan {
    bool alone;                 /* the daemon's only one: what ends it ends the daemon */
    char name[PROBE_SELECTOR];  /* stands before its log lines; empty: it has none, being alone */
    char label[PROBE_SELECTOR]; /* in names of files; empty: nothing tells it from others */
    char selector[PROBE_SELECTOR]; /* which probe; empty: whichever is there */
    struct probe_info info;        /* described by words (driver not NULL): not looked for */
    struct endpoint gdb, telnet, tcl;
    struct stream_place {
        struct endpoint endpoint;
        struct stream_id id;
    } streams[3 * STREAM_WORDS];
    size_t stream_count;
    char wire_log[256]; /* empty: none */
};

struct station_plans {
    struct station_plan *items;
    size_t count;
};

/* plans->items (to be freed) in the order of the options. Returns an exit code; the log has the
 * sentence if it is not DAEMON_OK. Blocks for `--probe all`. */
int station_plan_all(const struct options *options, const struct log *log,
                     struct station_plans *plans);

#endif
