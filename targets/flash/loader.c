/* SPDX-License-Identifier: MIT */
/* The two routines and the RAM they live in; loader_core.c lends them the core. */
#include "flash/loader.h"

#include <stdlib.h>
#include <string.h>

#include "flash/checksum.h"
#include "flash/loader_core.h"
#include "flash/loaders/checksum.h"

/* The area: mailbox, parameters of the checksum, code, buffers. The results of a checksum come into
 * the first buffer, which is empty then. */
enum {
    MAILBOX = 0, /* status, address; slots from SLOT on */
    SLOT = 16,
    SLOT_SIZE = 8, /* length, address */
    SUM_PARAMETERS = 32,
    CODE = 64,
    /* 64 pages of 1 KiB at a core clock of 50 kHz. */
    SUM_TIMEOUT_US = 3000000,
    /* On top of the driver's limits: the routine's own instructions at a slow clock. */
    PROGRAM_MARGIN_US = 500000,
};
#define IWDG_FEED 0xAAAAu

static uint32_t page_size(const struct loader *loader)
{
    return loader->controller->driver->page_size;
}

static const struct target_region *largest_ram(const struct target *target)
{
    const struct target_region *best = NULL;
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_RAM && (!best || regions[i].size > best->size))
            best = &regions[i];
    return best;
}

enum err loader_init(struct loader *loader, struct flash_controller *controller)
{
    const struct flash_driver *driver = controller->driver;
    const struct target_region *ram = largest_ram(controller->target);

    *loader = (struct loader){.controller = controller, .target = controller->target};
    loader->checksum_code = CODE;
    loader->program_code = loader->checksum_code + (uint32_t)sizeof checksum_code;
    loader->buffer[0] = (loader->program_code + driver->loader->code_size + 3) & ~3u;
    loader->buffer[1] = loader->buffer[0] + driver->page_size;
    loader->area_size = loader->buffer[1] + driver->page_size;
    if (!ram || ram->size < loader->area_size)
        return job_fail(controller->target->job, ERR_UNSUPPORTED,
                        "programming flash takes %u bytes of RAM, the chip has %u",
                        loader->area_size, ram ? ram->size : 0);
    loader->area = ram->start;
    return ERR_OK;
}

static enum err borrow_ram(struct loader *loader)
{
    struct ops *ops = &loader->target->ops;
    const struct flash_loader *program = loader->controller->driver->loader;

    loader->saved = malloc(loader->area_size);
    if (!loader->saved)
        return job_fail(loader->target->job, ERR_NO_MEMORY, "out of memory");
    ops_read(ops, loader->area, 4, loader->saved, loader->area_size / 4);
    enum err err = core_flush_halted(loader->target);
    if (err) {
        free(loader->saved);
        loader->saved = NULL;
        return err;
    }
    ops_write(ops, loader->area + loader->checksum_code, 4, checksum_code,
              sizeof checksum_code / 4);
    ops_write(ops, loader->area + loader->program_code, 4, program->code, program->code_size / 4);
    return core_flush_halted(loader->target);
}

enum err loader_enter(struct loader *loader)
{
    if (loader->entered)
        return core_flush_halted(loader->target); /* nobody reset it meanwhile */
    enum err err = loader->saved ? ERR_OK : borrow_ram(loader);
    if (!err)
        err = loader_core_take(loader);
    loader->entered = !err;
    return err;
}

enum err loader_leave(struct loader *loader)
{
    bool entered = loader->entered;

    loader->entered = false;
    if (!entered || target_state(loader->target) != TARGET_HALTED)
        return ERR_OK; /* nothing to give back */
    enum err ended = loader_program_end(loader);
    loader->programming = loader->resting = false;
    enum err err = loader_core_give_back(loader);
    return ended ? ended : err;
}

enum err loader_close(struct loader *loader)
{
    enum err err = ERR_OK;

    if (!loader->saved)
        return ERR_OK;
    if (target_state(loader->target) == TARGET_HALTED) {
        err = loader_leave(loader);
        ops_write(&loader->target->ops, loader->area, 4, loader->saved, loader->area_size / 4);
        enum err restored = core_flush_halted(loader->target);
        err = err ? err : restored;
    }
    target_drop_caches(loader->target);
    free(loader->saved);
    loader->saved = NULL;
    return err;
}

/* The independent watchdog may have been started by the program; while the core stands it is
 * frozen, while a routine runs it counts. */
static void queue_feed(struct loader *loader)
{
    if (loader->controller->driver->watchdog)
        ops_write32(&loader->target->ops, loader->controller->driver->watchdog, IWDG_FEED);
}

enum err loader_checksum(struct loader *loader, uint32_t address, uint32_t pages, uint32_t *sums)
{
    struct ops *ops = &loader->target->ops;
    uint32_t parameters = loader->area + SUM_PARAMETERS, left = pages;
    uint32_t results = loader->area + loader->buffer[0];
    const uint32_t words[] = {address, page_size(loader), pages, results};

    loader->programming = loader->resting = false;
    ops_write(ops, parameters, 4, words, sizeof words / sizeof *words);
    queue_feed(loader);
    loader_core_queue_start(loader, loader->area + loader->checksum_code, &parameters, 1);
    ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, SUM_TIMEOUT_US); /* it ends at a BKPT */
    ops_read32(ops, parameters + 8, &left);
    ops_read(ops, results, 4, sums, pages);
    enum err err = loader_core_flush(loader, false);
    if (!err && left)
        err = job_fail(loader->target->job, ERR_LOADER,
                       "the checksum routine stopped with %u of %u pages left", left, pages);
    return err;
}

static uint32_t slot_address(const struct loader *loader, unsigned slot)
{
    return loader->area + MAILBOX + SLOT + slot * SLOT_SIZE;
}

static uint32_t page_limit_us(const struct loader *loader)
{
    const struct flash_driver *driver = loader->controller->driver;

    return driver->page_size / driver->program_size * driver->program_max_us + PROGRAM_MARGIN_US;
}

/* Flushes; then looks at what the routine says of the pages so far. */
static enum err flush_programming(struct loader *loader, bool pause)
{
    uint32_t status[2] = {0};

    ops_read(&loader->target->ops, loader->area + MAILBOX, 4, status, 2);
    enum err err = loader_core_flush(loader, pause);
    if (err)
        loader->programming = false;
    if (err || !status[0])
        return err;
    loader->programming = false;
    err = loader_core_halt(loader);
    if (err)
        return err;
    loader->failed_at = status[1];
    return loader->controller->driver->explain(loader->controller, status[0], status[1]);
}

/* With the first page in its buffer: flash need not wait for it. */
static enum err start_programming(struct loader *loader, uint32_t address, const void *data,
                                  bool pause)
{
    struct ops *ops = &loader->target->ops;
    const uint32_t mailbox[8] = {[SLOT / 4] = page_size(loader), [SLOT / 4 + 1] = address};
    const uint32_t arguments[4] = {
        loader->area + MAILBOX,
        loader->controller->driver->registers,
        loader->area + loader->buffer[0],
        loader->area + loader->buffer[1],
    };

    ops_write(ops, loader->area + loader->buffer[0], 4, data, page_size(loader) / 4);
    ops_write(ops, loader->area + MAILBOX, 4, mailbox, sizeof mailbox / sizeof *mailbox);
    queue_feed(loader);
    loader_core_queue_start(loader, loader->area + loader->program_code, arguments, 4);
    loader->programming = true;
    loader->slot = 1;
    return flush_programming(loader, pause);
}

/* Should an earlier page have failed, its error is found in the same flush: the routine has ended
 * by then and nobody looks at the buffer. */
enum err loader_program(struct loader *loader, uint32_t address, const void *data, bool pause)
{
    struct ops *ops = &loader->target->ops;
    uint32_t slot = slot_address(loader, loader->slot);

    if (!loader->programming)
        return start_programming(loader, address, data, pause);
    loader->resting = false;
    loader_core_queue_go(loader); /* first: flash stands idle while the core does */
    queue_feed(loader);
    ops_wait32(ops, slot, UINT32_MAX, 0, page_limit_us(loader));
    ops_write(ops, loader->area + loader->buffer[loader->slot], 4, data, page_size(loader) / 4);
    ops_write32(ops, slot + 4, address);
    ops_barrier(ops);
    ops_write32(ops, slot, page_size(loader));
    loader->slot ^= 1;
    return flush_programming(loader, pause);
}

static void queue_wait(struct loader *loader, unsigned slot)
{
    queue_feed(loader);
    ops_wait32(&loader->target->ops, slot_address(loader, slot), UINT32_MAX, 0,
               page_limit_us(loader));
}

enum err loader_program_wait(struct loader *loader)
{
    if (!loader->programming || loader->resting)
        return ERR_OK;
    loader_core_queue_go(loader);
    queue_wait(loader, loader->slot);
    return flush_programming(loader, true);
}

enum err loader_program_end(struct loader *loader)
{
    if (!loader->programming || loader->resting)
        return ERR_OK;
    loader_core_queue_go(loader);
    queue_wait(loader, loader->slot);
    queue_wait(loader, loader->slot ^ 1);
    enum err err = flush_programming(loader, true);
    loader->resting = loader->programming;
    return err;
}
