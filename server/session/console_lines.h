/* SPDX-License-Identifier: MIT */
/* What the program says, for the consoles: whole lines, as events, as many as a person can read; of
 * more it is told how much was left out. Worker thread. */
#ifndef PROBED_CONSOLE_LINES_H
#define PROBED_CONSOLE_LINES_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* A session's; all zero: nothing was said yet. */
struct console_lines {
    char line[240];
    size_t length;
    size_t room;    /* bytes that may be shown.. */
    uint64_t at_us; /* ..as of then, on the probe's clock */
    uint64_t lost;  /* bytes, not told yet */
};

/* Nothing where no console watches. */
void console_lines_take(struct session *session, const char *text, size_t length);
/* A line that has not ended will not for a while. */
void console_lines_flush(struct session *session);

#endif
