/* SPDX-License-Identifier: MIT */
/* ST's own debug register: keeps the debug port alive while the chip sleeps, and stops watchdogs
 * while the core is halted. RM0008 31.16.3 (F1: watchdogs in DBGMCU_CR), RM0090 38.16.3 and 38.16.4
 * (F4: in DBGMCU_APB1_FZ; F2, F7, L1, L4, G4 alike). */
#include "core/core.h"

#include "chip/chips.h"

#define DBGMCU_CR 0xE0042004u
#define DBGMCU_APB1_FZ 0xE0042008u
#define KEEP_AWAKE 0x7u           /* DBG_SLEEP, DBG_STOP, DBG_STANDBY */
#define F1_WATCHDOGS 0x300u       /* DBG_IWDG_STOP, DBG_WWDG_STOP */
#define APB1_FZ_WATCHDOGS 0x1800u /* the same in DBGMCU_APB1_FZ */

struct dbgmcu {
    uint8_t family;
    uint32_t freeze_address, freeze_bits;
};

/* Families whose register is where and what the table says, without a clock to be switched on. */
static const struct dbgmcu known[] = {
    {CHIP_F1, DBGMCU_CR, F1_WATCHDOGS},           {CHIP_F1_XL, DBGMCU_CR, F1_WATCHDOGS},
    {CHIP_F2, DBGMCU_APB1_FZ, APB1_FZ_WATCHDOGS}, {CHIP_F4, DBGMCU_APB1_FZ, APB1_FZ_WATCHDOGS},
    {CHIP_F7, DBGMCU_APB1_FZ, APB1_FZ_WATCHDOGS}, {CHIP_L1, DBGMCU_APB1_FZ, APB1_FZ_WATCHDOGS},
    {CHIP_L4, DBGMCU_APB1_FZ, APB1_FZ_WATCHDOGS}, {CHIP_G4, DBGMCU_APB1_FZ, APB1_FZ_WATCHDOGS},
};

static const struct dbgmcu *find(const struct target *target)
{
    const struct chip *chip = chip_by_dev_id(target->chip.dev_id);

    for (size_t i = 0; chip && i < sizeof known / sizeof known[0]; i++)
        if (known[i].family == chip->family)
            return &known[i];
    return NULL;
}

/* Sets bits and remembers what was there; a chip that refuses is left alone. */
static enum err set_bits(struct target *target, struct dbgmcu_saved *saved, uint32_t address,
                         uint32_t bits)
{
    enum err mark = core_mark(target);
    uint32_t found = 0;

    ops_read32(&target->ops, address, &found);
    enum err err = core_flush(target);
    if (!err && !saved->address)
        *saved = (struct dbgmcu_saved){address, found};
    if (!err && (found & bits) != bits) {
        ops_write32(&target->ops, address, found | bits);
        err = core_flush(target);
    }
    if (err != ERR_FAULT)
        return err;
    saved->address = 0;
    core_rollback(target, mark);
    return ERR_OK;
}

enum err dbgmcu_keep_awake(struct target *target)
{
    return find(target) ? set_bits(target, &target->dbgmcu_cr, DBGMCU_CR, KEEP_AWAKE) : ERR_OK;
}

enum err dbgmcu_freeze_watchdogs(struct target *target)
{
    const struct dbgmcu *dbgmcu = find(target);

    if (!dbgmcu)
        return ERR_OK;
    bool in_cr = dbgmcu->freeze_address == DBGMCU_CR;
    return set_bits(target, in_cr ? &target->dbgmcu_cr : &target->dbgmcu_fz, dbgmcu->freeze_address,
                    dbgmcu->freeze_bits);
}

void dbgmcu_forget(struct target *target)
{
    target->dbgmcu_cr = target->dbgmcu_fz = (struct dbgmcu_saved){0};
}

/* Where the program sleeps in Stop mode this write takes the debug port's clock: nobody answers it.
 */
enum err dbgmcu_restore(struct target *target)
{
    struct job uncancellable, *before;

    if (target->dbgmcu_fz.address)
        ops_write32(&target->ops, target->dbgmcu_fz.address, target->dbgmcu_fz.value);
    if (target->dbgmcu_cr.address)
        ops_write32(&target->ops, target->dbgmcu_cr.address, target->dbgmcu_cr.value);
    dbgmcu_forget(target);
    core_uncancellable_begin(target, &uncancellable, &before);
    enum err err = ops_flush(&target->ops);
    core_uncancellable_end(target, before);
    if (err == ERR_OK || err == ERR_NO_TARGET || err == ERR_RESET_LOST)
        return ERR_OK;
    return job_fail(target->job, err, "%s", job_text(&uncancellable, err));
}
