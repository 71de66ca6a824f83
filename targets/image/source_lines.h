/* SPDX-License-Identifier: MIT */
/* Which function and line of the source an address of the program is. */
#ifndef PROBED_SOURCE_LINES_H
#define PROBED_SOURCE_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "image/debug_info.h"

enum { SOURCE_PLACES = 16 };

/* Texts are the debug information's, and as untrusted as the file. */
struct source_place {
    const char *function; /* NULL: not known */
    const char *file;     /* as the compiler was told, mostly with its folders; NULL: not known */
    unsigned line;        /* 0: not known */
    bool inlined;         /* into the place that follows */
};

/* The address's place, and where functions were inlined the places around it, the innermost first:
 * at most `max`, at least one, of which nothing need be known. The address is without the Thumb
 * bit; of a return address the call is meant, so pass one that is 1 less. */
size_t source_lines_at(const struct debug_info *info, uint32_t address, struct source_place *places,
                       size_t max);

#endif
