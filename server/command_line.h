/* SPDX-License-Identifier: MIT */
/* What the process is started as: the daemon, another server's stand-in, or a tool. */
#ifndef PROBED_COMMAND_LINE_H
#define PROBED_COMMAND_LINE_H

#include "cli/debug.h"
#include "compat/compat.h"
#include "daemon.h"
#include "string_pool.h"

struct command_line {
    struct options options;
    const struct compat *compat; /* NULL: probed itself */
    struct string_pool pool;     /* strings of the options */
    const char **words;          /* a tool's: its name in front of its options; ours */
    bool debugs;                 /* the daemon of `probed debug` */
    struct debug_command debug;
};

/* True: a daemon is to be run with these options. False: *code is the exit code, what is to be said
 * has been said. command_line_finish() either way. */
bool command_line_parse(struct command_line *line, int argc, const char *const argv[], int *code);
/* daemon_setup.ready, with the command line as its user. */
void command_line_ready(void *user, const char *name, const char *service,
                        const struct endpoint *endpoint);
/* The exit code of a daemon's, after saying what the other server would. */
int command_line_end(const struct command_line *line, int code);
void command_line_finish(struct command_line *line);

#endif
