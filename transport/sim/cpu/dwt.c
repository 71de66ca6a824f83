/* SPDX-License-Identifier: MIT */
/* Data Watchpoint and Trace unit: DDI 0403 C1.8. Watchpoints, cycle counter, PC samples; no trace
 * packets. */
#include "sim/cpu/system_internal.h"

enum {
    DWT_CTRL = 0x00,
    DWT_CYCCNT = 0x04,
    DWT_CPICNT = 0x08,
    DWT_PCSR = 0x1C,
    DWT_COMP0 = 0x20,
    CTRL_CYCCNTENA = 1u << 0,
    CTRL_WRITABLE = 0x007F1FFF,
    MASK_WRITABLE = 0xF,
    FUNCTION_PC = 4,
    FUNCTION_READ = 5,
    FUNCTION_WRITE = 6,
    FUNCTION_READ_WRITE = 7,
    FUNCTION_DATAVMATCH = 1u << 8,
    FUNCTION_LNK1ENA = 1u << 9, /* a second linked address is possible */
    FUNCTION_MATCHED = 1u << 24,
    FUNCTION_WRITABLE = 0x2F,
    FUNCTION_VALUE_WRITABLE = 0xFFD2F,
    VALUE_COMPARATOR = 1, /* the one that compares data values */
};

static bool is_enabled(const struct sim_cpu *cpu)
{
    return cpu->debug->demcr & SIM_DEMCR_TRCENA;
}

/* --- cycle counter: stands still while halted, in reset and asleep --- */

static uint64_t counted_clock(const struct sim_cpu *cpu)
{
    return sim_core_clock(cpu) - cpu->system->slept;
}

void sim_dwt_sync(struct sim_cpu *cpu)
{
    struct sim_dwt *dwt = &cpu->debug->dwt;
    uint64_t now = counted_clock(cpu);

    if (is_enabled(cpu) && dwt->ctrl & CTRL_CYCCNTENA)
        dwt->cyccnt += (uint32_t)(now - dwt->counted);
    dwt->counted = now;
}

/* --- comparators --- */

static void match(struct sim_cpu *cpu, struct sim_dwt_comparator *comparator)
{
    comparator->function |= FUNCTION_MATCHED;
    sim_debug_event(cpu, SIM_DFSR_DWTTRAP);
}

/* The access covers some byte of the comparator's range. */
static bool touches(const struct sim_dwt_comparator *comparator, uint32_t address, unsigned width)
{
    uint32_t last_of_range = (1u << comparator->mask) - 1;
    uint32_t first = comparator->comp & ~last_of_range;

    return address - first <= last_of_range || first - address < width;
}

static bool wants(uint32_t function, bool write)
{
    switch (function & 0xF) {
    case FUNCTION_READ:
        return !write;
    case FUNCTION_WRITE:
        return write;
    case FUNCTION_READ_WRITE:
        return true;
    default:
        return false;
    }
}

/* C1.8.2: a value of DATAVSIZE at an address that one of two linked comparators holds; a link to
 * itself stands for any address. */
static bool value_matches(const struct sim_cpu *cpu, const struct sim_dwt_comparator *comparator,
                          uint32_t address, unsigned width, uint32_t value)
{
    unsigned size = 1u << (comparator->function >> 10 & 3);
    uint32_t mask = size >= 4 ? UINT32_MAX : (1u << 8 * size) - 1;
    unsigned links[2] = {comparator->function >> 12 & 0xF, comparator->function >> 16 & 0xF};

    if (size != width || ((value ^ comparator->comp) & mask))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (links[i] == VALUE_COMPARATOR ||
            (links[i] < cpu->model->dwt_comparators &&
             touches(&cpu->debug->dwt.comparator[links[i]], address, width)))
            return true;
    return false;
}

void sim_dwt_data(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value, bool write)
{
    for (unsigned i = 0; i < cpu->model->dwt_comparators; i++) {
        struct sim_dwt_comparator *comparator = &cpu->debug->dwt.comparator[i];

        if (!wants(comparator->function, write))
            continue;
        if (comparator->function & FUNCTION_DATAVMATCH
                ? value_matches(cpu, comparator, address, width, value)
                : touches(comparator, address, width))
            match(cpu, comparator);
    }
}

void sim_dwt_executed(struct sim_cpu *cpu, uint32_t pc)
{
    for (unsigned i = 0; i < cpu->model->dwt_comparators; i++) {
        struct sim_dwt_comparator *comparator = &cpu->debug->dwt.comparator[i];

        if ((comparator->function & 0xF) == FUNCTION_PC && is_enabled(cpu) &&
            touches(comparator, pc, 1))
            match(cpu, comparator);
    }
}

/* A value at any address, or at that of another comparator, is looked for everywhere. */
static void first_bytes(const struct sim_dwt_comparator *comparator, uint32_t *first,
                        uint32_t *last)
{
    uint32_t last_of_range = (1u << comparator->mask) - 1;
    uint32_t begin = comparator->comp & ~last_of_range;
    bool everywhere = comparator->function & FUNCTION_DATAVMATCH || begin < 3;

    *first = everywhere ? 0 : begin - 3; /* a word that begins before may reach into it */
    *last = everywhere ? UINT32_MAX : begin + last_of_range;
}

bool sim_dwt_watches(const struct sim_cpu *cpu, uint32_t *first, uint32_t *last)
{
    bool any = false;

    *first = UINT32_MAX;
    *last = 0;
    for (unsigned i = 0; i < cpu->model->dwt_comparators && is_enabled(cpu); i++) {
        const struct sim_dwt_comparator *comparator = &cpu->debug->dwt.comparator[i];
        uint32_t from, to;

        if (!wants(comparator->function, true) && !wants(comparator->function, false))
            continue;
        first_bytes(comparator, &from, &to);
        *first = from < *first ? from : *first;
        *last = to > *last ? to : *last;
        any = true;
    }
    return any;
}

bool sim_dwt_arm(const struct sim_cpu *cpu, struct sim_filter *filter)
{
    bool any = false;

    for (unsigned i = 0; i < cpu->model->dwt_comparators && is_enabled(cpu); i++) {
        const struct sim_dwt_comparator *comparator = &cpu->debug->dwt.comparator[i];
        uint32_t size = 1u << comparator->mask;

        if ((comparator->function & 0xF) != FUNCTION_PC)
            continue;
        for (uint32_t at = 0; at < size; at += 2)
            sim_filter_add(filter, (comparator->comp & ~(size - 1)) + at);
        any = true;
    }
    return any;
}

/* --- registers --- */

/* No sample from a core that does not execute. */
static uint32_t sample_pc(const struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;

    if (cpu->debug->halted || system->asleep || system->held || system->vectors_due)
        return UINT32_MAX;
    return cpu->r[15];
}

/* The comparator a register belongs to; dwt_comparators if it is none's. */
static unsigned comparator_of(const struct sim_cpu *cpu, uint32_t offset)
{
    unsigned index = (offset - DWT_COMP0) / 16;

    return index < cpu->model->dwt_comparators ? index : cpu->model->dwt_comparators;
}

static uint32_t read_function(struct sim_cpu *cpu, struct sim_dwt_comparator *comparator)
{
    bool compares_values = comparator == &cpu->debug->dwt.comparator[VALUE_COMPARATOR];
    uint32_t value =
        comparator->function | (compares_values && cpu->model->armv7m ? FUNCTION_LNK1ENA : 0u);

    comparator->function &= ~(uint32_t)FUNCTION_MATCHED;
    return value;
}

static uint32_t read_comparator(struct sim_cpu *cpu, struct sim_dwt_comparator *comparator,
                                uint32_t offset)
{
    switch (offset & 0xF) {
    case 0x0:
        return comparator->comp;
    case 0x4:
        return comparator->mask;
    case 0x8:
        return read_function(cpu, comparator);
    default:
        return 0;
    }
}

static void write_comparator(struct sim_cpu *cpu, struct sim_dwt_comparator *comparator,
                             uint32_t offset, uint32_t value)
{
    bool compares_values =
        cpu->model->armv7m && comparator == &cpu->debug->dwt.comparator[VALUE_COMPARATOR];

    if ((offset & 0xF) == 0x0)
        comparator->comp = value;
    else if ((offset & 0xF) == 0x4)
        comparator->mask = value & MASK_WRITABLE;
    else if ((offset & 0xF) == 0x8)
        comparator->function =
            value & (compares_values ? FUNCTION_VALUE_WRITABLE : FUNCTION_WRITABLE);
    sim_debug_rearm(cpu);
}

uint32_t sim_dwt_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    struct sim_dwt *dwt = &cpu->debug->dwt;
    unsigned index = comparator_of(cpu, offset);

    if (index < cpu->model->dwt_comparators)
        return read_comparator(cpu, &dwt->comparator[index], offset);
    if (offset == DWT_CTRL)
        return (uint32_t)cpu->model->dwt_comparators << 28 | dwt->ctrl;
    if (offset == DWT_PCSR)
        return sample_pc(cpu);
    if (offset == DWT_CYCCNT) {
        sim_dwt_sync(cpu);
        return dwt->cyccnt;
    }
    return offset < DWT_PCSR ? dwt->counters[(offset - DWT_CPICNT) / 4] : 0;
}

void sim_dwt_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                   bool debugger)
{
    struct sim_dwt *dwt = &cpu->debug->dwt;
    unsigned index = comparator_of(cpu, offset);

    if (lanes != UINT32_MAX)
        return;
    if (index < cpu->model->dwt_comparators)
        write_comparator(cpu, &dwt->comparator[index], offset, value);
    if (!cpu->model->armv7m) /* comparators and PCSR are all there is */
        return;
    sim_dwt_sync(cpu);
    if (offset == DWT_CTRL)
        dwt->ctrl = value & CTRL_WRITABLE;
    else if (offset == DWT_CYCCNT)
        dwt->cyccnt = value;
    else if (offset >= DWT_CPICNT && offset < DWT_PCSR)
        dwt->counters[(offset - DWT_CPICNT) / 4] = value & 0xFF;
}
