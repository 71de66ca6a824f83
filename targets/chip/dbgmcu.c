/* SPDX-License-Identifier: MIT */
/* ST's own debug register: keeps the debug port alive while the chip sleeps, and stops watchdogs
 * while the core is halted. Where it is: the family's row. */
#include "core/core.h"

#include "chip/chips.h"

#define KEEP_AWAKE 0x7u /* DBG_SLEEP, DBG_STOP, DBG_STANDBY */

static const struct chip_dbgmcu *dbgmcu_of(const struct target *target)
{
    return &chip_family_of(target->chip.dev_id)->dbgmcu;
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
    const struct chip_dbgmcu *dbgmcu = dbgmcu_of(target);

    return dbgmcu->cr ? set_bits(target, &target->dbgmcu_cr, dbgmcu->cr, KEEP_AWAKE) : ERR_OK;
}

enum err dbgmcu_freeze_watchdogs(struct target *target)
{
    const struct chip_dbgmcu *dbgmcu = dbgmcu_of(target);

    if (!dbgmcu->cr)
        return ERR_OK;
    bool in_cr = dbgmcu->freeze == dbgmcu->cr;
    return set_bits(target, in_cr ? &target->dbgmcu_cr : &target->dbgmcu_fz, dbgmcu->freeze,
                    dbgmcu->watchdogs);
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
