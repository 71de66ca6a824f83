/* SPDX-License-Identifier: MIT */
/* How far the code at pc goes straight, so that a comparator at its end can replace steps. Only
 * instructions that lead to one place count, unless they fault: a core that faults on the way does
 * not reach the comparator, and is caught by vector catch. */
#include "core/step_ahead.h"

#include "base/bytes.h"
#include "core/core.h"
#include "core/memory.h"
#include "core/thumb.h"

enum { AHEAD_MAX = 64 /* instructions */ };

#define XPSR_IT 0x0600FC00u

/* *known: where the instruction leads. */
static enum err decode(struct core *core, uint32_t pc, struct thumb *thumb, bool *known,
                       bool *stores)
{
    const struct target_region *region = target_region_at(core->target, pc);
    uint8_t code[4];
    size_t got = 0;

    *known = false;
    /* Code in RAM may hold breakpoints, and v1 comparators do not reach it. */
    if (!region || !region->sector_size)
        return ERR_OK;
    enum err err = memory_read_cached(core, pc, code, sizeof code, &got);
    if (err || got < sizeof code)
        return err;
    *thumb = thumb_decode(pc, get_le16(code), get_le16(code + 2));
    *known = thumb->flow != THUMB_OTHER;
    *stores = thumb_may_store(get_le16(code));
    return ERR_OK;
}

static bool goes_back(const struct thumb *thumb, uint32_t at, bool outside)
{
    return !outside && thumb->next <= at;
}

enum err step_ahead(struct core *core, uint32_t pc, uint32_t xpsr, uint32_t start, uint32_t end,
                    struct ahead *ahead)
{
    *ahead = (struct ahead){.to = pc};
    if (xpsr & XPSR_IT)
        return ERR_OK;
    while (ahead->count < AHEAD_MAX && !ahead->leaves) {
        struct thumb thumb;
        bool known, stores = false;
        enum err err = decode(core, ahead->to, &thumb, &known, &stores);
        if (err || !known)
            return err;
        bool outside = thumb.next < start || thumb.next >= end;
        /* A loop inside the range ends before its jump: that may lead to where we stand. */
        if (goes_back(&thumb, ahead->to, outside))
            return ERR_OK;
        ahead->count++;
        ahead->stores |= stores;
        ahead->to = thumb.next;
        ahead->leaves = outside;
    }
    return ERR_OK;
}

bool step_may_store(struct core *core, uint32_t pc)
{
    uint8_t code[2];

    if (!memory_peek(core, pc, code, sizeof code))
        return true;
    breakpoints_hide(core, pc, code, sizeof code);
    return thumb_may_store(get_le16(code));
}
