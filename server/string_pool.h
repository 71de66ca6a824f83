/* SPDX-License-Identifier: MIT */
/* Strings that live until all of them go. */
#ifndef PROBED_STRING_POOL_H
#define PROBED_STRING_POOL_H

#include <stddef.h>

struct text;

struct string_pool {
    struct text *first;
};

/* A copy of `length` bytes with a NUL behind them; NULL without memory. `pool` starts zeroed. */
char *string_pool_keep(struct string_pool *pool, const char *text, size_t length);
/* The whole file; NULL: errno says why. */
char *string_pool_read(struct string_pool *pool, const char *path);
void string_pool_finish(struct string_pool *pool);

#endif
