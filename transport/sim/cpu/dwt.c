/* SPDX-License-Identifier: MIT */
/* Data Watchpoint and Trace unit: DDI 0403 C1.8. Watchpoints, cycle counter, PC samples; its
 * packets are dwt_trace.c's. */
#include "sim/cpu/dwt_internal.h"

enum {
    DWT_CTRL = 0x00,
    DWT_CYCCNT = 0x04,
    DWT_CPICNT = 0x08,
    DWT_PCSR = 0x1C,
    DWT_COMP0 = 0x20,
    CTRL_CYCCNTENA = 1u << 0,
    CTRL_WRITABLE = 0x007F1FFF,
    FILTER_SPAN = 2 * 64 * 16, /* struct sim_filter has a bit for each half-word of it */
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

static const struct sim_dwt_kind *kind_of(const struct sim_cpu *cpu)
{
    return cpu->model->armv8m ? &sim_dwt_pairs : &sim_dwt_masks;
}

static void look(struct sim_cpu *cpu, enum sim_dwt_subject subject,
                 const struct sim_dwt_access *access)
{
    const struct sim_dwt_kind *kind = kind_of(cpu);

    for (unsigned i = 0; i < cpu->model->dwt_comparators; i++) {
        if (kind->subject(cpu, i) != subject || !kind->matches(cpu, i, access))
            continue;
        cpu->debug->dwt.comparator[i].function |= SIM_DWT_MATCHED;
        if (kind->stops(cpu, i))
            sim_debug_event(cpu, SIM_DFSR_DWTTRAP);
    }
}

void sim_dwt_data(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value, bool write)
{
    struct sim_dwt_access access = {address, value, width, write};

    look(cpu, SIM_DWT_DATA, &access);
}

void sim_dwt_executed(struct sim_cpu *cpu, uint32_t pc)
{
    struct sim_dwt_access access = {.address = pc, .width = 1};

    if (is_enabled(cpu))
        look(cpu, SIM_DWT_CODE, &access);
}

bool sim_dwt_watches(const struct sim_cpu *cpu, uint32_t *first, uint32_t *last)
{
    bool any = false;

    *first = UINT32_MAX;
    *last = 0;
    for (unsigned i = 0; i < cpu->model->dwt_comparators && is_enabled(cpu); i++) {
        uint32_t from, to;

        if (kind_of(cpu)->subject(cpu, i) != SIM_DWT_DATA)
            continue;
        kind_of(cpu)->range(cpu, i, &from, &to);
        from = from < 3 ? 0 : from - 3; /* a word that begins before may reach into it */
        *first = from < *first ? from : *first;
        *last = to > *last ? to : *last;
        any = true;
    }
    return any;
}

/* A range of FILTER_SPAN bytes fills the filter. */
static void add_range(struct sim_filter *filter, uint32_t first, uint32_t last)
{
    for (uint32_t at = 0; at <= last - first && at < FILTER_SPAN; at += 2)
        sim_filter_add(filter, first + at);
}

bool sim_dwt_arm(const struct sim_cpu *cpu, struct sim_filter *filter)
{
    bool any = false;

    for (unsigned i = 0; i < cpu->model->dwt_comparators && is_enabled(cpu); i++) {
        uint32_t first, last;

        if (kind_of(cpu)->subject(cpu, i) != SIM_DWT_CODE)
            continue;
        kind_of(cpu)->range(cpu, i, &first, &last);
        if (first <= last)
            add_range(filter, first, last);
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

static uint32_t read_comparator(struct sim_cpu *cpu, unsigned i, uint32_t offset)
{
    struct sim_dwt_comparator *comparator = &cpu->debug->dwt.comparator[i];
    uint32_t function = comparator->function | kind_of(cpu)->fixed(cpu, i);

    switch (offset & 0xF) {
    case 0x0:
        return comparator->comp;
    case 0x4:
        return comparator->mask;
    case 0x8:
        comparator->function &= ~(uint32_t)SIM_DWT_MATCHED;
        return function;
    default:
        return 0;
    }
}

static void write_comparator(struct sim_cpu *cpu, unsigned i, uint32_t offset, uint32_t value)
{
    struct sim_dwt_comparator *comparator = &cpu->debug->dwt.comparator[i];
    const struct sim_dwt_kind *kind = kind_of(cpu);

    if ((offset & 0xF) == 0x0)
        comparator->comp = value;
    else if ((offset & 0xF) == 0x4)
        comparator->mask = value & kind->mask_writable;
    else if ((offset & 0xF) == 0x8)
        comparator->function = value & kind->writable(cpu, i);
    sim_debug_rearm(cpu);
}

uint32_t sim_dwt_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    struct sim_dwt *dwt = &cpu->debug->dwt;
    unsigned index = comparator_of(cpu, offset);

    if (index < cpu->model->dwt_comparators)
        return read_comparator(cpu, index, offset);
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
        write_comparator(cpu, index, offset, value);
    if (!cpu->model->armv7m) /* comparators and PCSR are all there is */
        return;
    sim_dwt_sync(cpu);
    if (offset == DWT_CTRL) {
        dwt->ctrl = value & CTRL_WRITABLE;
        sim_dwt_trace_plan(cpu);
    } else if (offset == DWT_CYCCNT) {
        dwt->cyccnt = value;
    } else if (offset >= DWT_CPICNT && offset < DWT_PCSR) {
        dwt->counters[(offset - DWT_CPICNT) / 4] = value & 0xFF;
    }
}
