/* SPDX-License-Identifier: MIT */
/* The RAM the routines live in, and the one that sums up; core/borrowed.c gives them the core. */
#include "flash/loader.h"

#include <stdlib.h>
#include <string.h>

#include "chip/families.h"
#include "flash/checksum.h"
#include "flash/loader_ram.h"
#include "flash/loaders/checksum.h"
#include "flash/loaders/checksum_v7m.h"

/* The area: mailbox, code that sums up, code that programs, ring. A checksum's parameters and
 * results stand behind its code, over what programs, which is written anew whenever that begins. */
enum {
    SUM_LEFT = 2,    /* the word of the parameters that counts down */
    SUM_RESULTS = 4, /* first word behind them */
    SUM_STACK = 64,  /* bytes behind those, for the frame of a fault */
    STEP = 256, /* bytes that are saved or given back before the first look; then twice that, */
    STEP_MOST = 1024, /* since a look that is late costs as much time */
    /* 128 pages of 1 KiB at a core clock of 100 kHz. */
    SUM_TIMEOUT_US = 3000000,
};
enum {
    LOADER_SUM_END = BORROWED_VECTORS + LOADER_MAILBOX +
                     (sizeof checksum_code > sizeof checksum_v7m_code ? sizeof checksum_code
                                                                      : sizeof checksum_v7m_code)
};
#define IWDG_FEED 0xAAAAu

static uint32_t page_size(const struct loader *loader)
{
    return loader->controller->geometry.page_size;
}

/* A driver without a routine programs by itself. */
static const struct flash_loader *program_of(const struct loader *loader)
{
    static const struct flash_loader none = {.protocol = &loader_direct};
    const struct flash_driver *driver = loader->controller->driver;

    return driver->loader ? driver->loader : &none;
}

/* Cores that tell of faults have the whole of Thumb-2 (DDI 0403, A4.1; DDI 0553, B1.3). */
static const struct routine {
    const uint8_t *code;
    uint32_t size;
} summing[] = {{checksum_code, sizeof checksum_code},
               {checksum_v7m_code, sizeof checksum_v7m_code}};

static const struct routine *sum_of(const struct loader *loader)
{
    return &summing[loader->target->core->profile->fault_status];
}

enum err loader_init(struct loader *loader, struct flash_controller *controller)
{
    const struct flash_geometry *geometry = &controller->geometry;

    *loader = (struct loader){.controller = controller, .target = controller->target};
    loader->lent =
        (struct borrowed_core){.core = loader->target->core, .by = "flash loader", .used = 0x7FF};
    controller->loader = loader;
    if (controller->driver->may_fault)
        loader->lent.used |= 1u << SLOT_MSP;
    if (program_of(loader)->calls)
        loader->lent.used |= BORROWED_CALLS;
    loader->mailbox = ecc_has_flags(loader->target) ? BORROWED_VECTORS : 0;
    loader->checksum_code = loader->mailbox + LOADER_MAILBOX;
    loader->program_code = loader->checksum_code + sum_of(loader)->size;
    loader->sum_end = loader->program_code + 4 * (SUM_RESULTS + LOADER_CHECKSUM_PAGES) +
                      (controller->driver->may_fault ? SUM_STACK : 0);
    loader->ring = (loader->program_code + program_of(loader)->code_size + 3) & ~3u;
    loader->area_size =
        loader->ring + geometry->block_count * (geometry->block_size + LOADER_TRAILER);
    if (loader->area_size < loader->sum_end)
        loader->area_size = loader->sum_end;
    loader->pace.unit_ns = geometry->program_us * 750; /* the quickest that a data sheet promises */
    const struct target_region *ram = borrowed_ram(loader->target->core, loader->area_size);
    if (!ram)
        return job_fail(controller->target->job, ERR_UNSUPPORTED,
                        "programming flash takes %u bytes of RAM, the chip has fewer",
                        loader->area_size);
    loader->area = ram->start;
    loader->mailbox += loader->area;
    loader->lent.vectors = ecc_has_flags(loader->target) ? loader->area : 0;
    return ERR_OK;
}

/* Another routine gets the core, or none: what was handed over is not waited for. */
static void forget_program(struct loader *loader)
{
    program_of(loader)->protocol->forget(loader);
}

bool loader_runs(const struct loader *loader)
{
    return loader->programming && !loader->standing;
}

/* Nobody reset it meanwhile, seen by us or before us by another client's look. A core that was left
 * running shows it as it does in the middle of a call: by what it does not do. */
static enum err still_there(struct loader *loader)
{
    struct core *core = loader->target->core;
    enum err err = loader_runs(loader) ? ERR_OK : core_flush_halted(core);

    if (!err && (core->state != TARGET_HALTED || !core->borrowed))
        err = job_fail(loader->target->job, ERR_RESET_LOST,
                       "the target was reset in the middle of the load: load it again");
    if (err)
        forget_program(loader);
    return err;
}

/* Vectors, what the mailbox will be and the code that sums up: one write. */
static enum err load_sum(struct loader *loader)
{
    const struct routine *sum = sum_of(loader);
    uint32_t start = loader->lent.vectors ? 0 : loader->checksum_code;
    uint8_t bytes[LOADER_SUM_END] = {0};
    enum err err = loader_ram_begin(loader);

    if (err)
        return err;
    borrowed_vectors(loader->area, bytes);
    memcpy(bytes + loader->checksum_code, sum->code, sum->size);
    ops_write(&loader->target->core->ops, loader->area + start, 4, bytes + start,
              (loader->checksum_code + sum->size - start) / 4);
    return core_flush_halted(loader->target->core);
}

enum err loader_enter(struct loader *loader)
{
    if (loader->entered)
        return still_there(loader);
    enum err err = loader->saved ? ERR_OK : load_sum(loader);
    if (!err)
        err = borrowed_take(&loader->lent);
    if (!err)
        err = core_note_loss(loader->target->core, ecc_clear_once(loader->target->core));
    loader->entered = !err;
    return err;
}

enum err loader_program(struct loader *loader, uint32_t address, const void *data,
                        enum loader_pace pace)
{
    return program_of(loader)->protocol->program(loader, address, data, pace);
}

enum err loader_program_stand(struct loader *loader)
{
    return program_of(loader)->protocol->stand(loader);
}

enum err loader_program_end(struct loader *loader)
{
    return program_of(loader)->protocol->end(loader);
}

uint32_t loader_take_programmed(struct loader *loader)
{
    uint32_t programmed = loader->programmed;

    loader->programmed = 0;
    return programmed;
}

uint32_t loader_block(const struct loader *loader)
{
    return loader->handed + (loader->collected != 0);
}

enum err loader_leave(struct loader *loader)
{
    enum err ended = ERR_OK;

    if (!loader->entered)
        return ERR_OK;
    if (target_state(loader->target) == TARGET_HALTED) { /* else the routine is gone */
        ended = loader_program_end(loader);
        forget_program(loader);
    }
    enum err err = borrowed_give_back(&loader->lent);
    loader->entered = err != ERR_OK;
    return ended ? ended : err;
}

enum err loader_close(struct loader *loader)
{
    if (!loader->saved)
        return ERR_OK;
    enum err err = loader_leave(loader), restored = ERR_OK;
    if (target_state(loader->target) == TARGET_HALTED) {
        loader_ram_queue_back(loader);
        restored = core_flush_halted(loader->target->core);
    }
    if (!err && !restored)
        loader_finish(loader);
    return err ? err : restored;
}

/* The independent watchdog may have been started by the program; while the core stands it is
 * frozen, while a routine runs it counts. */
static void queue_feed(struct loader *loader)
{
    if (loader->controller->family->watchdog)
        ops_write32(&loader->target->core->ops, loader->controller->family->watchdog, IWDG_FEED);
}

static enum err look_whether_halted(struct loader *loader, bool *halted)
{
    uint32_t dhcsr = 0;

    ops_read32(&loader->target->core->ops, DHCSR, &dhcsr);
    enum err err = borrowed_flush(&loader->lent, false);
    *halted = (dhcsr & DHCSR_S_HALT) != 0;
    return err;
}

static enum err use_the_time(struct loader *loader, bool *halted)
{
    uint32_t borrowed, step = STEP;
    enum err err = look_whether_halted(loader, halted);

    while (!err && !*halted && loader_ram_queue(loader, step, &borrowed)) {
        err = look_whether_halted(loader, halted);
        if (!err)
            loader_ram_lend(loader, borrowed);
        step = step < STEP_MOST ? 2 * step : STEP_MOST;
    }
    return err;
}

/* For the frame of a fault: what MSP is. */
static uint32_t stack_of(const struct loader *loader)
{
    return loader->area + (loader->sum_end & ~7u);
}

/* Until the routine ends at its BKPT; how long that takes is known from the last time. */
static enum err wait_for_sums(struct loader *loader, uint32_t pages)
{
    struct ops *ops = &loader->target->core->ops;
    bool halted;

    ops_sleep(ops, 0);
    uint64_t began_us = core_now_us(loader->target->core);
    enum err err = use_the_time(loader, &halted);
    if (err || halted)
        return err;
    uint64_t due_us = began_us + (uint64_t)pages * loader->sum_ns / 1000,
             now = core_now_us(loader->target->core);
    ops_sleep(ops, due_us > now ? due_us - now : 0);
    ops_wait32(ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, SUM_TIMEOUT_US);
    err = borrowed_flush(&loader->lent, false);
    /* A look or two early: the last one may have come late. */
    loader->sum_ns = (uint32_t)((core_now_us(loader->target->core) - began_us) * 875 / pages);
    return err;
}

enum err loader_checksum(struct loader *loader, uint32_t address, uint32_t pages, uint32_t *sums)
{
    struct ops *ops = &loader->target->core->ops;
    uint32_t parameters = loader->area + loader->program_code;
    uint32_t words[SUM_RESULTS + LOADER_CHECKSUM_PAGES] = {address, page_size(loader), pages,
                                                           parameters + 4 * SUM_RESULTS};

    enum err err = loader_program_end(loader);
    if (err)
        return err;
    forget_program(loader);
    err = loader_take_nmi(loader);
    if (err)
        return err;
    ops_write(ops, parameters, 4, words, SUM_RESULTS);
    queue_feed(loader);
    borrowed_queue_start(&loader->lent, loader->area + loader->checksum_code, &parameters, 1);
    if (loader->controller->driver->may_fault)
        ops_reg_write(ops, 17, stack_of(loader));
    borrowed_queue_go(&loader->lent);
    err = wait_for_sums(loader, pages);
    if (err)
        return err;
    ops_read(ops, parameters, 4, words, SUM_RESULTS + pages);
    err = borrowed_flush(&loader->lent, false);
    if (!err && words[SUM_LEFT])
        err = job_fail(loader->target->job, ERR_LOADER,
                       "the checksum routine stopped with %u of %u pages left", words[SUM_LEFT],
                       pages);
    memcpy(sums, words + SUM_RESULTS, 4 * (size_t)pages);
    return err;
}

enum err loader_take_nmi(struct loader *loader)
{
    struct core *core = loader->target->core;

    if (!core->ecc.nmi)
        return ERR_OK;
    ops_reg_write(&core->ops, 17, stack_of(loader));
    if (borrowed_take_nmi(&loader->lent, loader->area + loader->program_code))
        return ERR_OK;
    return job_fail(loader->target->job, ERR_LOADER,
                    "the NMI that the flash's ECC has raised does not end");
}

bool loader_after_fault(struct loader *loader)
{
    return target_state(loader->target) == TARGET_HALTED &&
           borrowed_leave_fault(&loader->lent, loader->area + loader->program_code);
}
