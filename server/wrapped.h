/* SPDX-License-Identifier: MIT */
/* Text for people in lines that fit an ordinary terminal. */
#ifndef PROBED_WRAPPED_H
#define PROBED_WRAPPED_H

#include <stdio.h>

enum { WRAPPED_WIDTH = 79 };

/* The words of `text` from column `column` on, where the line stands now; further lines begin at
 * column `indent`. Ends the line. Characters are one column wide; a word that is longer than a line
 * stands out. */
void wrapped_put(FILE *out, int column, int indent, const char *text);

#endif
