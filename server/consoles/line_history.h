/* SPDX-License-Identifier: MIT */
/* The lines that were typed before, to be had back. Each costs its length once, however many are
 * remembered and however often they are asked for. Pure. */
#ifndef PROBED_LINE_HISTORY_H
#define PROBED_LINE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

enum { LINE_HISTORY = 8192 }; /* bytes of lines remembered, with their NULs */

/* Begins zeroed. */
struct line_history {
    size_t shown; /* the line that is had back; `end`: none */

    /* Private. */
    size_t begin, newest, end;    /* of the lines, oldest first */
    char lines[2 * LINE_HISTORY]; /* moved to its beginning only once the other half is used up */
};

/* Not an empty line, nor the same twice in a row. `length` < LINE_HISTORY. Nothing is had back any
 * more. */
void line_history_add(struct line_history *history, const char *line, size_t length);
/* The one before the one that is shown; NULL: there is none. */
const char *line_history_older(struct line_history *history);
/* The one behind it; an empty one behind the newest. NULL: none is shown. */
const char *line_history_newer(struct line_history *history);
/* None is shown any more. */
void line_history_leave(struct line_history *history);

#endif
