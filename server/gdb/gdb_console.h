/* SPDX-License-Identifier: MIT */
/* Text on gdb's console: 'O' packets, as it happens. gdb takes them only while it waits for the
 * answer to a resume or to qRcmd. What a program sent stays as it is but for escape sequences other
 * than colours, which are shown unless session_options.console_escapes says else. Worker
 * thread. */
#ifndef PROBED_GDB_CONSOLE_H
#define PROBED_GDB_CONSOLE_H

#include "session/session.h"

/* Where a job's text went before. */
struct gdb_console {
    struct job *job;
    struct session *session;
    struct client *client;
    void (*output)(void *user, const char *text, size_t length);
    void *user;
};

/* From here to gdb_console_end() the job's text goes to this client, or to everyone who waits for a
 * stop if `client` is NULL. */
void gdb_console_begin(struct gdb_console *console, struct job *job, struct session *session,
                       struct client *client);
void gdb_console_end(struct gdb_console *console);

/* One sentence; the line end is added. */
void gdb_console_say(struct client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
