/* SPDX-License-Identifier: MIT */
/* How pages reach an algorithm: one is brought into RAM while the one before it is programmed. */
#include <string.h>

#include "base/bytes.h"

#include "flash/flm/flm_internal.h"
#include "flash/loader_ram.h"

static const struct flm *loaded(const struct loader *loader)
{
    return flm_driver_of(loader->controller)->loaded;
}

static uint32_t limit_us(const struct loader *loader)
{
    return loader->controller->geometry.program_max_us;
}

/* What is erased anyway need not be programmed, and on some chips must not be. */
static void skip_erased(struct flm_driver *driver)
{
    const struct flm *flm = driver->loaded;

    while (driver->page_left &&
           is_filled(driver->page + driver->page_size - driver->page_left,
                     flm->page_size < driver->page_left ? flm->page_size : driver->page_left,
                     flm->erased))
        driver->page_left -=
            flm->page_size < driver->page_left ? flm->page_size : driver->page_left;
}

static void start_piece(struct loader *loader)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);
    uint32_t offset = driver->page_size - driver->page_left, size = driver->loaded->page_size;

    size = size < driver->page_left ? size : driver->page_left;
    const uint32_t arguments[3] = {driver->page_address + offset, size, driver->slot + offset};
    driver->page_left -= size;
    flm_start(loader, FLM_PROGRAM_PAGE, arguments[0], arguments, 3);
}

/* All of the page under way, piece by piece. */
static enum err finish_page(struct loader *loader)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);
    enum err err = ERR_OK;

    if (loader->done == loader->handed)
        return ERR_OK;
    do {
        err = flm_finish(loader, limit_us(loader));
        if (!err)
            skip_erased(driver);
        if (!err && driver->page_left)
            start_piece(loader);
    } while (!err && loader->programming);
    driver->page_left = 0;
    if (err) {
        loader->handed = loader->done;
    } else {
        loader->done = loader->handed;
        loader->programmed += driver->page_size;
    }
    return err;
}

static uint32_t next_slot(const struct loader *loader)
{
    unsigned slot = loader->handed % loader->controller->geometry.block_count;

    return loader->area + loader_slot_end(loader, slot) - loader_stride(loader);
}

static enum err bring(struct loader *loader, uint32_t slot, const void *data)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);

    ops_write(&loader->target->core->ops, slot, 4, data, driver->page_size / 4);
    if (loader->done == loader->handed)
        return borrowed_flush(&loader->lent, false);
    return finish_page(loader); /* which sends it first */
}

static enum err program(struct loader *loader, uint32_t address, const void *data,
                        enum loader_pace pace)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);
    bool other = !loaded(loader) || driver->purpose != FLM_TO_PROGRAM ||
                 address - loaded(loader)->start >= loaded(loader)->size;
    enum err err = other ? finish_page(loader) : ERR_OK;

    if (!err && other)
        err = flm_enter(loader, address, FLM_TO_PROGRAM);
    uint32_t slot = next_slot(loader);
    if (!err)
        err = bring(loader, slot, data);
    if (err)
        return err;
    memcpy(driver->page, data, driver->page_size);
    driver->page_address = address;
    driver->page_left = driver->page_size;
    driver->slot = slot;
    loader->handed++;
    skip_erased(driver);
    if (driver->page_left)
        start_piece(loader);
    return pace == LOADER_PAUSE ? flm_stand(loader) : ERR_OK;
}

static enum err end(struct loader *loader)
{
    enum err err = finish_page(loader);

    return err ? err : flm_leave(loader);
}

const struct loader_protocol flm_pages = {
    .program = program,
    .stand = flm_stand,
    .end = end,
    .forget = flm_forget,
};
