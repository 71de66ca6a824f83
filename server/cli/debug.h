/* SPDX-License-Identifier: MIT */
/* `probed debug [options] FILE.elf [gdb options]`: one command, stopped at main. A daemon of its
 * own behind a private Unix-domain socket, gdb in the terminal in front of it: gdb loads, breaks at
 * main and runs; when it leaves, all ends. */
#ifndef PROBED_DEBUG_COMMAND_H
#define PROBED_DEBUG_COMMAND_H

#include "options/options.h"

/* Its row among the tools. */
#define DEBUG_USAGE "FILE.elf [GDB OPTIONS]"
#define DEBUG_HELP "gdb in this terminal, stopped at main"
#define DEBUG_GDB_PATH "which gdb; arm-none-eabi-gdb or gdb-multiarch if left out"
extern const char debug_text[];

struct debug_command {
    char folder[64]; /* with the socket in it; "": none */
    int ready;       /* where the daemon says that gdb may come */
};

/* Forks. True in the process that is to be the daemon, with its options; it ends with
 * debug_command_finish(). False in the one that waited for gdb: *code is the exit code. */
bool debug_command_run(struct debug_command *command, int argc, const char *const argv[],
                       struct options *options, int *code);
/* The daemon accepts. */
void debug_command_ready(struct debug_command *command);
void debug_command_finish(struct debug_command *command);

#endif
