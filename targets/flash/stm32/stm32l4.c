/* SPDX-License-Identifier: MIT */
/* Cells of 64 bits with their ECC: one is programmed once between two erases. Errors that an
 * operation left make the next one fail. Section numbers without a document: RM0351. */
#include "flash/stm32/stm32l4.h"

#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller.h"
#include "flash/flags.h"
#include "flash/loader.h"
#include "flash/stm32/loaders/stm32l4_program.h"
#include "probe/ops.h"

enum { SAVED_ACR, SAVED, CLOCK_RAISED };
enum { BUSY_LIMIT_US = 1000000 };                     /* whatever the program began */
enum { PROGRAM_MAX_US = 400, ERASE_MAX_US = 500000 }; /* of one that is worn */
enum { SMALL = 32 * 1024 };

/* Clocks as a reset leaves them: at those the routines that run on the core take
 * longer than the flash. And what makes them faster for a load. */
struct kind {
    uint16_t program_us, erase_us; /* typical */
    uint32_t bker, caches, cache_resets;
    uint32_t suspended; /* of SR: another core lets nothing begin */
    uint32_t empty;     /* of ACR; 0: nobody looks whether the flash is empty */
    uint32_t rcc;       /* where CR is; 0: it is fast enough */
    uint32_t cr_at_reset, cr_fast, cr_slow;
    uint32_t latency; /* wait states at the higher clock, for every range of the regulator */
};

/* Data sheet DS10198, 6.3.10. */
#define OF_L4_AND_G4                                              \
    .program_us = 82, .erase_us = 22020, .bker = STM32L4_CR_BKER, \
    .caches = STM32L4_ACR_ICEN | STM32L4_ACR_DCEN,                \
    .cache_resets = STM32L4_ACR_ICRST | STM32L4_ACR_DCRST
/* Data sheets DS12232 and DS13867, 5.3.9. */
#define OF_G0_AND_C0                                                                          \
    .program_us = 85, .erase_us = 22000, .bker = STM32G0_CR_BKER, .caches = STM32L4_ACR_ICEN, \
    .cache_resets = STM32L4_ACR_ICRST, .empty = STM32G0_ACR_EMPTY

static const struct kind g4 = {OF_L4_AND_G4};
static const struct kind g0 = {OF_G0_AND_C0};
/* RM0351, 6.4.1 and table 11: MSI, from 4 to 24 MHz. */
static const struct kind l4 = {
    OF_L4_AND_G4,    .rcc = 0x40021000, .cr_at_reset = 0x63, /* MSION, MSIRDY, range 6 */
    .cr_fast = 0x99, /* range 9, and MSIRGSEL, which stays */
    .cr_slow = 0x69, .latency = 3,
};
/* RM0490, 6.4.1 and 3.3.4: HSI48, from 12 to 48 MHz. */
static const struct kind c0 = {
    OF_G0_AND_C0,          .rcc = 0x40021000,
    .cr_at_reset = 0x1540, /* HSION, HSIRDY, HSIDIV 4, HSIKERDIV 3 */
    .cr_fast = 0x0540,     /* HSIDIV 1 */
    .cr_slow = 0x1540,     .latency = 1,
};

/* RM0434 and RM0453, "Reset and clock control" and "Embedded flash memory": MSI, from 4 to the
 * 16 MHz that the lower range of the regulator allows, too. PES suspends what begins. Data sheets
 * DS11929 and DS13293, "Flash memory characteristics". */
#define OF_WB_AND_WL                                                          \
    .program_us = 82, .erase_us = 22020, .empty = STM32G0_ACR_EMPTY,          \
    .caches = STM32L4_ACR_ICEN | STM32L4_ACR_DCEN | STM32WB_ACR_PES,          \
    .cache_resets = STM32L4_ACR_ICRST | STM32L4_ACR_DCRST, .rcc = 0x58000000, \
    .suspended = STM32WB_SR_PESD, .latency = 2
static const struct kind wb = {
    OF_WB_AND_WL,
    .cr_at_reset = 0x63,
    .cr_fast = 0x81,
    .cr_slow = 0x61,
};
static const struct kind wl = {
    OF_WB_AND_WL,
    .cr_at_reset = 0x63,
    .cr_fast = 0x89, /* range 8, and MSIRGSEL */
    .cr_slow = 0x69,
};

static const struct kind *kind_of(const struct flash_controller *controller)
{
    static const struct kind *const kinds[CHIP_FAMILY_COUNT] = {
        [CHIP_L4] = &l4, [CHIP_G4] = &g4, [CHIP_G0] = &g0,
        [CHIP_C0] = &c0, [CHIP_WB] = &wb, [CHIP_WL] = &wl};

    return kinds[controller->family - chip_families];
}

static uint32_t at(const struct flash_controller *controller, uint32_t offset)
{
    return controller_at(controller->target, offset);
}

/* The WB refuses a mass erase to all but the radio's core (RM0434, "Flash memory mass erase"), and
 * what another core keeps would be in it. */
static bool erases_banks(const struct flash_controller *controller)
{
    return controller->family != &chip_families[CHIP_WB] && !controller->target->chip.flash_kept;
}

static enum err probe(struct flash_controller *controller)
{
    struct flash_geometry *geometry = &controller->geometry;
    const struct kind *kind = kind_of(controller);

    for (size_t i = 0; i < geometry->area_count; i++)
        geometry->areas[i].erase_us = kind->erase_us;
    controller_find_banks(geometry);
    geometry->program_size = 8;
    geometry->program_us = kind->program_us;
    geometry->program_max_us = PROGRAM_MAX_US;
    geometry->page_size = 512;
    /* What is borrowed of RAM weighs where there is little to load. */
    geometry->block_size = geometry->areas[0].size <= SMALL ? 512 : 1024;
    geometry->block_count = 2;
    geometry->sector_erase_max_us = ERASE_MAX_US;
    if (!erases_banks(controller))
        return ERR_OK;
    geometry->bank_erase_us = kind->erase_us; /* both at once */
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
    STM32L4_CR, STM32L4_CR_LOCK, STM32L4_KEYR, {STM32L4_KEY1, STM32L4_KEY2}, false};

/* What is on before and behind a session, and off meanwhile. */
static uint32_t quiet_acr(const struct flash_controller *controller)
{
    return controller->saved[SAVED_ACR] & ~kind_of(controller)->caches;
}

/* What no program has touched may go faster, unless another core runs by the same clock. With CR
 * so, all that CFGR could choose is slower. */
static void queue_raise_clock(struct flash_controller *controller, uint32_t cr)
{
    const struct kind *kind = kind_of(controller);
    struct core *core = controller->target->core;
    /* Of a second time, after a lost link, the first one's is still there to be put back. */
    bool raised = controller->saved[CLOCK_RAISED] ||
                  (kind->rcc && cr == kind->cr_at_reset && !core_has_company(core));
    uint32_t acr = quiet_acr(controller);

    controller->saved[CLOCK_RAISED] = raised;
    ops_write32(&core->ops, at(controller, STM32L4_ACR), raised ? acr | kind->latency : acr);
    if (raised)
        ops_write32(&core->ops, kind->rcc, kind->cr_fast);
}

/* Neither this core nor another one suspends what is to begin. */
static enum err await_release(struct flash_controller *controller)
{
    struct core *core = controller->target->core;
    enum err mark = core_mark(core);

    if (!kind_of(controller)->suspended)
        return ERR_OK;
    ops_write32(&core->ops, at(controller, STM32L4_ACR), quiet_acr(controller));
    ops_wait32(&core->ops, at(controller, STM32L4_SR), kind_of(controller)->suspended, 0,
               BUSY_LIMIT_US);
    enum err err = core_flush_halted(core);
    if (!core_wait_failed(core, err))
        return err;
    core_rollback(core, mark);
    return job_fail(core->target->job, ERR_FLASH,
                    "the chip's other core suspends programming and erasing, and did not let go "
                    "of it for a second (PESD): `monitor reset halt`, then try again");
}

/* CFGBSY stays until the second word comes, or a reset (RM0444, 3.7.4). */
static enum err tell_busy(struct flash_controller *controller, enum err err, enum err mark)
{
    struct target *target = controller->target;

    if (!core_wait_failed(target->core, err))
        return err;
    core_rollback(target->core, mark);
    job_clear(target->job);
    return job_fail(target->job, ERR_FLASH,
                    "the flash controller has been busy for a second: the program, or another "
                    "tool, stopped in the middle of a double word; `monitor reset halt`, then try "
                    "again");
}

/* What was erased would be read from the caches as it was (3.3.4). They are off meanwhile. */
static enum err prepare(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t *saved = controller->saved, cr = 0;
    enum err mark = core_mark(controller->target->core);

    if (!saved[SAVED])
        ops_read32_still(ops, at(controller, STM32L4_ACR), &saved[SAVED_ACR]);
    if (kind_of(controller)->rcc)
        ops_read32_still(ops, kind_of(controller)->rcc, &cr);
    ops_wait32(ops, at(controller, STM32L4_SR), STM32L4_SR_BUSY & ~STM32WB_SR_PESD, 0,
               BUSY_LIMIT_US);
    enum err err = core_flush_halted(controller->target->core);
    if (err)
        return tell_busy(controller, err, mark);
    saved[SAVED] = true;
    err = await_release(controller);
    if (err)
        return err;
    queue_raise_clock(controller, cr);
    err = controller_open(controller, &cr_lock);
    if (!err)
        controller_queue_clear(controller); /* goes along with what comes next */
    return err;
}

/* A flash that was found empty when it was powered is started from again only behind the next power
 * cycle, unless somebody says that it is not any more (RM0444, 3.7.1). */
static enum err settle(struct flash_controller *controller)
{
    struct core *core = controller->target->core;
    uint32_t empty = controller->saved[SAVED_ACR] & kind_of(controller)->empty, first = UINT32_MAX;

    if (!controller->saved[SAVED] || !empty || controller->target->chip.readout_protected)
        return ERR_OK;
    ops_wait32(&core->ops, at(controller, STM32L4_SR), STM32L4_SR_BUSY & ~STM32WB_SR_PESD, 0,
               BUSY_LIMIT_US);
    ops_read32(&core->ops, controller->family->flash_base, &first);
    enum err err = core_flush_halted(core);
    if (!err && first != UINT32_MAX)
        controller->saved[SAVED_ACR] &= ~empty;
    return err;
}

/* Caches can be reset while they are off. */
static void queue_finish(struct flash_controller *controller)
{
    struct ops *ops = &controller->target->core->ops;
    uint32_t acr = quiet_acr(controller);

    if (!controller->saved[SAVED])
        return;
    ops_wait32(ops, at(controller, STM32L4_SR), STM32L4_SR_BUSY & ~STM32WB_SR_PESD, 0,
               BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32L4_CR), STM32L4_CR_LOCK);
    if (controller->saved[CLOCK_RAISED])
        ops_write32(ops, kind_of(controller)->rcc, kind_of(controller)->cr_slow);
    ops_write32(ops, at(controller, STM32L4_ACR), acr | kind_of(controller)->cache_resets);
    ops_write32(ops, at(controller, STM32L4_ACR), acr);
    ops_write32(ops, at(controller, STM32L4_ACR), controller->saved[SAVED_ACR]);
}

/* --- erasing (3.3.5, 3.3.6) --- */

/* A flash that could be two banks and is one takes both bits of a mass erase (RM0432, 3.3.6; G0Bx
 * and G0Cx: as OpenOCD does). */
static bool is_two_halves(const struct flash_controller *controller)
{
    enum { G0B = 0x467 };
    const struct flash_geometry *geometry = &controller->geometry;
    uint16_t dev_id = controller->target->chip.dev_id;

    return geometry->bank_count == 1 &&
           (geometry->areas[0].sector_size > chip_by_dev_id(dev_id)->page_size || dev_id == G0B);
}

static uint32_t erase_bits(const struct flash_controller *controller,
                           const struct flash_extent *what)
{
    unsigned banks = controller_own_banks(controller, what->banks);
    bool first = banks & FLASH_FIRST_BANK, second = banks & FLASH_SECOND_BANK;
    bool both = is_two_halves(controller);

    if (what->size)
        return STM32L4_CR_PER | what->number << STM32L4_CR_PNB_SHIFT |
               (second ? kind_of(controller)->bker : 0);
    return (first || both ? STM32L4_CR_MER1 : 0) | (second || both ? STM32L4_CR_MER2 : 0);
}

static void queue_erase(struct flash_controller *controller, const struct flash_extent *what)
{
    uint32_t cr = erase_bits(controller, what), suspended = kind_of(controller)->suspended;
    struct ops *ops = &controller->target->core->ops;

    if (suspended)
        ops_wait32(ops, at(controller, STM32L4_SR), suspended, 0, BUSY_LIMIT_US);
    ops_write32(ops, at(controller, STM32L4_SR), STM32L4_SR_CLEAR);
    ops_write32(ops, at(controller, STM32L4_CR), cr);
    ops_write32(ops, at(controller, STM32L4_CR), cr | STM32L4_CR_STRT);
}

/* --- errors --- */

static const struct flash_flag flags[] = {
    {STM32L4_SR_WRPERR, ERR_PROTECTED,
     "is protected by the option bytes, WRP or PCROP: `monitor options` shows which pages, and if "
     "it is none of them, what counted before still does until option bytes are loaded"},
    {STM32L4_SR_PROGERR, ERR_FLASH, "was not programmed: its double word was not erased (PROGERR)"},
};

static enum err explain(struct flash_controller *controller, uint32_t status, uint32_t address)
{
    return flash_explain_flags(controller, status, address, flags, sizeof flags / sizeof *flags,
                               "FLASH_SR");
}

static const struct flash_loader loader = {.protocol = &loader_mailbox,
                                           .code = stm32l4_program_code,
                                           .code_size = sizeof stm32l4_program_code};

const struct flash_driver stm32l4_flash = {
    .name = "stm32l4",
    .idle = {.offset = STM32L4_SR, .mask = STM32L4_SR_BUSY, .value = 0},
    .errors = STM32L4_SR_ERRORS,
    .clears = STM32L4_SR_CLEAR,
    .control = STM32L4_CR,
    .loader = &loader,
    .may_fault = true,
    .probe = probe,
    .prepare = prepare,
    .queue_erase = queue_erase,
    .settle = settle,
    .queue_finish = queue_finish,
    .explain = explain,
    .one_time = {8, STM32L4_CR_PG},
};
