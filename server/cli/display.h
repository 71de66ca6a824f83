/* SPDX-License-Identifier: MIT */
/* What a person sees while a tool works: on a terminal one line that is rewritten, elsewhere a few
 * whole lines. Colours only on a terminal, and not if NO_COLOR is set. One thread. */
#ifndef PROBED_CLI_DISPLAY_H
#define PROBED_CLI_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { DISPLAY_WIDTH = 79 };

struct display {
    FILE *out;
    bool terminal;
    bool quiet;       /* errors alone */
    int width;        /* characters of the line that stands there; 0: none */
    const char *what; /* of the last progress */
    unsigned quarter; /* not a terminal: the last one told */
    uint64_t next_us; /* terminal: when the line may be rewritten */
};

void display_init(struct display *display, FILE *out);
/* `what` is constant text ("programming"); `total` 0: not known. */
void display_progress(struct display *display, const char *what, uint64_t done, uint64_t total);
/* The same for what has no measure: on a terminal alone. */
void display_doing(struct display *display, const char *what);
/* Takes the progress line away, so that something else can be printed. */
void display_clear(struct display *display);
/* One whole line; the line end is added. */
void display_say(struct display *display, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "probed: error: ..", and on lines of their own, no wider than a terminal, what to try (may be
 * NULL). */
void display_error(struct display *display, const char *text, const char *hint);

/* "512 bytes", "41.2 KiB", "64 KiB", "1.5 MiB" to `text`, and returns it. */
enum { DISPLAY_SIZE = 32 };
const char *display_size(char text[DISPLAY_SIZE], uint64_t bytes);

#endif
