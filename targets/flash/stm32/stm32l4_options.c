/* SPDX-License-Identifier: MIT */
/* Option bytes of L4, G4, G0, C0, WB, WL and U5: RM0351, RM0440, RM0444 and RM0490, 3.4 and 3.5;
 * RM0434, RM0453; RM0456, 7.4 and 7.5. They stand in registers that OPTSTRT programs all at once,
 * so a change that is cut short is carried out or not begun. In force after a load, on demand or by
 * power; what is in force cannot be read. */
#include <inttypes.h>

#include "core/core.h"
#include "flash/controller_change.h"
#include "flash/stm32/stm32l4.h"
#include "flash/stm32/stm32u5.h"
#include "probe/ops.h"

#define RDP 0xFFu
enum { RDP_LEVEL_HALF = 0x55 };
#define PCROP_RDP (1u << 31)
enum { RDP_OPEN = 0xAA, RDP_FOREVER = 0xCC };
enum { OPTR }; /* the first of all */
enum { OPTION_LIMIT_US = 5000000 };

static uint32_t at(const struct target *target, uint32_t offset)
{
    return controller_at(target, offset);
}

/* --- which registers a chip has --- */

#define FIRST                                     \
    {NULL, STM32L4_OPTR}, {NULL, STM32L4_WRP1AR}, \
    {                                             \
        NULL, STM32L4_WRP1BR                      \
    }
#define FIRST_PCROP            \
    {NULL, STM32L4_PCROP1SR},  \
    {                          \
        NULL, STM32L4_PCROP1ER \
    }
#define SECOND               \
    {NULL, STM32L4_WRP2AR},  \
    {                        \
        NULL, STM32L4_WRP2BR \
    }
#define SECOND_PCROP           \
    {NULL, STM32L4_PCROP2SR},  \
    {                          \
        NULL, STM32L4_PCROP2ER \
    }

const struct option_register stm32l4_registers_of_one[STM32L4_OF_ONE + 1] = {
    FIRST, FIRST_PCROP, {NULL, STM32L4_SEC1R}};
const struct option_register stm32l4_registers_of_two[STM32L4_OF_TWO + 2] = {
    FIRST, SECOND, FIRST_PCROP, SECOND_PCROP, {NULL, STM32L4_SEC1R}, {NULL, STM32L4_SEC2R}};
#define SECOND_PCROP_B          \
    {NULL, STM32G0_PCROP2BSR},  \
    {                           \
        NULL, STM32G0_PCROP2BER \
    }
#define FIRST_PCROP_B           \
    {NULL, STM32G0_PCROP1BSR},  \
    {                           \
        NULL, STM32G0_PCROP1BER \
    }
const struct option_register stm32g0_registers_of_one[STM32G0_OF_ONE] = {
    FIRST, FIRST_PCROP, FIRST_PCROP_B, {NULL, STM32G0_SECR}};
const struct option_register stm32g0_registers_of_two[STM32G0_OF_TWO] = {
    FIRST, SECOND, FIRST_PCROP, FIRST_PCROP_B, SECOND_PCROP, SECOND_PCROP_B, {NULL, STM32G0_SECR}};
const struct option_register stm32wb_registers[STM32WB_OF_ALL] = {FIRST,
                                                                  FIRST_PCROP,
                                                                  FIRST_PCROP_B,
                                                                  {NULL, STM32WB_IPCCBR},
                                                                  {NULL, STM32WB_SFR},
                                                                  {NULL, STM32WB_SRRVR}};

/* Where they are changed, and what differs besides. */
struct kind {
    uint32_t sr, cr, errors;
    uint8_t level1;
    struct flash_lock optlock;
    const struct flash_driver *driver;
    /* NULL, or whether the chip takes such a change. */
    enum err (*allow)(struct target *target, const uint32_t *before, const uint32_t *after);
};

static const struct kind l4 = {
    .sr = STM32L4_SR,
    .cr = STM32L4_CR,
    .errors = STM32L4_SR_ERRORS,
    .level1 = 0x55,
    .optlock = {STM32L4_CR, STM32L4_CR_OPTLOCK, STM32L4_OPTKEYR, {0x08192A3B, 0x4C5D6E7F}, false},
    .driver = &stm32l4_flash,
};
static const struct kind u5 = {
    .sr = STM32U5_NSSR,
    .cr = STM32U5_NSCR,
    .errors = STM32U5_NSSR_ERRORS,
    .level1 = 0xBB,
    .optlock = {STM32U5_NSCR, STM32L4_CR_OPTLOCK, STM32U5_OPTKEYR, {0x08192A3B, 0x4C5D6E7F}, false},
    .driver = &stm32u5_flash,
    .allow = stm32u5_options_allow,
};

struct layout {
    const struct kind *kind;
    const struct option_register *registers;
    unsigned count;
};

/* Those that its table shows. */
static struct layout layout_of(const struct target *target)
{
    const struct flash_options *options = flash_options_for(target);
    const struct kind *kind = options->registers == stm32u5_option_registers ? &u5 : &l4;

    return (struct layout){kind, options->registers, options->register_count};
}

/* --- reading --- */

/* What is no level of its own is level 1, whichever value it is; a U5 has a level 0.5, too. */
static uint32_t with_level(const struct target *target, uint32_t optr)
{
    const struct kind *kind = layout_of(target).kind;
    uint32_t rdp = optr & RDP;

    if (rdp == RDP_OPEN || rdp == RDP_FOREVER || (kind == &u5 && rdp == RDP_LEVEL_HALF))
        return optr;
    return (optr & ~RDP) | kind->level1;
}

enum err stm32l4_options_read(struct target *target, struct option_state *state)
{
    struct layout layout = layout_of(target);

    *state = (struct option_state){0};
    for (unsigned i = 0; i < layout.count; i++)
        ops_read32(&target->core->ops, at(target, layout.registers[i].offset), &state->stored[i]);
    enum err err = core_flush(target->core);
    if (!err && detect_is_protected(&target->chip, state->stored[OPTR]))
        state->stored[OPTR] = with_level(target, state->stored[OPTR]);
    for (unsigned i = 0; i < layout.count; i++)
        state->in_force[i] = state->stored[i];
    state->readout_protected = detect_is_protected(&target->chip, state->stored[OPTR]);
    return err;
}

/* --- changing --- */

struct change {
    uint32_t words[OPTION_REGISTERS_MAX]; /* what they shall hold */
    struct option_state now;
    bool refuse_protected;
};

/* What stays is not written: some of it could only be refused. */
static enum err program(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    struct layout layout = layout_of(target);
    struct ops *ops = &target->core->ops;

    for (unsigned i = 0; i < layout.count; i++)
        if (change->words[i] != change->now.stored[i])
            ops_write32(ops, at(target, layout.registers[i].offset), change->words[i]);
    ops_write32(ops, at(target, layout.kind->cr), STM32L4_CR_OPTSTRT);
    enum err err = core_flush_halted(target->core);
    if (!err) /* at the end of read protection the whole flash is erased */
        err =
            controller_await_idle(controller, "the chip changes its option bytes", OPTION_LIMIT_US);
    target_drop_caches(target);
    return err;
}

static enum err check(struct target *target, const struct change *change)
{
    struct layout layout = layout_of(target);
    struct option_state now;
    enum err err = stm32l4_options_read(target, &now);

    for (unsigned i = 0; i < layout.count && !err; i++)
        err = controller_check_option(target, at(target, layout.registers[i].offset), now.stored[i],
                                      change->words[i], change->now.stored[i]);
    return err;
}

static enum err check_status(struct flash_controller *controller)
{
    struct target *target = controller->target;
    const struct kind *kind = layout_of(target).kind;
    uint32_t sr = 0;

    ops_read32(&target->core->ops, at(target, kind->sr), &sr);
    enum err err = core_flush_halted(target->core);
    if (err || !(sr & kind->errors))
        return err;
    return job_fail(target->job, ERR_FLASH,
                    "the chip refused other option bytes (status 0x%04" PRIx32 ")", sr);
}

static enum err change_all(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    enum err err = program(controller, change);

    if (!err)
        err = check_status(controller);
    if (!err)
        err = check(target, change);
    return err ? controller_tell_cut(controller, err,
                                     "the option bytes are as they were, or as asked")
               : ERR_OK;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct kind *kind = layout_of(target).kind;
    const struct change *change = what;
    struct flash_controller controller = {0};
    enum err err = kind->allow ? kind->allow(target, change->now.stored, change->words) : ERR_OK;

    if (err)
        return err;
    err = controller_take_options(&controller, target, kind->driver, &kind->optlock,
                                  change->refuse_protected);
    if (!err)
        err = change_all(&controller, change);
    return controller_end(&controller, err);
}

/* --- what the tables name --- */

enum err stm32l4_options_write(struct target *target, const struct option_state *asked)
{
    struct change change = {.refuse_protected = true};
    enum err err = stm32l4_options_read(target, &change.now);

    for (unsigned i = 0; i < OPTION_REGISTERS_MAX; i++)
        change.words[i] = asked->stored[i];
    change.words[OPTR] = (change.words[OPTR] & ~RDP) | (change.now.stored[OPTR] & RDP);
    return err ? err : controller_change(target, carry_out, &change);
}

/* A flash part of which would survive the end of its protection is not meant by who ends it; and
 * where no part is read-protected by itself, G4 asks for the bit (RM0440, 3.5.1). G0x0 parts have
 * no such register: what reads as 0 would stay so. */
static void erase_all_of_it(const struct layout *layout, uint32_t *words)
{
    for (unsigned i = 0; i < layout->count; i++)
        if (layout->registers[i].offset == STM32L4_PCROP1ER && words[i])
            words[i] |= PCROP_RDP;
}

/* The others stay as they are, write protection included. */
static enum err set_rdp(struct target *target, uint32_t rdp)
{
    struct layout layout = layout_of(target);
    struct change change = {0};
    enum err err = stm32l4_options_read(target, &change.now);

    if (err || (rdp == RDP_OPEN && !change.now.readout_protected))
        return err;
    for (unsigned i = 0; i < OPTION_REGISTERS_MAX; i++)
        change.words[i] = change.now.stored[i];
    change.words[OPTR] = (change.words[OPTR] & ~RDP) | rdp;
    if (rdp == RDP_OPEN)
        erase_all_of_it(&layout, change.words);
    err = controller_change(target, carry_out, &change);
    if (!err)
        target->chip.unlocked = rdp == RDP_OPEN;
    return err;
}

enum err stm32l4_options_lock(struct target *target)
{
    return set_rdp(target, layout_of(target).kind->level1);
}

enum err stm32l4_options_seal(struct target *target)
{
    return set_rdp(target, RDP_FOREVER);
}

enum err stm32l4_options_unlock(struct target *target)
{
    return set_rdp(target, RDP_OPEN);
}

/* --- loading --- */

static enum err launch(struct target *target, const void *what)
{
    const struct kind *kind = layout_of(target).kind;
    struct flash_controller controller;
    enum err err =
        controller_take_options(&controller, target, kind->driver, &kind->optlock, false);

    (void)what;
    return err ? controller_end(&controller, err)
               : controller_launch(&controller, kind->cr, STM32L4_CR_OBL_LAUNCH);
}

enum err stm32l4_options_load(struct target *target)
{
    return controller_load_options(target, launch);
}
