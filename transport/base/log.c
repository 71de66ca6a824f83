/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

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

void log_write_stderr(void *user, enum log_level level, const char *line)
{
    (void)user;
    /* One fprintf: stdio locks the stream, so lines of two threads never mix. */
    if (level == LOG_INFO)
        fprintf(stderr, "probed: %s\n", line);
    else
        fprintf(stderr, "probed: %s: %s\n", log_level_name(level), line);
    fflush(stderr);
}
