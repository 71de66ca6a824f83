/* SPDX-License-Identifier: MIT */
/* Option bytes: PM0075, 2.5 (programming) and 2.4 (protections). They are erased together, so any
 * change is: read all, erase all, program all, read protection first. If power fails in between,
 * read protection is on at the next start (an erased RDP byte protects). */
#include "stm32f1.h"

#include <string.h>

#include "base/bytes.h"
#include "cortex_m.h"
#include "ops.h"

#define OPTION_BYTES 0x1FFFF800u

enum { RDP, USER, DATA0, DATA1, WRP0, OPTION_COUNT = 8 };
enum { RDP_OPEN = 0xA5, RDP_PROTECTED = 0x00 };
enum { OPTION_LIMIT_US = 500000 };

static void unpack(const uint8_t stored[2 * OPTION_COUNT], struct stm32f1_options *options)
{
    options->rdp = stored[2 * RDP];
    options->user = stored[2 * USER];
    options->data[0] = stored[2 * DATA0];
    options->data[1] = stored[2 * DATA1];
    options->wrp = 0;
    for (unsigned i = 0; i < 4; i++)
        options->wrp |= (uint32_t)stored[2 * (WRP0 + i)] << 8 * i;
}

/* OBR and WRPR: what was loaded at the last reset (PM0075, 3.7 and 3.8). */
static void unpack_registers(uint32_t obr, uint32_t wrpr, struct stm32f1_options *options)
{
    options->rdp = 0xFF;
    options->user = (uint8_t)(0xF8 | (obr >> 2 & 7));
    options->data[0] = (uint8_t)(obr >> 10);
    options->data[1] = (uint8_t)(obr >> 18);
    options->wrp = wrpr;
}

enum err stm32f1_options_read(struct target *target, struct stm32f1_options *options)
{
    struct ops *ops = &target->ops;
    uint8_t stored[2 * OPTION_COUNT];
    uint32_t obr = 0, wrpr = 0;

    ops_read32(ops, STM32F1_FLASH_OBR, &obr);
    ops_read32(ops, STM32F1_FLASH_WRPR, &wrpr);
    enum err err = cm_flush(target);
    if (err)
        return err;
    options->readout_protected = obr & STM32F1_OBR_RDPRT;
    options->broken = obr & STM32F1_OBR_OPTERR;
    if (options->readout_protected) {
        unpack_registers(obr, wrpr, options);
        return ERR_OK;
    }
    ops_read(ops, OPTION_BYTES, 4, stored, sizeof stored / 4);
    err = cm_flush(target);
    if (!err)
        unpack(stored, options);
    return err;
}

/* Option bytes take halfwords alone. A probe that has none (ST-Link before J26) says so at a
 * register, and has to before anything is erased: an erased RDP byte protects. */
static enum err need_halfwords(struct target *target)
{
    uint16_t status;

    ops_read(&target->ops, STM32F1_FLASH_SR, sizeof status, &status, 1);
    return cm_flush_halted(target);
}

/* OPTWRE set: the option bytes may be changed. As with KEYR, keys are given only when needed. */
static enum err open_options(struct target *target)
{
    struct ops *ops = &target->ops;
    uint32_t cr = 0;

    ops_read32(ops, STM32F1_FLASH_CR, &cr);
    enum err err = cm_flush_halted(target);
    if (err || cr & STM32F1_CR_OPTWRE)
        return err;
    ops_write32(ops, STM32F1_FLASH_OPTKEYR, STM32F1_KEY1);
    ops_write32(ops, STM32F1_FLASH_OPTKEYR, STM32F1_KEY2);
    ops_read32(ops, STM32F1_FLASH_CR, &cr);
    err = cm_flush_halted(target);
    if (err || cr & STM32F1_CR_OPTWRE)
        return err;
    return job_fail(target->job, ERR_FLASH,
                    "the option bytes stay locked: the program gave a wrong key; `monitor reset "
                    "halt`, then try again");
}

static void queue_wait(struct ops *ops, uint32_t limit_us)
{
    ops_wait32(ops, STM32F1_FLASH_SR, STM32F1_SR_BSY, 0, limit_us);
}

/* Programming RDP in a protected chip erases all flash first. Its PGERR may be set although all is
 * well; reading back decides. */
static enum err rewrite(struct flash_controller *controller, const uint8_t values[OPTION_COUNT])
{
    struct target *target = controller->target;
    struct ops *ops = &target->ops;

    ops_write32(ops, STM32F1_FLASH_CR, STM32F1_CR_OPTWRE | STM32F1_CR_OPTER);
    ops_write32(ops, STM32F1_FLASH_CR, STM32F1_CR_OPTWRE | STM32F1_CR_OPTER | STM32F1_CR_STRT);
    queue_wait(ops, OPTION_LIMIT_US);
    ops_write32(ops, STM32F1_FLASH_CR, STM32F1_CR_OPTWRE | STM32F1_CR_OPTPG);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        ops_write16(ops, OPTION_BYTES + 2 * i, values[i]);
        queue_wait(ops, stm32f1_flash.mass_erase_max_us);
    }
    ops_write32(ops, STM32F1_FLASH_SR, STM32F1_SR_CLEAR);
    ops_write32(ops, STM32F1_FLASH_CR, 0);
    target_drop_caches(target);
    return cm_flush_halted(target);
}

/* A chip that was protected does not let its option bytes be read before it is powered anew. */
static enum err check(struct target *target, const uint8_t values[OPTION_COUNT])
{
    struct stm32f1_options wanted, now;
    uint8_t stored[2 * OPTION_COUNT] = {0};

    for (unsigned i = 0; i < OPTION_COUNT; i++)
        stored[2 * i] = values[i];
    unpack(stored, &wanted);
    enum err err = stm32f1_options_read(target, &now);
    if (err || now.readout_protected)
        return err;
    if (now.rdp == wanted.rdp && now.user == wanted.user && now.wrp == wanted.wrp &&
        memcmp(now.data, wanted.data, sizeof now.data) == 0)
        return ERR_OK;
    return job_fail(target->job, ERR_VERIFY,
                    "the option bytes read RDP 0x%02x USER 0x%02x DATA 0x%02x 0x%02x WRP 0x%08x "
                    "after programming",
                    now.rdp, now.user, now.data[0], now.data[1], now.wrp);
}

static enum err change(struct target *target, bool refuse_protected,
                       const uint8_t values[OPTION_COUNT])
{
    struct flash_controller controller = {.target = target, .driver = &stm32f1_flash};
    struct target_stop stop;
    enum err err = target_halt(target, &stop);

    if (err)
        return err;
    err = stm32f1_prepare(&controller, refuse_protected);
    if (!err)
        err = need_halfwords(target);
    if (!err)
        err = open_options(target);
    if (!err)
        err = rewrite(&controller, values);
    if (!err)
        err = check(target, values);
    enum err finished =
        target_state(target) == TARGET_HALTED ? stm32f1_finish(&controller) : ERR_OK;
    return err ? err : finished;
}

static void pack(const struct stm32f1_options *options, uint8_t rdp, uint8_t values[OPTION_COUNT])
{
    values[RDP] = rdp;
    values[USER] = options->user;
    values[DATA0] = options->data[0];
    values[DATA1] = options->data[1];
    put_le32(&values[WRP0], options->wrp);
}

enum err stm32f1_options_write(struct target *target, const struct stm32f1_options *options)
{
    uint8_t values[OPTION_COUNT];

    pack(options, RDP_OPEN, values);
    return change(target, true, values);
}

enum err stm32f1_options_lock(struct target *target)
{
    struct stm32f1_options options;
    uint8_t values[OPTION_COUNT];
    enum err err = stm32f1_options_read(target, &options);

    if (err)
        return err;
    pack(&options, RDP_PROTECTED, values);
    return change(target, true, values);
}

enum err stm32f1_options_unlock(struct target *target)
{
    static const struct stm32f1_options defaults = {
        .user = 0xFF, .data = {0xFF, 0xFF}, .wrp = UINT32_MAX};
    uint8_t values[OPTION_COUNT];

    pack(&defaults, RDP_OPEN, values);
    return change(target, false, values);
}
