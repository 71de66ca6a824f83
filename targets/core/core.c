/* SPDX-License-Identifier: MIT */
/* What every use of the core goes through: jobs, flushes, and what DHCSR says of resets (DDI 0403,
 * C1.6.2). Nothing here knows who keeps what of the core: each compares the epoch. */
#include "core/core.h"

#include "probe/probe.h"

uint64_t core_now_us(const struct core *core)
{
    return clock_now_us(probe_clock(core->target->probe));
}

void core_saw_dhcsr(struct core *core, uint32_t dhcsr)
{
    if (dhcsr & DHCSR_S_RESET_ST)
        core->reset_seen = true;
}

void core_was_reset(struct core *core)
{
    core->resets++;
    core->reset_us = core_now_us(core);
}

bool core_take_reset(struct core *core)
{
    bool seen = core->reset_seen || (ops_take_dhcsr_sticky(&core->ops) & DHCSR_S_RESET_ST);

    core->reset_seen = false;
    if (seen)
        core_was_reset(core);
    return seen;
}

struct job *target_set_job(struct target *target, struct job *job)
{
    struct job *before = target->job;

    target->job = job;
    probe_set_job(target->probe, job);
    return before;
}

enum err core_mark(const struct core *core)
{
    return core->target->job->err;
}

void core_rollback(struct core *core, enum err mark)
{
    if (mark == ERR_OK)
        job_clear(core->target->job);
}

void core_uncancellable_begin(struct core *core, struct job *uncancellable, struct job **before)
{
    job_init_within(uncancellable, core->target->job);
    *before = target_set_job(core->target, uncancellable);
}

void core_uncancellable_end(struct core *core, struct job *before)
{
    target_set_job(core->target, before);
}

/* --- what is not true any more --- */

void core_new_epoch(struct core *core)
{
    core->ecc.nmi = false;
    core->epoch++;
    core->stop_pending = core->borrowed = false;
}

void core_new_power_epoch(struct core *core)
{
    core_new_epoch(core);
    core_was_reset(core);
    core->power_epoch++;
}

/* The transport's ERR_RESET_LOST: the debug port itself was reset, so power was gone. */
static bool is_loss(enum err err)
{
    return err == ERR_NO_TARGET || err == ERR_PROBE_GONE || err == ERR_POWER ||
           err == ERR_RESET_LOST;
}

static void lose(struct core *core)
{
    core_new_power_epoch(core);
    core->state = TARGET_ABSENT;
}

enum err core_note_loss(struct core *core, enum err err)
{
    for (unsigned i = 0; i < core->target->core_count && is_loss(err); i++)
        lose(&core->target->cores[i]);
    return err;
}

bool core_has_company(const struct core *core)
{
    const struct target *target = core->target;

    for (unsigned i = 0; i < target->core_count; i++)
        if (&target->cores[i] != core && target->cores[i].state == TARGET_RUNNING)
            return true;
    return false;
}

void core_drop_other_caches(struct core *core)
{
    struct target *target = core->target;

    for (unsigned i = 0; i < target->core_count; i++)
        if (&target->cores[i] != core)
            cache_drop_all(core_cache(&target->cores[i]));
}

static enum err flush_or_lose(struct core *core)
{
    return core_note_loss(core, ops_flush(&core->ops));
}

/* --- resets --- */

enum err core_report_reset(struct core *core, uint32_t dhcsr)
{
    core->reset_seen = false;
    if (!(dhcsr & DHCSR_C_DEBUGEN)) {
        lose(core);
        return job_fail(core->target->job, ERR_RESET_LOST,
                        "the target lost power: breakpoints and the debug state are gone, "
                        "connecting again restores them");
    }
    core_new_epoch(core);
    core->stop = (struct target_stop){.reason = STOP_RESET};
    core->state = dhcsr & DHCSR_S_HALT ? TARGET_HALTED : TARGET_RUNNING;
    return job_fail(core->target->job, ERR_RESET_LOST,
                    "the target was reset (by its program, a watchdog or NRST); breakpoints are "
                    "kept, the core is %s",
                    core->state == TARGET_HALTED ? "halted" : "running");
}

static void hold(struct core *core)
{
    core_new_epoch(core);
    core->state = TARGET_IN_RESET;
}

/* S_RESET_ST was set while the core should run. If it is set again at once, NRST is held. */
enum err core_look_at_reset(struct core *core, uint32_t dhcsr)
{
    uint32_t again = 0;

    ops_read32(&core->ops, DHCSR, &again);
    enum err err = flush_or_lose(core);
    if (err)
        return err;
    bool held = core_take_reset(core) || (again & DHCSR_S_RESET_ST);
    if (again & DHCSR_S_RETIRE_ST) /* reset again and again, by its program or a watchdog */
        held = false;
    if (!held || !(dhcsr & DHCSR_C_DEBUGEN))
        return core_report_reset(core, again);
    bool was_held = core->state == TARGET_IN_RESET;
    hold(core);
    return was_held ? ERR_OK : job_fail(core->target->job, ERR_RESET_LOST, TARGET_HELD_TEXT);
}

/* Whether a refusal is the doing of NRST that is held low, .. */
enum err core_check_held(struct core *core, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t dhcsr = 0, again = 0;

    core_uncancellable_begin(core, &uncancellable, &before);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    ops_read32(&core->ops, DHCSR, &again);
    bool held = ops_flush(&core->ops) == ERR_OK && (again & DHCSR_S_RESET_ST) &&
                !(again & DHCSR_S_RETIRE_ST);
    core_uncancellable_end(core, before);
    if (!held) {
        core_saw_dhcsr(core, dhcsr);
        return err;
    }
    hold(core);
    core_rollback(core, mark);
    return job_fail(core->target->job, err == ERR_TIMEOUT ? err : ERR_NOT_HALTED, TARGET_HELD_TEXT);
}

/* .. or of a reset that took place. */
enum err core_check_reset(struct core *core, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t dhcsr = 0;

    if (core->state != TARGET_HALTED)
        return core->state == TARGET_ABSENT ? err : core_check_held(core, err, mark);
    core_uncancellable_begin(core, &uncancellable, &before);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    bool seen = ops_flush(&core->ops) == ERR_OK;
    core_uncancellable_end(core, before);
    if (!seen)
        return err;
    core_saw_dhcsr(core, dhcsr);
    if (!core_take_reset(core))
        return err;
    core_rollback(core, mark);
    return core_look_at_reset(core, dhcsr);
}

/* --- a core that its chip can hold back, or close --- */

#define CLOSED_TEXT                                                                          \
    "keeps debuggers from its core now (its product state is closed or locked): connecting " \
    "again says who opens it"

/* Refused was an address, or all of this core. */
static enum err check_reach(struct core *core, enum err err, enum err mark)
{
    struct job uncancellable, *before;
    uint32_t cpuid;

    core_uncancellable_begin(core, &uncancellable, &before);
    ops_read32(&core->ops, SCB_CPUID, &cpuid);
    bool refused = ops_flush(&core->ops) == ERR_FAULT;
    core_uncancellable_end(core, before);
    if (!refused)
        return err;
    lose(core);
    core_rollback(core, mark);
    return job_fail(core->target->job, ERR_RESET_LOST,
                    "the %s answers no more: the chip was reset, and it %s", core->found.name,
                    core_is_first(core) ? CLOSED_TEXT : core->held_by);
}

/* The first core of chips with a port of their own for debugging in front of it can be closed. What
 * was read ahead may be refused as well as not: who did that asks which address it was. */
static bool can_be_out_of_reach(struct core *core)
{
    uint32_t at;

    return (!core_is_first(core) || core->ops.ap != 0) &&
           !(probe_failed_address(core->target->probe, &at) &&
             cache_is_claimed(core_cache(core), at));
}

/* --- flushes --- */

/* No address that nobody answers at: a core register, or anything while NRST is low. */
static bool refusal_is_odd(const struct core *core)
{
    uint32_t address;

    return core->state == TARGET_IN_RESET || !probe_failed_address(core->target->probe, &address);
}

enum err core_flush(struct core *core)
{
    enum err mark = core_mark(core);
    struct ecc_look look;

    ecc_queue_look(core, &look);
    enum err err = flush_or_lose(core);
    if (err == ERR_NOT_HALTED || (err == ERR_FAULT && refusal_is_odd(core)))
        err = core_check_reset(core, err, mark);
    if (err == ERR_FAULT && can_be_out_of_reach(core))
        err = check_reach(core, err, mark);
    return err ? err : core_note_loss(core, ecc_take_look(core, &look));
}

bool core_wait_failed(const struct core *core, enum err err)
{
    return err == ERR_TIMEOUT && probe_wait_timed_out(core->target->probe);
}

enum err core_flush_halted(struct core *core)
{
    uint32_t dhcsr = 0;

    if (core->state != TARGET_HALTED)
        return core_flush(core);
    ops_read32(&core->ops, DHCSR, &dhcsr);
    enum err err = core_flush(core);
    if (err)
        return err;
    core_saw_dhcsr(core, dhcsr);
    bool reset = core_take_reset(core);
    if (dhcsr & DHCSR_S_HALT)
        return reset ? core_report_reset(core, dhcsr) : ERR_OK;
    return reset ? core_look_at_reset(core, dhcsr) : core_report_reset(core, dhcsr);
}

void core_saw_icsr(struct core *core, uint32_t icsr)
{
    core->icsr = icsr;
    core->icsr_epoch = core->epoch;
    core->icsr_at_us = core_now_us(core);
}

enum err core_need_connected(struct core *core)
{
    if (core->state == TARGET_ABSENT)
        return job_fail(core->target->job, ERR_NOT_CONNECTED, "not connected to a target");
    return ERR_OK;
}

enum err core_need_halted(struct core *core)
{
    enum err err = core_need_connected(core);

    if (!err && core->state == TARGET_IN_RESET)
        err = job_fail(core->target->job, ERR_NOT_HALTED, TARGET_HELD_TEXT);
    if (!err && core->state != TARGET_HALTED)
        err =
            job_fail(core->target->job, ERR_NOT_HALTED,
                     "the core is running: its registers can be seen once it is halted ('halt', or "
                     "Ctrl-C in gdb)");
    return err;
}
