/* SPDX-License-Identifier: MIT */
/* Resets: by AIRCR.SYSRESETREQ, which needs no wire, or by NRST. The core is caught at its first
 * instruction by DEMCR.VC_CORERESET. What tells that a reset took place is DHCSR.S_RESET_ST, which
 * is lost with a read that the wire garbles, and DFSR.VCATCH, which stays until it is written. */
#include "core/core.h"

#include "chip/chips.h"
#include "core/cores.h"
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
static enum err look(struct core *core, struct reset_watch *watch)
{
    enum err mark = core_mark(core);
    uint32_t dhcsr = 0, dfsr = 0;

    ops_read32(&core->ops, SCB_DFSR, &dfsr);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    enum err err = ops_flush(&core->ops);
    if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
        return err;
    if (err) {
        core_rollback(core, mark);
        err = probe_connect(core->target->probe, PROBE_CONNECT_NORMAL, NULL);
        if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
            return err;
        core_rollback(core, mark);
        return ERR_OK;
    }
    core_saw_dhcsr(core, dhcsr);
    watch->halted = dhcsr & DHCSR_S_HALT;
    watch->seen = core_take_reset(core) || (dfsr & DFSR_VCATCH) || watch->seen;
    return ERR_OK;
}

/* Until a reset was seen and the core stands after it, or the time is over. */
static enum err watch_reset(struct core *core, uint32_t limit_us, struct reset_watch *watch)
{
    uint64_t deadline = core_now_us(core) + limit_us;
    enum err err = look(core, watch);

    while (!err && !(watch->seen && watch->halted) && core_now_us(core) < deadline) {
        clock_sleep_us(probe_clock(core->target->probe), LOOK_EVERY_US);
        err = look(core, watch);
    }
    return err;
}

static enum err pulse_nrst(struct core *core)
{
    enum err err = probe_nrst(core->target->probe, PROBE_NRST_ASSERT);

    if (err)
        return err;
    clock_sleep_us(probe_clock(core->target->probe), NRST_LOW_US);
    return probe_nrst(core->target->probe, PROBE_NRST_RELEASE);
}

/* Everything on the chip that has to be there when the core comes out of reset. */
static enum err arm(struct core *core, bool halt)
{
    uint32_t dhcsr, demcr = DEMCR_TRCENA | core->vector_catch | DEMCR_VC_CORERESET;
    enum err err;

    regs_queue_dirty(core); /* if there is no reset after all, the core is as it should be */
    regs_forget(core);
    breakpoints_queue(core, NO_ADDRESS);
    watchpoints_queue(core);
    core_queue_demcr(core, demcr);
    if (halt) {
        ops_write32(&core->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT);
        core->masked = false;
    }
    ops_write32(&core->ops, SCB_DFSR, DFSR_ALL);
    ops_read32(&core->ops, DHCSR, &dhcsr); /* forgets resets of before */
    err = core_flush(core);
    breakpoints_flushed(core, err);
    if (err)
        watchpoints_forget(core);
    core_take_reset(core);
    return err;
}

static enum err by_sysresetreq(struct core *core, struct reset_watch *watch)
{
    enum err mark = core_mark(core);

    ops_write32(&core->ops, SCB_AIRCR, AIRCR_SYSRESETREQ);
    enum err err = ops_flush(&core->ops);
    if (err == ERR_CANCELLED || err == ERR_PROBE_GONE)
        return err;
    core_rollback(core, mark); /* the answer may fall into the reset */
    return watch_reset(core, RESET_LIMIT_US, watch);
}

static enum err by_nrst(struct core *core, struct reset_watch *watch)
{
    enum err err = pulse_nrst(core);

    return err ? err : watch_reset(core, NRST_LIMIT_US, watch);
}

/* The core stands, or has to be made to: the stop is a reset's. */
static enum err settle(struct core *core)
{
    struct target_stop stop;

    core_new_epoch(core);
    core_was_reset(core);
    core_queue_demcr(core, DEMCR_TRCENA | core->vector_catch);
    enum err err = core_halt_now(core, HALT_LIMIT_US, STOP_RESET, &stop);
    core_take_reset(core);
    return err;
}

static enum err reset_and_halt(struct core *core)
{
    struct reset_watch watch = {0};
    enum err err = arm(core, true);

    if (!err)
        err = by_sysresetreq(core, &watch);
    if (!err && !watch.seen)
        err = by_nrst(core, &watch);
    if (!err)
        err = settle(core);
    core->reset = core->stop;
    if (!err && !watch.seen)
        err = job_fail(core->target->job, ERR_TIMEOUT,
                       "the core was not reset: SYSRESETREQ and NRST both had no effect "
                       "(S_RESET_ST stays 0), so it is halted where it was; switching the target's "
                       "power off and on does reset it");
    return err;
}

static enum err freeze_watchdogs(struct core *core)
{
    const struct chip_dbgmcu *row = &chip_family_of(core->target->chip.dev_id)->dbgmcu;

    return core_note_loss(core, dbgmcu_freeze_watchdogs(&core->target->dbgmcu, row, &core->ops));
}

enum err target_reset(struct target *target, enum target_reset kind)
{
    struct core *core = target->cores;
    enum err mark = core_mark(core);
    enum err err = core_need_connected(core);

    job_section_begin(target->job); /* cut short it leaves the core caught at its next reset */
    if (!err)
        err = reset_and_halt(core);
    if (!err)
        err = cores_after_reset(target);
    job_section_end(target->job);
    if (err == ERR_TIMEOUT)
        err = core_check_held(core, err, mark);
    if (err || kind == TARGET_RESET_HALT)
        return err;
    /* A breakpoint at the reset vector is to be hit: nothing is stepped over. */
    return kind == TARGET_RESET_INIT ? freeze_watchdogs(core) : core_go(core);
}
