/* SPDX-License-Identifier: MIT */
/* Short reads of flash, ROM and RAM while the core is halted: by whole lines, each read once. */
#include "core/core.h"

#include <string.h>

enum { CACHED_READ_MAX = 1024 }; /* longer requests are read directly */

/* Only whole lines are cached. */
bool memory_is_cacheable(const struct core *core, uint32_t address)
{
    const struct target_region *region = target_region_at(core->target, address);
    uint32_t line = cache_line_of(address);

    return core->state == TARGET_HALTED && region && region->kind != REGION_DEVICE &&
           region->size >= CACHE_LINE && line >= region->start &&
           line - region->start <= region->size - CACHE_LINE;
}

/* Makes sure that all lines of the request are cached. */
static enum err fill_lines(struct core *core, uint32_t address, size_t length)
{
    uint64_t now = core_now_us(core);
    uint64_t end = (uint64_t)address + length;

    for (uint64_t at = cache_line_of(address); at < end; at += CACHE_LINE) {
        uint32_t start = (uint32_t)at;
        if (cache_find(core_cache(core), start, now))
            continue;
        bool ram = target_region_at(core->target, start)->kind == REGION_RAM;
        struct cache_line *line = cache_claim(core_cache(core), start, ram, now);
        ops_read(&core->ops, start, 4, line->data, CACHE_LINE / 4);
    }
    enum err err = core->ops.count ? core_flush_halted(core) : ERR_OK;
    cache_commit(core_cache(core), err == ERR_OK);
    return err;
}

static bool is_all_cacheable(const struct core *core, uint32_t address, size_t length)
{
    if (length > CACHED_READ_MAX || length == 0)
        return false;
    for (uint64_t at = cache_line_of(address); at < (uint64_t)address + length; at += CACHE_LINE)
        if (!memory_is_cacheable(core, (uint32_t)at))
            return false;
    return true;
}

bool memory_is_cached(struct core *core, uint32_t address, size_t length)
{
    uint64_t now = core_now_us(core);

    if (!is_all_cacheable(core, address, length))
        return false;
    for (uint64_t at = cache_line_of(address); at < (uint64_t)address + length; at += CACHE_LINE)
        if (!cache_find(core_cache(core), (uint32_t)at, now))
            return false;
    return true;
}

static bool copy_lines(struct core *core, uint32_t address, uint8_t *data, size_t length)
{
    uint64_t now = core_now_us(core);
    for (size_t got = 0; got < length;) {
        uint32_t at = address + (uint32_t)got;
        struct cache_line *line = cache_find(core_cache(core), at, now);
        if (!line) /* older than it may be by now */
            return false;
        size_t offset = at - line->address;
        size_t n = CACHE_LINE - offset < length - got ? CACHE_LINE - offset : length - got;
        memcpy(data + got, line->data + offset, n);
        got += n;
    }
    return true;
}

enum err memory_read_cached(struct core *core, uint32_t address, uint8_t *data, size_t length,
                            size_t *got)
{
    enum err mark = core_mark(core);

    *got = 0;
    if (!is_all_cacheable(core, address, length))
        return ERR_OK;
    enum err err = fill_lines(core, address, length);
    if (err == ERR_FAULT) { /* a part of the lines that nobody asked for, perhaps */
        core_rollback(core, mark);
        return ERR_OK;
    }
    if (!err && copy_lines(core, address, data, length))
        *got = length;
    return err;
}
