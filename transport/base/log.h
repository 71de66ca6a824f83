/* SPDX-License-Identifier: MIT */
/* Log lines for the person who started the daemon; one event, one line. A log is an object, so
 * that tests run several daemons in one process and look at each one's lines. */
#ifndef PROBED_LOG_H
#define PROBED_LOG_H

#include <stdbool.h>
#include <stdio.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    enum log_level level; /* more detailed lines are dropped; fixed before threads start */
    /* Gets one finished line without line end; called on any thread, must lock for itself. */
    void (*write)(void *user, enum log_level level, const char *line);
    void *user;
};

/* `log` may be NULL: nothing is written. Control characters are shown (visible.h). Any thread. */
void log_line(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "NAME: error: text", "NAME: warning: text", "NAME: text" as one line (on a terminal as many as it
 * takes), flushed: what every message to a person looks like, whoever writes it. */
void log_say(FILE *out, const char *name, enum log_level level, const char *text);
/* Somebody looks who likes colours: a terminal that is not dumb, and NO_COLOR is not set. */
bool log_coloured(FILE *out);

/* A log.write for standard error: "probed: error: text", one write a line. A line that would have
 * to wait, because nobody reads the pipe, is dropped. */
void log_write_stderr(void *user, enum log_level level, const char *line);

/* error, warn, info, debug. */
const char *log_level_name(enum log_level level);

#endif
