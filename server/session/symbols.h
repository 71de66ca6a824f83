/* SPDX-License-Identifier: MIT */
/* Symbols of the program's file that the house wants to know: the kernels', and where RTT's control
 * block is. gdb is asked for one after the other, or a file is read. Worker thread. */
#ifndef PROBED_SYMBOLS_H
#define PROBED_SYMBOLS_H

#include "session/session.h"

/* The names; NULL behind the last, and without memory. */
const char *session_symbol(struct session *session, size_t index);
/* Somebody is about to say them anew. */
void session_forget_symbols(struct session *session);
void session_set_symbol(struct session *session, size_t index, uint32_t address);
/* A client comes that may bring none: those of options.elf. What is wrong is told in the log. */
void session_read_symbols(struct session *session, struct job *job);

#endif
