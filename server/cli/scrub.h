/* SPDX-License-Identifier: MIT */
/* Takes out of a text what tells who somebody is: serial numbers, unique ids, names of user and
 * machine, places and paths. For what is pasted where all can read it. */
#ifndef PROBED_CLI_SCRUB_H
#define PROBED_CLI_SCRUB_H

#include <stddef.h>

enum { SCRUB_KNOWN = 32, SCRUB_WORD = 256 };

/* What is known to be such; the rest is told by its looks. */
struct scrub {
    struct {
        char text[SCRUB_WORD];
        const char *as; /* "[user]" */
    } known[SCRUB_KNOWN];
    size_t count;
};

/* User, full name, home and host as the system has them. */
void scrub_init(struct scrub *scrub);
/* One more. An empty text, or one of one character, is none. */
void scrub_add(struct scrub *scrub, const char *text, const char *as);
/* `out` may not be `text`; what does not fit is cut off. */
void scrub_copy(const struct scrub *scrub, const char *text, char *out, size_t size);

#endif
