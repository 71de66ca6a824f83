/* SPDX-License-Identifier: MIT */
/* Short reads of flash, ROM and RAM while the core is halted: by whole lines, each read once. */
#include "core/core.h"

#include <string.h>

#include "base/bytes.h"
#include "core/memory.h"

enum {
    CACHED_READ_MAX = 1024, /* longer requests are read directly */
    CALLERS_STACK = 128,    /* of which return addresses are taken */
    LINES_TOGETHER = 3,     /* of code and callers' code: 48 of a script's 64 items */
};

/* Only whole lines are cached. */
bool memory_is_cacheable(const struct core *core, uint32_t address)
{
    const struct target_region *region = target_region_at(core->target, address);
    uint32_t line = cache_line_of(address);

    return core->state == TARGET_HALTED && region && region->kind != REGION_DEVICE &&
           region->size >= CACHE_LINE && line >= region->start &&
           line - region->start <= region->size - CACHE_LINE;
}

static void queue_line(struct core *core, uint32_t address, uint64_t now)
{
    bool ram = target_region_at(core->target, address)->kind == REGION_RAM;
    struct cache_line *line = cache_claim(core_cache(core), address, ram, now);

    ops_read(&core->ops, line->address, 4, line->data, CACHE_LINE / 4);
}

void memory_want_line(struct core *core, uint32_t address)
{
    uint64_t now = core_now_us(core);

    if (core->no_ahead || !memory_is_cacheable(core, address) ||
        cache_find(core_cache(core), address, now) || cache_is_claimed(core_cache(core), address))
        return;
    queue_line(core, address, now);
}

/* A word on the stack that the code of a caller may be at. */
static bool may_return_to(const struct core *core, uint32_t word)
{
    const struct target_region *region = target_region_at(core->target, word);

    return word & 1 && region && region->kind == REGION_FLASH;
}

/* Who reads code that is not where the core stands walks up the callers: theirs is next. Together
 * with it they are one command of a probe. */
static void want_callers(struct core *core)
{
    uint32_t lr = core->regs.word[SLOT_LR], sp = core->regs.word[SLOT_SP];
    const struct cache_line *line;

    if (!regs_are_known(core))
        return;
    if (may_return_to(core, lr))
        memory_want_line(core, lr);
    for (uint32_t at = sp; at - sp < CALLERS_STACK; at += 4) {
        if (core->ops.count >= LINES_TOGETHER)
            return;
        line = cache_find(core_cache(core), at, core_now_us(core));
        uint32_t word = line ? get_le32(line->data + (at - line->address)) : 0;
        if (may_return_to(core, word))
            memory_want_line(core, word);
    }
}

/* Makes sure that all lines of the request are cached. */
static enum err fill_lines(struct core *core, uint32_t address, size_t length)
{
    uint64_t now = core_now_us(core);
    uint64_t end = (uint64_t)address + length;
    enum err mark = core_mark(core);

    for (uint64_t at = cache_line_of(address); at < end; at += CACHE_LINE) {
        uint32_t start = (uint32_t)at;
        if (!cache_find(core_cache(core), start, now))
            queue_line(core, start, now);
    }
    size_t wanted = core->ops.count;
    if (wanted && target_region_at(core->target, address)->kind == REGION_FLASH)
        want_callers(core);
    bool ahead = core->ops.count > wanted;
    enum err err = core->ops.count ? core_flush_halted(core) : ERR_OK;
    cache_commit(core_cache(core), !err);
    if (err != ERR_FAULT || !ahead)
        return err;
    core->no_ahead = true; /* a clone has less memory than its name says */
    core_rollback(core, mark);
    return fill_lines(core, address, length);
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

bool memory_peek(struct core *core, uint32_t address, void *data, size_t length)
{
    return is_all_cacheable(core, address, length) && copy_lines(core, address, data, length);
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
