/* SPDX-License-Identifier: MIT */
#include "core/core.h"

enum { SLICE_US = 40000, PATIENCE_US = 1000000 }; /* gdb's remotetimeout is 2 s */
#define CODE_END 0x20000000u /* DDI 0403, B3.1: what lies behind it is no flash, nor its alias */

static bool overlaps(const struct busy_part *part, uint32_t address, size_t length)
{
    return address < (uint64_t)part->start + part->size && (uint64_t)address + length > part->start;
}

/* Flash is seen at 0 and other places, too, and the boot loader lies in one of its banks. */
static bool may_be_alias(const struct core *core, uint32_t address)
{
    const struct target_region *region = target_region_at(core->target, address);

    return address < CODE_END &&
           (!region || (region->kind != REGION_RAM && region->kind != REGION_FLASH));
}

bool busy_touches(const struct core *core, uint32_t address, size_t length)
{
    const struct busy *busy = &core->target->busy;

    for (unsigned i = 0; i < busy->count; i++)
        if (overlaps(&busy->parts[i], address, length))
            return true;
    return busy->count && may_be_alias(core, address);
}

static enum err look(struct core *core, uint32_t limit_us)
{
    const struct busy *busy = &core->target->busy;

    for (unsigned i = 0; i < busy->count; i++)
        ops_wait32(&core->ops, busy->parts[i].word, busy->parts[i].mask, busy->parts[i].value,
                   limit_us);
    return core_flush_halted(core);
}

enum err busy_wait(struct core *core, uint32_t address)
{
    uint64_t began_us = core_now_us(core);
    enum err mark = core_mark(core);
    enum err err = look(core, SLICE_US);

    while (err == ERR_TIMEOUT && core_now_us(core) - began_us < PATIENCE_US) {
        core_rollback(core, mark);
        err = job_checkpoint(core->target->job);
        if (!err)
            err = look(core, SLICE_US);
    }
    if (err != ERR_TIMEOUT)
        return err;
    core_rollback(core, mark);
    return job_fail(core->target->job, ERR_BUSY,
                    "the flash is being erased, which goes on for a while: 0x%08x cannot be "
                    "read or written meanwhile",
                    address);
}
