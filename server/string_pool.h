/* SPDX-License-Identifier: MIT */
/* Strings that live until all of them go. */
#ifndef PROBED_TEXTS_H
#define PROBED_TEXTS_H

#include <stddef.h>

struct text;

struct texts {
    struct text *first;
};

/* A copy of `length` bytes with a NUL behind them; NULL without memory. `texts` starts zeroed. */
char *texts_keep(struct texts *texts, const char *text, size_t length);
/* The whole file; NULL: errno says why. */
char *texts_read(struct texts *texts, const char *path);
void texts_finish(struct texts *texts);

#endif
