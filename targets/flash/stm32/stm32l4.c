/* SPDX-License-Identifier: MIT */
/* Cells of 64 bits with their ECC: one is programmed once between two erases. Errors that an
 * operation left make the next one fail. Section numbers without a document: RM0351. */
#include "flash/stm32/stm32l4.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32l4_program.h"
#include "probe/ops.h"

enum { SAVED_ACR, SAVED, CLOCK_RAISED };
enum { BUSY_LIMIT_US = 1000000 }; /* whatever the program began */
/* Data sheet DS10198, 6.3.10: typical values, and limits for one that is worn. */
enum { PROGRAM_US = 82, PROGRAM_MAX_US = 400, ERASE_US = 22020, ERASE_MAX_US = 500000 };
/* RCC of L4 (6.4.1, 6.4.3): out of reset the core runs by MSI at 4 MHz. */
#define RCC_CR 0x40021000u
#define RCC_CFGR 0x40021008u
#define CR_AT_RESET 0x63u /* MSION, MSIRDY, range 6 */
#define CR_24_MHZ 0x99u   /* range 9, and MSIRGSEL, which stays */
#define CR_4_MHZ 0x69u
#define CACHES (STM32L4_ACR_ICEN | STM32L4_ACR_DCEN)
#define CACHE_RESETS (STM32L4_ACR_ICRST | STM32L4_ACR_DCRST)

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* The map has a run of pages for each bank. */
static void find_banks(struct flash_geometry *geometry)
{
    struct flash_bank *banks = geometry->banks;

    if (geometry->area_count < 2)
        return;
    banks[0].size = geometry->areas[0].size;
    banks[1] = (struct flash_bank){
        .start = geometry->areas[1].start,
        .size = geometry->areas[1].size,
        .registers = banks[0].registers,
    };
    geometry->bank_count = 2;
}

static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;

    for (size_t i = 0; i < geometry->area_count; i++)
        geometry->areas[i].erase_us = ERASE_US;
    find_banks(geometry);
    geometry->program_size = 8;
    geometry->program_us = PROGRAM_US;
    geometry->program_max_us = PROGRAM_MAX_US;
    geometry->page_size = 512;
    geometry->block_size = 1024; /* of more the first one comes late */
    geometry->sector_erase_max_us = ERASE_MAX_US;
    geometry->bank_erase_us = ERASE_US; /* both at once */
    geometry->bank_erase_max_us = 2 * ERASE_MAX_US;
    if (geometry->bank_count > 1) {
        geometry->one_bank_erase_us = geometry->bank_erase_us;
        geometry->one_bank_erase_max_us = geometry->bank_erase_max_us;
    }
    return ERR_OK;
}

/* --- taking it over --- */

/* 3.3.5 */
static const struct flash_lock cr_lock = {
    STM32L4_CR, STM32L4_CR_LOCK, STM32L4_KEYR, {STM32L4_KEY1, STM32L4_KEY2}};

/* What no program has touched may go faster: at 4 MHz the routines that run on the core take longer
 * than the flash. With wait states for either range of the regulator (3.3.3, table 11). */
static void queue_raise_clock(struct flash_controller *controller, uint32_t cr, uint32_t cfgr)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t acr = controller->saved[SAVED_ACR] & ~CACHES;

    controller->saved[CLOCK_RAISED] =
        controller->family == &chip_families[CHIP_L4] && cr == CR_AT_RESET && !cfgr;
    if (controller->saved[CLOCK_RAISED]) {
        ops_write32(ops, at(controller, STM32L4_ACR), acr | STM32L4_ACR_LATENCY_3);
        ops_write32(ops, RCC_CR, CR_24_MHZ);
    } else {
        ops_write32(ops, at(controller, STM32L4_ACR), acr);
    }
}

/* What was erased would be read from the caches as it was (3.3.4). They are off meanwhile. */
static enum err prepare(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved, cr = 0, cfgr = 0;

    if (!saved[SAVED])
        ops_read32(ops, at(controller, STM32L4_ACR), &saved[SAVED_ACR]);
    if (controller->family == &chip_families[CHIP_L4]) {
        ops_read32(ops, RCC_CR, &cr);
        ops_read32(ops, RCC_CFGR, &cfgr);
    }
    ops_wait32(ops, at(controller, STM32L4_SR), STM32L4_SR_BUSY, 0, BUSY_LIMIT_US);
    enum err err = core_flush_halted(controller->target->core);
    if (err)
        return err;
    saved[SAVED] = true;
    queue_raise_clock(controller, cr, cfgr);
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
    uint32_t acr = controller->saved[SAVED_ACR] & ~CACHES;

    if (!controller->saved[SAVED])
        return;
    ops_wait32(ops, at(controller, STM32L4_SR), STM32L4_SR_BUSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32L4_CR), STM32L4_CR_LOCK);
    if (controller->saved[CLOCK_RAISED])
        ops_write32(ops, RCC_CR, CR_4_MHZ);
    ops_write32(ops, at(controller, STM32L4_ACR), acr | CACHE_RESETS);
    ops_write32(ops, at(controller, STM32L4_ACR), acr);
    ops_write32(ops, at(controller, STM32L4_ACR), controller->saved[SAVED_ACR]);
}

/* --- erasing (3.3.5, 3.3.6) --- */

enum { FIRST_BANK = 1, SECOND_BANK = 2 };

/* One bank of pages twice as large takes both bits of a mass erase (RM0432, 3.3.6). */
static uint32_t kind_of(const struct flash_controller *controller, const struct flash_extent *what)
{
    bool one = controller->geometry.bank_count == 1;
    bool two_halves = one && controller->geometry.areas[0].sector_size >
                                 chip_by_dev_id(controller->target->chip.dev_id)->page_size;

    if (what->size)
        return STM32L4_CR_PER | what->number << STM32L4_CR_PNB_SHIFT |
               (what->banks == SECOND_BANK ? STM32L4_CR_BKER : 0);
    return (what->banks & FIRST_BANK ? STM32L4_CR_MER1 : 0) |
           (what->banks & SECOND_BANK || two_halves ? STM32L4_CR_MER2 : 0);
}

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    uint32_t cr = kind_of(controller, what);
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, at(controller, STM32L4_SR), STM32L4_SR_CLEAR);
    ops_write32(ops, at(controller, STM32L4_CR), cr);
    ops_write32(ops, at(controller, STM32L4_CR), cr | STM32L4_CR_STRT);
}

/* --- errors --- */

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    struct job *job = controller->target->job;
    enum err err = controller_take_status(controller, &status);

    if (err)
        return err;
    if (status & STM32L4_SR_WRPERR)
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " is protected by the option bytes, WRP or PCROP: "
                        "`monitor options` shows which pages",
                        address);
    if (status & STM32L4_SR_PROGERR)
        return job_fail(job, ERR_FLASH,
                        "0x%08" PRIx32 " was not programmed: its double word was not erased "
                        "(PROGERR)",
                        address);
    return job_fail(job, ERR_FLASH, "flash at 0x%08" PRIx32 ": FLASH_SR 0x%04" PRIx32, address,
                    status);
}

static const struct flash_loader loader = {&loader_mailbox, stm32l4_program_code,
                                           sizeof stm32l4_program_code};

const struct flash_driver stm32l4_flash = {
    .name = "stm32l4",
    .idle = {.offset = STM32L4_SR, .mask = STM32L4_SR_BUSY, .value = 0},
    .errors = STM32L4_SR_ERRORS,
    .clears = STM32L4_SR_CLEAR,
    .control = STM32L4_CR,
    .loader = &loader,
    .probe = probe,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .queue_finish = queue_finish,
    .explain = explain,
};
