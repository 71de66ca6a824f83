/* SPDX-License-Identifier: MIT */
/* Text on gdb's console: 'O' packets, as it happens. gdb takes them only while it waits for the
 * answer to a resume or to qRcmd. What a program sent stays as it is but for escape sequences other
 * than colours, which are shown unless unit_options.console_escapes says else. Worker thread. */
#ifndef PROBED_CONSOLE_H
#define PROBED_CONSOLE_H

#include "session/session.h"

/* Where a job's text went before. */
struct console {
    struct job *job;
    struct unit *unit;
    struct client *client;
    void (*output)(void *user, const char *text, size_t length);
    void *user;
};

/* From here to console_end() the job's text goes to this client, or to everyone who waits for a
 * stop if `client` is NULL. */
void console_begin(struct console *console, struct job *job, struct unit *unit,
                   struct client *client);
void console_end(struct console *console);

/* One sentence; the line end is added. */
void console_say(struct client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
