/* SPDX-License-Identifier: MIT */
#include "chip/dbgmcu.h"

#include "probe/probe.h"

enum { RESTORE_TRIES = 3 };

#define KEEP_AWAKE 0x7u /* DBG_SLEEP, DBG_STOP, DBG_STANDBY */

/* H7 has bits for each of its three domains, and clocks of what hangs on two of them for debugging
 * (RM0433, 60.5.8: DBGMCU_CR, APB3FZ1). */
#define H7_CR 0x5C001004u
#define H7_APB3FZ1 0x5C001034u
#define H7_KEEP_AWAKE 0x006001BFu /* .. D3DBGCKEN, D1DBGCKEN */
#define H7_WWDG1 (1u << 6)

unsigned dbgmcu_freezes(const struct chip_dbgmcu *row, struct dbgmcu_freeze freezes[DBGMCU_FREEZES])
{
    if (!row->freeze)
        return 0;
    freezes[0] = (struct dbgmcu_freeze){row->freeze, row->watchdogs};
    freezes[1] = (struct dbgmcu_freeze){H7_APB3FZ1, H7_WWDG1};
    return row->cr == H7_CR ? 2 : 1;
}

/* Sets bits and remembers what was there. */
static enum err set_bits(struct dbgmcu_saved *saved, struct ops *ops, uint32_t address,
                         uint32_t bits)
{
    uint32_t found = 0;
    bool refused;

    ops_read32(ops, address, &found);
    enum err err = ops_flush_or_refused(ops, &refused);
    if (!err && !refused && !saved->address)
        *saved = (struct dbgmcu_saved){address, found};
    if (!err && !refused && (found & bits) != bits) {
        ops_write32(ops, address, found | bits);
        err = ops_flush_or_refused(ops, &refused);
    }
    if (refused)
        saved->address = 0;
    return err;
}

enum err dbgmcu_wake(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row, struct ops *ops)
{
    bool first = !dbgmcu->clock.address;

    if (!row->clock)
        return ERR_OK;
    enum err err = set_bits(&dbgmcu->clock, ops, row->clock, row->clock_bit);
    if (first)
        dbgmcu->clock_bit = row->clock_bit & ~dbgmcu->clock.value;
    return err;
}

/* A register, what is wanted of it, and what it was. */
struct wanted {
    struct dbgmcu_saved *saved;
    uint32_t address, bits, found;
};
enum { WANTED = 1 + DBGMCU_FREEZES };

static unsigned want(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row,
                     struct wanted wanted[WANTED])
{
    struct dbgmcu_freeze freezes[DBGMCU_FREEZES];
    unsigned freeze_count = dbgmcu_freezes(row, freezes), count = 1;

    wanted[0] = (struct wanted){.saved = &dbgmcu->control,
                                .address = row->cr,
                                .bits = row->cr == H7_CR ? H7_KEEP_AWAKE : KEEP_AWAKE};
    for (unsigned i = 0; i < freeze_count; i++)
        if (freezes[i].address == row->cr)
            wanted[0].bits |= freezes[i].bits;
        else
            wanted[count++] = (struct wanted){.saved = &dbgmcu->freeze[i],
                                              .address = freezes[i].address,
                                              .bits = freezes[i].bits};
    return count;
}

/* As many flushes as for one. */
static enum err set_together(struct wanted *wanted, unsigned count, struct ops *ops, bool *refused)
{
    bool missing = false;

    for (unsigned i = 0; i < count; i++)
        ops_read32(ops, wanted[i].address, &wanted[i].found);
    enum err err = ops_flush_or_refused(ops, refused);
    for (unsigned i = 0; i < count && !err && !*refused; i++) {
        struct wanted *w = &wanted[i];
        if (!w->saved->address)
            *w->saved = (struct dbgmcu_saved){w->address, w->found};
        if ((w->found & w->bits) == w->bits)
            continue;
        ops_write32(ops, w->address, w->found | w->bits);
        missing = true;
    }
    return missing ? ops_flush_or_refused(ops, refused) : err;
}

/* One of them may be refused, the others not. */
enum err dbgmcu_prepare(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row, struct ops *ops)
{
    struct wanted wanted[WANTED];
    bool refused = false;

    if (!row->cr)
        return ERR_OK;
    unsigned count = want(dbgmcu, row, wanted);
    enum err err = dbgmcu_wake(dbgmcu, row, ops);
    if (!err)
        err = set_together(wanted, count, ops, &refused);
    for (unsigned i = 0; i < count && !err && refused; i++)
        err = set_bits(wanted[i].saved, ops, wanted[i].address, wanted[i].bits);
    return err;
}

enum err dbgmcu_freeze_watchdogs(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row,
                                 struct ops *ops)
{
    struct dbgmcu_freeze freezes[DBGMCU_FREEZES];
    unsigned count = dbgmcu_freezes(row, freezes);

    if (!row->cr)
        return ERR_OK;
    enum err err = dbgmcu_wake(dbgmcu, row, ops);
    for (unsigned i = 0; i < count && !err; i++)
        err = set_bits(freezes[i].address == row->cr ? &dbgmcu->control : &dbgmcu->freeze[i], ops,
                       freezes[i].address, freezes[i].bits);
    return err;
}

/* What we found clear; the program's other clocks are its own. */
static enum err queue_restored(const struct dbgmcu *dbgmcu, struct ops *ops)
{
    const struct dbgmcu_saved *clock = &dbgmcu->clock;
    uint32_t clocks = 0;

    if (clock->address) {
        ops_read32_still(ops, clock->address, &clocks);
        enum err err = ops_flush(ops);
        if (err)
            return err;
        if (dbgmcu->clock_bit & ~clocks) /* a reset took it */
            ops_write32(ops, clock->address, clocks | dbgmcu->clock_bit);
    }
    for (unsigned i = 0; i < DBGMCU_FREEZES; i++)
        if (dbgmcu->freeze[i].address)
            ops_write32(ops, dbgmcu->freeze[i].address, dbgmcu->freeze[i].value);
    if (dbgmcu->control.address)
        ops_write32(ops, dbgmcu->control.address, dbgmcu->control.value);
    if (clock->address && dbgmcu->clock_bit)
        ops_write32(ops, clock->address, clocks & ~dbgmcu->clock_bit);
    return ops_flush(ops);
}

bool dbgmcu_is_back(const struct dbgmcu *was, struct ops *ops)
{
    uint32_t address = was->clock_bit ? was->clock.address : was->control.address, found = 0;

    if (!address)
        return true;
    ops_read32(ops, address, &found);
    enum err err = ops_flush(ops);
    job_clear(probe_job(ops->probe));
    if (err)
        return err == ERR_NO_TARGET;
    return was->clock_bit ? !(found & was->clock_bit) : found == was->control.value;
}

/* Where the program sleeps in Stop mode the last write takes the debug port's clock: nobody answers
 * it. Who answers still has not got it. */
static enum err restore(const struct dbgmcu *dbgmcu, struct ops *ops)
{
    struct job *job = probe_job(ops->probe);

    for (unsigned i = 0; i < RESTORE_TRIES; i++) {
        enum err err = queue_restored(dbgmcu, ops);
        if (err != ERR_NO_TARGET && err != ERR_RESET_LOST)
            return err;
        job_clear(job);
        if (dbgmcu_is_back(dbgmcu, ops))
            return ERR_OK;
    }
    return job_fail(job, ERR_TIMEOUT,
                    "DBGMCU could not be put back, %u writes got no answer: the chip's clocks stay "
                    "on in its sleep, and its watchdogs stop with the core, until it is switched "
                    "off and on",
                    RESTORE_TRIES);
}

enum err dbgmcu_restore(struct dbgmcu *dbgmcu, struct ops *ops)
{
    struct job uncancellable, *job = probe_job(ops->probe);

    job_init_within(&uncancellable, job);
    probe_set_job(ops->probe, &uncancellable);
    enum err err = restore(dbgmcu, ops);
    probe_set_job(ops->probe, job);
    *dbgmcu = (struct dbgmcu){0};
    return err ? job_fail(job, err, "%s", job_text(&uncancellable, err)) : ERR_OK;
}
