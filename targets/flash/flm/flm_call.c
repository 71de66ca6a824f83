/* SPDX-License-Identifier: MIT */
/* Calls of an algorithm's functions (AAPCS; Open-CMSIS-Pack, "Flash Programming", "Algorithm
 * functions"). In RAM, from a multiple of 8 on: what they return to, the algorithm, its stack. */
#include <inttypes.h>

#include "base/bytes.h"
#include "flash/flm/flm_internal.h"
#include "flash/loader_ram.h"

enum {
    HEADER = 8, /* two BKPT, that every function returns to */
    STACK = 512,
    CALL_US = 2000000, /* Init and UnInit */
    THUMB = 1,
};
#define BKPTS 0xBE00BE00u
#define CANARY 0xDEADF00Du

/* --- RAM --- */

static uint32_t header_at(const struct loader *loader)
{
    return (loader->area + loader->program_code + 7) & ~7u;
}

static uint32_t code_at(const struct loader *loader)
{
    return header_at(loader) + HEADER;
}

static uint32_t stack_at(const struct loader *loader, const struct flm *flm)
{
    return (code_at(loader) + flm->code_size + 7) & ~7u;
}

uint32_t flm_ram_size(const struct flm *flm)
{
    return ((7 + HEADER + flm->code_size + 7) & ~7u) + STACK;
}

static enum err load(struct loader *loader, const struct flm *flm)
{
    struct ops *ops = &loader->target->core->ops;
    uint32_t stack = stack_at(loader, flm);
    enum err err = loader_borrow(loader, loader->area_size);

    if (err)
        return err;
    loader->used = loader->area_size;
    loader->returned = 0;
    ops_write32(ops, header_at(loader), BKPTS);
    ops_write32(ops, header_at(loader) + 4, BKPTS);
    ops_write(ops, code_at(loader), 4, flm->code, flm->code_size / 4);
    ops_write32(ops, stack, CANARY);
    borrowed_queue_stack(&loader->lent, stack + STACK);
    ops_reg_write(ops, 9, code_at(loader) + flm->data_offset);
    err = borrowed_flush(&loader->lent, false);
    flm_driver_of(loader->controller)->loaded = err ? NULL : flm;
    return err;
}

/* Before a word of what it did is believed. */
static enum err check_stack(struct loader *loader, const struct flm *flm)
{
    uint32_t word = 0;

    ops_read32(&loader->target->core->ops, stack_at(loader, flm), &word);
    enum err err = borrowed_flush(&loader->lent, false);
    if (err || word == CANARY)
        return err;
    return job_fail(loader->target->job, ERR_LOADER,
                    "the flash algorithm %s needs a larger stack than %d bytes: what it did cannot "
                    "be trusted",
                    flm->name, STACK);
}

/* --- a call --- */

void flm_start(struct loader *loader, enum flm_function function, uint32_t address,
               const uint32_t *arguments, unsigned count)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);

    driver->function = function;
    driver->address = address;
    ops_reg_write(&loader->target->core->ops, SLOT_LR, header_at(loader) | THUMB);
    borrowed_queue_start(&loader->lent, code_at(loader) + driver->loaded->functions[function],
                         arguments, count);
    borrowed_queue_go(&loader->lent);
    loader->programming = true;
    loader->standing = false;
}

static enum err went_astray(struct loader *loader, uint32_t pc)
{
    const struct flm_driver *driver = flm_driver_of(loader->controller);
    const char *name = driver->loaded->name;
    enum err err = check_stack(loader, driver->loaded);

    flm_forget(loader);
    if (err)
        return err;
    return job_fail(loader->target->job, ERR_LOADER,
                    "the flash algorithm %s: %s for 0x%08" PRIx32
                    " did not return, the core stands at 0x%08" PRIx32
                    " (does the algorithm fit this chip?)",
                    name, flm_function_name(driver->function), driver->address, pc);
}

/* What may be asked again goes on to be initialised, and is left in order. */
static enum err failed(struct loader *loader, uint32_t result)
{
    const struct flm_driver *driver = flm_driver_of(loader->controller);
    enum err err = check_stack(loader, driver->loaded);

    if (err) {
        flm_forget(loader);
        return err;
    }
    loader->failed_at = driver->address;
    return job_fail(loader->target->job, ERR_FLASH,
                    "the flash algorithm %s: %s at 0x%08" PRIx32 " failed (it returned %" PRIu32
                    "); is that flash write protected, or another chip's?",
                    driver->loaded->name, flm_function_name(driver->function), driver->address,
                    result);
}

enum err flm_await(struct loader *loader, uint32_t timeout_us, bool *ended)
{
    struct borrowed_end end = {0};

    if (loader->standing)
        borrowed_queue_go(&loader->lent);
    loader->standing = false;
    enum err err = borrowed_await(&loader->lent, timeout_us, &end);
    *ended = err || end.ended;
    if (err)
        flm_forget(loader);
    if (!*ended || err)
        return err;
    loader->programming = false;
    if ((end.pc & ~7u) != header_at(loader))
        return went_astray(loader, end.pc);
    return end.r0 ? failed(loader, end.r0) : ERR_OK;
}

enum err flm_expired(struct loader *loader, uint32_t limit_us)
{
    const struct flm_driver *driver = flm_driver_of(loader->controller);
    struct job *job = loader->target->job;
    const char *name = driver->loaded->name;
    uint32_t dhcsr = 0;

    ops_read32(&loader->target->core->ops, DHCSR, &dhcsr);
    enum err err = flm_stand(loader);
    if (!err)
        err = check_stack(loader, driver->loaded);
    flm_forget(loader);
    if (err)
        return err;
    if (dhcsr & DHCSR_S_LOCKUP)
        return job_fail(
            job, ERR_LOADER,
            "the flash algorithm %s: %s for 0x%08" PRIx32
            " did not return, the core is locked up (does the algorithm fit this chip?)",
            name, flm_function_name(driver->function), driver->address);
    return job_fail(job, ERR_LOADER,
                    "the flash algorithm %s: %s at 0x%08" PRIx32 " did not end within %" PRIu32
                    " ms, its own limit",
                    name, flm_function_name(driver->function), driver->address, limit_us / 1000);
}

enum err flm_finish(struct loader *loader, uint32_t limit_us)
{
    bool ended = true;
    enum err err = loader->programming ? flm_await(loader, limit_us, &ended) : ERR_OK;

    return !err && !ended ? flm_expired(loader, limit_us) : err;
}

enum err flm_stand(struct loader *loader)
{
    if (!loader->programming || loader->standing)
        return ERR_OK;
    enum err err = borrowed_flush(&loader->lent, true);
    if (err)
        flm_forget(loader);
    loader->standing = !err;
    return err;
}

void flm_forget(struct loader *loader)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);

    driver->loaded = NULL;
    driver->purpose = FLM_NO_PURPOSE;
    driver->page_left = 0;
    loader->programming = loader->standing = false;
    loader->handed = loader->done;
}

/* --- Init, UnInit --- */

static const struct flm *algorithm_at(const struct flm_driver *driver, uint32_t address)
{
    for (size_t i = 0; i < driver->count; i++)
        if (address - driver->algorithms[i].start < driver->algorithms[i].size)
            return &driver->algorithms[i];
    return NULL;
}

static enum err call(struct loader *loader, enum flm_function function, uint32_t address,
                     const uint32_t *arguments, unsigned count)
{
    flm_start(loader, function, address, arguments, count);
    return flm_finish(loader, CALL_US);
}

enum err flm_leave(struct loader *loader)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);
    const struct flm *flm = driver->loaded;
    const uint32_t argument = driver->purpose;

    if (!driver->purpose)
        return ERR_OK;
    driver->purpose = FLM_NO_PURPOSE;
    enum err err = call(loader, FLM_UNINIT, flm->start, &argument, 1);
    return err ? err : check_stack(loader, flm);
}

enum err flm_enter(struct loader *loader, uint32_t address, enum flm_purpose purpose)
{
    struct flm_driver *driver = flm_driver_of(loader->controller);
    const struct flm *flm = algorithm_at(driver, address);
    enum err err = ERR_OK;

    if (!flm)
        return job_fail(loader->target->job, ERR_NOT_FLASH,
                        "no flash algorithm is for 0x%08" PRIx32, address);
    if (driver->loaded == flm && driver->purpose == purpose)
        return ERR_OK;
    const uint32_t arguments[3] = {flm->start, 0, purpose};
    err = flm_leave(loader);
    if (!err && driver->loaded != flm)
        err = load(loader, flm);
    if (!err)
        err = call(loader, FLM_INIT, flm->start, arguments, 3);
    if (!err)
        driver->purpose = purpose;
    return err;
}
