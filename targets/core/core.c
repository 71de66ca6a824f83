/* SPDX-License-Identifier: MIT */
/* DHCSR: what every use of the core goes through, and halting it (DDI 0403, C1.6.2). */
#include "core/core.h"

#include "probe/probe.h"

enum { HALT_TIMEOUT_US = 1000000 };

uint64_t core_now_us(const struct target *target)
{
    return clock_now_us(probe_clock(target->probe));
}

void core_saw_dhcsr(struct target *target, uint32_t dhcsr)
{
    if (dhcsr & DHCSR_S_RESET_ST)
        target->reset_seen = true;
}

bool core_take_reset(struct target *target)
{
    bool seen = target->reset_seen || (probe_take_dhcsr_sticky(target->probe) & DHCSR_S_RESET_ST);

    target->reset_seen = false;
    return seen;
}

enum err core_mark(const struct target *target)
{
    return target->job->error;
}

void core_rollback(struct target *target, enum err mark)
{
    if (mark == ERR_OK)
        job_clear(target->job);
}

/* The transport's ERR_RESET_LOST: the debug port itself was reset, so power was gone. */
static bool is_loss(enum err err)
{
    return err == ERR_NO_TARGET || err == ERR_PROBE_GONE || err == ERR_POWER ||
           err == ERR_RESET_LOST;
}

static void lose(struct target *target, enum target_state state)
{
    core_forget(target, true);
    breakpoints_forget(target);
    watchpoints_forget(target);
    target->state = state;
}

enum err core_note_loss(struct target *target, enum err err)
{
    if (is_loss(err))
        lose(target, TARGET_ABSENT);
    return err;
}

static enum err flush_or_lose(struct target *target)
{
    return core_note_loss(target, ops_flush(&target->ops));
}

enum err core_report_reset(struct target *target, uint32_t dhcsr)
{
    target->reset_seen = false;
    if (!(dhcsr & DHCSR_C_DEBUGEN)) {
        lose(target, TARGET_ABSENT);
        return job_fail(target->job, ERR_RESET_LOST,
                        "the target lost power: breakpoints and the debug state are gone, "
                        "connecting again restores them");
    }
    core_forget(target, true);
    target->stop = (struct target_stop){.reason = STOP_RESET};
    target->state = dhcsr & DHCSR_S_HALT ? TARGET_HALTED : TARGET_RUNNING;
    return job_fail(target->job, ERR_RESET_LOST,
                    "the target was reset (by its program, a watchdog or NRST); breakpoints are "
                    "kept, the core is %s",
                    target->state == TARGET_HALTED ? "halted" : "running");
}

/* S_RESET_ST was set while the core should run. If it is set again at once, NRST is held. */
enum err core_look_at_reset(struct target *target, uint32_t dhcsr)
{
    uint32_t again = 0;

    ops_read32(&target->ops, DHCSR, &again);
    enum err err = flush_or_lose(target);
    if (err)
        return err;
    bool held = core_take_reset(target) || (again & DHCSR_S_RESET_ST);
    if (again & DHCSR_S_RETIRE_ST) /* reset again and again, by its program or a watchdog */
        held = false;
    if (!held || !(dhcsr & DHCSR_C_DEBUGEN))
        return core_report_reset(target, again);
    bool was_held = target->state == TARGET_IN_RESET;
    core_hold(target);
    return was_held ? ERR_OK : job_fail(target->job, ERR_RESET_LOST, TARGET_HELD_TEXT);
}

/* No address that nobody answers at: a core register, or anything while NRST is low. */
static bool refusal_is_odd(const struct target *target)
{
    uint32_t address;

    return target->state == TARGET_IN_RESET || !probe_failed_address(target->probe, &address);
}

enum err core_flush(struct target *target)
{
    enum err mark = core_mark(target);
    enum err err = flush_or_lose(target);

    if (err == ERR_NOT_HALTED || (err == ERR_FAULT && refusal_is_odd(target)))
        err = reset_check(target, err, mark);
    return err;
}

enum err core_flush_halted(struct target *target)
{
    uint32_t dhcsr = 0;

    if (target->state != TARGET_HALTED)
        return core_flush(target);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    enum err err = core_flush(target);
    if (err)
        return err;
    core_saw_dhcsr(target, dhcsr);
    bool reset = core_take_reset(target);
    if (dhcsr & DHCSR_S_HALT)
        return reset ? core_report_reset(target, dhcsr) : ERR_OK;
    return reset ? core_look_at_reset(target, dhcsr) : core_report_reset(target, dhcsr);
}

enum err core_need_connected(struct target *target)
{
    if (target->state == TARGET_ABSENT)
        return job_fail(target->job, ERR_NOT_CONNECTED, "not connected to a target");
    return ERR_OK;
}

enum err core_need_halted(struct target *target)
{
    enum err err = core_need_connected(target);

    if (!err && target->state == TARGET_IN_RESET)
        err = job_fail(target->job, ERR_NOT_HALTED, TARGET_HELD_TEXT);
    if (!err && target->state != TARGET_HALTED)
        err =
            job_fail(target->job, ERR_NOT_HALTED,
                     "the core is running: its registers can be seen once it is halted ('halt', or "
                     "Ctrl-C in gdb)");
    return err;
}

void core_forget(struct target *target, bool flash_too)
{
    regs_forget(target);
    target->icsr_at_us = UINT64_MAX;
    target->stop_pending = target->borrowed = false;
    if (flash_too)
        cache_drop_all(&target->cache);
    else
        cache_drop_ram(&target->cache);
}

void core_queue_prepare(struct target *target, uint32_t exclude)
{
    regs_queue_dirty(target);
    breakpoints_queue(target, exclude);
    watchpoints_queue(target);
}

void core_queue_demcr(struct target *target, uint32_t value)
{
    ops_write32(&target->ops, DEMCR, value);
    target->demcr = value;
}

/* Armv6-M knows HardFault alone. */
void core_queue_catch(struct target *target, bool faults)
{
    uint32_t more = faults && !target->armv6m ? DEMCR_VC_FAULTS : 0;
    uint32_t value = DEMCR_TRCENA | target->vector_catch | more;

    if (value != target->demcr)
        core_queue_demcr(target, value);
}

static uint32_t dhcsr_base(bool masked)
{
    return DHCSR_KEY | DHCSR_C_DEBUGEN | (masked ? DHCSR_C_MASKINTS : 0);
}

/* C1.6.2: C_MASKINTS may change only while the core is halted, and never in the write that clears
 * C_HALT. */
void core_queue_mask(struct target *target, bool masked)
{
    if (masked != target->masked || target->mask_unsure)
        ops_write32(&target->ops, DHCSR, dhcsr_base(masked) | DHCSR_C_HALT);
    target->masked = masked;
}

void core_queue_go(struct target *target, uint32_t dhcsr_bits, bool masked)
{
    core_queue_mask(target, masked);
    ops_write32(&target->ops, SCB_DFSR, DFSR_ALL);
    ops_write32(&target->ops, DHCSR, dhcsr_base(masked) | dhcsr_bits);
}

void core_prepared(struct target *target, enum err err)
{
    breakpoints_flushed(target, err);
    target->mask_unsure = err != ERR_OK;
    if (err) {
        watchpoints_forget(target);
        target->demcr = 0;
    } else {
        target->regs.dirty = 0;
    }
}

void core_uncancellable_begin(struct target *target, struct job *uncancellable, struct job **before)
{
    job_init(uncancellable, target->job->log);
    *before = target_set_job(target, uncancellable);
}

void core_uncancellable_end(struct target *target, struct job *before)
{
    target_set_job(target, before);
}

enum err core_halt_now(struct target *target, uint32_t timeout_us, enum stop_reason plain,
                       struct target_stop *stop)
{
    struct stop_facts facts = {0};
    uint32_t before = 0, mask = target->masked ? DHCSR_C_MASKINTS : 0;

    ops_read32(&target->ops, DHCSR, &before);
    ops_write32(&target->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT | mask);
    ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, timeout_us);
    stop_queue(target, true, &facts);
    stop_queue_matches(target, &facts);
    regs_queue_read(target);
    enum err err = core_flush(target);
    if (err)
        return err;
    target->state = TARGET_HALTED;
    target->stop_pending = false;
    regs_valid(target);
    target->regs.dirty = 0;
    core_saw_dhcsr(target, before);
    /* Once halted it does not show S_LOCKUP any more. */
    return stop_explain(target, &facts, before & DHCSR_S_LOCKUP ? STOP_FAULT : plain, stop);
}

/* A program that talks much nearly always stands at a semihosting call. It is served when the core
 * goes on and gets there again. */
static void leave_call_for_later(struct target *target, struct target_stop *stop)
{
    if (stop->reason != STOP_BKPT || !semihost_is_call(target, stop->bkpt))
        return;
    *stop = (struct target_stop){.reason = STOP_REQUEST, .pc = stop->pc};
    target->stop = *stop;
}

enum err target_halt(struct target *target, struct target_stop *stop)
{
    enum err mark = core_mark(target);
    enum err err = core_need_connected(target);

    stop->reason = STOP_NONE;
    if (err)
        return err;
    if (target->state == TARGET_HALTED) {
        /* A look, because "halted" must not be a memory of better days. */
        uint32_t dhcsr;
        ops_read32(&target->ops, DHCSR, &dhcsr);
        err = core_flush_halted(target);
        if (err != ERR_RESET_LOST || target->state == TARGET_ABSENT)
            return err;
        core_rollback(target, mark);
    }
    if (target->stop_pending) {
        err = target_poll(target, stop);
        if (err || target->state == TARGET_HALTED)
            return err;
    }
    err = core_halt_now(target, HALT_TIMEOUT_US, STOP_REQUEST, stop);
    if (!err)
        leave_call_for_later(target, stop);
    if (err != ERR_TIMEOUT)
        return err;
    core_rollback(target, mark);
    err = job_fail(target->job, ERR_TIMEOUT,
                   "the core did not halt within 1 s: 'monitor reset halt' may get it back");
    return reset_check_held(target, err, mark);
}
