/* SPDX-License-Identifier: MIT */
/* Quad words of 128 bits with their ECC, programmed once between two erases; rows of eight of them
 * go faster than one by one. Errors that an operation left make the next one fail. Section numbers
 * without a document: RM0456. */
#include "flash/stm32/stm32u5.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/flags.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32u5_program.h"
#include "probe/ops.h"

enum { SAVED, SAVED_ACR, SAVED_AHB3ENR, SAVED_VOSR, SAVED_ICACHE, SAVED_ICSCR1 };
enum { BUSY_LIMIT_US = 1000000 }; /* whatever the program began */
/* Data sheet DS13737, "Flash memory characteristics": typical values of a new one, and limits for
 * one that is worn. Of a quad word in a row; alone it takes 118 us. */
enum { PROGRAM_US = 48, PROGRAM_MAX_US = 400, ERASE_US = 1500, ERASE_MAX_US = 500000 };

#define RCC_CR 0x46020C00u
#define RCC_ICSCR1 0x46020C08u
#define RCC_CFGR1 0x46020C1Cu
#define RCC_AHB3ENR 0x46020C94u
#define PWREN (1u << 2)
#define PWR_VOSR 0x4602080Cu
#define VOSRDY (1u << 15)
#define VOS 0x30000u
#define VOS_RANGE_3 0x10000u
#define ICACHE_CR 0x40030400u
#define ICACHE_SR 0x40030404u
#define ICACHE_EN (1u << 0)
#define ICACHE_BUSYF (1u << 0)
/* Out of reset the core runs by MSIS at 4 MHz (11.4.3, 11.8.1). */
#define CR_AT_RESET 0x35u
#define MSIRGSEL (1u << 23) /* once set it stays */
#define MSISRANGE 0xF0000000u
#define MSIS_48_MHZ 0x00000000u
#define MSIS_4_MHZ 0x40000000u
#define LATENCY 15u
enum { LATENCY_48_MHZ = 4 };          /* 7.3.3, table 54: in range 3, with one to spare */
enum { CLOCK_RAISED = 2, TAKEN = 1 }; /* saved[SAVED] */

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* --- measuring --- */

/* A bank takes as long as its pages one by one. */
static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    uint32_t pages = 0;

    for (size_t i = 0; i < geometry->area_count; i++) {
        geometry->areas[i].erase_us = ERASE_US;
        pages += geometry->areas[i].size / geometry->areas[i].sector_size;
    }
    controller_find_banks(geometry);
    geometry->program_size = 16;
    geometry->program_us = PROGRAM_US;
    geometry->program_max_us = PROGRAM_MAX_US;
    geometry->page_size = 4096;
    geometry->block_size = 4096;
    geometry->block_count = 2;
    geometry->sector_erase_max_us = ERASE_MAX_US;
    geometry->bank_erase_us = pages * ERASE_US;
    geometry->bank_erase_max_us = 4 * ERASE_MAX_US;
    if (geometry->bank_count > 1) {
        geometry->one_bank_erase_us = geometry->bank_erase_us / 2;
        geometry->one_bank_erase_max_us = geometry->bank_erase_max_us;
    }
    return ERR_OK;
}

/* What is secure can be reached from a secure debugger alone, and work for the routines in RAM is
 * secure, too, after a reset (7.5, 5.4): a load by halves is nobody's wish. */
static enum err permit(struct flash_controller *controller)
{
    struct target *target = controller->target;
    uint32_t optr = 0;

    ops_read32(&target->core->ops, at(controller, STM32U5_OPTR), &optr);
    enum err err = core_flush_halted(target->core);
    if (err || !(optr & STM32U5_OPTR_TZEN))
        return err;
    return controller_refuse_secure(controller);
}

/* --- taking it over --- */

/* 7.3.5 */
static const struct flash_lock cr_lock = {
    STM32U5_NSCR, STM32L4_CR_LOCK, STM32U5_NSKEYR, {STM32L4_KEY1, STM32L4_KEY2}, false};

struct found {
    uint32_t cr, cfgr1, sr;
};

static enum err look(struct flash_controller *controller, struct found *found)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved;

    if (!saved[SAVED]) {
        ops_read32_still(ops, at(controller, STM32U5_ACR), &saved[SAVED_ACR]);
        ops_read32_still(ops, RCC_AHB3ENR, &saved[SAVED_AHB3ENR]);
        ops_read32_still(ops, RCC_ICSCR1, &saved[SAVED_ICSCR1]);
        ops_read32_still(ops, ICACHE_CR, &saved[SAVED_ICACHE]);
    }
    ops_read32_still(ops, RCC_CR, &found->cr);
    ops_read32_still(ops, RCC_CFGR1, &found->cfgr1);
    ops_wait32(ops, at(controller, STM32U5_NSSR), STM32U5_NSSR_BSY, 0, BUSY_LIMIT_US);
    ops_read32_still(ops, at(controller, STM32U5_NSSR), &found->sr);
    return core_flush_halted(controller->target->core);
}

/* A program that stored into flash by mistake, or was halted in the midst of it. */
static enum err refuse_half(struct flash_controller *controller)
{
    return job_fail(controller->target->job, ERR_FLASH,
                    "the flash controller waits for the rest of a quad word that was begun (WDW): "
                    "`monitor reset halt`, then try again");
}

/* Range 4, as after a reset, is for reading alone by what ST's manual is quoted with; in range 3
 * everything is allowed that was in range 4 (10.5.4). PWR wants a clock. */
static enum err raise_voltage(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved, ready;

    if (!saved[SAVED]) {
        ops_write32(ops, RCC_AHB3ENR, saved[SAVED_AHB3ENR] | PWREN);
        ops_read32(ops, RCC_AHB3ENR, &ready); /* its clock comes two cycles later */
        ops_read32(ops, PWR_VOSR, &saved[SAVED_VOSR]);
        enum err err = core_flush_halted(controller->target->core);
        if (err)
            return err;
        saved[SAVED] = TAKEN;
    }
    ops_write32(ops, RCC_AHB3ENR, saved[SAVED_AHB3ENR] | PWREN);
    if (!(saved[SAVED_VOSR] & VOS)) {
        ops_write32(ops, PWR_VOSR, saved[SAVED_VOSR] | VOS_RANGE_3);
        ops_wait32(ops, PWR_VOSR, VOSRDY, VOSRDY, BUSY_LIMIT_US);
    }
    return core_flush_halted(controller->target->core);
}

/* What no program has touched may go faster: at 4 MHz the routines that run on the core take as
 * long as the flash does. Range 3 is good for 55 MHz without the booster. */
static void queue_raise_clock(struct flash_controller *controller, const struct found *found)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved;

    if (found->cr != CR_AT_RESET || found->cfgr1 || (saved[SAVED_ICSCR1] & MSISRANGE) != MSIS_4_MHZ)
        return;
    saved[SAVED] |= CLOCK_RAISED;
    ops_write32(ops, at(controller, STM32U5_ACR), (saved[SAVED_ACR] & ~LATENCY) | LATENCY_48_MHZ);
    ops_write32(ops, RCC_ICSCR1, (saved[SAVED_ICSCR1] & ~MSISRANGE) | MSIRGSEL | MSIS_48_MHZ);
}

/* It stands before the flash, for data, too; what it is switched off by empties it (8.4.4). */
static void queue_cache_off(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;

    if (!(controller->saved[SAVED_ICACHE] & ICACHE_EN))
        return;
    ops_write32(ops, ICACHE_CR, controller->saved[SAVED_ICACHE] & ~ICACHE_EN);
    ops_wait32(ops, ICACHE_SR, ICACHE_BUSYF, 0, BUSY_LIMIT_US);
}

static enum err prepare(struct flash_controller *controller)
{
    struct found found = {0};
    enum err err = look(controller, &found);

    if (!err && found.sr & STM32U5_NSSR_WDW)
        err = refuse_half(controller);
    if (!err)
        err = raise_voltage(controller);
    if (err)
        return err;
    queue_raise_clock(controller, &found);
    queue_cache_off(controller);
    err = controller_open(controller, &cr_lock);
    if (err)
        return err;
    controller_queue_clear(controller);
    return core_flush_halted(controller->target->core);
}

static void queue_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    const uint32_t *saved = controller->saved;

    if (!saved[SAVED])
        return;
    ops_wait32(ops, at(controller, STM32U5_NSSR), STM32U5_NSSR_BSY, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32U5_NSCR), STM32L4_CR_LOCK);
    if (saved[SAVED] & CLOCK_RAISED)
        ops_write32(ops, RCC_ICSCR1, saved[SAVED_ICSCR1] | MSIRGSEL);
    ops_write32(ops, at(controller, STM32U5_ACR), saved[SAVED_ACR]);
    if (!(saved[SAVED_VOSR] & VOS))
        ops_write32(ops, PWR_VOSR, saved[SAVED_VOSR]);
    ops_write32(ops, RCC_AHB3ENR, saved[SAVED_AHB3ENR]);
    if (saved[SAVED_ICACHE] & ICACHE_EN)
        ops_write32(ops, ICACHE_CR, saved[SAVED_ICACHE]);
}

/* --- erasing (7.3.6) --- */

/* Where the flash is one bank, it takes both bits to erase it (7.3.6). */
static uint32_t kind_of(const struct flash_controller *controller, const struct flash_extent *what)
{
    unsigned banks = controller_own_banks(controller, what->banks); /* 7.3.2 */
    bool one = controller->geometry.bank_count == 1;

    if (what->size)
        return STM32L4_CR_PER | what->number << STM32L4_CR_PNB_SHIFT |
               (banks == FLASH_SECOND_BANK ? STM32L4_CR_BKER : 0);
    return (banks & FLASH_FIRST_BANK ? STM32L4_CR_MER1 : 0) |
           (banks & FLASH_SECOND_BANK || one ? STM32L4_CR_MER2 : 0);
}

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    uint32_t cr = kind_of(controller, what);
    struct ops *ops = &controller->target->core->ops;

    ops_write32(ops, at(controller, STM32U5_NSSR), STM32U5_NSSR_CLEAR);
    ops_write32(ops, at(controller, STM32U5_NSCR), cr);
    ops_write32(ops, at(controller, STM32U5_NSCR), cr | STM32L4_CR_STRT);
}

/* --- errors --- */

static const struct flash_flag flags[] = {
    {STM32L4_SR_WRPERR, ERR_PROTECTED,
     "is protected by the option bytes, WRP or HDP: `monitor options` shows which pages, and if it "
     "is none of them, what counted before still does until option bytes are loaded"},
    {STM32L4_SR_PROGERR, ERR_FLASH, "was not programmed: its quad word was not erased (PROGERR)"},
};

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    return flash_explain_flags(controller, status, address, flags, sizeof flags / sizeof *flags,
                               "FLASH_NSSR");
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32u5_program_code,
                                           .code_size = sizeof stm32u5_program_code};

const struct flash_driver stm32u5_flash = {
    .name = "stm32u5",
    .idle = {.offset = STM32U5_NSSR, .mask = STM32U5_NSSR_BUSY, .value = 0},
    .errors = STM32U5_NSSR_ERRORS,
    .clears = STM32U5_NSSR_CLEAR,
    .begun = STM32U5_NSSR_WDW,
    .control = STM32U5_NSCR,
    .loader = &loader,
    .may_fault = true,
    .probe = probe,
    .permit = permit,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .queue_finish = queue_finish,
    .explain = explain,
    .one_time = {16, STM32L4_CR_PG},
};
