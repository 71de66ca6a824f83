/* SPDX-License-Identifier: MIT */
/* Option bytes of H5: RM0481 and RM0492, 7.4. They stand in pairs of registers, what is in force
 * and what OPTSTRT programs, all at once; so a change that is cut short is carried out or not
 * begun. The swap of banks and the product's state count from the next reset on.
 *
 * There is no level of read protection but the product's state, which only goes on: what leads back
 * (regression) is granted by the chip's own Debug Authentication to who has the password or
 * certificate, and is not done here. */
#include <inttypes.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller_change.h"
#include "flash/stm32/stm32h5.h"
#include "probe/ops.h"

enum { PROGRAMMED = 4 }; /* above the register in force */
enum { OPTSR, STATE_SHIFT = 8, STATE_OPEN = 0xED };
enum { OPTION_LIMIT_US = 5000000 };
#define STATE(optsr) ((optsr) >> STATE_SHIFT & 0xFF)

static uint32_t at(const struct target *target, uint32_t offset)
{
    return controller_at(target, offset);
}

/* --- which registers a chip has --- */

const struct option_register stm32h5_registers[STM32H5_OPTION_WORDS] = {
    {NULL, STM32H5_OPTSR},    {NULL, STM32H5_OPTSR2},  {NULL, STM32H5_NSBOOTR},
    {NULL, STM32H5_OTPBLR},   {NULL, STM32H5_HDP1R},   {NULL, STM32H5_HDP2R},
    {NULL, STM32H5_SECBOOTR}, {NULL, STM32H5_SECWM1R}, {NULL, STM32H5_SECWM2R},
    {NULL, STM32H5_EDATA1R},  {NULL, STM32H5_EDATA2R}, {NULL, STM32H5_WRP1R},
    {NULL, STM32H5_WRP2R},
};
const struct option_register stm32h503_registers[STM32H503_OPTION_WORDS] = {
    {NULL, STM32H5_OPTSR}, {NULL, STM32H5_OPTSR2}, {NULL, STM32H5_NSBOOTR}, {NULL, STM32H5_OTPBLR},
    {NULL, STM32H5_HDP1R}, {NULL, STM32H5_HDP2R},  {NULL, STM32H5_WRP1R},   {NULL, STM32H5_WRP2R},
};

struct layout {
    uint32_t offset[OPTION_REGISTERS_MAX];
    unsigned count;
};

/* Protection of the bank that shows at lower addresses goes before the other one's. */
static struct layout layout_of(const struct target *target, bool swapped)
{
    bool small = target->chip.dev_id == 0x474; /* H503 */
    const struct option_register *registers = small ? stm32h503_registers : stm32h5_registers;
    struct layout layout = {.count = small ? STM32H503_OPTION_WORDS : STM32H5_OPTION_WORDS};

    for (unsigned i = 0; i < layout.count; i++)
        layout.offset[i] = registers[i].offset;
    if (swapped) {
        layout.offset[layout.count - 2] = STM32H5_WRP2R;
        layout.offset[layout.count - 1] = STM32H5_WRP1R;
    }
    return layout;
}

/* --- reading --- */

static enum err read_words(struct target *target, struct layout *layout, uint32_t *words,
                           uint32_t *optcr)
{
    struct ops *ops = &target->core->ops;

    ops_read32(ops, at(target, STM32H5_OPTCR), optcr);
    enum err err = core_flush(target->core);
    *layout = layout_of(target, *optcr & STM32H5_OPTCR_SWAP_BANK);
    if (err)
        return err;
    for (unsigned i = 0; i < layout->count; i++)
        ops_read32(ops, at(target, layout->offset[i]), &words[i]);
    return core_flush(target->core);
}

enum err stm32h5_options_read(struct target *target, struct option_state *state)
{
    struct layout layout;
    uint32_t optcr = 0;

    *state = (struct option_state){0};
    enum err err = read_words(target, &layout, state->stored, &optcr);
    for (unsigned i = 0; i < layout.count; i++)
        state->in_force[i] = state->stored[i];
    state->in_force[OPTSR] =
        (state->stored[OPTSR] & ~STM32H5_OPTCR_SWAP_BANK) | (optcr & STM32H5_OPTCR_SWAP_BANK);
    return err;
}

/* --- changing (7.4.3) --- */

struct change {
    struct layout layout;
    uint32_t words[OPTION_REGISTERS_MAX]; /* what they shall hold */
    uint32_t now[OPTION_REGISTERS_MAX];
};

static const struct flash_lock optlock = {
    STM32H5_OPTCR, STM32H5_OPTCR_OPTLOCK, STM32H5_OPTKEYR, {0x08192A3B, 0x4C5D6E7F}, true};

/* OPTSTRT programs all of them: what somebody else has put there and not programmed is not to come
 * in force with ours. */
static enum err program(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;
    uint32_t there[OPTION_REGISTERS_MAX] = {0};

    for (unsigned i = 0; i < change->layout.count; i++)
        ops_read32(ops, at(target, change->layout.offset[i] + PROGRAMMED), &there[i]);
    enum err err = core_flush_halted(target->core);
    if (err)
        return err;
    for (unsigned i = 0; i < change->layout.count; i++)
        if (change->words[i] != there[i])
            ops_write32(ops, at(target, change->layout.offset[i] + PROGRAMMED), change->words[i]);
    ops_write32(ops, at(target, STM32H5_OPTCR), STM32H5_OPTCR_OPTSTRT);
    err = core_flush_halted(target->core);
    if (!err)
        err =
            controller_await_idle(controller, "the chip changes its option bytes", OPTION_LIMIT_US);
    target_drop_caches(target);
    return err;
}

static enum err check_status(struct flash_controller *controller)
{
    struct target *target = controller->target;
    uint32_t status = 0;
    enum err err = controller_take_status(controller, &status);

    if (err || !(status & STM32H5_SR_ERRORS))
        return err;
    return job_fail(target->job, ERR_PROTECTED,
                    "the chip refused other option bytes (FLASH_NSSR 0x%06" PRIx32
                    "): its product state, a boot lock or TrustZone does not allow these",
                    status);
}

static enum err check(struct target *target, const struct change *change)
{
    struct layout layout;
    uint32_t now[OPTION_REGISTERS_MAX], optcr = 0;
    enum err err = read_words(target, &layout, now, &optcr);

    for (unsigned i = 0; i < layout.count && !err; i++)
        err = controller_check_option(target, at(target, layout.offset[i]), now[i],
                                      change->words[i], change->now[i]);
    return err;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct change *change = what;
    struct flash_controller controller;
    enum err err = controller_take_options(&controller, target, &stm32h5_flash, &optlock, false);

    if (!err)
        err = program(&controller, change);
    if (!err)
        err = check_status(&controller);
    if (!err)
        err = check(target, change);
    if (err)
        controller_tell_cut(&controller, err, "the option bytes are as they were, or as asked");
    return controller_end(&controller, err);
}

/* --- what the tables name --- */

/* In force at once: the flash for programs ends elsewhere. */
static bool moves_data(const struct change *change)
{
    for (unsigned i = 0; i < change->layout.count; i++) {
        uint32_t offset = change->layout.offset[i];

        if ((offset == STM32H5_EDATA1R || offset == STM32H5_EDATA2R) &&
            change->words[i] != change->now[i])
            return true;
    }
    return false;
}

enum err stm32h5_options_write(struct target *target, const struct option_state *asked)
{
    struct change change = {0};
    uint32_t optcr = 0;
    enum err err = read_words(target, &change.layout, change.now, &optcr);

    for (unsigned i = 0; i < OPTION_REGISTERS_MAX; i++)
        change.words[i] = asked->stored[i];
    if (!err)
        err = controller_change(target, carry_out, &change);
    return err || !moves_data(&change) ? err : target_detect_again(target);
}

enum err stm32h5_options_lock(struct target *target)
{
    return job_fail(target->job, ERR_UNSUPPORTED,
                    "this chip has no read protection that could be removed again, but a product "
                    "state that only goes on: provision Debug Authentication first, then see "
                    "`probed options PRODUCT_STATE=.. --irreversible`; nothing was changed");
}

enum err stm32h5_options_unlock(struct target *target)
{
    struct option_state now;
    enum err err = stm32h5_options_read(target, &now);

    if (err || STATE(now.stored[OPTSR]) == STATE_OPEN)
        return err;
    return job_fail(target->job, ERR_UNSUPPORTED,
                    "no command leads back to product state open: the chip grants that "
                    "(regression, which erases it) by its Debug Authentication, to who has the "
                    "password or certificate it was given, with STM32CubeProgrammer; nothing was "
                    "changed");
}
