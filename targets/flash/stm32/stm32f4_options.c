/* SPDX-License-Identifier: MIT */
/* Option bytes of F2 and F4: RM0033, 2.5 and 2.6; RM0090, 3.7 and 3.9.10. They stand in OPTCR, and
 * those of a second bank in OPTCR1; OPTSTRT programs all of them by itself, so a change that is cut
 * short is carried out or not begun. In force: write protection at once, the rest after a reset. */
#include "flash/stm32/stm32f4.h"

#include <inttypes.h>

#include "core/core.h"
#include "flash/controller_change.h"
#include "flash/stm32/option_values.h"
#include "probe/ops.h"

#define OPTLOCK (1u << 0)
#define OPTSTRT (1u << 1)
#define RDP 0x0000FF00u
#define WDG_SW (1u << 5)
#define NWRP_SHIFT 16
#define SPRMOD (1u << 31)
enum { RDP_SHIFT = 8, RDP_OPEN = 0xAA, RDP_LEVEL1 = 0x55, RDP_FOREVER = 0xCC };
enum { OPTION_LIMIT_US = 35000000 }; /* the end of read protection erases 2 MiB, x8 */
enum { OPTCR, OPTCR1, REGISTERS };

static const struct option_register registers[REGISTERS] = {
    [OPTCR] = {"option control register", STM32F4_OPTCR},
    [OPTCR1] = {"option control register 1", STM32F4_OPTCR1},
};

static uint32_t at(const struct target *target, uint32_t offset)
{
    return controller_at(target, offset);
}

/* OPTCR1 is there where the second bank's table asks for it. */
static enum err read_registers(struct target *target, unsigned count, struct option_state *state)
{
    *state = (struct option_state){0};
    for (unsigned i = 0; i < count; i++)
        ops_read32(&target->core->ops, at(target, registers[i].offset), &state->stored[i]);
    enum err err = core_flush(target->core);
    for (unsigned i = 0; i < count; i++)
        state->in_force[i] = state->stored[i];
    state->readout_protected = (state->stored[OPTCR] & RDP) >> RDP_SHIFT != RDP_OPEN;
    return err;
}

/* --- changing --- */

struct change {
    uint32_t words[REGISTERS]; /* what they shall hold.. */
    unsigned count;            /* ..as many as the chip has */
    bool refuse_protected;
};

static const struct flash_lock optlock = {
    STM32F4_OPTCR, OPTLOCK, STM32F4_OPTKEYR, {0x08192A3B, 0x4C5D6E7F}};

static enum err program(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    uint32_t optcr = change->words[OPTCR] & ~(OPTLOCK | OPTSTRT);
    struct ops *ops = &target->core->ops;

    stm32f4_queue_width(controller);
    if (change->count > OPTCR1)
        ops_write32(ops, at(target, STM32F4_OPTCR1), change->words[OPTCR1]);
    ops_write32(ops, at(target, STM32F4_OPTCR), optcr);
    ops_write32(ops, at(target, STM32F4_OPTCR), optcr | OPTSTRT);
    enum err err = core_flush_halted(target->core);
    if (!err) /* at the end of read protection the whole flash is erased */
        err =
            controller_await_idle(controller, "the chip changes its option bytes", OPTION_LIMIT_US);
    if (err)
        return err;
    ops_write32(ops, at(target, STM32F4_OPTCR), optcr | OPTLOCK);
    target_drop_caches(target);
    return core_flush_halted(target->core);
}

static enum err check(struct target *target, const struct change *change)
{
    struct option_state now;
    enum err err = read_registers(target, change->count, &now);

    for (unsigned i = 0; i < change->count && !err; i++)
        if ((now.stored[i] ^ change->words[i]) & ~(OPTLOCK | OPTSTRT))
            err = job_fail(target->job, ERR_VERIFY,
                           "%s reads 0x%08" PRIx32 ", 0x%08" PRIx32 " was wanted",
                           registers[i].title, now.stored[i], change->words[i]);
    return err;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct change *change = what;
    struct flash_controller controller;
    enum err err = controller_take_options(&controller, target, &stm32f4_flash, &optlock,
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

static enum err write_options(struct target *target, const struct option_state *asked,
                              unsigned count)
{
    struct change change = {.count = count, .refuse_protected = true};
    struct option_state now;
    enum err err = read_registers(target, count, &now);

    for (unsigned i = 0; i < count; i++)
        change.words[i] = asked->stored[i];
    change.words[OPTCR] = (change.words[OPTCR] & ~RDP) | (now.stored[OPTCR] & RDP);
    return err ? err : controller_change(target, carry_out, &change);
}

/* The others stay as they are, write protection included. */
static enum err set_rdp(struct target *target, uint32_t rdp)
{
    struct option_state now;
    enum err err = read_registers(target, 1, &now);
    bool was_protected = now.readout_protected;

    if (err || (rdp == RDP_OPEN && !was_protected))
        return err;
    struct change change = {.words = {(now.stored[OPTCR] & ~RDP) | rdp << RDP_SHIFT}, .count = 1};
    err = controller_change(target, carry_out, &change);
    if (!err)
        target->chip.unlocked = rdp == RDP_OPEN;
    return err;
}

static enum err lock(struct target *target)
{
    return set_rdp(target, RDP_LEVEL1);
}

static enum err seal(struct target *target)
{
    return set_rdp(target, RDP_FOREVER);
}

static enum err set_watchdog(struct target *target, uint32_t optcr, uint32_t wdg_sw)
{
    struct change change = {.words = {(optcr & ~WDG_SW) | wdg_sw}, .count = 1};

    return controller_change(target, carry_out, &change);
}

/* A watchdog that runs from reset on could end the erase in its midst: it is the program's to start
 * first, which takes a reset, and as it was behind the erase. */
static enum err unlock(struct target *target)
{
    struct option_state now;
    enum err err = read_registers(target, 1, &now);
    bool by_hardware = !(now.stored[OPTCR] & WDG_SW);

    if (err || !now.readout_protected)
        return err;
    if (by_hardware) {
        err = set_watchdog(target, now.stored[OPTCR], WDG_SW);
        if (!err)
            err = target_reset(target, TARGET_RESET_HALT);
    }
    if (!err)
        err = set_rdp(target, RDP_OPEN);
    if (err || !by_hardware)
        return err;
    return set_watchdog(target, (now.stored[OPTCR] & ~RDP) | RDP_OPEN << RDP_SHIFT, 0);
}

static enum err read_one(struct target *target, struct option_state *state)
{
    return read_registers(target, 1, state);
}

static enum err write_one(struct target *target, const struct option_state *state)
{
    return write_options(target, state, 1);
}

static enum err read_two(struct target *target, struct option_state *state)
{
    return read_registers(target, 2, state);
}

static enum err write_two(struct target *target, const struct option_state *state)
{
    return write_options(target, state, 2);
}

/* --- the tables --- */

static const struct option_value rdp[] = {
    {RDP_OPEN, NULL, "off", NULL, false},
    {RDP_LEVEL1, NULL, "level1", NULL, false},
    {RDP_FOREVER, NULL, "level2", NULL, true},
};
static const struct option_value bor_lev[] = {
    {3, NULL, "off", "no brown-out reset above the power-on level", false},
    {2, NULL, "2.1V", "brown-out reset below 2.1 V", false},
    {1, NULL, "2.4V", "brown-out reset below 2.4 V", false},
    {0, NULL, "2.7V", "brown-out reset below 2.7 V", false},
};
static const struct option_value db1m[] = {
    {0, NULL, "one", NULL, false},
    {1, NULL, "two", NULL, false},
};
/* Only the end of read protection, which erases all, takes it back (RM0368, 3.6.5). */

/* clang-format off */
#define COMMON_FIELDS                                                                              \
    {"RDP", "read protection", NULL, NULL, 0, OPTCR, RDP_SHIFT, 8, VALUES(rdp)},                   \
    {"BOR_LEV", "brown-out reset", NULL, "bor_lev", 0, OPTCR, 2, 2, VALUES(bor_lev)},              \
    {"WDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OPTCR, 5, 1, VALUES(stm32_watchdog)},  \
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OPTCR, 6, 1,                              \
     VALUES(stm32_reset_in_stop)},                                                                 \
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OPTCR, 7, 1,                       \
     VALUES(stm32_reset_in_standby)}
#define SPRMOD_FIELD                                                                               \
    {"SPRMOD", "protected sectors", NULL, NULL, 0, OPTCR, 31, 1, VALUES(stm32_sprmod)}
/* clang-format on */

static const struct option_field fields_of_f2[] = {COMMON_FIELDS};
static const struct option_field fields[] = {COMMON_FIELDS, SPRMOD_FIELD};
static const struct option_field fields_of_two_banks[] = {
    COMMON_FIELDS,
    SPRMOD_FIELD,
    {"BFB2", "boot from the second bank", NULL, NULL, 0, OPTCR, 4, 1, VALUES(stm32_off_on)},
    {"DB1M", "banks of a flash of 1 MiB", NULL, NULL, 0, OPTCR, 30, 1, VALUES(db1m)},
};

/* OpenOCD's user_options: the byte, and above it the last four bits. */
static const struct option_number user_options = {"user_options", OPTCR, 2, {{0xFC, 0}}};
static const struct option_number more_user_options = {
    "user_options", OPTCR, 3, {{0xFC, 0}, {0xF0000000, 20}}};

#define TABLE(list, user, registers_of, blocks_of_wrp, pcrop_bit, read_them, write_them)         \
    {                                                                                            \
        .says = "stm32f2x", .erased_says = "stm32x", .registers = registers, .fields = (list),   \
        .numbers = &(user), .number_count = 1, .register_count = (registers_of),                 \
        .field_count = sizeof(list) / sizeof *(list),                                            \
        .blocks = {.reg = OPTCR,                                                                 \
                   .shift = NWRP_SHIFT,                                                          \
                   .most = (blocks_of_wrp),                                                      \
                   .pcrop = (pcrop_bit)},                                                        \
        .no_load = "a reset of the chip loads them, the end of read protection takes a power "   \
                   "cycle",                                                                      \
        .unlock_wants_power = true, .unlock_keeps_others = true, .hides_in_force = true,         \
        .read = (read_them), .write = (write_them), .lock = lock, .unlock = unlock, .seal = seal \
    }

/* F405 and F407, too */
const struct flash_options stm32f2_option_table =
    TABLE(fields_of_f2, user_options, 1, 12, 0, read_one, write_one);
const struct flash_options stm32f4_option_table =
    TABLE(fields, user_options, 1, 12, SPRMOD, read_one, write_one);
/* F413, F423: sixteen sectors, of which the last two share a bit. */
const struct flash_options stm32f413_option_table =
    TABLE(fields, user_options, 1, 15, SPRMOD, read_one, write_one);
/* F42x, F43x, F469, F479 */
const struct flash_options stm32f42x_option_table =
    TABLE(fields_of_two_banks, more_user_options, 2, 12, SPRMOD, read_two, write_two);
