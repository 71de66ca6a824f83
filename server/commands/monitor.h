/* SPDX-License-Identifier: MIT */
/* Monitor commands: one table, shared by gdb's `monitor`, telnet, -c and command files. Worker
 * thread. Spelling and output are OpenOCD's where it has the command: docs/commands.md. */
#ifndef PROBED_MONITOR_H
#define PROBED_MONITOR_H

#include "session/session.h"

enum {
    MONITOR_WORDS = 32,
    MONITOR_NAME_WORDS = 3, /* "stm32f1x options_read" has two */
};

/* What a command asks of whoever ran it; the rest of its line is not run. */
enum monitor_outcome {
    MONITOR_NOTHING,
    MONITOR_EXIT,     /* the session ends; where there is none, the daemon */
    MONITOR_SHUTDOWN, /* the daemon ends, with exit_code */
};

struct monitor {
    struct session *session;
    struct client *client; /* the gdb it came from; NULL for telnet, -c and files */
    struct job *job;       /* output as it happens: job_print() */

    /* Answers; zero before. */
    enum monitor_outcome outcome;
    bool picks; /* the command chose the core of those behind it */
    int exit_code;
    bool value; /* what the last command printed is a value: its line end is for people */

    bool resets;       /* what the command does anyway */
    const char *typed; /* the first word of the command as it was typed, maybe an alias */
};

struct monitor_command {
    const char *name;             /* "reset", "flash probe"; sorted */
    const char *usage;            /* "[run|halt|init]" */
    const char *help;             /* one sentence */
    uint8_t min_words, max_words; /* behind the name */
    /* argv[0] is `name`, whatever was typed. */
    enum err (*run)(struct monitor *monitor, int argc, const char *const argv[]);
};

/* Another spelling: older, shorter, or another server's. */
struct monitor_alias {
    const char *name;                          /* sorted */
    const char *means[MONITOR_NAME_WORDS + 1]; /* words, what was typed behind it follows */
};

/* The line begins with what is asked of a target that does not answer: it need not wait for one. */
bool monitor_asks_why(const char *line);

extern const struct monitor_command monitor_commands[];
extern const size_t monitor_command_count;
extern const struct monitor_alias monitor_aliases[];
extern const size_t monitor_alias_count;

/* Splits and runs one line: commands with ';' between them, up to the first that fails. An unknown
 * command or wrong arguments: ERR_ARGUMENT and a sentence with the nearest commands or the usage.
 */
enum err monitor_run(struct monitor *monitor, const char *line);

/* Whether one of the line's commands resets the chip, or erases or programs flash. */
bool monitor_resets(const char *line);

/* Runs a file, a line of commands a line, '#' begins a comment line; up to the first that fails,
 * whose sentence then begins with file and line. ERR_FILE. */
enum err monitor_run_file(struct monitor *monitor, const char *path);

#endif
