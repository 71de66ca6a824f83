/* SPDX-License-Identifier: MIT */
#include "flash/write_protection.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "flash/flash_internal.h"
#include "flash/options.h"

static bool overlaps(const struct plan_sector *sector, uint32_t address, uint32_t length)
{
    return address < (uint64_t)sector->address + sector->size &&
           (uint64_t)address + length > sector->address;
}

static void mark(struct flash *flash, const struct option_block *block)
{
    for (size_t i = 0; i < flash->plan.count; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (!overlaps(sector, block->address, block->size))
            continue;
        sector->is_protected = true;
        flash->any_protected = true;
        flash->barred |= 1u << sector->bank;
    }
}

static enum err find(struct flash *flash)
{
    const struct flash_options *options = flash_options_for(flash->target);
    struct option_state state;
    struct option_block block;

    flash->protection_known = true;
    if (!options || (!options->blocks.most && !options->blocks.ranges))
        return ERR_OK;
    enum err err = loader_program_stand(&flash->loader);
    if (!err)
        err = options->read(flash->target, &state);
    for (uint32_t i = 0; !err && option_block_get(options, flash->target, i, &block); i++)
        if (option_block_protected(&block, state.in_force))
            mark(flash, &block);
    return err;
}

void write_protection_expect(struct flash *flash, uint32_t address, uint32_t length)
{
    for (size_t i = 0; i < flash->plan.count; i++)
        flash->plan.sectors[i].expected |= overlaps(&flash->plan.sectors[i], address, length);
}

bool write_protection_waits(const struct flash *flash)
{
    for (size_t i = 0; flash->any_protected && i < flash->plan.count; i++) {
        const struct plan_sector *sector = &flash->plan.sectors[i];

        if (sector->is_protected && (sector->open || sector->expected))
            return true;
    }
    return false;
}

static bool would_change(const struct flash *flash, const struct plan_sector *sector)
{
    for (uint32_t page = 0; page < plan_page_count(&flash->plan, sector); page++)
        if (sector->pages[page] != PAGE_SAME)
            return true;
    return false;
}

static bool anything_to_erase(const struct flash *flash, bool all)
{
    for (size_t i = 0; i < flash->plan.count; i++) {
        const struct plan_sector *sector = &flash->plan.sectors[i];

        if (plan_is_final(&flash->plan, sector, all) && plan_needs_erase(&flash->plan, sector))
            return true;
    }
    return false;
}

/* Where it cannot be seen what counts, what is stored is taken for it: no more is lost than time.
 */
static enum err refuse(struct flash *flash, const struct plan_sector *sector)
{
    const struct flash_options *options = flash_options_for(flash->target);
    const char *commands = chip_family_of(flash->target->chip.dev_id)->commands;

    if (!option_blocks_hidden(options))
        return job_fail(&flash->work, ERR_PROTECTED,
                        "0x%08" PRIx32 " is write protected by the option bytes", sector->address);
    return job_fail(&flash->work, ERR_PROTECTED,
                    "0x%08" PRIx32 " is write protected by the option bytes, as they are stored: "
                    "the chip does not tell whether that counts already; `monitor %s %s 0`, or a "
                    "power cycle, lets count what is stored",
                    sector->address, commands, options->load_command);
}

/* Where nothing is to be erased nothing can be lost, and the look would cost a load into a blank
 * chip a round trip: its controller refuses by itself. */
enum err write_protection_check(struct flash *flash, bool all)
{
    enum err err = ERR_OK;

    if (!flash->protection_known && anything_to_erase(flash, all))
        err = find(flash);
    if (err)
        return err;
    for (size_t i = 0; flash->any_protected && i < flash->plan.count; i++) {
        const struct plan_sector *sector = &flash->plan.sectors[i];

        if (sector->is_protected && plan_is_final(&flash->plan, sector, all) &&
            would_change(flash, sector))
            return refuse(flash, sector);
    }
    return ERR_OK;
}
