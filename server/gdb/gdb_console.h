/* SPDX-License-Identifier: MIT */
/* Text on gdb's console: 'O' packets, as it happens. gdb takes them only while it waits for the
 * answer to a resume or to qRcmd. What a program sent stays as it is but for escape sequences other
 * than colours, which are shown unless session_options.console_escapes says else. Worker
 * thread. */
#ifndef PROBED_GDB_CONSOLE_H
#define PROBED_GDB_CONSOLE_H

#include "gdb/gdb_state.h"
#include "session/session.h"

void gdb_send(struct client *client, const void *payload, size_t length);

/* A program's text; client_ops.text. */
void gdb_console_text(struct client *client, const struct session *session, const char *text,
                      size_t length);
/* A sentence or a few, in lines that fit; the last line end is added. */
void gdb_console_say(struct client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
