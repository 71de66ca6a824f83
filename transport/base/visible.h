/* SPDX-License-Identifier: MIT */
/* Text from elsewhere (a program on the chip, a probe's serial number, a file's name) made fit for
 * a terminal: what would be executed there is shown instead, as \x1b. UTF-8 stays. Pure, any
 * thread.
 *
 * Source: ECMA-48 (control characters of both sets, CSI, SGR); RFC 3629 (UTF-8). */
#ifndef PROBED_VISIBLE_H
#define PROBED_VISIBLE_H

#include <stddef.h>

enum visible_kind {
    VISIBLE_LINE,    /* one line of a log: no control character but a tab stays */
    VISIBLE_TEXT,    /* lines of our own words: ends of lines and tabs stay */
    VISIBLE_PROGRAM, /* as a program sent it, colours (SGR) too, but no other escape sequence */
};

enum {
    VISIBLE_SEQUENCE = 32, /* bytes of the longest colour sequence that is one */
    VISIBLE_GROWTH = 4,    /* a byte becomes so many at most */
};

struct visible_piece {
    char text[VISIBLE_SEQUENCE];
    size_t length;
};

/* The next character or sequence of `length` bytes, at least 1; returns how many of them it was. */
size_t visible_next(enum visible_kind kind, const char *text, size_t length,
                    struct visible_piece *piece);

/* All of it, as much as fits, cut between characters, with a NUL; returns its length. `out` may not
 * be `text`. What is visible already stays as it is. */
size_t visible_copy(enum visible_kind kind, const char *text, size_t length, char *out,
                    size_t size);

/* How many bytes at the end, fewer than VISIBLE_SEQUENCE, may be a character or sequence begun:
 * text that comes in pieces is better passed on without them until the rest is there. */
size_t visible_unfinished(const char *text, size_t length);

/* Bytes of the UTF-8 character at `text`; 0: it is none, or not all there. */
size_t visible_utf8(const char *text, size_t length);

#endif
