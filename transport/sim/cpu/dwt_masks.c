/* SPDX-License-Identifier: MIT */
/* Comparators of Armv7-M and Armv6-M: an aligned power of two each; one of them may look for a
 * value (DDI 0403, C1.8). */
#include "sim/cpu/dwt_internal.h"

enum {
    MASK_WRITABLE = 0xF,
    FUNCTION_PC = 4,
    FUNCTION_READ = 5,
    FUNCTION_WRITE = 6,
    FUNCTION_READ_WRITE = 7,
    FUNCTION_DATAVMATCH = 1u << 8,
    FUNCTION_LNK1ENA = 1u << 9, /* a second linked address is possible */
    FUNCTION_WRITABLE = 0x2F,
    FUNCTION_VALUE_WRITABLE = 0xFFD2F,
    VALUE_COMPARATOR = 1, /* the one that compares data values */
};

static const struct sim_dwt_comparator *comparator(const struct sim_cpu *cpu, unsigned i)
{
    return &cpu->debug->dwt.comparator[i];
}

static enum sim_dwt_subject subject(const struct sim_cpu *cpu, unsigned i)
{
    unsigned function = comparator(cpu, i)->function & 0xF;

    if (function == FUNCTION_PC)
        return SIM_DWT_CODE;
    return function >= FUNCTION_READ && function <= FUNCTION_READ_WRITE ? SIM_DWT_DATA
                                                                        : SIM_DWT_NOTHING;
}

static void masked_range(const struct sim_dwt_comparator *c, uint32_t *first, uint32_t *last)
{
    uint32_t last_of_range = (1u << c->mask) - 1;

    *first = c->comp & ~last_of_range;
    *last = *first + last_of_range;
}

/* A value at any address, or at that of another comparator, is looked for everywhere. */
static void range(const struct sim_cpu *cpu, unsigned i, uint32_t *first, uint32_t *last)
{
    const struct sim_dwt_comparator *c = comparator(cpu, i);

    masked_range(c, first, last);
    if (c->function & FUNCTION_DATAVMATCH && subject(cpu, i) == SIM_DWT_DATA) {
        *first = 0;
        *last = UINT32_MAX;
    }
}

static bool touches(const struct sim_dwt_comparator *c, const struct sim_dwt_access *access)
{
    uint32_t first, last;

    masked_range(c, &first, &last);
    return sim_dwt_touches(access, first, last);
}

/* C1.8.2: a value of DATAVSIZE at an address that one of two linked comparators holds; a link to
 * itself stands for any address. */
static bool value_matches(const struct sim_cpu *cpu, const struct sim_dwt_comparator *c,
                          const struct sim_dwt_access *access)
{
    unsigned size = 1u << (c->function >> 10 & 3);
    uint32_t mask = size >= 4 ? UINT32_MAX : (1u << 8 * size) - 1;
    unsigned links[2] = {c->function >> 12 & 0xF, c->function >> 16 & 0xF};

    if (size != access->width || ((access->value ^ c->comp) & mask))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (links[i] == VALUE_COMPARATOR ||
            (links[i] < cpu->model->dwt_comparators && touches(comparator(cpu, links[i]), access)))
            return true;
    return false;
}

static bool matches(const struct sim_cpu *cpu, unsigned i, const struct sim_dwt_access *access)
{
    const struct sim_dwt_comparator *c = comparator(cpu, i);
    unsigned function = c->function & 0xF;

    if (function == FUNCTION_PC)
        return touches(c, access);
    if (function == (access->write ? FUNCTION_READ : FUNCTION_WRITE))
        return false;
    return c->function & FUNCTION_DATAVMATCH ? value_matches(cpu, c, access) : touches(c, access);
}

static bool stops(const struct sim_cpu *cpu, unsigned i)
{
    return true;
}

static bool compares_values(const struct sim_cpu *cpu, unsigned i)
{
    return i == VALUE_COMPARATOR && cpu->model->armv7m;
}

static uint32_t fixed(const struct sim_cpu *cpu, unsigned i)
{
    return compares_values(cpu, i) ? FUNCTION_LNK1ENA : 0;
}

static uint32_t writable(const struct sim_cpu *cpu, unsigned i)
{
    return compares_values(cpu, i) ? FUNCTION_VALUE_WRITABLE : FUNCTION_WRITABLE;
}

const struct sim_dwt_kind sim_dwt_masks = {
    .subject = subject,
    .range = range,
    .matches = matches,
    .stops = stops,
    .fixed = fixed,
    .writable = writable,
    .mask_writable = MASK_WRITABLE,
};
