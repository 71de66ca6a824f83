/* SPDX-License-Identifier: MIT */
/* Erases what the planner wants erased, sector by sector or all at once. */
#include "flash/batch.h"
#include "flash/flash_internal.h"

static enum err take_rest(struct flash *flash, struct plan_sector *sector, uint32_t page,
                          uint32_t sum)
{
    if (sum != flash->erased_sum)
        flash->rest_holds = true;
    else if (page + 1 == plan_page_count(&flash->plan, sector) && !flash->rest_holds)
        plan_found_blank(&flash->plan, sector);
    return ERR_OK;
}

/* Sectors that nobody named: mass erase may take them only if there is nothing to lose. */
static enum err look_at_rest(struct flash *flash)
{
    struct batch batch = {.flash = flash, .take = take_rest};
    enum err err = ERR_OK;

    for (size_t i = 0; i < flash->plan.count && !err && !flash->rest_holds; i++)
        if (plan_is_rest(&flash->plan.sectors[i]))
            err = batch_add_sector(&batch, &flash->plan.sectors[i]);
    return err ? err : batch_run(&batch);
}

static enum err choose_mass_erase(struct flash *flash, bool *mass)
{
    enum mass_erase choice = MASS_NO;
    enum err err = ERR_OK;

    *mass = flash->mass_wanted;
    if (flash->mass_wanted || flash->rest_holds)
        return ERR_OK;
    choice = plan_mass_erase(&flash->plan, &flash->costs);
    if (choice == MASS_IF_REST_IS_BLANK) {
        err = look_at_rest(flash);
        choice = flash->rest_holds ? MASS_NO : MASS_YES;
    }
    *mass = !err && choice == MASS_YES;
    return err;
}

/* An erase cannot be broken off: after a cancel its end is waited for all the same. */
static enum err carry_out(struct flash *flash, const struct flash_extent *what)
{
    bool ended, cancelled = false;
    enum err err = controller_erase(&flash->controller, what, &ended);

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

static enum err erase_all(struct flash *flash)
{
    struct flash_extent all = controller_all(&flash->controller);
    enum err err = carry_out(flash, &all);

    if (err && err != ERR_CANCELLED)
        return err;
    flash->report.mass_erased = true;
    flash->mass_wanted = false;
    for (size_t i = 0; i < flash->plan.count; i++) {
        count_erased(flash, &flash->plan.sectors[i]);
        plan_erased(&flash->plan, &flash->plan.sectors[i]);
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
    bool mass;
    enum err err = choose_mass_erase(flash, &mass);

    if (!err && mass)
        err = erase_all(flash);
    if (err == ERR_PROTECTED && !flash->mass_wanted) {
        /* Some sector that is not ours is write protected: it forbids mass erase only. */
        job_clear(&flash->work);
        flash->rest_holds = true;
        err = ERR_OK;
    }
    for (size_t i = 0; i < flash->plan.count && !err; i++) {
        struct plan_sector *sector = &flash->plan.sectors[i];

        if (plan_is_final(&flash->plan, sector, all) && plan_needs_erase(&flash->plan, sector))
            err = erase_one(flash, sector);
    }
    return err;
}
