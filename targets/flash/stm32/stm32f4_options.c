/* SPDX-License-Identifier: MIT */
/* Changing the option bytes of F2, F4 and F7: RM0033, 2.5 and 2.6; RM0090, 3.7 and 3.9.10; RM0385,
 * 3.4 and 3.7.5. OPTSTRT programs all of their registers by itself, so a change that is cut short
 * is carried out or not begun. In force: write protection at once, the rest after a reset. */
#include "flash/stm32/stm32f4_options.h"

#include <inttypes.h>
#include <string.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller_change.h"
#include "flash/stm32/stm32f4.h"
#include "probe/ops.h"

#define OPTLOCK (1u << 0)
#define OPTSTRT (1u << 1)
#define RDP 0x0000FF00u
#define WDG_SW (1u << 5)
#define WWDG_SW (1u << 4)            /* of F7, as is.. */
#define PCROP_RDP (1u << 31)         /* ..this, of OPTCR2: PCROP ends with read protection */
enum { OPTION_LIMIT_US = 35000000 }; /* the end of read protection erases 2 MiB, x8 */
enum { OPTCR = STM32F4_IN_OPTCR, OPTCR1, OPTCR2 };

const struct option_register stm32f4_option_registers[STM32F4_OPTION_REGISTERS] = {
    [OPTCR] = {"option control register", STM32F4_OPTCR},
    [OPTCR1] = {"option control register 1", STM32F4_OPTCR1},
    [OPTCR2] = {"option control register 2", STM32F4_OPTCR2},
};
static const struct option_register *const registers = stm32f4_option_registers;

static bool chip_is_f7(const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target->chip.dev_id);

    return chip && chip->family == CHIP_F7;
}

static uint32_t at(const struct target *target, uint32_t offset)
{
    return controller_at(target, offset);
}

static unsigned count_of(const struct target *target)
{
    return flash_options_for(target)->register_count;
}

enum err stm32f4_options_read(struct target *target, struct option_state *state)
{
    unsigned count = count_of(target);

    *state = (struct option_state){0};
    for (unsigned i = 0; i < count; i++)
        ops_read32(&target->core->ops, at(target, registers[i].offset), &state->stored[i]);
    enum err err = core_flush(target->core);
    for (unsigned i = 0; i < count; i++)
        state->in_force[i] = state->stored[i];
    state->readout_protected =
        (state->stored[OPTCR] & RDP) >> STM32F4_RDP_SHIFT != STM32F4_RDP_OPEN;
    return err;
}

/* --- changing --- */

struct change {
    uint32_t words[STM32F4_OPTION_REGISTERS]; /* what they shall hold */
    bool refuse_protected;
};

static const struct flash_lock optlock = {
    STM32F4_OPTCR, OPTLOCK, STM32F4_OPTKEYR, {0x08192A3B, 0x4C5D6E7F}, true};

static enum err program(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    uint32_t optcr = change->words[OPTCR] & ~(OPTLOCK | OPTSTRT);
    struct ops *ops = &target->core->ops;

    stm32f4_queue_width(controller);
    for (unsigned i = OPTCR1; i < count_of(target); i++)
        ops_write32(ops, at(target, registers[i].offset), change->words[i]);
    ops_write32(ops, at(target, STM32F4_OPTCR), optcr);
    ops_write32(ops, at(target, STM32F4_OPTCR), optcr | OPTSTRT);
    enum err err = core_flush_halted(target->core);
    if (!err) /* at the end of read protection the whole flash is erased */
        err =
            controller_await_idle(controller, "the chip changes its option bytes", OPTION_LIMIT_US);
    target_drop_caches(target);
    return err;
}

static enum err check(struct target *target, const struct change *change)
{
    struct option_state now;
    enum err err = stm32f4_options_read(target, &now);

    for (unsigned i = 0; i < count_of(target) && !err; i++)
        if ((now.stored[i] ^ change->words[i]) & ~(OPTLOCK | OPTSTRT))
            err = job_fail(target->job, ERR_VERIFY,
                           "%s reads 0x%08" PRIx32 ", 0x%08" PRIx32 " was wanted",
                           registers[i].title, now.stored[i], change->words[i]);
    return err;
}

static const struct flash_driver *driver_of(const struct target *target)
{
    return chip_is_f7(target) ? &stm32f7_flash : &stm32f4_flash;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct change *change = what;
    struct flash_controller controller;
    enum err err = controller_take_options(&controller, target, driver_of(target), &optlock,
                                           change->refuse_protected);

    if (!err) {
        err = program(&controller, change);
        if (!err)
            err = check(target, change);
        if (err)
            controller_tell_cut(&controller, err, "the option bytes are as they were, or as asked");
    }
    return controller_end(&controller, err);
}

/* --- what the tables name --- */

static struct change as_stored(const struct option_state *state)
{
    struct change change = {0};

    memcpy(change.words, state->stored, sizeof change.words);
    return change;
}

enum err stm32f4_options_write(struct target *target, const struct option_state *asked)
{
    struct change change = as_stored(asked);
    struct option_state now;
    enum err err = stm32f4_options_read(target, &now);

    change.refuse_protected = true;
    change.words[OPTCR] = (change.words[OPTCR] & ~RDP) | (now.stored[OPTCR] & RDP);
    return err ? err : controller_change(target, carry_out, &change);
}

/* The others stay as they are, write protection included. The end of read protection shall erase
 * all of the flash. */
static enum err set_rdp(struct target *target, uint32_t rdp)
{
    struct option_state now;
    enum err err = stm32f4_options_read(target, &now);
    bool opens = rdp == STM32F4_RDP_OPEN;

    if (err || (opens && !now.readout_protected))
        return err;
    struct change change = as_stored(&now);
    change.words[OPTCR] = (change.words[OPTCR] & ~RDP) | rdp << STM32F4_RDP_SHIFT;
    if (opens && count_of(target) > OPTCR2)
        change.words[OPTCR2] |= PCROP_RDP;
    err = controller_change(target, carry_out, &change);
    if (!err)
        target->chip.unlocked = opens;
    return err;
}

enum err stm32f4_options_lock(struct target *target)
{
    return set_rdp(target, STM32F4_RDP_LEVEL1);
}

enum err stm32f4_options_seal(struct target *target)
{
    return set_rdp(target, STM32F4_RDP_FOREVER);
}

static uint32_t watchdogs_of(const struct target *target)
{
    return chip_is_f7(target) ? WDG_SW | WWDG_SW : WDG_SW;
}

static enum err set_watchdogs(struct target *target, uint32_t bits)
{
    struct option_state now;
    enum err err = stm32f4_options_read(target, &now);
    struct change change = as_stored(&now);

    change.words[OPTCR] = (change.words[OPTCR] & ~watchdogs_of(target)) | bits;
    return err ? err : controller_change(target, carry_out, &change);
}

/* A controller that was given half of its keys listens again behind a reset. */
static enum err set_watchdogs_at_last(struct target *target, uint32_t bits)
{
    enum err err = set_watchdogs(target, bits);

    if (err != ERR_FLASH)
        return err;
    job_clear(target->job);
    err = target_reset(target, TARGET_RESET_HALT);
    return err ? err : set_watchdogs(target, bits);
}

/* As they were, whether or not protection ended: of two failures both are told. */
static enum err give_watchdogs_back(struct target *target, uint32_t by_software, enum err err)
{
    struct job *job = target->job;
    struct job_failure failure;

    job_set_aside(job, &failure);
    enum err left = set_watchdogs_at_last(target, by_software);
    if (left && !err) {
        err = left;
        job_set_aside(job, &failure);
        job_fail(job, left, "read protection has ended");
    }
    job_take_back(job, &failure,
                  "the watchdogs that a reset started (WDG_SW, WWDG_SW) may wait for software now, "
                  "look at the option bytes");
    return err;
}

/* A watchdog that runs from reset on could end the erase in its midst: it is the program's to start
 * first, which takes a reset, and as it was behind the erase. */
enum err stm32f4_options_unlock(struct target *target)
{
    struct option_state now;
    enum err err = stm32f4_options_read(target, &now);
    uint32_t all = watchdogs_of(target), by_software = now.stored[OPTCR] & all;

    if (err || !now.readout_protected)
        return err;
    if (by_software == all)
        return set_rdp(target, STM32F4_RDP_OPEN);
    err = set_watchdogs(target, all);
    if (!err)
        err = target_reset(target, TARGET_RESET_HALT);
    if (!err)
        err = set_rdp(target, STM32F4_RDP_OPEN);
    return give_watchdogs_back(target, by_software, err);
}
