/* SPDX-License-Identifier: MIT */
/* The data watchpoint unit in its two kinds: what a comparator looks at, by its index. dwt.c asks;
 * dwt_masks.c (Armv7-M and Armv6-M) and dwt_pairs.c (Armv8-M) answer. */
#ifndef PROBED_SIM_DWT_INTERNAL_H
#define PROBED_SIM_DWT_INTERNAL_H

#include "sim/cpu/system_internal.h"

#define SIM_DWT_MATCHED (1u << 24) /* of FUNCTION; clears when it is read */

/* An access to data; of an executed instruction only the address counts. */
struct sim_dwt_access {
    uint32_t address, value;
    unsigned width;
    bool write;
};

enum sim_dwt_subject { SIM_DWT_NOTHING, SIM_DWT_DATA, SIM_DWT_CODE };

struct sim_dwt_kind {
    enum sim_dwt_subject (*subject)(const struct sim_cpu *cpu, unsigned i);
    /* The addresses that it may match: of code all, of data those in the range it holds. */
    void (*range)(const struct sim_cpu *cpu, unsigned i, uint32_t *first, uint32_t *last);
    /* The subject is that of the access. */
    bool (*matches)(const struct sim_cpu *cpu, unsigned i, const struct sim_dwt_access *access);
    /* A match makes a debug event. */
    bool (*stops)(const struct sim_cpu *cpu, unsigned i);
    uint32_t (*fixed)(const struct sim_cpu *cpu,
                      unsigned i); /* bits of FUNCTION that always read */
    uint32_t (*writable)(const struct sim_cpu *cpu, unsigned i); /* bits of FUNCTION */
    uint32_t mask_writable;                                      /* bits of MASK */
};

extern const struct sim_dwt_kind sim_dwt_masks, sim_dwt_pairs;

/* Some byte of the access lies in the range. */
static inline bool sim_dwt_touches(const struct sim_dwt_access *access, uint32_t first,
                                   uint32_t last)
{
    return access->address - first <= last - first || first - access->address < access->width;
}

#endif
