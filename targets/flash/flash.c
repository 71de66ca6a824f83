/* SPDX-License-Identifier: MIT */
/* Programming sessions as callers see them: order of calls, jobs, reports, ways out. */
#include "flash/flash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip/families.h"
#include "flash/alias.h"
#include "flash/checksum.h"
#include "flash/flash_internal.h"
#include "image/fit.h"

/* --- every call on the chip stands between begin() and end() --- */

static void begin(struct flash *flash)
{
    flash->caller = target_set_job(flash->target, &flash->work);
    flash->slice_us = core_now_us(flash->target->core);
    job_init_within(&flash->work, flash->caller);
}

static void tell_state(struct flash *flash, enum err err)
{
    char state[160];

    plan_describe(&flash->plan, state, sizeof state);
    data_eeprom_describe(flash, state, sizeof state);
    flash->failed = true;
    job_fail(flash->caller, err, "%.230s; flash: %s", job_text(&flash->work, err), state);
}

/* Registers and RAM are the program's again, though nothing else went well. */
static void give_back_after_error(struct flash *flash)
{
    struct job_failure failure;

    job_set_aside(&flash->work, &failure);
    loader_close(&flash->loader);
    job_take_back(&flash->work, &failure, BORROWED_NOT_GIVEN_BACK);
}

static enum err end(struct flash *flash, enum err err)
{
    if (err) {
        give_back_after_error(flash);
        flash_close_programmed(flash);
    }
    flash_count_programmed(flash);
    if (err == ERR_PROTECTED || err == ERR_FLASH)
        flash_look_again(flash);
    if (err == ERR_FAULT || err == ERR_TIMEOUT || err == ERR_NOT_HALTED || err == ERR_LOADER)
        err = core_check_held(flash->target->core, err, ERR_OK);
    target_drop_caches(flash->target);
    target_set_job(flash->target, flash->caller);
    if (err)
        tell_state(flash, err);
    flash->report.elapsed_us = core_now_us(flash->target->core) - flash->report.started_us;
    flash->caller = NULL;
    return err;
}

/* --- open, close --- */

static enum err plan_chip(struct flash *flash)
{
    const struct flash_geometry *geometry = &flash->controller.geometry;
    uint8_t erased = geometry->erased;
    enum err err = plan_init(&flash->plan, geometry->areas, geometry->area_count,
                             geometry->page_size, geometry->program_size, erased);

    if (err)
        return job_fail(&flash->work, err, "the flash cannot be planned: %s", err_text(err));
    for (size_t i = 1; i < geometry->bank_count; i++)
        plan_begin_bank(&flash->plan, geometry->banks[i].start);
    flash->page = malloc(2 * (size_t)geometry->page_size);
    flash->costs = (struct flash_costs){
        .page_us = geometry->page_size / geometry->program_size * geometry->program_us,
        .mass_erase_us = geometry->bank_erase_us,
        .bank_erase_us = geometry->one_bank_erase_us,
    };
    if (!flash->page)
        return job_fail(&flash->work, ERR_NO_MEMORY, "out of memory");
    memset(flash->page, erased, geometry->page_size);
    flash->erased_sum = checksum(flash->page, geometry->page_size);
    return ERR_OK;
}

static enum err prepare(struct flash *flash, const struct flash_driver *driver)
{
    struct target_stop stop;
    enum err err = target_halt(flash->target, &stop);

    if (err)
        return err;
    if (!driver)
        driver = flash_driver_for(flash->target);
    if (!driver)
        return flash->work.err;
    err = controller_init(&flash->controller, flash->target, driver);
    if (!err && driver->permit)
        err = driver->permit(&flash->controller);
    if (!err)
        err = plan_chip(flash);
    if (!err)
        data_eeprom_find(flash);
    if (!err)
        err = loader_init(&flash->loader, &flash->controller);
    if (err)
        return err;
    return controller_take(&flash->controller, true);
}

enum err flash_open_by(struct target *target, const struct flash_driver *driver,
                       struct flash **result)
{
    struct flash *flash = calloc(1, sizeof *flash);

    *result = NULL;
    if (!flash)
        return ERR_NO_MEMORY;
    flash->target = target;
    flash->report.started_us = core_now_us(flash->target->core);
    begin(flash);
    enum err err = prepare(flash, driver);
    target_set_job(target, flash->caller);
    if (err) {
        job_fail(flash->caller, err, "%s", job_text(&flash->work, err));
        flash_close(flash);
        return err;
    }
    *result = flash;
    return ERR_OK;
}

enum err flash_open(struct target *target, struct flash **flash)
{
    return flash_open_by(target, NULL, flash);
}

/* Nobody waits for an answer any more: what goes wrong is in the log. */
static void give_back(struct flash *flash)
{
    enum err err = loader_close(&flash->loader);
    struct job_failure failure;

    job_set_aside(&flash->work, &failure);
    enum err left = target_state(flash->target) == TARGET_ABSENT
                        ? ERR_OK
                        : controller_give_back(&flash->controller);
    job_take_back(&flash->work, &failure, "nor could the flash controller be locked again");
    if (err || left)
        log_line(
            flash->work.log, LOG_WARN,
            "flash: not all that was under way or borrowed could be ended or put back (a reset "
            "of the chip helps): %s",
            job_text(&flash->work, err ? err : left));
}

void flash_close(struct flash *flash)
{
    if (!flash)
        return;
    begin(flash);
    job_section_begin(&flash->work); /* what was borrowed is given back */
    give_back(flash);
    loader_finish(&flash->loader);
    flash->target->busy = (struct busy){0};
    job_section_end(&flash->work);
    target_set_job(flash->target, flash->caller);
    plan_finish(&flash->plan);
    data_eeprom_finish(flash);
    free(flash->page);
    free(flash);
}

/* --- erase, write, done --- */

static enum err refuse_after_error(struct flash *flash)
{
    if (!flash->failed)
        return ERR_OK;
    if (flash->why_err)
        return job_fail(probe_job(target_probe(flash->target)), flash->why_err, "%s", flash->why);
    return job_fail(probe_job(target_probe(flash->target)), ERR_FLASH,
                    "this programming session failed before; begin a new one");
}

/* `fit`: what to say of the size before. */
static enum err outside(struct flash *flash, enum err err, uint32_t address, uint32_t length,
                        const char *fit)
{
    struct job *job = probe_job(target_probe(flash->target));

    if (err == ERR_NOT_FLASH)
        return job_fail(job, err, "%s0x%08" PRIx32 " and %" PRIu32 " bytes are not all in flash",
                        fit, address, length);
    return err ? job_fail(job, err, "%s", err_text(err)) : ERR_OK;
}

/* `data` NULL: to be erased. Only a look at an alias costs anything. */
static enum err find_own(struct flash *flash, uint32_t address, const void *data, uint32_t length,
                         uint32_t *own)
{
    *own = target_own_address(flash->target, address);
    if (*own != address) {
        begin(flash);
        enum err err = end(flash, alias_check(flash, address));
        if (err)
            return err;
    }
    return data ? alias_agrees(flash, address, *own, data, length) : ERR_OK;
}

/* The chip says how large its flash is, and some say more than there is: seen before anything is
 * erased, by reading the last word that is meant. */
static enum err look_at_end(struct flash *flash, uint32_t own, uint32_t length)
{
    struct core *core = flash->target->core;
    uint32_t last = (own + length - 1) & ~3u, word;
    bool odd = flash->controller.driver->may_fault && !ecc_has_flags(flash->target);
    bool known = last <= flash->seen_until || data_eeprom_holds(flash, own) ||
                 fit_fails(flash->target, own, length, (char[FIT_TEXT]){0});

    if (!length || known || flash->mass_wanted || odd)
        return ERR_OK;
    begin(flash);
    enum err err = loader_program_stand(&flash->loader);
    if (err)
        return end(flash, err);
    ops_read32(&core->ops, last, &word);
    err = core_flush_halted(core);
    if (err == ERR_FAULT) {
        job_clear(&flash->work);
        err = core->ecc.found
                  ? ERR_OK
                  : job_fail(&flash->work, ERR_NOT_FLASH,
                             "nothing answers at 0x%08" PRIx32
                             ", though this chip says that it has %u "
                             "KiB of flash: less is there? --flash-size tells probed how much",
                             last, (unsigned)(flash->target->chip.flash_size / 1024));
    }
    if (err)
        return end(flash, err);
    flash->seen_until = last;
    target_set_job(flash->target, flash->caller); /* nothing was changed: what is cached is true */
    return ERR_OK;
}

enum err flash_erase(struct flash *flash, uint32_t address, uint32_t length)
{
    enum err err = refuse_after_error(flash);
    uint32_t own;

    if (!err)
        err = find_own(flash, address, NULL, length, &own);
    if (!err)
        err = look_at_end(flash, own, length);
    if (err)
        return err;
    err = data_eeprom_holds(flash, own) ? data_eeprom_announce(flash, own, length)
                                        : plan_announce(&flash->plan, own, length);
    if (!err)
        flash->report.bytes_announced += length;
    return outside(flash, err, address, length, "");
}

void flash_expect(struct flash *flash, uint32_t address, uint32_t length)
{
    write_protection_expect(flash, target_own_address(flash->target, address), length);
}

enum err flash_write(struct flash *flash, uint32_t address, const void *data, uint32_t length)
{
    enum err err = refuse_after_error(flash);
    char fit[FIT_TEXT];
    uint32_t own;

    if (!err)
        err = find_own(flash, address, data, length, &own);
    if (!err)
        err = look_at_end(flash, own, length);
    if (err)
        return err;
    fit_fails(flash->target, address, length, fit);
    err = data_eeprom_holds(flash, own) ? data_eeprom_take(flash, own, data, length)
                                        : plan_write(&flash->plan, own, data, length);
    err = outside(flash, err, address, length, fit);
    if (err)
        return err;
    flash->report.bytes_written += length;
    begin(flash);
    return end(flash, flash_work(flash, false));
}

void flash_stand(struct flash *flash)
{
    struct job job, *before;

    if (!loader_runs(&flash->loader))
        return;
    before = probe_job(target_probe(flash->target));
    job_init_within(&job, before);
    target_set_job(flash->target, &job);
    begin(flash);
    flash->why_err = end(flash, loader_program_stand(&flash->loader));
    if (flash->why_err)
        snprintf(flash->why, sizeof flash->why, "%s", job_text(&job, flash->why_err));
    target_set_job(flash->target, before);
}

enum err flash_done(struct flash *flash)
{
    enum err err = refuse_after_error(flash);

    if (err)
        return err;
    begin(flash);
    err = flash_work(flash, true);
    if (!err)
        err = flash_verify(flash);
    if (!err)
        err = loader_close(&flash->loader);
    if (!err)
        err = data_eeprom_work(flash);
    return end(flash, err);
}

const struct flash_report *flash_report(const struct flash *flash)
{
    return &flash->report;
}

void flash_on_progress(struct flash *flash, flash_progress *progress, void *user)
{
    flash->progress = progress;
    flash->progress_user = user;
}

enum err flash_announce_all(struct flash *flash)
{
    size_t count;
    const struct target_region *regions = target_regions(flash->target, &count);
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++)
        if (regions[i].kind == REGION_FLASH)
            err = flash_erase(flash, regions[i].start, regions[i].size);
    return err;
}

enum err flash_erase_now(struct target *target, uint32_t address, uint32_t length)
{
    struct flash *flash;
    enum err err = flash_open(target, &flash);

    if (err)
        return err;
    flash->mass_wanted = !length;
    err = length ? flash_erase(flash, address, length) : flash_announce_all(flash);
    if (!err)
        err = flash_done(flash);
    flash_close(flash);
    return err;
}
