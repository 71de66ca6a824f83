/* SPDX-License-Identifier: MIT */
#include "flash/flm/flm_driver.h"

#include <stdlib.h>

#include "core/core.h"
#include "flash/flm/flm_internal.h"

enum {
    BLOCKS = 2,
    PAGE_LEAST = 64, /* of the session's, bytes .. */
    PAGE_GOAL = 1024,
    TYPICAL = 8, /* something takes so much less than its limit, for want of a figure */
    SLICE_US = 40000,
    CHIP_ERASE_US = 40000000,
    NEVER_CHOSEN_US = INT32_MAX, /* nobody knows how long it takes: only if it is asked for */
};

/* --- what is flashed how --- */

/* Whole pages of the algorithm's; larger ones, as long as sectors consist of them. */
static uint32_t page_of(const struct flm *flm)
{
    uint32_t page = flm->page_size, sector = flm->runs[0].sector_size;

    for (size_t i = 1; i < flm->run_count; i++)
        if (sector > flm->runs[i].sector_size)
            sector = flm->runs[i].sector_size;
    while (page < sector && (page % PAGE_LEAST || (page < PAGE_GOAL && sector % (2 * page) == 0)))
        page *= 2;
    return page;
}

static bool fits(const struct flm *flm, uint32_t page)
{
    if (!page || !flm->page_size)
        return false;
    bool whole = page % PAGE_LEAST == 0 && page % flm->page_size == 0 && flm->start % page == 0;

    for (size_t i = 0; i < flm->run_count; i++)
        whole &= flm->runs[i].sector_size % page == 0;
    return whole;
}

static enum err choose_page(struct job *job, struct flm_driver *driver)
{
    driver->page_size = PAGE_LEAST;
    for (size_t i = 0; i < driver->count; i++)
        if (driver->page_size < page_of(&driver->algorithms[i]))
            driver->page_size = page_of(&driver->algorithms[i]);
    for (size_t i = 0; i < driver->count; i++)
        if (!fits(&driver->algorithms[i], driver->page_size))
            return job_fail(job, ERR_UNSUPPORTED,
                            "the flash algorithm %s programs pages of %u bytes, and its sectors do "
                            "not consist of those (or not of pages of %u bytes, that go with the "
                            "other algorithms')",
                            driver->algorithms[i].name, driver->algorithms[i].page_size,
                            driver->page_size);
    return ERR_OK;
}

static uint32_t limit_us(uint32_t ms)
{
    return ms < (UINT32_MAX - FLM_MARGIN_US) / 1000 ? ms * 1000 + FLM_MARGIN_US : UINT32_MAX;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void take_limits(struct flash_geometry *geometry, const struct flm *flm)
{
    for (size_t i = 0; i < geometry->area_count; i++)
        if (geometry->areas[i].start - flm->start < flm->size)
            geometry->areas[i].erase_us = limit_us(flm->erase_ms) / TYPICAL;
    geometry->sector_erase_max_us = larger(geometry->sector_erase_max_us, limit_us(flm->erase_ms));
    geometry->program_max_us = larger(geometry->program_max_us, limit_us(flm->program_ms));
    geometry->program_size = larger(geometry->program_size, flm->page_size);
}

static enum err probe(struct flash_controller *controller)
{
    const struct flm_driver *driver = flm_driver_of(controller);
    const struct flm *first = &driver->algorithms[0];
    struct flash_geometry *geometry = &controller->geometry;

    geometry->banks[0].registers = 0;
    geometry->erased = first->erased;
    geometry->page_size = geometry->block_size = driver->page_size;
    geometry->block_count = BLOCKS;
    for (size_t i = 0; i < driver->count; i++)
        take_limits(geometry, &driver->algorithms[i]);
    geometry->program_us = geometry->program_max_us / TYPICAL;
    if (driver->count == 1 && first->functions[FLM_ERASE_CHIP] != FLM_NONE) {
        geometry->bank_erase_us = NEVER_CHOSEN_US;
        geometry->bank_erase_max_us = CHIP_ERASE_US;
    }
    return ERR_OK;
}

/* Init() unlocks, and UnInit() locks. Of a session before, or a loss, nothing is in RAM. */
static enum err prepare(struct flash_controller *controller)
{
    struct flm_driver *driver = flm_driver_of(controller);

    driver->loaded = NULL;
    driver->purpose = FLM_NO_PURPOSE;
    driver->page_left = 0;
    return ERR_OK;
}

static void nothing_to_lock(struct flash_controller *controller)
{
    (void)controller;
}

/* --- erasing --- */

static enum err await(struct flash_controller *controller, const struct flash_extent *what,
                      bool *ended)
{
    struct loader *loader = controller->loader;
    uint64_t passed_us = core_now_us(controller->target->core) - controller->began_us;

    *ended = true;
    if (passed_us >= what->limit_us)
        return flm_expired(loader, what->limit_us);
    enum err err = flm_await(loader, SLICE_US, ended);
    return err || *ended ? err : flm_stand(loader);
}

static enum err erase(struct flash_controller *controller, const struct flash_extent *what,
                      bool *ended)
{
    struct loader *loader = controller->loader;
    enum flm_function function = what->size ? FLM_ERASE_SECTOR : FLM_ERASE_CHIP;
    bool programs = flm_driver_of(controller)->purpose == FLM_TO_PROGRAM;
    enum err err = programs ? flm_pages.end(loader) : ERR_OK;

    *ended = true;
    if (!err)
        err = flm_enter(loader, what->address, FLM_TO_ERASE);
    if (err)
        return err;
    flm_start(loader, function, what->address, &what->address, 1);
    return await(controller, what, ended);
}

/* --- the driver --- */

static enum err check_together(struct job *job, const struct flm *algorithms, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (algorithms[i].erased != algorithms[0].erased)
            return job_fail(job, ERR_UNSUPPORTED,
                            "the flash algorithms %s and %s differ in what erased bytes are; use "
                            "one at a time",
                            algorithms[0].name, algorithms[i].name);
    return ERR_OK;
}

static void fill(struct flm_driver *driver)
{
    driver->loader = (struct flash_loader){.protocol = &flm_pages, .calls = true};
    for (size_t i = 0; i < driver->count; i++)
        driver->loader.code_size =
            larger(driver->loader.code_size, flm_ram_size(&driver->algorithms[i]));
    driver->flash = (struct flash_driver){
        .name = "flm",
        .loader = &driver->loader,
        .probe = probe,
        .prepare = prepare,
        .erase = erase,
        .await = await,
        .queue_finish = nothing_to_lock,
    };
}

enum err flm_driver_create(struct job *job, const struct flm *algorithms, size_t count,
                           struct flm_driver **result)
{
    struct flm_driver *driver;
    enum err err = check_together(job, algorithms, count);

    *result = NULL;
    if (err)
        return err;
    driver = calloc(1, sizeof *driver);
    if (!driver)
        return job_fail(job, ERR_NO_MEMORY, "out of memory");
    driver->algorithms = algorithms;
    driver->count = count;
    err = choose_page(job, driver);
    driver->page = err ? NULL : calloc(1, driver->page_size);
    if (!err && !driver->page)
        err = job_fail(job, ERR_NO_MEMORY, "out of memory");
    if (err) {
        flm_driver_destroy(driver);
        return err;
    }
    fill(driver);
    *result = driver;
    return ERR_OK;
}

void flm_driver_destroy(struct flm_driver *driver)
{
    if (!driver)
        return;
    free(driver->page);
    free(driver);
}

const struct flash_driver *flm_driver_flash(const struct flm_driver *driver)
{
    return &driver->flash;
}
