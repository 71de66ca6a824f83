/* SPDX-License-Identifier: MIT */
/* Page erase and mass erase over the debug port, programming by the loader in RAM. Section numbers
 * without a document: PM0075, STM32F10xxx Flash memory microcontrollers. */
#include "flash/stm32/stm32f1.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/stm32/loaders/stm32f1_program.h"
#include "probe/ops.h"

#define RCC_CR 0x40021000u
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)
#define IWDG_KR 0x40003000u

enum { SAVED_RCC_CR, SAVED_WATCHDOGS, SAVED_PREPARED };
enum {
    BUSY_LIMIT_US = 500000, /* whatever the program began */
    HSI_LIMIT_US = 10000,
};

static const struct chip_dbgmcu *dbgmcu_of(const struct flash_controller *controller)
{
    return &chip_family_of(controller->target->chip.dev_id)->dbgmcu;
}

static enum err refuse(struct flash_controller *controller)
{
    if (controller->target->chip.unlocked)
        return job_fail(controller->target->job, ERR_PROTECTED, TARGET_UNLOCKED_TEXT);
    return job_fail(controller->target->job, ERR_PROTECTED,
                    "read protection is on (level 1); `monitor stm32f1x unlock 0` removes it and "
                    "erases the whole flash; if that was done, switch the board off and on");
}

/* A wrong key, or a key while unlocked, blocks the controller until the next reset (2.3.1). */
static enum err unlock(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->ops;
    uint32_t cr = 0;

    ops_read32(ops, STM32F1_FLASH_CR, &cr);
    enum err err = core_flush_halted(controller->target);
    if (err || !(cr & STM32F1_CR_LOCK))
        return err;
    ops_write32(ops, STM32F1_FLASH_KEYR, STM32F1_KEY1);
    ops_write32(ops, STM32F1_FLASH_KEYR, STM32F1_KEY2);
    ops_read32(ops, STM32F1_FLASH_CR, &cr);
    err = core_flush_halted(controller->target);
    if ((err && err != ERR_FAULT) || (!err && !(cr & STM32F1_CR_LOCK)))
        return err;
    job_clear(controller->target->job);
    return job_fail(controller->target->job, ERR_FLASH,
                    "the flash controller stays locked: the program gave it a wrong key, or a "
                    "probe was lost between two; `monitor reset halt`, then try again");
}

/* Programming needs the HSI oscillator (2.3.3); a program on HSE may have stopped it. */
static enum err prepare_controller(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->ops;
    const struct chip_dbgmcu *dbgmcu = dbgmcu_of(controller);
    uint32_t *saved = controller->saved;

    if (!saved[SAVED_PREPARED]) { /* else again, after a loss: what the program had is known */
        ops_read32(ops, RCC_CR, &saved[SAVED_RCC_CR]);
        ops_read32(ops, dbgmcu->freeze, &saved[SAVED_WATCHDOGS]);
        enum err err = core_flush_halted(controller->target);
        if (err)
            return err;
        saved[SAVED_PREPARED] = true;
    }
    ops_write32(ops, dbgmcu->freeze, saved[SAVED_WATCHDOGS] | dbgmcu->watchdogs);
    ops_write32(ops, RCC_CR, saved[SAVED_RCC_CR] | RCC_CR_HSION);
    ops_wait32(ops, RCC_CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY, HSI_LIMIT_US);
    ops_wait32(ops, STM32F1_FLASH_SR, STM32F1_SR_BSY, 0, BUSY_LIMIT_US);
    return core_flush_halted(controller->target);
}

enum err stm32f1_prepare(struct flash_controller *controller, bool refuse_protected)
{
    struct ops *ops = &controller->target->ops;
    uint32_t obr = 0;

    ops_read32(ops, STM32F1_FLASH_OBR, &obr);
    enum err err = core_flush_halted(controller->target);
    if (!err && refuse_protected && obr & STM32F1_OBR_RDPRT)
        return refuse(controller);
    if (!err)
        err = prepare_controller(controller);
    if (!err)
        err = unlock(controller);
    if (err)
        return err;
    ops_write32(ops, STM32F1_FLASH_SR, STM32F1_SR_CLEAR);
    ops_write32(ops, STM32F1_FLASH_CR, 0);
    return core_flush_halted(controller->target);
}

static enum err prepare(struct flash_controller *controller)
{
    return stm32f1_prepare(controller, true);
}

enum err stm32f1_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->ops;

    if (!controller->saved[SAVED_PREPARED])
        return ERR_OK;
    ops_wait32(ops, STM32F1_FLASH_SR, STM32F1_SR_BSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, STM32F1_FLASH_CR, STM32F1_CR_LOCK);
    if (!(controller->saved[SAVED_RCC_CR] & RCC_CR_HSION))
        ops_write32(ops, RCC_CR, controller->saved[SAVED_RCC_CR]);
    ops_write32(ops, dbgmcu_of(controller)->freeze, controller->saved[SAVED_WATCHDOGS]);
    return core_flush_halted(controller->target);
}

enum err stm32f1_explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    struct ops *ops = &controller->target->ops;
    struct job *job = controller->target->job;
    uint32_t wrpr = 0, sr = 0;

    ops_read32(ops, STM32F1_FLASH_SR, &sr);
    ops_read32(ops, STM32F1_FLASH_WRPR, &wrpr);
    ops_write32(ops, STM32F1_FLASH_SR, STM32F1_SR_CLEAR);
    ops_write32(ops, STM32F1_FLASH_CR, 0);
    enum err err = core_flush_halted(controller->target);
    if (err)
        return err;
    status |= sr;
    if (status & STM32F1_SR_WRPRTERR)
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " is write protected by the option bytes (FLASH_WRPR "
                        "0x%08" PRIx32 ")",
                        address, wrpr);
    if (status & STM32F1_SR_PGERR)
        return job_fail(job, ERR_FLASH,
                        "0x%08" PRIx32 " was not erased when it was to be programmed (PGERR)",
                        address);
    return job_fail(job, ERR_FLASH, "flash at 0x%08" PRIx32 ": FLASH_SR 0x%02" PRIx32, address,
                    status);
}

/* 2.3.4: the kind of erase, then STRT, then BSY falls. `kind` needs AR set for a page. */
static enum err erase(struct flash_controller *controller, uint32_t kind, uint32_t address,
                      uint32_t limit_us)
{
    struct ops *ops = &controller->target->ops;
    uint32_t sr = 0;

    ops_wait32(ops, STM32F1_FLASH_SR, STM32F1_SR_BSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, STM32F1_FLASH_SR, STM32F1_SR_CLEAR);
    ops_write32(ops, STM32F1_FLASH_CR, kind);
    ops_write32(ops, STM32F1_FLASH_AR, address);
    ops_write32(ops, STM32F1_FLASH_CR, kind | STM32F1_CR_STRT);
    ops_wait32(ops, STM32F1_FLASH_SR, STM32F1_SR_BSY, 0, limit_us);
    ops_read32(ops, STM32F1_FLASH_SR, &sr);
    ops_write32(ops, STM32F1_FLASH_CR, 0);
    enum err err = core_flush_halted(controller->target);
    if (err)
        return err;
    return sr & STM32F1_SR_ERRORS ? stm32f1_explain(controller, sr, address) : ERR_OK;
}

static enum err erase_sector(struct flash_controller *controller, uint32_t address)
{
    return erase(controller, STM32F1_CR_PER, address, stm32f1_flash.sector_erase_max_us);
}

static enum err mass_erase(struct flash_controller *controller)
{
    return erase(controller, STM32F1_CR_MER, 0x08000000, stm32f1_flash.mass_erase_max_us);
}

static const struct flash_loader loader = {stm32f1_program_code, sizeof stm32f1_program_code};

/* Times: data sheet DS5319, table 29 (t_prog 40..70 us, t_ERASE and t_ME 20..40 ms). The limits
 * allow for clones. */
const struct flash_driver stm32f1_flash = {
    .name = "stm32f1",
    .registers = STM32F1_FLASH,
    .watchdog = IWDG_KR,
    .program_size = 2,
    .page_size = 512,
    .block_size = 1536,
    .erased_word = 0xFFFFFFFF,
    .program_us = 53,
    .program_max_us = 400,
    .sector_erase_us = 20000,
    .sector_erase_max_us = 500000,
    .mass_erase_us = 20000,
    .mass_erase_max_us = 2000000,
    .loader = &loader,
    .prepare = prepare,
    .erase_sector = erase_sector,
    .mass_erase = mass_erase,
    .finish = stm32f1_finish,
    .explain = stm32f1_explain,
};
