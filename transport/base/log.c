/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/visible.h"
#include "base/wrapped.h"

enum { INDENT = 2 }; /* of what a terminal's line has no room for */

static const char *const names[] = {"error", "warn", "info", "debug"};

const char *log_level_name(enum log_level level)
{
    return names[level];
}

void log_line(const struct log *log, enum log_level level, const char *format, ...)
{
    char line[1200], shown[sizeof line];
    va_list args;

    if (!log || level > log->level)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    visible_copy(VISIBLE_LINE, line, strlen(line), shown, sizeof shown);
    log->write(log->user, level, shown);
}

/* Whoever started us with a pipe on standard error may not read it: a pipe that is full must not
 * stop the daemon. (A pipe that polls writable has room for PIPE_BUF bytes, more than a line.) */
static bool has_room(void)
{
    struct pollfd descriptor = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&descriptor, 1, 0) != 0;
}

bool log_coloured(FILE *out)
{
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

    return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0 && (!no_color || !no_color[0]);
}

void log_say(FILE *out, const char *name, enum log_level level, const char *text)
{
    static const struct {
        const char *word, *colour;
    } marks[] = {
        [LOG_ERROR] = {"error: ", "\033[1;31m"},
        [LOG_WARN] = {"warning: ", "\033[1;33m"},
        [LOG_INFO] = {"", ""},
        [LOG_DEBUG] = {"debug: ", ""},
    };
    const char *colour = log_coloured(out) ? marks[level].colour : "";
    char shown[1400];

    visible_copy(VISIBLE_LINE, text, strlen(text), shown, sizeof shown);
    flockfile(out); /* lines of two threads never mix */
    fprintf(out, "%s: %s%s%s", name, colour, marks[level].word, *colour ? "\033[0m" : "");
    if (isatty(fileno(out)))
        wrapped_put(out, (int)(strlen(name) + 2 + strlen(marks[level].word)), INDENT, shown);
    else
        fprintf(out, "%s\n", shown);
    fflush(out);
    funlockfile(out);
}

void log_write_stderr(void *user, enum log_level level, const char *line)
{
    (void)user;
    if (has_room())
        log_say(stderr, "probed", level, line);
}
