/* SPDX-License-Identifier: MIT */
/* Resets: by AIRCR.SYSRESETREQ, which needs no wire, or by NRST. The core is caught at its first
 * instruction by DEMCR.VC_CORERESET. What tells that a reset took place is DHCSR.S_RESET_ST, which
 * is lost with a read that the wire garbles, and DFSR.VCATCH, which stays until it is written. */
#include "core/core.h"

#include "chip/chips.h"
#include "probe/probe.h"

enum {
    RESET_LIMIT_US = 200000,
    NRST_LOW_US = 20000,
    NRST_LIMIT_US = 500000, /* a big capacitor at NRST makes it rise late */
    LOOK_EVERY_US = 1000,
    HALT_LIMIT_US = 1000000,
};

struct reset_watch {
    bool seen, halted;
};

/* One look; the debug port may be gone for a moment during a reset. */
static enum err look(struct target *target, struct reset_watch *watch)
{
    enum err mark = core_mark(target);
    uint32_t dhcsr = 0, dfsr = 0;

    ops_read32(&target->ops, SCB_DFSR, &dfsr);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    enum err err = ops_flush(&target->ops);
    if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
        return err;
    if (err) {
        core_rollback(target, mark);
        err = probe_connect(target->probe, PROBE_CONNECT_NORMAL, NULL);
        if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
            return err;
        core_rollback(target, mark);
        return ERR_OK;
    }
    core_saw_dhcsr(target, dhcsr);
    watch->halted = dhcsr & DHCSR_S_HALT;
    watch->seen = core_take_reset(target) || (dfsr & DFSR_VCATCH) || watch->seen;
    return ERR_OK;
}

/* Until a reset was seen and the core stands after it, or the time is over. */
static enum err watch_reset(struct target *target, uint32_t limit_us, struct reset_watch *watch)
{
    uint64_t deadline = core_now_us(target) + limit_us;
    enum err err = look(target, watch);

    while (!err && !(watch->seen && watch->halted) && core_now_us(target) < deadline) {
        clock_sleep_us(probe_clock(target->probe), LOOK_EVERY_US);
        err = look(target, watch);
    }
    return err;
}

static enum err pulse_nrst(struct target *target)
{
    enum err err = probe_nrst(target->probe, PROBE_NRST_ASSERT);

    if (err)
        return err;
    clock_sleep_us(probe_clock(target->probe), NRST_LOW_US);
    return probe_nrst(target->probe, PROBE_NRST_RELEASE);
}

/* Everything on the chip that has to be there when the core comes out of reset. */
static enum err arm(struct target *target, bool halt)
{
    uint32_t dhcsr, demcr = DEMCR_TRCENA | target->vector_catch | DEMCR_VC_CORERESET;
    enum err err;

    regs_queue_dirty(target); /* if there is no reset after all, the core is as it should be */
    regs_forget(target);
    breakpoints_queue(target, NO_ADDRESS);
    watchpoints_queue(target);
    core_queue_demcr(target, demcr);
    if (halt) {
        ops_write32(&target->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT);
        target->masked = false;
    }
    ops_write32(&target->ops, SCB_DFSR, DFSR_ALL);
    ops_read32(&target->ops, DHCSR, &dhcsr); /* forgets resets of before */
    err = core_flush(target);
    breakpoints_flushed(target, err);
    if (err)
        watchpoints_forget(target);
    core_take_reset(target);
    return err;
}

static enum err by_sysresetreq(struct target *target, struct reset_watch *watch)
{
    enum err mark = core_mark(target);

    ops_write32(&target->ops, SCB_AIRCR, AIRCR_SYSRESETREQ);
    enum err err = ops_flush(&target->ops);
    if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
        return err;
    core_rollback(target, mark); /* the answer may fall into the reset */
    return watch_reset(target, RESET_LIMIT_US, watch);
}

static enum err by_nrst(struct target *target, struct reset_watch *watch)
{
    enum err err = pulse_nrst(target);

    return err ? err : watch_reset(target, NRST_LIMIT_US, watch);
}

/* The core stands, or has to be made to: the stop is a reset's. */
static enum err settle(struct target *target)
{
    struct target_stop stop;

    core_new_epoch(target);
    core_queue_demcr(target, DEMCR_TRCENA | target->vector_catch);
    enum err err = core_halt_now(target, HALT_LIMIT_US, STOP_RESET, &stop);
    core_take_reset(target);
    return err;
}

static enum err reset_and_halt(struct target *target)
{
    struct reset_watch watch = {0};
    enum err err = arm(target, true);

    if (!err)
        err = by_sysresetreq(target, &watch);
    if (!err && !watch.seen)
        err = by_nrst(target, &watch);
    if (!err)
        err = settle(target);
    target->reset = target->stop;
    if (!err && !watch.seen)
        err = job_fail(target->job, ERR_TIMEOUT,
                       "the core was not reset: SYSRESETREQ and NRST both had no effect "
                       "(S_RESET_ST stays 0), so it is halted where it was; switching the target's "
                       "power off and on does reset it");
    return err;
}

static enum err freeze_watchdogs(struct target *target)
{
    const struct chip_dbgmcu *row = &chip_family_of(target->chip.dev_id)->dbgmcu;

    return core_note_loss(target, dbgmcu_freeze_watchdogs(&target->dbgmcu, row, &target->ops));
}

enum err target_reset(struct target *target, enum target_reset kind)
{
    enum err mark = core_mark(target);
    enum err err = core_need_connected(target);

    job_section_begin(target->job); /* cut short it leaves the core caught at its next reset */
    if (!err)
        err = reset_and_halt(target);
    job_section_end(target->job);
    if (err == ERR_TIMEOUT)
        err = core_check_held(target, err, mark);
    if (err || kind == TARGET_RESET_HALT)
        return err;
    /* A breakpoint at the reset vector is to be hit: nothing is stepped over. */
    return kind == TARGET_RESET_INIT ? freeze_watchdogs(target) : core_go(target);
}

/* A core that was not reset runs on, without the catch. */
static enum err disarm(struct target *target)
{
    core_new_epoch(target);
    ops_write32(&target->ops, DEMCR, DEMCR_TRCENA | target->vector_catch);
    return core_flush(target);
}

enum err target_nrst_works(struct target *target, bool *works)
{
    struct reset_watch watch = {0};
    bool halted = target->state == TARGET_HALTED;
    enum err mark = core_mark(target);
    enum err err = core_need_connected(target);

    *works = false;
    if (!err)
        err = arm(target, halted);
    if (!err)
        err = pulse_nrst(target);
    if (!err)
        err = watch_reset(target, RESET_LIMIT_US, &watch);
    if (err)
        return err;
    *works = watch.seen;
    if (!watch.seen && !halted)
        return disarm(target);
    err = settle(target);
    if (err == ERR_TIMEOUT)
        err = core_check_held(target, err, mark);
    return err || halted ? err : core_go(target);
}
