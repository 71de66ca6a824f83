/* SPDX-License-Identifier: MIT */
/* Comparators of Armv8-M (DDI 0553, DWT_FUNCTIONn): one watches a byte, half-word or word, or two
 * beside each other a range from the first one's address to that of the second, which is in it; a
 * value alone or, by the second of two, at the first one's address. What the four of a Cortex-M33
 * can do: its TRM, DWT_FUNCTION. Cycles are not compared, nor is anything traced. */
#include "sim/cpu/dwt_internal.h"

enum {
    MATCH_CODE = 0x2,
    MATCH_CODE_LIMIT = 0x3,
    MATCH_DATA = 0x4,
    MATCH_DATA_WRITE = 0x5,
    MATCH_DATA_READ = 0x6,
    MATCH_DATA_LIMIT = 0x7,
    MATCH_VALUE = 0x8,
    MATCH_VALUE_READ = 0xA,
    MATCH_LINKED_VALUE = 0xB,
    ACTION_DEBUG_EVENT = 1,
    FUNCTION_WRITABLE = 0xC3F,
    ID_SHIFT = 27,
};

/* DWT_FUNCTIONn.ID: cycles 1, code 2, (data 8,) value 4, and limits 10. */
enum { ID_CODE = 0x02, ID_VALUE = 0x04, ID_LIMIT = 0x10 };
static const uint8_t ids[SIM_DWT_MAX] = {0x0B, 0x1A, 0x0A, 0x1E};

static uint32_t function_of(const struct sim_cpu *cpu, unsigned i)
{
    return cpu->debug->dwt.comparator[i].function;
}

static uint32_t comp_of(const struct sim_cpu *cpu, unsigned i)
{
    return cpu->debug->dwt.comparator[i].comp;
}

/* What it shall match, as far as it can. */
static unsigned match_of(const struct sim_cpu *cpu, unsigned i)
{
    unsigned match = function_of(cpu, i) & 0xF;
    bool limit = match == MATCH_CODE_LIMIT || match == MATCH_DATA_LIMIT;
    bool code = match == MATCH_CODE || match == MATCH_CODE_LIMIT;
    bool value = match >= MATCH_VALUE && match <= MATCH_LINKED_VALUE;

    if ((limit && !(ids[i] & ID_LIMIT)) || (code && !(ids[i] & ID_CODE)) ||
        (value && !(ids[i] & ID_VALUE)))
        return 0;
    return match;
}

static bool next_is(const struct sim_cpu *cpu, unsigned i, unsigned match)
{
    return i + 1 < cpu->model->dwt_comparators && match_of(cpu, i + 1) == match;
}

static unsigned size_of(const struct sim_cpu *cpu, unsigned i)
{
    return 1u << (function_of(cpu, i) >> 10 & 3);
}

static bool is_address_of_data(unsigned match)
{
    return match >= MATCH_DATA && match <= MATCH_DATA_READ;
}

/* The second of two says by its own MATCHED what the first one found, or not: the value does. */
static enum sim_dwt_subject subject(const struct sim_cpu *cpu, unsigned i)
{
    unsigned match = match_of(cpu, i);

    if (match == MATCH_CODE)
        return SIM_DWT_CODE;
    return is_address_of_data(match) || (match >= MATCH_VALUE && match <= MATCH_LINKED_VALUE)
               ? SIM_DWT_DATA
               : SIM_DWT_NOTHING;
}

static void range(const struct sim_cpu *cpu, unsigned i, uint32_t *first, uint32_t *last)
{
    unsigned match = match_of(cpu, i);
    uint32_t size = match == MATCH_CODE ? 2 : size_of(cpu, i);

    if (match == MATCH_LINKED_VALUE && i > 0) {
        range(cpu, i - 1, first, last);
        return;
    }
    *first = comp_of(cpu, i) & ~(size - 1);
    *last = *first + size - 1;
    if (next_is(cpu, i, match == MATCH_CODE ? MATCH_CODE_LIMIT : MATCH_DATA_LIMIT)) {
        *first = comp_of(cpu, i);
        *last = comp_of(cpu, i + 1);
    } else if (match >= MATCH_VALUE && match <= MATCH_VALUE_READ) {
        *first = 0;
        *last = UINT32_MAX;
    }
}

static bool value_matches(const struct sim_cpu *cpu, unsigned i,
                          const struct sim_dwt_access *access)
{
    unsigned size = size_of(cpu, i);
    uint32_t mask = size >= 4 ? UINT32_MAX : (1u << 8 * size) - 1;

    return access->width == size && !((access->value ^ comp_of(cpu, i)) & mask);
}

/* 4 and 8: both ways; one more: writes; two more: reads. */
static bool direction_matches(unsigned match, bool write)
{
    return (match & 3) == 0 || (match & 3) == (write ? 1 : 2);
}

static bool touches(const struct sim_cpu *cpu, unsigned i, const struct sim_dwt_access *access)
{
    uint32_t first, last;

    range(cpu, i, &first, &last);
    return first <= last && sim_dwt_touches(access, first, last);
}

static bool matches(const struct sim_cpu *cpu, unsigned i, const struct sim_dwt_access *access)
{
    unsigned match = match_of(cpu, i);

    if (match == MATCH_LINKED_VALUE)
        return i > 0 && is_address_of_data(match_of(cpu, i - 1)) &&
               direction_matches(match_of(cpu, i - 1), access->write) &&
               touches(cpu, i - 1, access) && value_matches(cpu, i, access);
    if (match != MATCH_CODE && !direction_matches(match, access->write))
        return false;
    return match >= MATCH_VALUE ? value_matches(cpu, i, access) : touches(cpu, i, access);
}

static bool stops(const struct sim_cpu *cpu, unsigned i)
{
    return (function_of(cpu, i) >> 4 & 3) == ACTION_DEBUG_EVENT;
}

static uint32_t fixed(const struct sim_cpu *cpu, unsigned i)
{
    return (uint32_t)ids[i] << ID_SHIFT;
}

static uint32_t writable(const struct sim_cpu *cpu, unsigned i)
{
    return FUNCTION_WRITABLE;
}

const struct sim_dwt_kind sim_dwt_pairs = {
    .subject = subject,
    .range = range,
    .matches = matches,
    .stops = stops,
    .fixed = fixed,
    .writable = writable,
};
