/* SPDX-License-Identifier: MIT */
/* Monitor commands on a simulated board, as telnet runs them. One board at a time. */
#ifndef MONITOR_RIG_H
#define MONITOR_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "commands/monitor.h"
#include "probe/probe.h"

struct rig {
    struct session session;
    struct monitor last; /* what the last line asked of us */
    enum err err;        /* of the last line */
    char output[65536];  /* of the last line; its failure comes last, in brackets */
    char chunks;         /* how often text came, up to 127 */
    unsigned cancel_at;  /* checkpoints until the line is cancelled; 0: never */
};
extern struct rig rig;

/* "bluepill[,FAULT]"; false if it is not connected then. */
bool rig_open(const char *board);
void rig_close(void);
/* For cmocka's set_up and tear_down: a Blue Pill. */
int rig_set_up(void **state);
int rig_tear_down(void **state);

/* Runs a line; returns rig.output. */
const char *monitor(const char *line);
/* printf-like. */
const char *monitorf(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *monitor_file(const char *path);

/* A path in this board's folder, which goes with it; one of the last four is good. */
const char *rig_path(const char *name);
/* A file there with these bytes; returns its path. */
const char *rig_file(const char *name, const void *data, size_t size);

#define assert_says(line, part)                                              \
    do {                                                                     \
        if (!strstr(monitor(line), part))                                    \
            fail_msg("%s: no \"%s\" in \"%s\"", (line), (part), rig.output); \
    } while (0)
#define assert_prints(line, text) assert_string_equal(monitor(line), text)
/* The last output has this part too. */
#define assert_also(part)                                        \
    do {                                                         \
        if (!strstr(rig.output, part))                           \
            fail_msg("no \"%s\" in \"%s\"", (part), rig.output); \
    } while (0)

#endif
