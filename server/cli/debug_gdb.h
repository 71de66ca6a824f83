/* SPDX-License-Identifier: MIT */
/* gdb as a child that has the terminal. */
#ifndef PROBED_DEBUG_GDB_H
#define PROBED_DEBUG_GDB_H

#include <stdbool.h>

/* Which gdb there is, in the folders of PATH: arm-none-eabi-gdb or gdb-multiarch; NULL: none. */
const char *debug_gdb_find(void);
/* Whether that program can be started. */
bool debug_gdb_exists(const char *program);
/* Starts it with these words (NULL behind the last), waits until it ends; Ctrl-C and Ctrl-\ are
 * gdb's alone meanwhile, a request to end is passed on. Returns its exit code, 128 + the signal
 * that ended it, or 127 if it could not be started. */
int debug_gdb_run(const char *program, const char *const argv[]);

#endif
