/* SPDX-License-Identifier: MIT */
/* How often the core was found at which address: what samples of the PC add up to, whichever way
 * they come. */
#ifndef PROBED_PC_HISTOGRAM_H
#define PROBED_PC_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pc_count {
    uint32_t pc; /* without the Thumb bit */
    uint32_t count;
};

struct pc_histogram {
    struct pc_count *items; /* in no order; those without a count are empty */
    size_t capacity, used;
    uint64_t samples; /* all of them */
    uint64_t asleep;  /* of them */
    uint64_t unknown; /* no PC was to be had */
};

/* False: out of memory, or more addresses than a program of this kind has. */
bool pc_histogram_add(struct pc_histogram *histogram, uint32_t pc);
void pc_histogram_free(struct pc_histogram *histogram);

#endif
