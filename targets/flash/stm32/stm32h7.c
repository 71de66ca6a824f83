/* SPDX-License-Identifier: MIT */
/* Flash words of 256 bits (H7A and H7B: 128) with their ECC: one is programmed once between two
 * erases. Each bank has a controller of its own, and both work at the same time. Section numbers
 * without a document: RM0433. */
#include "flash/stm32/stm32h7.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32h7_program.h"
#include "probe/ops.h"

enum { SAVED_CR, SAVED_CR_2, SAVED };
enum { BUSY_LIMIT_US = 10000000 }; /* whatever the program began: a bank's erase at worst */
enum { KIB = 1024 };

/* Data sheets DS12110, 6.3.11 (H743: x64) and DS13195, 6.3.11 (H7A3): typical values; limits for
 * one that is worn, as wide as ST's own code waits at least. Those of H7A and H7B are unverified.
 */
static const struct times {
    uint32_t program_size, program_us, program_max_us;
    uint32_t sector_us, sector_max_us, bank_us, bank_max_us;
} times_of_h7 = {32, 100, 800, 1000000, 8000000, 5000000, 20000000},
  times_of_h7ab = {16, 20, 800, 2000, 1000000, 256000, 20000000};

static bool is_h7ab(const struct flash_controller *controller)
{
    return controller->family == &chip_families[CHIP_H7AB];
}

/* --- banks --- */

/* One run of sectors may hold both; where each is small, there is a gap. */
static void find_banks(struct flash_controller *controller)
{
    const struct chip *chip = chip_by_dev_id(controller->target->chip.dev_id);
    struct flash_geometry *geometry = &controller->geometry;
    struct flash_bank *banks = geometry->banks;
    uint32_t second = banks[0].start + chip->bank2_kib * (uint32_t)KIB;
    uint32_t end = banks[0].start + banks[0].size;

    if (!chip->bank2_kib || end <= second)
        return;
    banks[1] = (struct flash_bank){second, end - second, banks[0].registers + STM32H7_BANK_2};
    banks[0].size = geometry->area_count > 1 ? geometry->areas[0].size : second - banks[0].start;
    geometry->bank_count = 2;
}

static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    const struct times *times = is_h7ab(controller) ? &times_of_h7ab : &times_of_h7;

    for (size_t i = 0; i < geometry->area_count; i++)
        geometry->areas[i].erase_us = times->sector_us;
    find_banks(controller);
    geometry->program_size = times->program_size;
    geometry->program_us = times->program_us;
    geometry->program_max_us = times->program_max_us;
    geometry->page_size = 2048;
    geometry->block_size = 4096;
    geometry->block_count = 2;
    geometry->sector_erase_max_us = times->sector_max_us;
    geometry->bank_erase_us = times->bank_us; /* both at once */
    geometry->bank_erase_max_us = times->bank_max_us;
    if (geometry->bank_count > 1) {
        geometry->one_bank_erase_us = geometry->bank_erase_us;
        geometry->one_bank_erase_max_us = geometry->bank_erase_max_us;
    }
    return ERR_OK;
}

/* --- taking it over --- */

/* 4.5.1 */
static enum err open_bank(struct flash_controller *controller, unsigned bank)
{
    uint32_t further = bank * STM32H7_BANK_2;
    const struct flash_lock lock = {STM32H7_CR + further,
                                    STM32H7_CR_LOCK,
                                    STM32H7_KEYR + further,
                                    {STM32H7_KEY1, STM32H7_KEY2},
                                    false};

    return controller_open(controller, &lock);
}

/* While option bytes are changed nothing of theirs can be locked, either. */
static void queue_idle(struct flash_controller *controller)
{
    ops_wait32(&controller->target->core->ops, controller_at(controller->target, STM32H7_OPTSR_CUR),
               STM32H7_OPTSR_BUSY, 0, BUSY_LIMIT_US);
    for (unsigned i = 0; i < controller->geometry.bank_count; i++)
        ops_wait32(&controller->target->core->ops,
                   controller_at(controller->target, STM32H7_SR) + i * STM32H7_BANK_2,
                   STM32H7_SR_QW, 0, BUSY_LIMIT_US);
}

/* Idle; what the program had is known after the first time. */
static enum err look(struct flash_controller *controller, uint32_t *optcr)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;
    bool first = !controller->saved[SAVED];

    for (unsigned i = 0; i < controller->geometry.bank_count && first; i++)
        ops_read32(ops, controller_at(target, STM32H7_CR) + i * STM32H7_BANK_2,
                   &controller->saved[SAVED_CR + i]);
    ops_read32(ops, controller_at(target, STM32H7_OPTCR), optcr);
    queue_idle(controller);
    enum err err = core_flush_halted(target->core);
    controller->saved[SAVED] |= !err;
    return err;
}

/* Banks that are swapped: does the first address belong to the first or to the second one's
 * registers? Manuals of the family do not say it alike, and an erase of the other one would be a
 * loss. A store that nobody asked for is refused (4.7.4, PGSERR), and the bank it came to tells. */
static enum err ask_who_is_first(struct flash_controller *controller)
{
    struct target *target = controller->target;
    struct flash_bank *banks = controller->geometry.banks;
    uint32_t base = controller_at(target, 0), status[2] = {0};
    struct ops *ops = &target->core->ops;
    enum err mark = core_mark(target->core);

    ops_write32(ops, banks[0].start, UINT32_MAX);
    enum err err = core_flush_halted(target->core);
    if (err == ERR_FAULT) /* of that store */
        core_rollback(target->core, mark);
    else if (err)
        return err;
    for (unsigned i = 0; i < 2; i++)
        ops_read32(ops, base + STM32H7_SR + i * STM32H7_BANK_2, &status[i]);
    controller_queue_clear(controller);
    err = core_flush_halted(target->core);
    if (err)
        return err;
    bool first = status[0] & STM32H7_SR_ERRORS, second = status[1] & STM32H7_SR_ERRORS;
    if (first == second)
        return job_fail(target->job, ERR_FLASH,
                        "the flash banks are swapped (SWAP_BANK), and the chip does not tell which "
                        "registers are whose: `monitor options SWAP_BANK=off`, reset, load again");
    banks[0].registers = base + (first ? 0 : STM32H7_BANK_2);
    banks[1].registers = base + (first ? STM32H7_BANK_2 : 0);
    return ERR_OK;
}

static enum err prepare(struct flash_controller *controller)
{
    uint32_t optcr = 0;
    enum err err = look(controller, &optcr);

    for (unsigned i = 0; i < controller->geometry.bank_count && !err; i++)
        err = open_bank(controller, i);
    if (err)
        return err;
    controller_queue_clear(controller);
    err = core_flush_halted(controller->target->core);
    if (err || !(optcr & STM32H7_OPTCR_SWAP_BANK) || controller->geometry.bank_count < 2)
        return err;
    return ask_who_is_first(controller);
}

/* LOCK leaves the other bits alone, so what they were is written before. */
static void queue_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;

    if (!controller->saved[SAVED])
        return;
    queue_idle(controller);
    for (unsigned i = 0; i < controller->geometry.bank_count; i++) {
        uint32_t cr = controller_at(controller->target, STM32H7_CR) + i * STM32H7_BANK_2;
        uint32_t psize =
            is_h7ab(controller) ? 0 : controller->saved[SAVED_CR + i] & STM32H7_CR_PSIZE;

        ops_write32(ops, cr, psize);
        ops_write32(ops, cr, psize | STM32H7_CR_LOCK);
    }
}

/* --- erasing (4.3.10) --- */

static void queue_erase_in(struct flash_controller *controller, const struct flash_extent *what,
                           uint32_t registers)
{
    bool h7ab = is_h7ab(controller);
    uint32_t number = what->number << (h7ab ? STM32H7AB_CR_SNB_SHIFT : STM32H7_CR_SNB_SHIFT);
    uint32_t cr =
        (what->size ? STM32H7_CR_SER | number : STM32H7_CR_BER) | (h7ab ? 0 : STM32H7_CR_PSIZE);
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, registers + STM32H7_CCR, STM32H7_SR_CLEAR);
    ops_write32(ops, registers + STM32H7_CR, cr);
    ops_write32(ops, registers + STM32H7_CR, cr | (h7ab ? STM32H7AB_CR_START : STM32H7_CR_START));
}

/* Both by their own registers: OPTCR.MER would want the lock of the option bytes open. */
static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    const struct flash_geometry *geometry = &controller->geometry;

    for (unsigned i = 0; i < geometry->bank_count; i++)
        if (what->banks >> i & 1)
            queue_erase_in(controller, what, geometry->banks[i].registers);
}

/* --- errors --- */

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    struct job *job = controller->target->job;
    enum err err = controller_take_status(controller, &status);

    if (err)
        return err;
    if (status & STM32H7_SR_WRPERR)
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " is protected by the option bytes, WRP, PCROP or a secure "
                        "area: `monitor options` shows which sectors",
                        address);
    if (status & (STM32H7_SR_RDPERR | STM32H7_SR_RDSERR))
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " lies in an area that only its own program may read "
                        "(PCROP, or a secure area): `monitor options` shows it",
                        address);
    if (status & (STM32H7_SR_PGSERR | STM32H7_SR_STRBERR | STM32H7_SR_INCERR))
        return job_fail(job, ERR_FLASH,
                        "0x%08" PRIx32 " was not programmed: the flash word was not filled in one "
                        "go (FLASH_SR 0x%08" PRIx32 "): does DMA write there?",
                        address, status);
    return job_fail(job, ERR_FLASH, "flash at 0x%08" PRIx32 ": FLASH_SR 0x%08" PRIx32, address,
                    status);
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32h7_program_code,
                                           .code_size = sizeof stm32h7_program_code};

const struct flash_driver stm32h7_flash = {
    .name = "stm32h7",
    .idle = {.offset = STM32H7_SR, .mask = STM32H7_SR_QW, .value = 0},
    .errors = STM32H7_SR_ERRORS,
    .clears = STM32H7_SR_CLEAR,
    .clear = STM32H7_CCR,
    .control = STM32H7_CR,
    .loader = &loader,
    .may_fault = true,
    .probe = probe,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .queue_finish = queue_finish,
    .explain = explain,
};
