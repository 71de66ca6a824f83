/* SPDX-License-Identifier: MIT */
/* What is wrong with a vector table. Worker thread. */
#ifndef PROBED_VECTORS_H
#define PROBED_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VECTORS_REASON = 200 };

struct core;

/* No program's stack begins at `sp`, which is where such chips have their RAM: this one has less.
 * No traffic. */
bool vectors_lack_stack(const struct core *core, uint32_t sp, char text[VECTORS_REASON]);

/* A program cannot begin with the vector table, for the reason that `text` then says. */
bool vectors_mislead(struct core *core, char *text, size_t size);
/* The same of a core that stands behind a reset, by the registers that it has got from there. */
bool vectors_misled(struct core *core, char *text, size_t size);

#endif
