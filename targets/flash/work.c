/* SPDX-License-Identifier: MIT */
/* Carries out what the planner decides: compare, program, verify; erase.c erases. */
#include <inttypes.h>
#include <stdlib.h>

#include "flash/batch.h"
#include "flash/checksum.h"
#include "flash/flash_internal.h"
#include "probe/ops.h"

static enum err read_page(struct flash *flash, uint32_t address, uint8_t *bytes)
{
    struct ops *ops = &flash->target->core->ops;

    enum err err = loader_program_end(&flash->loader);

    if (err)
        return err;
    ops_read(ops, address, 4, bytes, flash->plan.page_size / 4);
    return core_flush_halted(flash->target->core);
}

static uint32_t wanted_sum(struct flash *flash, const struct plan_sector *sector, uint32_t page)
{
    plan_page_want(&flash->plan, sector, page, flash->page);
    return checksum(flash->page, flash->plan.page_size);
}

/* --- compare --- */

static enum err take_sum(struct flash *flash, struct plan_sector *sector, uint32_t page,
                         uint32_t sum)
{
    bool blank = sum == flash->erased_sum;

    sector->sums[page] = sum;
    if (page + 1 < plan_page_count(&flash->plan, sector))
        return ERR_OK;
    sector->summed = true;
    for (uint32_t i = 0; i < page && blank; i++)
        blank = sector->sums[i] == flash->erased_sum;
    if (blank)
        plan_found_blank(&flash->plan, sector);
    return ERR_OK;
}

/* All that is open, though most of what gdb will write is still to come: one look at a whole image
 * costs less than one for each packet. */
static enum err sum_up(struct flash *flash)
{
    struct batch batch = {.flash = flash, .take = take_sum};
    enum err err = ERR_OK;

    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (sector->open && !sector->blank && !sector->summed && !plan_must_keep(sector))
            err = batch_add_sector(&batch, sector);
    }
    return err ? err : batch_run(&batch);
}

/* Only when neither what is wanted nor an erased page is there, the bytes are looked at: perhaps
 * no erase is needed. Once one page asks for an erase, the sector's others need no look. */
static enum err compare_page(struct flash *flash, struct plan_sector *sector, uint32_t page)
{
    uint8_t *now = flash->page + flash->plan.page_size;
    uint32_t sum = sector->sums[page];

    if (sector->pages[page] == PAGE_STALE) /* it cannot be read */
        return ERR_OK;
    if (sum == wanted_sum(flash, sector, page)) {
        plan_found(sector, page, PAGE_SAME);
        return ERR_OK;
    }
    if (sum == flash->erased_sum) {
        plan_found(sector, page, PAGE_BLANK);
        return ERR_OK;
    }
    if (plan_needs_erase(&flash->plan, sector))
        return ERR_OK;
    enum err err = read_page(flash, sector->address + page * flash->plan.page_size, now);
    if (!err)
        err = plan_compare(&flash->plan, sector, page, now);
    return err ? err : flash_checkpoint(flash);
}

static enum err tell_spoiled(struct flash *flash, const struct plan_sector *sector,
                             uint32_t address)
{
    return job_fail(&flash->work, ERR_FLASH,
                    "0x%08" PRIx32
                    " cannot be read, for its ECC is wrong (programmed twice, or cut "
                    "short by a reset): it cannot be kept beside what is written; erase all of "
                    "0x%08" PRIx32 "-0x%08" PRIx32 " first",
                    address, sector->address, sector->address + sector->size - 1);
}

/* A page with units whose ECC is wrong: those that are written anyway need not be read, but an
 * erase. */
static enum err read_spoiled(struct flash *flash, struct plan_sector *sector, uint32_t page,
                             uint8_t *bytes)
{
    uint32_t unit = flash->controller.geometry.program_size;
    uint32_t start = page * flash->plan.page_size;
    struct core *core = flash->target->core;
    enum err err = ERR_OK;

    for (uint32_t at = 0; at < flash->plan.page_size && !err; at += unit) {
        uint32_t address = sector->address + start + at;
        enum err mark = core_mark(core);

        ops_read(&core->ops, address, 4, bytes + at, unit / 4);
        err = core_flush_halted(core);
        if (err != ERR_FAULT)
            continue;
        core_rollback(core, mark);
        err = plan_is_written(sector, start + at, unit) ? ERR_OK
                                                        : tell_spoiled(flash, sector, address);
        plan_found(sector, page, PAGE_STALE);
    }
    return err;
}

static enum err read_to_keep(struct flash *flash, struct plan_sector *sector, uint32_t page,
                             uint8_t *bytes)
{
    enum err mark = core_mark(flash->target->core);
    enum err err = read_page(flash, sector->address + page * flash->plan.page_size, bytes);

    if (err != ERR_FAULT || !flash->controller.driver->may_fault)
        return err;
    core_rollback(flash->target->core, mark);
    return read_spoiled(flash, sector, page, bytes);
}

/* Some bytes are to stay: all of the sector is read. */
static enum err compare_by_reading(struct flash *flash, struct plan_sector *sector)
{
    uint32_t pages = plan_page_count(&flash->plan, sector), size = flash->plan.page_size;
    uint8_t *now = malloc(sector->size);
    enum err err = now ? ERR_OK : job_fail(&flash->work, ERR_NO_MEMORY, "out of memory");

    for (uint32_t page = 0; page < pages && !err; page++) {
        err = read_to_keep(flash, sector, page, now + page * size);
        if (!err)
            err = flash_checkpoint(flash);
    }
    if (!err)
        plan_keep(sector, now);
    for (uint32_t page = 0; page < pages && !err; page++)
        if (sector->pages[page] != PAGE_STALE)
            err = plan_compare(&flash->plan, sector, page, now + page * size);
    free(now);
    return err;
}

static enum err compare_by_sums(struct flash *flash, struct plan_sector *sector)
{
    enum err err = ERR_OK;

    for (uint32_t page = 0; page < plan_page_count(&flash->plan, sector) && !err; page++)
        err = compare_page(flash, sector, page);
    return err;
}

static enum err compare(struct flash *flash, bool all)
{
    enum err err = sum_up(flash);

    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (!plan_is_final(&flash->plan, sector, all))
            continue;
        if (plan_must_keep(sector))
            err = compare_by_reading(flash, sector);
        else if (sector->blank)
            plan_found_blank(&flash->plan, sector);
        else
            err = compare_by_sums(flash, sector);
    }
    return err;
}

/* --- program --- */

/* This page and one more; where the core may not stand in the middle, what is under way as well. */
static uint32_t ahead_us(const struct flash *flash)
{
    return (flash->controller.driver->unbroken ? 4 : 2) * flash->costs.page_us;
}

/* Others who wait get the core soon, so pages are not collected for them. */
static enum loader_pace choose_pace(struct flash *flash)
{
    if (flash_slice_ends(flash, ahead_us(flash))) /* it would be too long for a slice */
        return LOADER_PAUSE;
    return job_others_wait(flash->caller) ? LOADER_PAGES : LOADER_BLOCKS;
}

static enum err program_sector(struct flash *flash, struct plan_sector *sector)
{
    enum err err = ERR_OK;

    for (uint32_t page = 0; page < plan_page_count(&flash->plan, sector) && !err; page++) {
        if (!plan_page_program(&flash->plan, sector, page, flash->page))
            continue;
        enum loader_pace pace = choose_pace(flash);
        plan_page_begins(sector, page);
        err = loader_program(&flash->loader, sector->address + page * flash->plan.page_size,
                             flash->page, pace);
        if (err)
            break;
        sector->block = loader_block(&flash->loader);
        if (pace == LOADER_PAUSE)
            err = flash_checkpoint(flash);
    }
    return err;
}

static bool is_complete(const struct flash *flash, const struct plan_sector *sector)
{
    for (uint32_t page = 0; page < plan_page_count(&flash->plan, sector); page++)
        if (sector->pages[page] != PAGE_SAME)
            return false;
    return true;
}

static void count_same_page(struct flash *flash, const struct plan_sector *sector, uint32_t page)
{
    bool erased = plan_page_want(&flash->plan, sector, page, flash->page);

    *(erased ? &flash->report.bytes_blank : &flash->report.bytes_same) +=
        plan_page_written(&flash->plan, sector, page);
}

static void count_same(struct flash *flash, bool all)
{
    for (size_t i = 0; i < flash->plan.count; i++) {
        const struct plan_sector *sector = &flash->plan.sectors[i];

        if (!plan_is_final(&flash->plan, sector, all) || sector->erased)
            continue;
        for (uint32_t page = 0; page < plan_page_count(&flash->plan, sector); page++)
            if (sector->pages[page] == PAGE_SAME)
                count_same_page(flash, sector, page);
        flash->report.sectors_same += is_complete(flash, sector);
    }
}

/* Pages are programmed in the order they were handed over: all blocks that are done are right, and
 * of the one that failed what stands before the page that did. */
static bool is_programmed(const struct flash *flash, const struct plan_sector *sector)
{
    const struct loader *loader = &flash->loader;

    return sector->block <= loader->done ||
           (sector->block == loader->done + 1 &&
            sector->address + (sector->size - 1) < loader->failed_at);
}

void flash_close_programmed(struct flash *flash)
{
    for (size_t i = 0; i < flash->plan.count; i++)
        if (flash->plan.sectors[i].handed_over && is_programmed(flash, &flash->plan.sectors[i]))
            plan_close(&flash->plan.sectors[i]);
}

/* Waits for what is under way. */
static enum err finish_programming(struct flash *flash)
{
    enum err err = loader_program_end(&flash->loader);

    flash_close_programmed(flash);
    return err;
}

/* What is under way goes on with the next call, and others may have the core meanwhile. */
static enum err let_others_in(struct flash *flash)
{
    enum err err = loader_program_stand(&flash->loader);

    return err ? err : flash_checkpoint(flash);
}

static enum err program(struct flash *flash, bool all)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (!plan_is_final(&flash->plan, sector, all))
            continue;
        err = program_sector(flash, sector);
        if (is_complete(flash, sector))
            plan_hand_over(sector);
    }
    if (!err && all)
        loader_programmed(&flash->loader);
    if (!err && !flash_goes_on(flash))
        err = let_others_in(flash);
    flash_close_programmed(flash);
    return err;
}

/* After a cancel, what is under way is finished. */
static enum err program_or_finish(struct flash *flash, bool all)
{
    enum err err = program(flash, all);
    bool cancelled = flash_put_off(flash, &err);

    if (!cancelled && !err && !all)
        return ERR_OK;
    enum err ended = finish_programming(flash);
    if (err || ended)
        return err ? err : ended;
    return cancelled ? flash_interrupted(flash) : flash_checkpoint(flash);
}

/* All was handed over before. */
static enum err program_rest(struct flash *flash)
{
    bool under_way = loader_block(&flash->loader) != flash->loader.done;

    loader_programmed(&flash->loader);
    enum err err = finish_programming(flash);

    return !err && under_way ? flash_checkpoint(flash) : err;
}

static bool anything_final(const struct flash *flash, bool all)
{
    for (size_t i = 0; i < flash->plan.count; i++)
        if (plan_is_final(&flash->plan, &flash->plan.sectors[i], all))
            return true;
    return false;
}

enum err flash_work(struct flash *flash, bool all)
{
    enum err err;

    if (!anything_final(flash, all) || (!all && write_protection_waits(flash)))
        return all ? program_rest(flash) : ERR_OK;
    err = loader_enter(&flash->loader);
    if (!err)
        err = compare(flash, all);
    if (!err)
        err = write_protection_check(flash, all);
    if (!err && !all && write_protection_waits(flash))
        return ERR_OK;
    if (!err)
        err = flash_erase_stale(flash, all);
    if (!err)
        count_same(flash, all);
    return err ? err : program_or_finish(flash, all);
}

/* --- verify --- */

static enum err take_verified(struct flash *flash, struct plan_sector *sector, uint32_t page,
                              uint32_t sum)
{
    uint32_t address = sector->address + page * flash->plan.page_size, i = 0;
    uint8_t *now = flash->page + flash->plan.page_size;

    if (sum == wanted_sum(flash, sector, page))
        return ERR_OK;
    enum err err = read_page(flash, address, now);
    if (err)
        return err;
    while (i < flash->plan.page_size && now[i] == flash->page[i])
        i++;
    if (i == flash->plan.page_size)
        return job_fail(&flash->work, ERR_VERIFY,
                        "the page at 0x%08" PRIx32 " reads right over the wire, but not by the "
                        "core (checksum 0x%08" PRIx32 ")",
                        address, sum);
    return job_fail(&flash->work, ERR_VERIFY,
                    "verification: 0x%08" PRIx32 " holds 0x%02x, 0x%02x was wanted", address + i,
                    now[i], flash->page[i]);
}

static bool anything_touched(const struct flash *flash)
{
    for (size_t i = 0; i < flash->plan.count; i++)
        if (flash->plan.sectors[i].touched)
            return true;
    return false;
}

enum err flash_verify(struct flash *flash)
{
    struct batch batch = {.flash = flash, .take = take_verified};
    enum err err = anything_touched(flash) ? loader_enter(&flash->loader) : ERR_OK;

    loader_programmed(&flash->loader);
    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (sector->touched && !plan_is_rest(sector))
            err = batch_add_sector(&batch, sector);
    }
    return err ? err : batch_run(&batch);
}

/* --- after a refusal --- */

/* Pages behind a refused one were handed over, too, and never begun. */
static bool is_unprogrammed(struct flash *flash, const struct plan_sector *sector)
{
    uint32_t size = flash->plan.page_size;
    uint8_t *now = flash->page + size;
    bool all = true;

    for (uint32_t page = 0; page < plan_page_count(&flash->plan, sector); page++) {
        if (sector->before[page] == PAGE_UNKNOWN)
            continue;
        if (read_page(flash, sector->address + page * size, now))
            return false;
        all &= plan_page_unprogrammed(&flash->plan, sector, page, now);
    }
    return all;
}

void flash_look_again(struct flash *flash)
{
    for (size_t i = 0; i < flash->plan.count; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (sector->state == SECTOR_PARTIAL && is_unprogrammed(flash, sector))
            plan_found_unprogrammed(sector);
    }
}
