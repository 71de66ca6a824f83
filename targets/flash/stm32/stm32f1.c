/* SPDX-License-Identifier: MIT */
/* Page erase and mass erase over the debug port, programming by the loader in RAM. Section numbers
 * without a document: PM0075, STM32F10xxx Flash memory microcontrollers. */
#include "flash/stm32/stm32f1.h"

#include <inttypes.h>

#include "core/core.h"
#include "flash/controller.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32f1_program.h"
#include "probe/ops.h"

#define RCC_CR 0x40021000u
#define RCC_CR_HSION (1u << 0)
#define RCC_CR_HSIRDY (1u << 1)

enum { SAVED_RCC_CR, SAVED };
enum {
    BUSY_LIMIT_US = 500000, /* whatever the program began */
    HSI_LIMIT_US = 10000,
};

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* 2.3.1 */
static const struct flash_lock cr_lock = {
    STM32F1_CR, STM32F1_CR_LOCK, STM32F1_KEYR, {STM32F1_KEY1, STM32F1_KEY2}, false};

/* Programming needs the HSI oscillator (2.3.3); a program on HSE may have stopped it. */
static enum err start_hsi(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved;

    if (!saved[SAVED])
        ops_read32(ops, RCC_CR, &saved[SAVED_RCC_CR]);
    enum err err = core_flush_halted(controller->target->core);
    if (err)
        return err;
    saved[SAVED] = true;
    ops_write32(ops, RCC_CR, saved[SAVED_RCC_CR] | RCC_CR_HSION);
    ops_wait32(ops, RCC_CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY, HSI_LIMIT_US);
    ops_wait32(ops, at(controller, STM32F1_SR), STM32F1_SR_BSY, 0, BUSY_LIMIT_US);
    return core_flush_halted(controller->target->core);
}

static enum err prepare(struct flash_controller *controller)
{
    enum err err = start_hsi(controller);

    if (!err)
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
    ops_wait32(ops, at(controller, STM32F1_SR), STM32F1_SR_BSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32F1_CR), STM32F1_CR_LOCK);
    if (!(controller->saved[SAVED_RCC_CR] & RCC_CR_HSION))
        ops_write32(ops, RCC_CR, controller->saved[SAVED_RCC_CR]);
}

enum err stm32f1_explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    struct ops *ops = &controller->target->core->ops;
    struct job *job = controller->target->job;
    uint32_t wrpr = 0;

    ops_read32(ops, at(controller, STM32F1_WRPR), &wrpr);
    enum err err = controller_take_status(controller, &status);
    if (err)
        return err;
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

/* 2.3.4: the kind of erase, then STRT, then BSY falls. A page needs AR set. */
static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    uint32_t kind = what->size ? STM32F1_CR_PER : STM32F1_CR_MER;
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, at(controller, STM32F1_SR), STM32F1_SR_CLEAR);
    ops_write32(ops, at(controller, STM32F1_CR), kind);
    ops_write32(ops, at(controller, STM32F1_AR), what->address);
    ops_write32(ops, at(controller, STM32F1_CR), kind | STM32F1_CR_STRT);
}

/* Times: data sheet DS5319, table 29 (t_prog 40..70 us, t_ERASE and t_ME 20..40 ms). The limits
 * allow for clones. */
static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;

    for (size_t i = 0; i < geometry->area_count; i++)
        geometry->areas[i].erase_us = 20000;
    geometry->program_size = 2;
    geometry->program_us = 53;
    geometry->program_max_us = 400;
    geometry->page_size = 512;
    geometry->block_size = 1024;
    geometry->block_count = 2;
    geometry->sector_erase_max_us = 500000;
    geometry->bank_erase_us = 20000;
    geometry->bank_erase_max_us = STM32F1_MASS_ERASE_MAX_US;
    return ERR_OK;
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32f1_program_code,
                                           .code_size = sizeof stm32f1_program_code};

const struct flash_driver stm32f1_flash = {
    .name = "stm32f1",
    .idle = {.offset = STM32F1_SR, .mask = STM32F1_SR_BSY, .value = 0},
    .errors = STM32F1_SR_ERRORS,
    .clears = STM32F1_SR_CLEAR,
    .control = STM32F1_CR,
    .loader = &loader,
    .probe = probe,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .queue_finish = queue_finish,
    .explain = stm32f1_explain,
};
