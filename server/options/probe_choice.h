/* SPDX-License-Identifier: MIT */
/* A word of --probe: SELECTOR[@NAME]. Asks for nothing but whether a file is there. */
#ifndef PROBED_PROBE_CHOICE_H
#define PROBED_PROBE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

enum { PROBE_SELECTOR = 208, PROBE_NAME = 32 }; /* with their NULs */

struct probe_choice {
    char selector[PROBE_SELECTOR]; /* as probe_selected() and probe_describe() take it */
    char name[PROBE_NAME];         /* what the user calls the probe; empty: nothing */
};

/* What begins with the first '@' is a name; in the name of a file that is replayed with the last
 * one, if no '/' is behind it and no file has that whole name. False: `why` (200 bytes) has a
 * sentence. */
bool probe_choice_read(const char *word, struct probe_choice *choice, char *why, size_t why_size);
/* --probe all: every probe there is. */
bool probe_choice_is_all(const char *word);

#endif
