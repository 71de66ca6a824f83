/* SPDX-License-Identifier: MIT */
/* The caches of a Cortex-M7 (DDI 0489, chapter 5; memory types: DDI 0403, B3.1), by set and way:
 * what the core has in them it sees, whatever was written to memory meanwhile. RAM is written back,
 * flash through. Tightly coupled memories and peripherals are not cached; the MPU changes nothing
 * of that. Power-on leaves them empty, a reset as they are. */
#include "sim/cpu/system_internal.h"

#include <stdlib.h>

#include "base/bytes.h"

enum {
    LINE = SIM_CACHE_LINE,
    ICACHE_WAYS = 2,
    DCACHE_WAYS = 4,
    DCACHE_WAY_SHIFT = 30, /* of operations by set and way */
    SET_SHIFT = 5,
};
#define RAM 0x20000000u
#define PERIPHERALS 0x40000000u
#define FIRST_BEHIND_ITCM 0x08000000u
#define EXTERNAL 0x60000000u
#define EXTERNAL_WRITE_THROUGH 0x80000000u
#define EXTERNAL_END 0xA0000000u

static bool make(struct sim_cache *cache, uint32_t kib, unsigned ways)
{
    cache->ways = ways;
    cache->sets = kib * 1024 / LINE / ways;
    cache->lines = calloc((size_t)cache->sets * ways + 1, sizeof *cache->lines);
    return cache->lines;
}

bool sim_caches_create(struct sim_cpu *cpu)
{
    return !cpu->model->m7 ||
           (make(&cpu->system->icache, cpu->integration->icache_kib, ICACHE_WAYS) &&
            make(&cpu->system->dcache, cpu->integration->dcache_kib, DCACHE_WAYS));
}

void sim_caches_destroy(struct sim_cpu *cpu)
{
    free(cpu->system->icache.lines);
    free(cpu->system->dcache.lines);
}

void sim_caches_switch(struct sim_cpu *cpu)
{
    cpu->icache_on = cpu->system->ccr & SIM_CCR_IC && cpu->system->icache.sets;
    cpu->dcache_on = cpu->system->ccr & SIM_CCR_DC && cpu->system->dcache.sets;
}

bool sim_cache_covers(const struct sim_cpu *cpu, uint32_t address)
{
    if (address >= EXTERNAL)
        return address < EXTERNAL_END;
    return address >= FIRST_BEHIND_ITCM && address < PERIPHERALS &&
           address - RAM >= cpu->integration->dtcm_kib * 1024u;
}

static bool writes_back(uint32_t address)
{
    return address >= RAM && address < EXTERNAL_WRITE_THROUGH;
}

/* --- lines --- */

static struct sim_cache_line *set_of(const struct sim_cache *cache, uint32_t address)
{
    return &cache->lines[address / LINE % cache->sets * cache->ways];
}

/* NULL: it is not there. */
static struct sim_cache_line *find(const struct sim_cache *cache, uint32_t address)
{
    struct sim_cache_line *set = cache->sets ? set_of(cache, address) : NULL;

    for (unsigned way = 0; set && way < cache->ways; way++)
        if (set[way].valid && set[way].address == (address & ~(LINE - 1u)))
            return &set[way];
    return NULL;
}

static void clean(struct sim_cpu *cpu, struct sim_cache_line *line)
{
    for (uint32_t at = 0; line->dirty && at < LINE; at += 4)
        cpu->bus->write(cpu->bus->board, line->address + at, 4, get_le32(line->data + at), false);
    line->dirty = false;
}

/* In the place of a line of its set, in turn. NULL: a bus error. */
static struct sim_cache_line *fill(struct sim_cpu *cpu, struct sim_cache *cache, uint32_t address)
{
    struct sim_cache_line line = {.address = address & ~(LINE - 1u), .valid = true};
    uint32_t word;

    for (uint32_t at = 0; at < LINE; at += 4) {
        if (!cpu->bus->read(cpu->bus->board, line.address + at, 4, &word, false))
            return NULL;
        put_le32(line.data + at, word);
    }
    struct sim_cache_line *place = &set_of(cache, address)[cache->victim++ % cache->ways];
    if (place->valid)
        clean(cpu, place);
    *place = line;
    return place;
}

static struct sim_cache_line *need(struct sim_cpu *cpu, struct sim_cache *cache, uint32_t address)
{
    struct sim_cache_line *line = find(cache, address);

    return line ? line : fill(cpu, cache, address);
}

static uint32_t get(const struct sim_cache_line *line, uint32_t address, unsigned width)
{
    const uint8_t *from = line->data + address % LINE;

    return width == 4 ? get_le32(from) : width == 2 ? get_le16(from) : *from;
}

static void put(struct sim_cache_line *line, uint32_t address, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        line->data[address % LINE + i] = (uint8_t)(value >> 8 * i);
}

/* --- accesses; their addresses are aligned --- */

bool sim_cache_fetch(struct sim_cpu *cpu, uint32_t address, uint16_t *half)
{
    const struct sim_cache_line *line = need(cpu, &cpu->system->icache, address);

    if (line)
        *half = (uint16_t)get(line, address, 2);
    return line;
}

bool sim_cache_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    const struct sim_cache_line *line = need(cpu, &cpu->system->dcache, address);

    if (line)
        *value = get(line, address, width);
    return line;
}

bool sim_cache_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value,
                     bool *through)
{
    struct sim_cache *cache = &cpu->system->dcache;
    struct sim_cache_line *line =
        writes_back(address) ? need(cpu, cache, address) : find(cache, address);

    *through = !writes_back(address);
    if (line)
        put(line, address, width, value);
    if (line && !*through)
        line->dirty = true;
    return line || *through;
}

bool sim_cache_debug_read(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    const struct sim_cache_line *line = cpu->dcache_on ? find(&cpu->system->dcache, address) : NULL;

    if (line)
        *value = get(line, address, width);
    return line;
}

bool sim_cache_debug_write(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    struct sim_cache_line *line = cpu->dcache_on ? find(&cpu->system->dcache, address) : NULL;

    if (!line)
        return false;
    put(line, address, width, value);
    line->dirty = writes_back(address);
    return line->dirty;
}

/* --- maintenance --- */

static void invalidate_all(struct sim_cache *cache)
{
    for (uint32_t i = 0; i < cache->sets * cache->ways; i++)
        cache->lines[i].valid = false;
}

static struct sim_cache_line *by_set_and_way(const struct sim_cache *cache, uint32_t value)
{
    uint32_t way = value >> DCACHE_WAY_SHIFT, set = (value & 0x3FFFFFFF) >> SET_SHIFT;

    return set < cache->sets ? &cache->lines[set * cache->ways + way] : NULL;
}

static void maintain_line(struct sim_cpu *cpu, struct sim_cache_line *line, bool cleans,
                          bool invalidates)
{
    if (!line || !line->valid)
        return;
    if (cleans)
        clean(cpu, line);
    if (invalidates)
        line->valid = line->dirty = false;
}

bool sim_cache_maintain(struct sim_cpu *cpu, uint32_t offset, uint32_t value)
{
    static const struct {
        uint16_t offset;
        bool by_set, cleans, invalidates;
    } operations[] = {
        {0xF5C, false, false, true}, /* DCIMVAC */
        {0xF60, true, false, true},  /* DCISW */
        {0xF64, false, true, false}, /* DCCMVAU */
        {0xF68, false, true, false}, /* DCCMVAC */
        {0xF6C, true, true, false},  /* DCCSW */
        {0xF70, false, true, true},  /* DCCIMVAC */
        {0xF74, true, true, true},   /* DCCISW */
    };
    struct sim_cache *dcache = &cpu->system->dcache, *icache = &cpu->system->icache;

    if (offset == 0xF50) /* ICIALLU */
        invalidate_all(icache);
    if (offset == 0xF58) /* ICIMVAU */
        maintain_line(cpu, find(icache, value), false, true);
    for (unsigned i = 0; i < sizeof operations / sizeof *operations; i++)
        if (operations[i].offset == offset) {
            struct sim_cache_line *line =
                operations[i].by_set ? by_set_and_way(dcache, value) : find(dcache, value);
            maintain_line(cpu, line, operations[i].cleans, operations[i].invalidates);
        }
    return offset >= 0xF50 && offset <= 0xF78;
}
