/* SPDX-License-Identifier: MIT */
/* Short reads of flash, ROM and RAM while the core is halted, each part of a line once: lines as a
 * whole when somebody asks, parts of them before that. */
#include "core/core.h"

#include <string.h>

#include "base/bytes.h"
#include "core/memory.h"

enum {
    CACHED_READ_MAX = 1024, /* longer requests are read directly */
    CALLERS_STACK = 128,    /* of which return addresses are taken */
    PARTS_TOGETHER = 15,    /* of the 64 words of a probe's list, with a look at DHCSR */
    IT_BLOCK = 14, /* bytes before a place, which gdb looks at for an IT before it breaks there */
};

/* Only in whole lines. */
bool memory_is_cacheable(const struct core *core, uint32_t address)
{
    const struct target_region *region = target_region_at(core->target, address);
    uint32_t line = cache_line_of(address);

    if (region && region->kind == REGION_RAM && core_has_company(core))
        return false;
    return core->state == TARGET_HALTED && region && region->kind != REGION_DEVICE &&
           region->size >= CACHE_LINE && line >= region->start &&
           line - region->start <= region->size - CACHE_LINE;
}

static bool is_there(struct core *core, uint32_t part, uint64_t now)
{
    return cache_find(core_cache(core), part, now) || cache_is_claimed(core_cache(core), part);
}

/* One read up to `end`, the end of the line or a part that is there; both are whole parts. Returns
 * its bytes. */
static uint32_t queue_run(struct core *core, uint32_t start, uint64_t end, uint64_t now)
{
    bool ram = target_region_at(core->target, start)->kind == REGION_RAM;
    uint8_t *data = cache_claim(core_cache(core), start, ram, now);
    uint32_t at = start + CACHE_PART;

    for (; at < end && at % CACHE_LINE && !is_there(core, at, now); at += CACHE_PART)
        cache_claim(core_cache(core), at, ram, now);
    ops_read(&core->ops, start, 4, data, (at - start) / 4);
    return at - start;
}

static void queue_parts(struct core *core, uint32_t start, uint64_t end, uint64_t now)
{
    for (uint64_t at = start; at < end;)
        if (is_there(core, (uint32_t)at, now))
            at += CACHE_PART;
        else
            at += queue_run(core, (uint32_t)at, end, now);
}

static size_t missing_parts(struct core *core, uint32_t start, uint64_t end, uint64_t now)
{
    size_t missing = 0;

    for (uint64_t at = start; at < end; at += CACHE_PART)
        missing += !is_there(core, (uint32_t)at, now);
    return missing;
}

static bool is_all_cacheable(const struct core *core, uint32_t address, size_t length)
{
    for (uint64_t at = cache_line_of(address); at < (uint64_t)address + length; at += CACHE_LINE)
        if (at > UINT32_MAX || !memory_is_cacheable(core, (uint32_t)at))
            return false;
    return length > 0;
}

void memory_want(struct core *core, uint32_t address, size_t length, size_t parts)
{
    uint64_t now = core_now_us(core), end = (uint64_t)address + length;
    uint32_t start = cache_part_of(address);

    if (core->no_ahead || length > parts * CACHE_PART || !is_all_cacheable(core, address, length))
        return;
    if (cache_claimed_parts(core_cache(core)) + missing_parts(core, start, end, now) <= parts)
        queue_parts(core, start, end, now);
}

void memory_want_code(struct core *core, uint32_t pc, size_t parts)
{
    uint32_t start = memory_is_cacheable(core, pc - 4) ? pc - 4 : pc;

    memory_want(core, start, pc + 8 - start, parts);
}

/* A word on the stack that the code of a caller may be at. */
static bool may_return_to(const struct core *core, uint32_t word)
{
    const struct target_region *region = target_region_at(core->target, word);

    return word & 1 && region && region->kind == REGION_FLASH;
}

static uint32_t peek_word(struct core *core, uint32_t address)
{
    const uint8_t *data = cache_find(core_cache(core), address, core_now_us(core));

    return data ? get_le32(data) : 0;
}

/* What gdb reads of a caller: around the place that it is returned to. */
static void want_caller(struct core *core, uint32_t word, size_t parts)
{
    if (may_return_to(core, word))
        memory_want(core, (word & ~1u) - 4, 8, parts);
}

void memory_want_callers(struct core *core, uint32_t sp, uint32_t lr, size_t parts)
{
    want_caller(core, lr, parts);
    for (uint32_t at = sp & ~3u; at - (sp & ~3u) < CALLERS_STACK; at += 4)
        want_caller(core, peek_word(core, at), parts);
}

/* Where gdb is likely to set a breakpoint, for which it looks at whole lines. */
static void want_return(struct core *core, uint32_t word)
{
    uint32_t start = cache_line_of(word - IT_BLOCK);

    if (may_return_to(core, word))
        memory_want(core, start, cache_line_of(word) + CACHE_LINE - start, PARTS_TOGETHER);
}

/* Who reads code that is not where the core stands walks up the callers: theirs is next. Together
 * with it they are one command of a probe. */
static void want_callers(struct core *core)
{
    uint32_t lr = core->regs.word[SLOT_LR];

    if (!regs_are_known(core))
        return;
    memory_want_callers(core, core->regs.word[SLOT_SP], lr, PARTS_TOGETHER);
    want_return(core, lr);
    memory_want(core, cache_line_of(core->regs.word[SLOT_PC]), CACHE_LINE, PARTS_TOGETHER);
}

enum err memory_read_wanted(struct core *core)
{
    enum err mark = core_mark(core);
    enum err err = core->ops.count > 0 ? core_flush_halted(core) : ERR_OK;

    cache_commit(core_cache(core), !err);
    if (err != ERR_FAULT)
        return err;
    core->no_ahead = true; /* a clone has less memory than its name says */
    core_rollback(core, mark);
    return ERR_OK;
}

/* Makes sure that all lines of the request are cached. */
static enum err fill_lines(struct core *core, uint32_t address, size_t length)
{
    uint64_t now = core_now_us(core);
    uint64_t end = (uint64_t)cache_line_of((uint32_t)(address + length - 1)) + CACHE_LINE;
    enum err mark = core_mark(core);

    if (memory_is_cached(core, address, length))
        return ERR_OK;
    queue_parts(core, cache_line_of(address), end, now);
    size_t wanted = core->ops.count;
    if (target_region_at(core->target, address)->kind == REGION_FLASH)
        want_callers(core);
    bool ahead = core->ops.count > wanted;
    enum err err = core_flush_halted(core);
    cache_commit(core_cache(core), !err);
    if (err != ERR_FAULT || !ahead)
        return err;
    core->no_ahead = true; /* a clone has less memory than its name says */
    core_rollback(core, mark);
    return fill_lines(core, address, length);
}

/* NULL `data`: only looks. False: a part of it is not there, or older by now than it may be. */
static bool copy_parts(struct core *core, uint32_t address, uint8_t *data, size_t length)
{
    uint64_t now = core_now_us(core);

    for (size_t got = 0; got < length;) {
        uint32_t at = address + (uint32_t)got;
        const uint8_t *part = cache_find(core_cache(core), at, now);
        size_t room = CACHE_PART - at % CACHE_PART;
        size_t n = room < length - got ? room : length - got;
        if (!part)
            return false;
        if (data)
            memcpy(data + got, part, n);
        got += n;
    }
    return true;
}

static bool may_be_cached(const struct core *core, uint32_t address, size_t length)
{
    return length <= CACHED_READ_MAX && is_all_cacheable(core, address, length);
}

bool memory_is_cached(struct core *core, uint32_t address, size_t length)
{
    return may_be_cached(core, address, length) && copy_parts(core, address, NULL, length);
}

bool memory_peek(struct core *core, uint32_t address, void *data, size_t length)
{
    return may_be_cached(core, address, length) && copy_parts(core, address, data, length);
}

enum err memory_read_cached(struct core *core, uint32_t address, uint8_t *data, size_t length,
                            size_t *got)
{
    enum err mark = core_mark(core);

    *got = 0;
    if (!may_be_cached(core, address, length))
        return ERR_OK;
    enum err err = fill_lines(core, address, length);
    if (err == ERR_FAULT) { /* a part of the lines that nobody asked for, perhaps */
        core_rollback(core, mark);
        return ERR_OK;
    }
    if (!err && copy_parts(core, address, data, length))
        *got = length;
    return err;
}

void target_drop_caches(struct target *target)
{
    target->writes++;
    for (unsigned i = 0; i < target->core_count; i++) {
        cache_drop_all(core_cache(&target->cores[i]));
        cpu_caches_wrote_anywhere(&target->cores[i]);
    }
}
