/* SPDX-License-Identifier: MIT */
#include "core/cpu_caches.h"

#include "core/core.h"

#define CCR 0xE000ED14u
#define CCR_DC (1u << 16)
#define CCR_IC (1u << 17)
#define CCSIDR 0xE000ED80u
#define CSSELR 0xE000ED84u
#define ICIALLU 0xE000EF50u
#define DCCIMVAC 0xE000EF70u
#define DCCISW 0xE000EF74u
#define PERIPHERALS 0x40000000u
#define EXTERNAL 0x60000000u
enum { LINE = 32, LINE_SHIFT = 5 };

static bool has_caches(const struct core *core)
{
    return core->profile->caches;
}

void cpu_caches_queue_look(struct core *core)
{
    struct cpu_caches *caches = &core->cpu_caches;

    if (!has_caches(core))
        return;
    ops_read32(&core->ops, CCR, &caches->ccr);
    if (caches->geometry)
        return;
    ops_write32(&core->ops, CSSELR, 0);
    ops_read32(&core->ops, CCSIDR, &caches->geometry);
}

static void note_line(struct cpu_caches *caches, uint32_t line)
{
    for (uint8_t i = 0; i < caches->count; i++)
        if (caches->lines[i] == line)
            return;
    if (caches->count == CPU_CACHES_LINES)
        caches->anywhere = true;
    else
        caches->lines[caches->count++] = line;
}

void cpu_caches_wrote(struct core *core, uint32_t address, size_t length)
{
    struct cpu_caches *caches = &core->cpu_caches;
    uint32_t last = address + (uint32_t)length - 1;

    if (!has_caches(core) || (address >= PERIPHERALS && address < EXTERNAL) ||
        address >= 0xE0000000u)
        return;
    caches->stale = true;
    for (uint32_t line = address & ~(LINE - 1u); line <= last && !caches->anywhere; line += LINE)
        note_line(caches, line);
}

void cpu_caches_wrote_anywhere(struct core *core)
{
    core->cpu_caches.stale = core->cpu_caches.anywhere = has_caches(core);
}

/* Written back, and gone: whichever of memory and cache the debugger's write went to. */
static void queue_empty_data_cache(struct core *core)
{
    uint32_t geometry = core->cpu_caches.geometry;
    uint32_t sets = (geometry >> 13 & 0x7FFF) + 1, ways = (geometry >> 3 & 0x3FF) + 1;
    unsigned way_shift = 32;

    for (uint32_t left = ways - 1; left; left >>= 1)
        way_shift--;
    for (uint32_t set = 0; geometry && set < sets; set++)
        for (uint32_t way = 0; way < ways; way++)
            ops_write32(&core->ops, DCCISW,
                        (way_shift < 32 ? way << way_shift : 0) | set << LINE_SHIFT);
}

void cpu_caches_queue(struct core *core)
{
    const struct cpu_caches *caches = &core->cpu_caches;
    bool data = caches->ccr & CCR_DC;

    if (!caches->stale)
        return;
    if (data && caches->anywhere)
        queue_empty_data_cache(core);
    for (uint8_t i = 0; data && !caches->anywhere && i < caches->count; i++)
        ops_write32(&core->ops, DCCIMVAC, caches->lines[i]);
    if (caches->ccr & CCR_IC)
        ops_write32(&core->ops, ICIALLU, 0);
}

void cpu_caches_done(struct core *core)
{
    core->cpu_caches.stale = core->cpu_caches.anywhere = false;
    core->cpu_caches.count = 0;
}

void cpu_caches_queue_off(struct core *core)
{
    uint32_t ccr = core->cpu_caches.ccr;

    if (!(ccr & (CCR_DC | CCR_IC)))
        return;
    if (ccr & CCR_DC)
        queue_empty_data_cache(core);
    ops_write32(&core->ops, CCR, ccr & ~(CCR_DC | CCR_IC));
}

void cpu_caches_queue_back(struct core *core)
{
    uint32_t ccr = core->cpu_caches.ccr;

    if (!(ccr & (CCR_DC | CCR_IC)))
        return;
    if (ccr & CCR_IC)
        ops_write32(&core->ops, ICIALLU, 0);
    ops_write32(&core->ops, CCR, ccr);
}
