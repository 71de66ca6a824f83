/* SPDX-License-Identifier: MIT */
/* Text for people in lines that fit an ordinary terminal. Characters are one column wide; a word
 * that is longer than a line stands out. */
#ifndef PROBED_WRAPPED_H
#define PROBED_WRAPPED_H

#include <stddef.h>
#include <stdio.h>

enum { WRAPPED_WIDTH = 79 };

/* The words of `text` from column `column` on, where the line stands now; further lines begin at
 * column `indent`. Ends the line. */
void wrapped_put(FILE *out, int column, int indent, const char *text);
/* Likewise into `out`, without the last line end; further lines begin at the left. A single
 * sentence stays one line, as scripts that read it expect. Returns how long it is; what has no room
 * is cut off. */
size_t wrapped_copy(const char *text, int column, char *out, size_t size);

#endif
