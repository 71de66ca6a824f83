/* SPDX-License-Identifier: MIT */
/* Noticing that the core stands, and making it stand. */
#include "core/core.h"

enum { HALT_TIMEOUT_US = 1000000 };

static enum err collect_stop(struct target *target, struct target_stop *stop)
{
    enum err mark = core_mark(target);
    struct stop_facts facts = {0};

    target->state = TARGET_HALTED; /* so the look said */
    stop_queue(target, true, &facts);
    stop_queue_matches(target, &facts);
    stop_queue_likely(target);
    regs_queue_read(target);
    enum err err = core_flush(target);
    bool too_far = stop_ahead_failed(target, err);
    cache_commit(core_cache(target), err == ERR_OK);
    if (err && target->state == TARGET_HALTED)
        target->state = TARGET_RUNNING;
    if (too_far)
        core_rollback(target, mark); /* the next poll does without */
    if (err)
        return too_far ? ERR_OK : err;
    regs_valid(target);
    return stop_explain(target, &facts, STOP_EXTERNAL, stop);
}

static enum err serve_or_stop(struct target *target, struct target_stop *stop)
{
    bool exited = false;

    if (stop->reason != STOP_BKPT || !semihost_is_call(target, stop->bkpt))
        return ERR_OK;
    enum err err = semihost_serve(target, &exited, stop);
    if (err || exited)
        return err;
    stop->reason = STOP_NONE;
    return core_go(target);
}

enum err target_poll(struct target *target, struct target_stop *stop)
{
    uint32_t dhcsr = 0;
    enum err err = core_need_connected(target);

    stop->reason = STOP_NONE;
    if (err || target->state == TARGET_HALTED)
        return err;
    if (target->stop_pending) {
        target->stop_pending = false;
        target->state = TARGET_HALTED;
        *stop = target->stop;
        return serve_or_stop(target, stop);
    }
    ops_read32(&target->ops, DHCSR, &dhcsr);
    err = core_flush(target);
    if (err)
        return err;
    core_saw_dhcsr(target, dhcsr);
    if (!(dhcsr & DHCSR_C_DEBUGEN))
        return core_report_reset(target, dhcsr);
    if (core_take_reset(target) && !(dhcsr & DHCSR_S_HALT))
        return core_look_at_reset(target, dhcsr);
    target->state = TARGET_RUNNING;
    target->locked_up = dhcsr & DHCSR_S_LOCKUP;
    if (!(dhcsr & DHCSR_S_HALT))
        return ERR_OK;
    err = collect_stop(target, stop);
    return err ? err : serve_or_stop(target, stop);
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
    return core_check_held(target, err, mark);
}
