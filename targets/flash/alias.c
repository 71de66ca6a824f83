/* SPDX-License-Identifier: MIT */
#include "flash/alias.h"

#include <inttypes.h>
#include <string.h>

enum { LOOK = 64 }; /* bytes: vectors differ from one program to the next */

static enum err look(struct flash *flash, const struct target_region *alias)
{
    struct ops *ops = &flash->target->core->ops;
    uint8_t here[LOOK], there[LOOK];

    enum err err = loader_program_end(&flash->loader);

    if (err)
        return err;
    ops_read(ops, alias->start, 4, here, LOOK / 4);
    ops_read(ops, alias->shows, 4, there, LOOK / 4);
    err = core_flush_halted(flash->target->core);
    if (err)
        return err;
    if (memcmp(here, there, LOOK) == 0)
        return ERR_OK;
    return job_fail(&flash->work, ERR_NOT_FLASH,
                    "0x%08" PRIx32 " shows other memory than the flash (BOOT0 is high and chose "
                    "the boot loader, or a program mapped RAM there): set BOOT0 to 0 and reset, "
                    "or link for 0x%08" PRIx32,
                    alias->start, alias->shows);
}

enum err alias_check(struct flash *flash, uint32_t address)
{
    const struct target_region *region = target_region_at(flash->target, address);
    enum err err = flash->alias_known ? ERR_OK : look(flash, region);

    flash->alias_known = !err;
    flash->alias_offset = region->shows - region->start;
    return err;
}

enum err alias_agrees(struct flash *flash, uint32_t through, uint32_t address, const void *data,
                      uint32_t length)
{
    uint32_t at;

    *(through == address ? &flash->written_directly : &flash->written_by_alias) = true;
    if (!flash->written_directly || !flash->written_by_alias ||
        !plan_contradicts(&flash->plan, address, data, length, &at))
        return ERR_OK;
    return job_fail(probe_job(target_probe(flash->target)), ERR_ARGUMENT,
                    "the program has two different bytes for 0x%08" PRIx32 ", which 0x%08" PRIx32
                    " shows again: is it linked for both?",
                    at, at - flash->alias_offset);
}
