/* SPDX-License-Identifier: MIT */
/* Bytes typed while a command runs, in the order in which they came. Pure. */
#ifndef PROBED_TYPE_AHEAD_H
#define PROBED_TYPE_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TYPE_AHEAD = 4096 };

/* All zero: nothing was typed. */
struct type_ahead {
    char bytes[TYPE_AHEAD]; /* a ring */
    size_t first, length;
};

static inline bool type_ahead_is_full(const struct type_ahead *ahead)
{
    return ahead->length == TYPE_AHEAD;
}

/* Not full. */
void type_ahead_put(struct type_ahead *ahead, char byte);
/* Something is there. */
uint8_t type_ahead_take(struct type_ahead *ahead);
/* Forgets all up to the last of these, with it. False: there is none. */
bool type_ahead_forget_through(struct type_ahead *ahead, char byte);

#endif
