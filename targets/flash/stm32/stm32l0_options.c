/* SPDX-License-Identifier: MIT */
/* Option bytes: RM0376, 3.4 and 3.3.5; RM0038, 3.8 and 3.4. Words of a half-word and its
 * complement, each of which the controller erases and programs by itself when it is written: there
 * is no moment at which all are gone. In force after power-on or a load on demand. */
#include "flash/stm32/stm32l0.h"

#include <inttypes.h>

#include "core/core.h"
#include "flash/controller_change.h"
#include "probe/ops.h"

#define OPTION_BYTES 0x1FF80000u
#define RDP 0x000000FFu
enum { OPTR, WRPR };
enum { RDP_OPEN = 0xAA, RDP_LEVEL1 = 0x00, RDP_FOREVER = 0xCC };
enum {
    HALVES = 2 * (WRPR + 4), /* at most: two a register */
    OPTION_LIMIT_US = 500000,
    REGRESSION_LIMIT_US = 30000000, /* as OpenOCD has it: nobody says how long it takes */
};

/* Half number `index` of the registers: the word that holds it. Those of the fourth register of
 * write protection stand apart (RM0038, table 18). */
static uint32_t word_at(unsigned index)
{
    enum { FOURTH = 2 * (WRPR + 3), FOURTH_AT = 0x80 };

    return OPTION_BYTES + (index < FOURTH ? 4 * index : FOURTH_AT + 4 * (index - FOURTH));
}

static uint32_t half_of(const uint32_t *registers, unsigned index)
{
    return registers[index / 2] >> 16 * (index % 2) & 0xFFFF;
}

/* Of write protection there are no more words than it has bits. */
static unsigned halves_of(const struct target *target)
{
    return 2u * WRPR + flash_options_for(target)->blocks.most / 16u;
}

static bool is_whole(uint32_t word)
{
    return (word >> 16) == (~word & 0xFFFF);
}

/* --- reading --- */

/* Level 1 is any value that is none of the others. */
static uint32_t with_level(uint32_t word)
{
    bool other = (word & RDP) != RDP_OPEN && (word & RDP) != RDP_FOREVER;

    return other ? (word & ~RDP) | RDP_LEVEL1 : word;
}

/* A word that is none counts as what the registers say. */
static void take_words(struct option_state *state, const uint32_t *words, unsigned halves)
{
    for (unsigned i = 0; i < halves; i++) {
        uint32_t half = is_whole(words[i]) ? words[i] & 0xFFFF : half_of(state->in_force, i);

        state->broken |= !is_whole(words[i]);
        state->stored[i / 2] |= half << 16 * (i % 2);
    }
    state->stored[OPTR] = with_level(state->stored[OPTR]);
    state->in_force[OPTR] = with_level(state->in_force[OPTR]);
}

enum err stm32l0_options_read(struct target *target, struct option_state *state)
{
    const struct flash_options *options = flash_options_for(target);
    struct ops *ops = &target->core->ops;
    uint32_t words[HALVES] = {0};

    *state = (struct option_state){0};
    for (unsigned i = 0; i < options->register_count; i++)
        ops_read32(ops, controller_at(target, options->registers[i].offset), &state->in_force[i]);
    for (unsigned i = 0; i < halves_of(target); i++)
        ops_read32(ops, word_at(i), &words[i]);
    enum err err = core_flush(target->core);
    take_words(state, words, halves_of(target));
    state->readout_protected = (state->in_force[OPTR] & RDP) != RDP_OPEN;
    return err;
}

/* --- changing --- */

struct change {
    uint32_t words[OPTION_REGISTERS_MAX]; /* what the registers shall hold */
    bool refuse_protected;
    uint32_t limit_us;
};

static enum err write_half(struct flash_controller *controller, unsigned index, uint32_t half,
                           uint32_t limit_us)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;
    uint32_t word = half | (~half & 0xFFFF) << 16, now = 0;

    ops_write32(ops, controller_at(target, STM32L0_SR), STM32L0_SR_CLEAR);
    ops_write32(ops, word_at(index), word);
    enum err err = core_flush_halted(target->core);
    if (!err)
        err = controller_await_idle(controller, "the chip changes its option bytes", limit_us);
    if (err)
        return err;
    ops_read32(ops, word_at(index), &now);
    err = core_flush_halted(target->core);
    if (err || now == word)
        return err;
    return job_fail(target->job, ERR_VERIFY,
                    "the option bytes at 0x%08" PRIx32 " hold 0x%08" PRIx32 ", 0x%08" PRIx32
                    " was wanted",
                    word_at(index), now, word);
}

/* Read protection, the first one, comes last: its end erases all. */
static enum err write_halves(struct flash_controller *controller, const struct change *change)
{
    struct option_state now;
    enum err err = stm32l0_options_read(controller->target, &now);

    for (unsigned i = halves_of(controller->target); i-- > 0 && !err;) {
        uint32_t half = half_of(change->words, i);

        if (half != half_of(now.stored, i) || now.broken)
            err = write_half(controller, i, half, change->limit_us);
    }
    target_drop_caches(controller->target);
    return err;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct change *change = what;
    struct flash_controller controller;
    enum err err = controller_take_options(&controller, target, &stm32l0_flash, &stm32l0_optlock,
                                           change->refuse_protected);

    if (!err) {
        err = write_halves(&controller, change);
        if (err)
            controller_tell_cut(&controller, err,
                                "some of the option bytes are as asked, the others as they were");
    }
    return controller_end(&controller, err);
}

static void want(struct change *change, const struct option_state *state, uint32_t rdp)
{
    for (unsigned i = 0; i < OPTION_REGISTERS_MAX; i++)
        change->words[i] = state->stored[i];
    change->words[OPTR] = (change->words[OPTR] & ~RDP) | rdp;
}

enum err stm32l0_options_write(struct target *target, const struct option_state *state)
{
    struct change change = {.refuse_protected = true, .limit_us = OPTION_LIMIT_US};
    struct option_state now;
    enum err err = stm32l0_options_read(target, &now);

    want(&change, state, now.stored[OPTR] & RDP);
    return err ? err : controller_change(target, carry_out, &change);
}

/* The others stay as they are, write protection included. */
static enum err set_rdp(struct target *target, uint32_t rdp)
{
    struct change change = {.limit_us = REGRESSION_LIMIT_US};
    struct option_state now;
    enum err err = stm32l0_options_read(target, &now);

    if (err || (rdp == RDP_OPEN && !now.readout_protected))
        return err;
    want(&change, &now, rdp);
    err = controller_change(target, carry_out, &change);
    if (!err)
        target->chip.unlocked = rdp == RDP_OPEN;
    return err;
}

enum err stm32l0_options_lock(struct target *target)
{
    return set_rdp(target, RDP_LEVEL1);
}

enum err stm32l0_options_seal(struct target *target)
{
    return set_rdp(target, RDP_FOREVER);
}

enum err stm32l0_options_unlock(struct target *target)
{
    return set_rdp(target, RDP_OPEN);
}

/* --- loading --- */

static enum err launch(struct target *target, const void *what)
{
    struct flash_controller controller;
    enum err err =
        controller_take_options(&controller, target, &stm32l0_flash, &stm32l0_optlock, false);

    (void)what;
    return err ? controller_end(&controller, err)
               : controller_launch(&controller, STM32L0_PECR, STM32L0_PECR_OBL_LAUNCH);
}

enum err stm32l0_options_load(struct target *target)
{
    return controller_load_options(target, launch);
}
