/* SPDX-License-Identifier: MIT */
#include "chip/dbgmcu.h"

#include "probe/probe.h"

#define KEEP_AWAKE 0x7u /* DBG_SLEEP, DBG_STOP, DBG_STANDBY */

/* Sets bits and remembers what was there. */
static enum err set_bits(struct dbgmcu_saved *saved, struct ops *ops, uint32_t address,
                         uint32_t bits)
{
    struct job *job = probe_job(ops->probe);
    bool had_failed = job->err != ERR_OK;
    uint32_t found = 0;

    ops_read32(ops, address, &found);
    enum err err = ops_flush(ops);
    if (!err && !saved->address)
        *saved = (struct dbgmcu_saved){address, found};
    if (!err && (found & bits) != bits) {
        ops_write32(ops, address, found | bits);
        err = ops_flush(ops);
    }
    if (err != ERR_FAULT)
        return err;
    saved->address = 0;
    if (!had_failed)
        job_clear(job);
    return ERR_OK;
}

enum err dbgmcu_keep_awake(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row, struct ops *ops)
{
    return row->cr ? set_bits(&dbgmcu->control, ops, row->cr, KEEP_AWAKE) : ERR_OK;
}

enum err dbgmcu_freeze_watchdogs(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row,
                                 struct ops *ops)
{
    bool in_control = row->freeze == row->cr;

    if (!row->cr)
        return ERR_OK;
    return set_bits(in_control ? &dbgmcu->control : &dbgmcu->freeze, ops, row->freeze,
                    row->watchdogs);
}

/* Where the program sleeps in Stop mode this write takes the debug port's clock: nobody answers it.
 */
enum err dbgmcu_restore(struct dbgmcu *dbgmcu, struct ops *ops)
{
    struct job uncancellable, *job = probe_job(ops->probe);

    if (dbgmcu->freeze.address)
        ops_write32(ops, dbgmcu->freeze.address, dbgmcu->freeze.value);
    if (dbgmcu->control.address)
        ops_write32(ops, dbgmcu->control.address, dbgmcu->control.value);
    *dbgmcu = (struct dbgmcu){0};
    job_init_within(&uncancellable, job);
    probe_set_job(ops->probe, &uncancellable);
    enum err err = ops_flush(ops);
    probe_set_job(ops->probe, job);
    if (!err || err == ERR_NO_TARGET || err == ERR_RESET_LOST)
        return ERR_OK;
    return job_fail(job, err, "%s", job_text(&uncancellable, err));
}
