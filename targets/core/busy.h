/* SPDX-License-Identifier: MIT */
/* Memory that is busy with itself: a flash bank that is being erased. The bus stalls whoever reads
 * it until it is through, which takes seconds on some chips, and a probe gives up before. So nobody
 * asks: readers get what is cached, or wait here, or are told. The other bank goes on. */
#ifndef PROBED_BUSY_H
#define PROBED_BUSY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct core;

enum { BUSY_PARTS_MAX = 2 };

struct busy {
    unsigned count; /* 0: nothing is busy */
    struct busy_part {
        uint32_t start, size;
        uint32_t word, mask, value; /* through when (the word at this address & mask) == value */
    } parts[BUSY_PARTS_MAX];
};

/* Would an access stall? Its aliases are as busy as a bank itself. */
bool busy_touches(const struct core *core, uint32_t address, size_t length);
/* Waits for all parts, within what a gdb waits for an answer: then ERR_BUSY with a sentence. */
enum err busy_wait(struct core *core, uint32_t address);

#endif
