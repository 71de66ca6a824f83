/* SPDX-License-Identifier: MIT */
/* Option bytes: PM0075, 2.5 (programming) and 2.4 (protections); F0, F3: RM0360, RM0316, chapters 3
 * and 4, what differs. They are erased together, so any
 * change is: read all, erase all, program all, read protection first. An erased RDP byte protects
 * from the next reset on, so nothing may come in between: the change runs in a section of its job
 * that nobody can cancel, and is tried again when the wire fails it. */
#include "flash/stm32/stm32f1.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "chip/chips.h"
#include "core/core.h"
#include "flash/controller_change.h"
#include "probe/ops.h"

#define OPTION_BYTES 0x1FFFF800u

enum { RDP, USER, DATA0, DATA1, WRP0, OPTION_COUNT = 8 };
enum { RDP_PROTECTED = 0x00, OPTIONS_IN_64K = 6 };
enum { OPTION_LIMIT_US = 500000, ATTEMPTS = 3 };
#define ERASED_HALF 0xFFFFu /* programmed, 0xFF has 0x00 above it */

/* All option bytes anew. */
struct change {
    uint8_t values[OPTION_COUNT];
    unsigned count; /* that the chip has */
    bool refuse_protected;
    const char *cut; /* what to tell who could not do it to the end */
};

static uint32_t at(const struct target *target, uint32_t offset)
{
    return controller_at(target, offset);
}

static bool is_f1(const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target->chip.dev_id);

    return !chip || (chip->family != CHIP_F0 && chip->family != CHIP_F3);
}

const struct stm32f1_layout *stm32f1_layout_of(const struct target *target)
{
    static const struct stm32f1_layout f1 = {
        .open = 0xA5, .user_shift = 2, .data_shift = 10, .user = 0x07};
    static const struct stm32f1_layout f0 = {
        .open = 0xAA, .sealed = 0xCC, .user_shift = 8, .data_shift = 16, .user = 0xFF};

    return is_f1(target) ? &f1 : &f0;
}

/* F0, F3: "up to eight"; the last two are for flash that small chips have not. */
static unsigned count_of(const struct target *target)
{
    bool small = target->chip.flash_size <= 64 * 1024;

    return !is_f1(target) && small ? OPTIONS_IN_64K : OPTION_COUNT;
}

static void unpack(const uint8_t values[OPTION_COUNT], struct stm32f1_options *options)
{
    options->rdp = values[RDP];
    options->user = values[USER];
    options->data[0] = values[DATA0];
    options->data[1] = values[DATA1];
    options->wrp = get_le32(&values[WRP0]);
}

static void pack(const struct stm32f1_options *options, uint8_t rdp, uint8_t values[OPTION_COUNT])
{
    values[RDP] = rdp;
    values[USER] = options->user;
    values[DATA0] = options->data[0];
    values[DATA1] = options->data[1];
    put_le32(&values[WRP0], options->wrp);
}

/* OBR and WRPR: what was loaded at the last reset (PM0075, 3.7 and 3.8). */
static void unpack_registers(const struct stm32f1_layout *layout, uint32_t obr, uint32_t wrpr,
                             struct stm32f1_options *options)
{
    options->rdp = 0xFF;
    options->user = (uint8_t)(obr >> layout->user_shift | (uint8_t)~layout->user);
    options->data[0] = (uint8_t)(obr >> layout->data_shift);
    options->data[1] = (uint8_t)(obr >> (layout->data_shift + 8));
    options->wrp = wrpr;
}

static enum err read_registers(struct target *target, struct stm32f1_options *options)
{
    struct ops *ops = &target->core->ops;
    uint32_t obr = 0, wrpr = 0;

    ops_read32(ops, at(target, STM32F1_OBR), &obr);
    ops_read32(ops, at(target, STM32F1_WRPR), &wrpr);
    enum err err = core_flush(target->core);
    options->readout_protected = obr & STM32F1_OBR_RDPRT;
    options->broken = obr & STM32F1_OBR_OPTERR;
    unpack_registers(stm32f1_layout_of(target), obr, wrpr, options);
    return err;
}

static enum err read_stored(struct target *target, uint8_t stored[2 * OPTION_COUNT])
{
    ops_read(&target->core->ops, OPTION_BYTES, 4, stored, 2 * OPTION_COUNT / 4);
    return core_flush(target->core);
}

enum err stm32f1_options_read(struct target *target, struct stm32f1_options *options)
{
    uint8_t stored[2 * OPTION_COUNT], values[OPTION_COUNT];
    enum err err = read_registers(target, options);

    if (err || options->readout_protected)
        return err;
    err = read_stored(target, stored);
    if (err)
        return err;
    pack(options, 0xFF, values);
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        if (get_le16(stored + 2 * i) != ERASED_HALF)
            values[i] = stored[2 * i];
    unpack(values, options);
    return ERR_OK;
}

/* Option bytes take halfwords alone. A probe that has none (ST-Link before J26) says so at a
 * register, and has to before anything is erased: an erased RDP byte protects. */
static enum err need_halfwords(struct target *target)
{
    uint16_t status;

    ops_read(&target->core->ops, at(target, STM32F1_SR), sizeof status, &status, 1);
    return core_flush_halted(target->core);
}

/* OPTWRE set: the option bytes may be changed. As with KEYR, keys are given only when needed. */
static enum err open_options(struct target *target)
{
    struct ops *ops = &target->core->ops;
    uint32_t cr = 0;

    ops_read32(ops, at(target, STM32F1_CR), &cr);
    enum err err = core_flush_halted(target->core);
    if (err || cr & STM32F1_CR_OPTWRE)
        return err;
    ops_write32(ops, at(target, STM32F1_OPTKEYR), STM32F1_KEY1);
    ops_write32(ops, at(target, STM32F1_OPTKEYR), STM32F1_KEY2);
    ops_read32(ops, at(target, STM32F1_CR), &cr);
    err = core_flush_halted(target->core);
    if ((err && err != ERR_FAULT) || (!err && cr & STM32F1_CR_OPTWRE))
        return err;
    job_clear(target->job);
    return job_fail(target->job, ERR_FLASH,
                    "the option bytes stay locked: the program gave a wrong key, or a probe was "
                    "lost between two; `monitor reset halt`, then try again");
}

static void queue_wait(struct target *target, uint32_t limit_us)
{
    ops_wait32(&target->core->ops, at(target, STM32F1_SR), STM32F1_SR_BSY, 0, limit_us);
}

/* Programming RDP in a protected chip erases all flash first. Its PGERR may be set although all is
 * well; reading back decides. */
static enum err rewrite(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    struct ops *ops = &target->core->ops;

    ops_write32(ops, at(target, STM32F1_CR), STM32F1_CR_OPTWRE | STM32F1_CR_OPTER);
    ops_write32(ops, at(target, STM32F1_CR),
                STM32F1_CR_OPTWRE | STM32F1_CR_OPTER | STM32F1_CR_STRT);
    queue_wait(target, OPTION_LIMIT_US);
    ops_write32(ops, at(target, STM32F1_CR), STM32F1_CR_OPTWRE | STM32F1_CR_OPTPG);
    for (unsigned i = 0; i < change->count; i++) {
        ops_write16(ops, OPTION_BYTES + 2 * i, change->values[i]);
        queue_wait(target, STM32F1_MASS_ERASE_MAX_US);
    }
    ops_write32(ops, at(target, STM32F1_SR), STM32F1_SR_CLEAR);
    ops_write32(ops, at(target, STM32F1_CR), 0);
    target_drop_caches(target);
    return core_flush_halted(target->core);
}

/* As the controller programs it. */
static unsigned with_complement(uint8_t value)
{
    return value | (0xFFu ^ value) << 8;
}

/* A chip that was protected does not let its option bytes be read before it is powered anew. */
static enum err check(struct target *target, const struct change *change)
{
    struct stm32f1_options in_force;
    uint8_t stored[2 * OPTION_COUNT];
    enum err err = read_registers(target, &in_force);

    if (err || in_force.readout_protected)
        return err;
    err = read_stored(target, stored);
    for (unsigned i = 0; i < change->count && !err; i++)
        if (get_le16(stored + 2 * i) != with_complement(change->values[i]))
            err = job_fail(target->job, ERR_VERIFY,
                           "the option byte at 0x%08x holds 0x%04x, 0x%04x was wanted",
                           OPTION_BYTES + 2 * i, get_le16(stored + 2 * i),
                           with_complement(change->values[i]));
    return err;
}

static enum err open_controller(struct flash_controller *controller, const struct change *change)
{
    enum err err = controller_take(controller, change->refuse_protected);

    if (!err)
        err = need_halfwords(controller->target);
    return err ? err : open_options(controller->target);
}

/* After a failed attempt. Without a reset: that would put erased option bytes into force. */
static enum err regain(struct flash_controller *controller, const struct change *change)
{
    struct target *target = controller->target;
    struct target_stop stop;
    enum err err = ERR_OK;

    log_line(target->job->log, LOG_WARN, "writing the option bytes again: %s",
             job_text(target->job, target->job->err));
    job_clear(target->job);
    if (target_state(target) == TARGET_ABSENT)
        err = target_connect(target, TARGET_CONNECT_ATTACH);
    if (!err)
        err = target_halt(target, &stop);
    return err ? err : open_controller(controller, change);
}

static enum err tell_cut(struct job *job, enum err err, const char *cut)
{
    char why[sizeof job->text];

    snprintf(why, sizeof why, "%s", job_text(job, err));
    job_clear(job);
    return job_fail(job, err, "%.110s; %s", why, cut);
}

static enum err rewrite_until_right(struct flash_controller *controller,
                                    const struct change *change)
{
    struct target *target = controller->target;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < ATTEMPTS; i++) {
        err = i > 0 ? regain(controller, change) : ERR_OK;
        if (!err)
            err = rewrite(controller, change);
        if (!err)
            err = check(target, change);
        if (!err || err == ERR_PROBE_GONE)
            break;
    }
    return err ? tell_cut(target->job, err, change->cut) : ERR_OK;
}

static enum err carry_out(struct target *target, const void *what)
{
    const struct change *change = what;
    struct flash_controller controller;
    enum err err = controller_init(&controller, target, &stm32f1_flash);

    if (!err)
        err = open_controller(&controller, change);
    if (!err)
        err = rewrite_until_right(&controller, change);
    enum err end = controller_end(&controller, err);
    if (!err && end)
        tell_cut(target->job, end,
                 "the option bytes were written as asked, but the controller could not be locked "
                 "again: reset the chip");
    return end;
}

#define CUT_OPEN                                                                                \
    "the option bytes may be erased: no reset, no power off now; connect again, repeat the "    \
    "command, and nothing is lost. After a reset the chip is read-protected (its program runs " \
    "on); `monitor stm32f1x unlock 0` and a power cycle bring it back, with its flash erased"

enum err stm32f1_options_write(struct target *target, const struct stm32f1_options *options)
{
    struct change change = {.count = count_of(target), .refuse_protected = true, .cut = CUT_OPEN};

    pack(options, stm32f1_layout_of(target)->open, change.values);
    return controller_change(target, carry_out, &change);
}

static enum err protect(struct target *target, uint8_t rdp)
{
    struct change change = {
        .count = count_of(target),
        .refuse_protected = true,
        .cut = "the option bytes may be erased, which protects the chip from its next reset on, as "
               "asked; write protection and the other options may be gone: before a reset, connect "
               "again and repeat the command"};
    struct stm32f1_options options;
    enum err err = stm32f1_options_read(target, &options);

    if (err)
        return err;
    pack(&options, rdp, change.values);
    target->chip.unlocked = false;
    return controller_change(target, carry_out, &change);
}

enum err stm32f1_options_lock(struct target *target)
{
    return protect(target, RDP_PROTECTED);
}

enum err stm32f1_options_seal(struct target *target)
{
    return protect(target, stm32f1_layout_of(target)->sealed);
}

enum err stm32f1_options_unlock(struct target *target)
{
    static const struct stm32f1_options defaults = {
        .user = 0xFF, .data = {0xFF, 0xFF}, .wrp = UINT32_MAX};
    struct change change = {.count = count_of(target), .cut = CUT_OPEN};
    struct stm32f1_options now;
    enum err err = read_registers(target, &now);

    if (err)
        return err;
    if (now.readout_protected)
        change.cut = "the chip stays read-protected, and its flash may be erased in part: connect "
                     "again, repeat the command, then switch the power off and on";
    pack(&defaults, stm32f1_layout_of(target)->open, change.values);
    err = controller_change(target, carry_out, &change);
    if (!err)
        target->chip.unlocked = true; /* says something of a chip that is still protected */
    return err;
}

/* --- loading --- */

static enum err launch(struct target *target, const void *what)
{
    struct flash_controller controller;
    enum err err = controller_init(&controller, target, &stm32f1_flash);

    (void)what;
    if (err)
        return err;
    err = controller_take(&controller, false);
    return err ? controller_end(&controller, err)
               : controller_launch(&controller, STM32F1_CR, STM32F1_CR_OBL_LAUNCH);
}

enum err stm32f1_options_load(struct target *target)
{
    return controller_load_options(target, launch);
}
