/* SPDX-License-Identifier: MIT */
/* Erases what the planner wants erased: sector by sector, a bank, or all at once. */
#include "chip/chips.h"
#include "flash/batch.h"
#include "flash/flash_internal.h"

static enum err take_rest(struct flash *flash, struct plan_sector *sector, uint32_t page,
                          uint32_t sum)
{
    unsigned bank = 1u << sector->bank;

    if (sum != flash->erased_sum)
        flash->barred |= bank;
    else if (page + 1 == plan_page_count(&flash->plan, sector) && !(flash->barred & bank))
        plan_found_blank(&flash->plan, sector);
    return ERR_OK;
}

/* Sectors that nobody named: they are erased with their bank only if there is nothing to lose. */
static enum err look_at_rest(struct flash *flash, unsigned banks)
{
    struct batch batch = {.flash = flash, .take = take_rest};
    enum err err = ERR_OK;

    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (plan_is_rest(sector) && (banks & ~flash->barred) >> sector->bank & 1)
            err = batch_add_sector(&batch, sector);
    }
    return err ? err : batch_run(&batch);
}

/* Somebody said that the flash is smaller than such a chip's can be: what lies behind is not ours.
 */
static bool is_cut_short(const struct flash *flash)
{
    const struct chip *chip = chip_by_dev_id(target_chip(flash->target)->dev_id);
    uint32_t said = flash->target->said_flash;

    return said && chip && said < chip->flash_max_kib * 1024u;
}

static enum err choose_banks(struct flash *flash, unsigned *banks)
{
    enum err err = ERR_OK;

    *banks = 0;
    if (is_cut_short(flash))
        return ERR_OK;
    *banks = (1u << flash->plan.bank_count) - 1;
    if (flash->mass_wanted && flash->costs.mass_erase_us && !flash->any_protected)
        return ERR_OK;
    do {
        *banks = plan_mass_erase(&flash->plan, &flash->costs, flash->barred);
        if (plan_has_rest(&flash->plan, *banks))
            err = look_at_rest(flash, *banks);
    } while (!err && (*banks & flash->barred));
    return err;
}

/* An erase cannot be broken off: after a cancel its end is waited for all the same. */
static enum err carry_out(struct flash *flash, const struct flash_extent *what)
{
    bool ended, cancelled = false, by_code = flash->controller.driver->erase;
    enum err err = by_code ? ERR_OK : loader_program_end(&flash->loader);

    if (!err)
        err = controller_erase(&flash->controller, what, &ended);
    while (!err && !ended) {
        err = flash_checkpoint(flash);
        cancelled |= flash_put_off(flash, &err);
        if (!err)
            err = controller_await(&flash->controller, what, &ended);
    }
    return !err && cancelled ? flash_interrupted(flash) : err;
}

static void count_erased(struct flash *flash, const struct plan_sector *sector)
{
    if (sector->blank)
        return;
    flash->report.sectors_erased++;
    flash->report.bytes_erased += sector->size;
}

static enum err erase_banks(struct flash *flash, unsigned banks)
{
    struct flash_extent what = controller_banks(&flash->controller, banks);
    enum err err = carry_out(flash, &what);

    if (err && err != ERR_CANCELLED)
        return err;
    flash->report.mass_erased = true;
    flash->mass_wanted = false;
    for (size_t i = 0; i < flash->plan.count; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (!(banks >> sector->bank & 1))
            continue;
        count_erased(flash, sector);
        plan_erased(&flash->plan, sector);
    }
    return err ? err : flash_checkpoint(flash);
}

static enum err erase_one(struct flash *flash, struct plan_sector *sector)
{
    struct flash_extent what = controller_sector(&flash->controller, sector->address);
    enum err err = carry_out(flash, &what);

    if (err && err != ERR_CANCELLED)
        return err;
    count_erased(flash, sector);
    plan_erased(&flash->plan, sector);
    return err ? err : flash_checkpoint(flash);
}

enum err flash_erase_stale(struct flash *flash, bool all)
{
    unsigned banks;
    enum err err = choose_banks(flash, &banks);

    if (!err && banks)
        err = erase_banks(flash, banks);
    if (err == ERR_PROTECTED && !flash->mass_wanted) {
        /* Some sector that is not ours is write protected: it forbids to erase the whole only. */
        job_clear(&flash->work);
        flash->barred |= banks;
        err = ERR_OK;
    }
    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (plan_is_final(&flash->plan, sector, all) && plan_needs_erase(&flash->plan, sector))
            err = erase_one(flash, sector);
    }
    return err;
}
