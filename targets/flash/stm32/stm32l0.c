/* SPDX-License-Identifier: MIT */
/* Erased is zero here. There is no erase of everything but the end of read protection: pages are
 * erased one by one. Section numbers without a document: RM0038. */
#include "flash/stm32/stm32l0.h"

#include <inttypes.h>

#include "chip/families.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32l0_program.h"
#include "probe/ops.h"

enum { SAVED, SAVED_ICSCR, CLOCK_RAISED }; /* controller.saved: what the program had */
enum {
    STEP_US = 3280, /* data sheets DS10002, DS10688: 3.28 typical, 3.94 ms; page, half page, word */
    STEP_MAX_US = 20000,
    BUSY_LIMIT_US = 500000, /* whatever the program began */
    BLOCK_HALF_PAGES = 12,  /* 40 ms */
};

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* A half page is programmed as a whole: it takes as long as one word. */
static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    uint32_t page = geometry->areas[0].sector_size;

    for (size_t i = 0; i < geometry->area_count; i++)
        geometry->areas[i].erase_us = STEP_US;
    geometry->program_size = page / 2;
    geometry->program_us = STEP_US;
    geometry->program_max_us = STEP_MAX_US;
    geometry->page_size = page;
    geometry->block_size = BLOCK_HALF_PAGES * page / 2;
    geometry->block_count = 2;
    geometry->sector_erase_max_us = STEP_MAX_US;
    return ERR_OK;
}

/* --- taking it over --- */

/* 3.3.2: PELOCK before the others. */
static const struct flash_lock pelock = {
    STM32L0_PECR, STM32L0_PECR_PELOCK, STM32L0_PEKEYR, {0x89ABCDEF, 0x02030405}, false};
static const struct flash_lock prglock = {
    STM32L0_PECR, STM32L0_PECR_PRGLOCK, STM32L0_PRGKEYR, {0x8C9DAEBF, 0x13141516}, false};
const struct flash_lock stm32l0_optlock = {
    STM32L0_PECR, STM32L0_PECR_OPTLOCK, STM32L0_OPTKEYR, {0xFBEAD9C8, 0x24252627}, false};

/* Out of reset the core runs by MSI at 2.1 MHz, at which checksums take a tenth of a load's time;
 * 4.2 MHz want no wait states but at the lowest voltage, range 3 (RM0376, 3.3.1, 6.1.4 and 7.3.2;
 * RM0038, 3.3.1, 5.1.4 and 6.3.2). */
#define CR_AT_RESET 0x300u /* MSION, MSIRDY */
#define ICSCR_RANGE 0xE000u
#define ICSCR_2_MHZ 0xA000u
#define ICSCR_4_MHZ 0xC000u
#define APB1ENR_PWREN (1u << 28)
#define PWR_CR 0x40007000u
#define PWR_CR_RANGE_3 0x1800u /* VOS: two bits */
#define PWR_CR_LPRUN (1u << 14)

static const struct rcc {
    uint32_t cr, icscr, cfgr, apb1enr;
} rcc_l0 = {0x40021000, 0x40021004, 0x4002100C, 0x40021038},
  rcc_l1 = {0x40023800, 0x40023804, 0x40023808, 0x40023824};

static const struct rcc *rcc_of(const struct flash_controller *controller)
{
    return controller->family == &chip_families[CHIP_L0] ? &rcc_l0 : &rcc_l1;
}

/* A program that saves power may have lowered the voltage and nothing else; PWR wants a clock. */
static enum err read_pwr(struct flash_controller *controller, uint32_t apb1enr, uint32_t *pwr)
{
    const struct rcc *rcc = rcc_of(controller);
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, rcc->apb1enr, apb1enr | APB1ENR_PWREN);
    ops_read32(ops, PWR_CR, pwr);
    ops_write32(ops, rcc->apb1enr, apb1enr);
    return core_flush_halted(controller->target->core);
}

static enum err raise_clock(struct flash_controller *controller)
{
    const struct rcc *rcc = rcc_of(controller);
    struct ops *ops = &controller->target->core->ops;
    uint32_t cr = 0, icscr = 0, cfgr = 0, apb1enr = 0, pwr = 0;

    ops_read32(ops, rcc->cr, &cr);
    ops_read32(ops, rcc->icscr, &icscr);
    ops_read32(ops, rcc->cfgr, &cfgr);
    ops_read32(ops, rcc->apb1enr, &apb1enr);
    enum err err = core_flush_halted(controller->target->core);
    if (err || cr != CR_AT_RESET || cfgr || (icscr & ICSCR_RANGE) != ICSCR_2_MHZ)
        return err;
    err = read_pwr(controller, apb1enr, &pwr);
    if (err || (pwr & PWR_CR_RANGE_3) == PWR_CR_RANGE_3 || pwr & PWR_CR_LPRUN)
        return err;
    controller->saved[SAVED_ICSCR] = icscr;
    controller->saved[CLOCK_RAISED] = true;
    ops_write32(ops, rcc->icscr, (icscr & ~ICSCR_RANGE) | ICSCR_4_MHZ);
    return ERR_OK;
}

static enum err prepare(struct flash_controller *controller)
{
    struct core *core = controller->target->core;

    ops_wait32(&core->ops, at(controller, STM32L0_SR), STM32L0_SR_BSY, 0, BUSY_LIMIT_US);
    enum err err = core_flush_halted(core);
    if (err)
        return err;
    controller->saved[SAVED] = true;
    err = raise_clock(controller);
    if (!err)
        err = controller_open(controller, &pelock);
    if (!err)
        err = controller_open(controller, &prglock);
    if (err)
        return err;
    controller_queue_clear(controller);
    return core_flush_halted(core);
}

static void queue_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;

    if (!controller->saved[SAVED])
        return;
    ops_wait32(ops, at(controller, STM32L0_SR), STM32L0_SR_BSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32L0_PECR), STM32L0_PECR_LOCKS);
    if (controller->saved[CLOCK_RAISED])
        ops_write32(ops, rcc_of(controller)->icscr, controller->saved[SAVED_ICSCR]);
}

/* --- erasing (3.3.3): a zero, written to the page --- */

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, at(controller, STM32L0_SR), STM32L0_SR_CLEAR);
    ops_write32(ops, at(controller, STM32L0_PECR), STM32L0_PECR_ERASE | STM32L0_PECR_PROG);
    ops_write32(ops, what->address, 0);
}

/* --- data EEPROM (3.3.3): the controller erases what is not zero by itself --- */

static void queue_data(struct flash_controller *controller, uint32_t address, uint32_t word)
{
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, address, word);
    ops_wait32(ops, at(controller, STM32L0_SR), STM32L0_SR_BSY, 0, 2 * STEP_MAX_US);
}

/* --- errors --- */

/* In the order in which they explain most. */
static const struct {
    uint32_t bit;
    const char *text;
} reasons[] = {
    {STM32L0_SR_NOTZEROERR, "was not erased when it was to be programmed (NOTZEROERR)"},
    {STM32L0_SR_FWWERR,
     "was not programmed: the flash was read while it took a half page (FWWERR)"},
    {STM32L0_SR_PGAERR, "was not programmed: a half page was not written in a row (PGAERR)"},
    {STM32L0_SR_SIZERR, "was not programmed: it takes words alone (SIZERR)"},
};

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    struct ops *ops = &controller->target->core->ops;
    struct job *job = controller->target->job;
    uint32_t optr = 0;

    ops_read32(ops, at(controller, STM32L0_OPTR), &optr);
    enum err err = controller_take_status(controller, &status);
    if (err)
        return err;
    if (status & STM32L0_SR_WRPERR)
        return job_fail(job, ERR_PROTECTED,
                        "0x%08" PRIx32 " is write protected by the option bytes (0x%08" PRIx32
                        " in force)",
                        address, optr);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (status & reasons[i].bit)
            return job_fail(job, ERR_FLASH, "0x%08" PRIx32 " %s", address, reasons[i].text);
    return job_fail(job, ERR_FLASH, "flash at 0x%08" PRIx32 ": FLASH_SR 0x%05" PRIx32, address,
                    status);
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32l0_program_code,
                                           .code_size = sizeof stm32l0_program_code};

const struct flash_driver stm32l0_flash = {
    .name = "stm32l0",
    .idle = {.offset = STM32L0_SR, .mask = STM32L0_SR_BSY, .value = 0},
    .errors = STM32L0_SR_ERRORS,
    .clears = STM32L0_SR_CLEAR,
    .control = STM32L0_PECR,
    .loader = &loader,
    .unbroken = true,
    .probe = probe,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .queue_data = queue_data,
    .queue_finish = queue_finish,
    .explain = explain,
};
