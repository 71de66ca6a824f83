/* SPDX-License-Identifier: MIT */
/* What the program says made fit for consoles: whole lines, as many as a person can read; of more
 * it is told how much was left out. Pure. */
#ifndef PROBED_CONSOLE_LINES_H
#define PROBED_CONSOLE_LINES_H

#include <stddef.h>
#include <stdint.h>

enum { CONSOLE_LINE = 240 };

/* All zero but `out` and `user`: nothing was said yet. */
struct console_lines {
    /* A line, with its end if it has one; at most CONSOLE_LINE bytes. */
    void (*out)(void *user, const char *text, size_t length);
    void *user;

    /* Private. */
    char line[CONSOLE_LINE];
    size_t length;
    size_t room;    /* bytes that may be shown.. */
    uint64_t at_us; /* ..as of then */
    uint64_t lost;  /* bytes, not told yet */
};

void console_lines_take(struct console_lines *lines, uint64_t now_us, const char *text,
                        size_t length);
/* A line that has not ended will not for a while. */
void console_lines_flush(struct console_lines *lines, uint64_t now_us);

#endif
