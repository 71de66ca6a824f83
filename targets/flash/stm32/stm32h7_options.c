/* SPDX-License-Identifier: MIT */
/* Option bytes of H7: RM0433, 4.4 and 4.5. Registers to be programmed stand beside those that are
 * in force; OPTSTART programs all of them by itself and puts them into force, so a change that is
 * cut short is carried out or not begun. Only SWAP_BANK waits for a reset. */
#include <inttypes.h>

#include "core/core.h"
#include "flash/controller_change.h"
#include "flash/stm32/stm32h7.h"
#include "probe/ops.h"

#define RDP 0x0000FF00u
#define NOT_OPTIONS (STM32H7_OPTSR_BUSY | STM32H7_OPTSR_CHANGEERR)
#define SWAP_BANK_OPT (1u << 31)
#define ERASED_WITH_RDP (1u << 31) /* DMEP, DMES */
#define NO_AREA 0x000000FFu        /* begins behind its end */
enum { RDP_SHIFT = 8, RDP_OPEN = 0xAA, RDP_LEVEL1 = 0x55, RDP_FOREVER = 0xCC };
enum { OPTSR };                      /* the first of all */
enum { IN_FORCE = 4 };               /* below the register to be programmed */
enum { OPTION_LIMIT_US = 50000000 }; /* the end of read protection erases both banks */

static uint32_t at(const struct target *target, uint32_t offset)
{
    return controller_at(target, offset);
}

/* --- reading --- */

/* Both of a register are alike once a change is through. */
enum err stm32h7_options_read(struct target *target, struct option_state *state)
{
    const struct flash_options *table = flash_options_for(target);
    uint32_t optcr = 0;

    *state = (struct option_state){0};
    for (unsigned i = 0; i < table->register_count; i++)
        ops_read32(&target->core->ops, at(target, table->registers[i].offset - IN_FORCE),
                   &state->stored[i]);
    ops_read32(&target->core->ops, at(target, STM32H7_OPTCR), &optcr);
    enum err err = core_flush(target->core);
    state->stored[OPTSR] &= ~NOT_OPTIONS;
    for (unsigned i = 0; i < table->register_count; i++)
        state->in_force[i] = state->stored[i];
    state->in_force[OPTSR] = (state->stored[OPTSR] & ~SWAP_BANK_OPT) |
                             (optcr & STM32H7_OPTCR_SWAP_BANK ? SWAP_BANK_OPT : 0);
    state->readout_protected = (state->stored[OPTSR] & RDP) >> RDP_SHIFT != RDP_OPEN;
    return err;
}

/* --- changing --- */

struct change {
    uint32_t words[OPTION_REGISTERS_MAX]; /* what they shall hold */
    struct option_state now;
    bool refuse_protected;
};

static const struct flash_lock optlock = {
    STM32H7_OPTCR, STM32H7_OPTCR_OPTLOCK, STM32H7_OPTKEYR, {0x08192A3B, 0x4C5D6E7F}, true};

/* Also those that stay: a program may have left something there that nobody asked for. */
static enum err program(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    const struct flash_options *table = flash_options_for(target);
    struct ops *ops = &target->core->ops;

    for (unsigned i = 0; i < table->register_count; i++)
        ops_write32(ops, at(target, table->registers[i].offset), change->words[i]);
    ops_write32(ops, at(target, STM32H7_OPTCCR), STM32H7_OPTSR_CHANGEERR);
    ops_write32(ops, at(target, STM32H7_OPTCR), STM32H7_OPTCR_OPTSTART);
    enum err err = core_flush_halted(target->core);
    if (!err)
        err = controller_await_clear(controller, STM32H7_OPTSR_CUR, STM32H7_OPTSR_BUSY,
                                     "the chip changes its option bytes", OPTION_LIMIT_US);
    target_drop_caches(target);
    return err;
}

static enum err check_status(struct target *target)
{
    uint32_t optsr = 0;

    ops_read32(&target->core->ops, at(target, STM32H7_OPTSR_CUR), &optsr);
    enum err err = core_flush_halted(target->core);
    if (err || !(optsr & STM32H7_OPTSR_CHANGEERR))
        return err;
    return job_fail(target->job, ERR_FLASH,
                    "the chip refused other option bytes (OPTCHANGEERR): some have no way back, "
                    "others contradict each other");
}

static enum err check(struct target *target, const struct change *change)
{
    const struct flash_options *table = flash_options_for(target);
    struct option_state now;
    enum err err = stm32h7_options_read(target, &now);

    for (unsigned i = 0; i < table->register_count && !err; i++)
        err = controller_check_option(target, at(target, table->registers[i].offset - IN_FORCE),
                                      now.stored[i], change->words[i], change->now.stored[i]);
    return err;
}

static enum err change_all(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    enum err err = program(controller, change);

    if (!err)
        err = check_status(target);
    if (!err)
        err = check(target, change);
    return err ? controller_tell_cut(controller, err,
                                     "the option bytes are as they were, or as asked")
               : ERR_OK;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct change *change = what;
    struct flash_controller controller;
    enum err err = controller_take_options(&controller, target, &stm32h7_flash, &optlock,
                                           change->refuse_protected);

    if (!err)
        err = change_all(&controller, change);
    return controller_end(&controller, err);
}

/* --- what the tables name --- */

enum err stm32h7_options_write(struct target *target, const struct option_state *asked)
{
    struct change change = {.refuse_protected = true};
    enum err err = stm32h7_options_read(target, &change.now);

    for (unsigned i = 0; i < OPTION_REGISTERS_MAX; i++)
        change.words[i] = asked->stored[i];
    change.words[OPTSR] = (change.words[OPTSR] & ~RDP) | (change.now.stored[OPTSR] & RDP);
    return err ? err : controller_change(target, carry_out, &change);
}

static bool is_area(uint32_t word)
{
    return (word & 0xFFF) <= (word >> 16 & 0xFFF);
}

/* Areas of PCROP, and secure ones, that would survive the end of read protection are not meant by
 * who ends it (4.5.4, 4.5.5). */
static void erase_all_of_it(const struct flash_options *table, uint32_t *words)
{
    for (unsigned i = 0; i < table->register_count; i++) {
        uint32_t offset = table->registers[i].offset % STM32H7_BANK_2;

        if ((offset == STM32H7_PRAR_PRG || offset == STM32H7_SCAR_PRG) && is_area(words[i]))
            words[i] = ERASED_WITH_RDP | NO_AREA;
    }
}

/* The others stay as they are, write protection included. In force at once. */
static enum err set_rdp(struct target *target, uint32_t rdp)
{
    struct change change = {0};
    struct target_stop stop;
    enum err err = stm32h7_options_read(target, &change.now);

    if (err || (rdp == RDP_OPEN && !change.now.readout_protected))
        return err;
    for (unsigned i = 0; i < OPTION_REGISTERS_MAX; i++)
        change.words[i] = change.now.stored[i];
    change.words[OPTSR] = (change.words[OPTSR] & ~RDP) | rdp << RDP_SHIFT;
    if (rdp == RDP_OPEN)
        erase_all_of_it(flash_options_for(target), change.words);
    err = controller_change(target, carry_out, &change);
    return err || rdp == RDP_FOREVER ? err : target_measure(target, &stop);
}

enum err stm32h7_options_lock(struct target *target)
{
    return set_rdp(target, RDP_LEVEL1);
}

enum err stm32h7_options_seal(struct target *target)
{
    return set_rdp(target, RDP_FOREVER);
}

enum err stm32h7_options_unlock(struct target *target)
{
    return set_rdp(target, RDP_OPEN);
}
