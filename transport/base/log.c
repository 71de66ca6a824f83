/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static const char *const names[] = {"error", "warn", "info", "debug"};

const char *log_level_name(enum log_level level)
{
    return names[level];
}

void log_line(const struct log *log, enum log_level level, const char *format, ...)
{
    char line[512];
    va_list args;

    if (!log || level > log->level)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    log->write(log->user, level, line);
}

/* Whoever started us with a pipe on standard error may not read it: a pipe that is full must not
 * stop the daemon. (A pipe that polls writable has room for PIPE_BUF bytes, more than a line.) */
static bool has_room(void)
{
    struct pollfd descriptor = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&descriptor, 1, 0) != 0;
}

void log_write_stderr(void *user, enum log_level level, const char *line)
{
    (void)user;
    if (!has_room())
        return;
    /* One fprintf: stdio locks the stream, so lines of two threads never mix. */
    if (level == LOG_INFO)
        fprintf(stderr, "probed: %s\n", line);
    else
        fprintf(stderr, "probed: %s: %s\n", log_level_name(level), line);
    fflush(stderr);
}
