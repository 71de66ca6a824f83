/* SPDX-License-Identifier: MIT */
/* Monitor commands: one table, shared by gdb's `monitor`, telnet and -c. Worker thread. */
#ifndef PROBED_MONITOR_H
#define PROBED_MONITOR_H

#include "unit.h"

enum { MONITOR_WORDS = 32 };

struct monitor {
    struct unit *unit;
    struct client *client; /* the gdb it came from; NULL for telnet and -c */
    struct job *job;       /* output as it happens: job_print() */
};

struct monitor_command {
    const char *name;             /* "reset", "mdw"; sorted */
    const char *usage;            /* "[run|halt|init]" */
    const char *help;             /* one sentence */
    uint8_t min_words, max_words; /* behind the name */
    enum err (*run)(struct monitor *monitor, int argc, const char *const argv[]);
};

extern const struct monitor_command monitor_commands[];
extern const size_t monitor_command_count;

/* Splits and runs one line. An unknown command or wrong arguments: ERR_ARGUMENT and a sentence with
 * the nearest commands or the usage. */
enum err monitor_run(struct monitor *monitor, const char *line);

#endif
