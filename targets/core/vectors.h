/* SPDX-License-Identifier: MIT */
/* What is wrong with a vector table. Worker thread. */
#ifndef PROBED_VECTORS_H
#define PROBED_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

struct core;

/* A program cannot begin with the vector table, for the reason that `text` then says. */
bool vectors_mislead(struct core *core, char *text, size_t size);
/* The same of a core that stands behind a reset, by the registers that it has got from there. */
bool vectors_misled(struct core *core, char *text, size_t size);

#endif
