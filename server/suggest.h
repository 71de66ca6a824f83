/* SPDX-License-Identifier: MIT */
/* Which word was meant: for one clear line about a mistyped option or command. Pure. */
#ifndef PROBED_SUGGEST_H
#define PROBED_SUGGEST_H

#include <stddef.h>

/* Insertions, deletions, replacements and swaps of neighbours that turn one word into the other;
 * words beyond 31 characters count as far away. */
size_t edit_distance(const char *from, const char *to);

/* The most similar of `count` names found at `names`, `stride` bytes apart (so that a table's
 * first member can be searched in place). NULL if none is similar enough to be suggested. */
const char *suggest(const char *word, const void *names, size_t count, size_t stride);

#endif
