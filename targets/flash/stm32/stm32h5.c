/* SPDX-License-Identifier: MIT */
/* Quad words of 128 bits with their ECC, programmed once between two erases: a second time is no
 * error that the chip would tell of, so what is read back counts. BKSEL means a bank of the chip,
 * wherever SWAP_BANK lets it show. Section numbers without a document: RM0481. */
#include "flash/stm32/stm32h5.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/flags.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32h5_program.h"
#include "probe/ops.h"

enum { SAVED_ICACHE, SAVED, SWAPPED };
enum { BUSY_LIMIT_US = 1000000 }; /* whatever the program began */
/* Data sheet DS14258, "Flash memory characteristics", as far as known: typical values, and limits
 * for one that is worn. */
enum { PROGRAM_US = 30, PROGRAM_MAX_US = 400, ERASE_US = 2000, ERASE_MAX_US = 500000 };
/* 8.7 */
#define ICACHE_CR 0x40030400u
#define ICACHE_SR 0x40030404u
#define ICACHE_CR_EN (1u << 0)
#define ICACHE_SR_BUSYF (1u << 0)

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* --- measuring --- */

/* An erase of a whole bank would take the sectors at its end along that hold data. */
static bool holds_data(const struct flash_controller *controller)
{
    const struct flash_geometry *geometry = &controller->geometry;
    uint32_t sum = 0;

    for (size_t i = 0; i < geometry->area_count; i++)
        sum += geometry->areas[i].size;
    return sum < controller->target->chip.flash_size;
}

static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    uint32_t sectors = geometry->areas[0].size / geometry->areas[0].sector_size;

    for (size_t i = 0; i < geometry->area_count; i++)
        geometry->areas[i].erase_us = ERASE_US;
    controller_find_banks(geometry);
    geometry->program_size = 16;
    geometry->program_us = PROGRAM_US;
    geometry->program_max_us = PROGRAM_MAX_US;
    geometry->page_size = 4096;
    geometry->block_size = 4096;
    geometry->block_count = 3;
    geometry->sector_erase_max_us = ERASE_MAX_US;
    geometry->one_bank_erase_us = sectors * ERASE_US;
    geometry->one_bank_erase_max_us = 2 * ERASE_MAX_US;
    geometry->bank_erase_us = 2 * geometry->one_bank_erase_us;
    geometry->bank_erase_max_us = 4 * ERASE_MAX_US;
    if (holds_data(controller))
        geometry->one_bank_erase_us = geometry->bank_erase_us = 0;
    return ERR_OK;
}

/* --- taking it over --- */

/* 7.5.1 */
static const struct flash_lock cr_lock = {
    STM32H5_NSCR, STM32H5_CR_LOCK, STM32H5_NSKEYR, {STM32H5_KEY1, STM32H5_KEY2}, false};

/* Which bank is where, and whether TrustZone has closed what a debug probe could reach. */
static enum err look(struct flash_controller *controller)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;
    uint32_t optcr = 0, optsr2 = 0, icache = 0;

    ops_read32_still(ops, at(controller, STM32H5_OPTCR), &optcr);
    ops_read32_still(ops, at(controller, STM32H5_OPTSR2), &optsr2);
    ops_read32_still(ops, ICACHE_CR, &icache);
    ops_wait32(ops, at(controller, STM32H5_NSSR), STM32H5_SR_BUSY, 0, BUSY_LIMIT_US);
    enum err err = core_flush_halted(target->core);
    if (err)
        return err;
    controller->saved[SWAPPED] = optcr & STM32H5_OPTCR_SWAP_BANK;
    if (!controller->saved[SAVED])
        controller->saved[SAVED_ICACHE] = icache;
    controller->saved[SAVED] = true;
    if (optsr2 >> STM32H5_TZEN_SHIFT != STM32H5_TZEN_ON)
        return ERR_OK;
    return controller_refuse_secure(controller);
}

/* What is erased would be read from the cache as it was; to switch that off empties it (8.4.8). */
static enum err prepare(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    enum err err = look(controller);

    if (err)
        return err;
    if (controller->saved[SAVED_ICACHE] & ICACHE_CR_EN) {
        ops_write32(ops, ICACHE_CR, controller->saved[SAVED_ICACHE] & ~ICACHE_CR_EN);
        ops_wait32(ops, ICACHE_SR, ICACHE_SR_BUSYF, 0, BUSY_LIMIT_US);
    }
    err = controller_open(controller, &cr_lock);
    if (err)
        return err;
    controller_queue_clear(controller);
    return core_flush_halted(controller->target->core);
}

static void queue_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;

    if (!controller->saved[SAVED])
        return;
    ops_wait32(ops, at(controller, STM32H5_NSSR), STM32H5_SR_BUSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32H5_NSCR), STM32H5_CR_LOCK);
    if (controller->saved[SAVED_ICACHE] & ICACHE_CR_EN)
        ops_write32(ops, ICACHE_CR, controller->saved[SAVED_ICACHE]);
}

/* --- erasing (7.3.6) --- */

static uint32_t kind_of(const struct flash_controller *controller, const struct flash_extent *what)
{
    bool second = (what->banks == FLASH_SECOND_BANK) != (controller->saved[SWAPPED] != 0);
    uint32_t bank = second ? STM32H5_CR_BKSEL : 0;

    if (what->size)
        return STM32H5_CR_SER | what->number << STM32H5_CR_SNB_SHIFT | bank;
    return what->banks == (FLASH_FIRST_BANK | FLASH_SECOND_BANK) ? STM32H5_CR_MER
                                                                 : STM32H5_CR_BER | bank;
}

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    uint32_t cr = kind_of(controller, what);
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, at(controller, STM32H5_NSCCR), STM32H5_SR_CLEAR);
    ops_write32(ops, at(controller, STM32H5_NSCR), cr);
    ops_write32(ops, at(controller, STM32H5_NSCR), cr | STM32H5_CR_STRT);
}

/* --- errors --- */

static const struct flash_flag flags[] = {
    {STM32H5_SR_WRPERR, ERR_PROTECTED,
     "is protected by the option bytes, WRPSG or a hidden or secure area: `monitor options` shows "
     "which sectors"},
};

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    return flash_explain_flags(controller, status, address, flags, sizeof flags / sizeof *flags,
                               "FLASH_NSSR");
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32h5_program_code,
                                           .code_size = sizeof stm32h5_program_code};

const struct flash_driver stm32h5_flash = {
    .name = "stm32h5",
    .idle = {.offset = STM32H5_NSSR, .mask = STM32H5_SR_BUSY, .value = 0},
    .errors = STM32H5_SR_ERRORS,
    .clear = STM32H5_NSCCR,
    .clears = STM32H5_SR_CLEAR,
    .control = STM32H5_NSCR,
    .loader = &loader,
    .may_fault = true,
    .probe = probe,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .queue_finish = queue_finish,
    .explain = explain,
};
