/* SPDX-License-Identifier: MIT */
/* What every use of the core goes through: jobs, flushes, and what DHCSR says of resets (DDI 0403,
 * C1.6.2). Nothing here knows who keeps what of the core: each compares the epoch. */
#include "core/core.h"

#include "probe/probe.h"

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
    bool seen = target->reset_seen || (ops_take_dhcsr_sticky(&target->ops) & DHCSR_S_RESET_ST);

    target->reset_seen = false;
    return seen;
}

struct job *target_set_job(struct target *target, struct job *job)
{
    struct job *before = target->job;

    target->job = job;
    probe_set_job(target->probe, job);
    return before;
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

void core_uncancellable_begin(struct target *target, struct job *uncancellable, struct job **before)
{
    job_init(uncancellable, target->job->log);
    *before = target_set_job(target, uncancellable);
}

void core_uncancellable_end(struct target *target, struct job *before)
{
    target_set_job(target, before);
}

/* --- what is not true any more --- */

void core_new_epoch(struct target *target)
{
    target->epoch++;
    target->stop_pending = target->borrowed = false;
}

void core_new_power_epoch(struct target *target)
{
    core_new_epoch(target);
    target->power_epoch++;
}

/* The transport's ERR_RESET_LOST: the debug port itself was reset, so power was gone. */
static bool is_loss(enum err err)
{
    return err == ERR_NO_TARGET || err == ERR_PROBE_GONE || err == ERR_POWER ||
           err == ERR_RESET_LOST;
}

static void lose(struct target *target)
{
    core_new_power_epoch(target);
    target->state = TARGET_ABSENT;
}

enum err core_note_loss(struct target *target, enum err err)
{
    if (is_loss(err))
        lose(target);
    return err;
}

static enum err flush_or_lose(struct target *target)
{
    return core_note_loss(target, ops_flush(&target->ops));
}

/* --- resets --- */

enum err core_report_reset(struct target *target, uint32_t dhcsr)
{
    target->reset_seen = false;
    if (!(dhcsr & DHCSR_C_DEBUGEN)) {
        lose(target);
        return job_fail(target->job, ERR_RESET_LOST,
                        "the target lost power: breakpoints and the debug state are gone, "
                        "connecting again restores them");
    }
    core_new_epoch(target);
    target->stop = (struct target_stop){.reason = STOP_RESET};
    target->state = dhcsr & DHCSR_S_HALT ? TARGET_HALTED : TARGET_RUNNING;
    return job_fail(target->job, ERR_RESET_LOST,
                    "the target was reset (by its program, a watchdog or NRST); breakpoints are "
                    "kept, the core is %s",
                    target->state == TARGET_HALTED ? "halted" : "running");
}

static void hold(struct target *target)
{
    core_new_epoch(target);
    target->state = TARGET_IN_RESET;
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
    hold(target);
    return was_held ? ERR_OK : job_fail(target->job, ERR_RESET_LOST, TARGET_HELD_TEXT);
}

/* Whether a refusal is the doing of NRST that is held low, .. */
enum err core_check_held(struct target *target, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t dhcsr = 0, again = 0;

    core_uncancellable_begin(target, &uncancellable, &before);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    ops_read32(&target->ops, DHCSR, &again);
    bool held = ops_flush(&target->ops) == ERR_OK && (again & DHCSR_S_RESET_ST) &&
                !(again & DHCSR_S_RETIRE_ST);
    core_uncancellable_end(target, before);
    if (!held) {
        core_saw_dhcsr(target, dhcsr);
        return err;
    }
    hold(target);
    core_rollback(target, mark);
    return job_fail(target->job, err == ERR_TIMEOUT ? err : ERR_NOT_HALTED, TARGET_HELD_TEXT);
}

/* .. or of a reset that took place. */
enum err core_check_reset(struct target *target, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t dhcsr = 0;

    if (target->state != TARGET_HALTED)
        return target->state == TARGET_ABSENT ? err : core_check_held(target, err, mark);
    core_uncancellable_begin(target, &uncancellable, &before);
    ops_read32(&target->ops, DHCSR, &dhcsr);
    bool seen = ops_flush(&target->ops) == ERR_OK;
    core_uncancellable_end(target, before);
    if (!seen)
        return err;
    core_saw_dhcsr(target, dhcsr);
    if (!core_take_reset(target))
        return err;
    core_rollback(target, mark);
    return core_look_at_reset(target, dhcsr);
}

/* --- flushes --- */

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
        err = core_check_reset(target, err, mark);
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

void core_saw_icsr(struct target *target, uint32_t icsr)
{
    target->icsr = icsr;
    target->icsr_epoch = target->epoch;
    target->icsr_at_us = core_now_us(target);
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
