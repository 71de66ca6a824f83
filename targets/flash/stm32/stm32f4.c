/* SPDX-License-Identifier: MIT */
/* How wide the flash may be programmed, and how fast it erases, goes by the supply: the probe's
 * measurement decides. Section numbers without a document: RM0090. */
#include "flash/stm32/stm32f4.h"

#include <inttypes.h>

#include "core/core.h"
#include "flash/controller.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32f4_program.h"
#include "probe/ops.h"
#include "probe/probe.h"

enum { SAVED_ACR, SAVED, ERASE_PSIZE };
enum { BUSY_LIMIT_US = 5000000 }; /* whatever the program began: a sector's erase at worst */

/* F7 has one for what is fetched through ITCM (RM0385, 3.3.4); its core's own are
 * core/borrowed.c's.
 */
struct caches {
    uint32_t on, resets; /* of ACR */
};
static const struct caches f4_caches = {STM32F4_ACR_ICEN | STM32F4_ACR_DCEN,
                                        STM32F4_ACR_ICRST | STM32F4_ACR_DCRST};
static const struct caches f7_caches = {STM32F7_ACR_ARTEN, STM32F7_ACR_ARTRST};

static const struct caches *caches_of(const struct flash_controller *controller)
{
    return controller->driver == &stm32f7_flash ? &f7_caches : &f4_caches;
}

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* --- what it can do at this voltage --- */

/* 3.6.2, table 13, and the data sheets' tables of flash memory programming (DS8626, table 40;
 * DS10916, table 47: typical values; at most twice as long). Sectors are small ones, one of four
 * times that and larger ones of eight times. A unit takes 16 us however wide it is. */
static const struct width {
    uint32_t least_mv;
    uint8_t psize;
    struct times {
        uint32_t small_us, middle_us, large_us, mib_us;
    } of_16k, of_32k;
} widths[] = {
    {2700, 2, {250000, 550000, 1000000, 8000000}, {200000, 500000, 1000000, 8000000}},
    {2100, 1, {300000, 700000, 1300000, 11000000}, {250000, 650000, 1400000, 11000000}},
    {1700, 0, {400000, 1200000, 2000000, 16000000}, {400000, 1100000, 2000000, 16000000}},
};
enum { WIDTHS = sizeof widths / sizeof *widths, X16 = 1, X8 = 2, SECTOR_LIMIT = 4 };

/* NULL: nobody knows. A probe whose VTref pin is open measures next to nothing. */
static const struct width *find_width(struct flash_controller *controller)
{
    struct target *target = controller->target;
    enum err mark = core_mark(target->core);
    uint32_t mv = 0;

    if (probe_supply(target_probe(target), &mv) != ERR_OK)
        core_rollback(target->core, mark);
    for (unsigned i = 0; i < WIDTHS; i++)
        if (mv >= widths[i].least_mv)
            return &widths[i];
    return NULL;
}

static uint32_t erase_us(const struct times *times, uint32_t sector_size, uint32_t smallest)
{
    return sector_size <= smallest       ? times->small_us
           : sector_size <= 4 * smallest ? times->middle_us
                                         : times->large_us;
}

/* Small sectors behind large ones: there the second bank begins. */
static void find_banks(struct flash_geometry *geometry)
{
    struct flash_bank *banks = geometry->banks;

    for (size_t i = 1; i < geometry->area_count && geometry->bank_count == 1; i++) {
        uint32_t start = geometry->areas[i].start;

        if (geometry->areas[i].sector_size >= geometry->areas[i - 1].sector_size)
            continue;
        banks[1] = (struct flash_bank){
            .start = start,
            .size = banks[0].start + banks[0].size - start,
            .registers = banks[0].registers,
        };
        banks[0].size = geometry->areas[i - 1].start + geometry->areas[i - 1].size - banks[0].start;
        geometry->bank_count = 2;
    }
}

static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    const struct width *known = find_width(controller);
    /* What every board bears that runs at all, as OpenOCD has it. */
    const struct width *program = known ? known : &widths[X16],
                       *erase = known ? known : &widths[X8];
    uint32_t smallest = geometry->areas[0].sector_size;
    const struct times *times = smallest > 16384 ? &erase->of_32k : &erase->of_16k;
    uint64_t size = 0;

    for (size_t i = 0; i < geometry->area_count; i++) {
        geometry->areas[i].erase_us = erase_us(times, geometry->areas[i].sector_size, smallest);
        size += geometry->areas[i].size;
    }
    find_banks(geometry);
    controller->saved[ERASE_PSIZE] = erase->psize;
    geometry->program_size = 1u << program->psize;
    geometry->program_us = 16;
    geometry->program_max_us = 400;
    geometry->page_size = 2048;
    geometry->block_size = program->psize < 2 ? 2048 : 4096;
    geometry->block_count = 2;
    geometry->sector_erase_max_us = SECTOR_LIMIT * times->large_us;
    geometry->bank_erase_us = (uint32_t)(size * times->mib_us >> 20);
    geometry->bank_erase_max_us = SECTOR_LIMIT * geometry->bank_erase_us;
    if (geometry->bank_count > 1) { /* MER, or MER2 (3.9.8) */
        geometry->one_bank_erase_us = geometry->bank_erase_us / 2;
        geometry->one_bank_erase_max_us = geometry->bank_erase_max_us;
    }
    return ERR_OK;
}

/* --- taking it over --- */

/* 3.6.1 */
static const struct flash_lock cr_lock = {
    STM32F4_CR, STM32F4_CR_LOCK, STM32F4_KEYR, {STM32F4_KEY1, STM32F4_KEY2}, false};

/* What was erased would be read from the caches as it was (3.5.2). They are off meanwhile. */
static enum err prepare(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved;

    if (!saved[SAVED])
        ops_read32(ops, at(controller, STM32F4_ACR), &saved[SAVED_ACR]);
    ops_wait32(ops, at(controller, STM32F4_SR), STM32F4_SR_BSY, 0, BUSY_LIMIT_US);
    enum err err = core_flush_halted(controller->target->core);
    if (err)
        return err;
    saved[SAVED] = true;
    ops_write32(ops, at(controller, STM32F4_ACR), saved[SAVED_ACR] & ~caches_of(controller)->on);
    err = controller_open(controller, &cr_lock);
    if (err)
        return err;
    controller_queue_clear(controller);
    return core_flush_halted(controller->target->core);
}

/* Caches can be reset while they are off. */
static void queue_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    const struct caches *caches = caches_of(controller);
    uint32_t acr = controller->saved[SAVED_ACR] & ~caches->on;

    if (!controller->saved[SAVED])
        return;
    ops_wait32(ops, at(controller, STM32F4_SR), STM32F4_SR_BSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32F4_CR), STM32F4_CR_LOCK);
    ops_write32(ops, at(controller, STM32F4_ACR), acr | caches->resets);
    ops_write32(ops, at(controller, STM32F4_ACR), acr);
    ops_write32(ops, at(controller, STM32F4_ACR), controller->saved[SAVED_ACR]);
}

/* --- erasing (3.6.3) --- */

static uint32_t kind_of(const struct flash_controller *controller, const struct flash_extent *what)
{
    enum { SECOND_BANK = 0x10 };
    unsigned banks = controller_own_banks(controller, what->banks);

    if (!what->size)
        return (banks & FLASH_FIRST_BANK ? STM32F4_CR_MER : 0) |
               (banks & FLASH_SECOND_BANK ? STM32F4_CR_MER2 : 0);
    uint32_t number = what->number | (banks == FLASH_SECOND_BANK ? SECOND_BANK : 0);
    return STM32F4_CR_SER | number << STM32F4_CR_SNB_SHIFT;
}

void stm32f4_queue_width(struct flash_controller *controller)
{
    ops_write32(&controller->target->core->ops, at(controller, STM32F4_CR),
                controller->saved[ERASE_PSIZE] << STM32F4_CR_PSIZE_SHIFT);
}

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    uint32_t cr = kind_of(controller, what) | controller->saved[ERASE_PSIZE]
                                                  << STM32F4_CR_PSIZE_SHIFT;
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, at(controller, STM32F4_SR), STM32F4_SR_CLEAR);
    ops_write32(ops, at(controller, STM32F4_CR), cr);
    ops_write32(ops, at(controller, STM32F4_CR), cr | STM32F4_CR_STRT);
}

/* --- errors --- */

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    struct ops *ops = &controller->target->core->ops;
    struct job *job = controller->target->job;
    uint32_t optcr = 0;

    ops_read32(ops, at(controller, STM32F4_OPTCR), &optcr);
    enum err err = controller_take_status(controller, &status);
    if (err)
        return err;
    if (status & STM32F4_SR_WRPERR)
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " is write protected by the option bytes (FLASH_OPTCR "
                        "0x%08" PRIx32 ")",
                        address, optcr);
    if (status & STM32F4_SR_PGPERR)
        return job_fail(job, ERR_FLASH,
                        "0x%08" PRIx32 " was not programmed: the access was not as wide as PSIZE "
                        "says (PGPERR)",
                        address);
    return job_fail(job, ERR_FLASH, "flash at 0x%08" PRIx32 ": FLASH_SR 0x%02" PRIx32, address,
                    status);
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32f4_program_code,
                                           .code_size = sizeof stm32f4_program_code};

#define DRIVER(its_name)                                                                        \
    {                                                                                           \
        .name = (its_name), .idle = {.offset = STM32F4_SR, .mask = STM32F4_SR_BSY, .value = 0}, \
        .errors = STM32F4_SR_ERRORS, .clears = STM32F4_SR_CLEAR, .control = STM32F4_CR,         \
        .loader = &loader, .probe = probe, .prepare = prepare, .queue_erase = queue_erase,      \
        .queue_finish = queue_finish, .explain = explain,                                       \
        .one_time = {1, STM32F4_CR_PG}, /* a byte at a time goes at any voltage */              \
    }
const struct flash_driver stm32f4_flash = DRIVER("stm32f4");
const struct flash_driver stm32f7_flash = DRIVER("stm32f7");
