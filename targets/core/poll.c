/* SPDX-License-Identifier: MIT */
/* Noticing that the core stands, and making it stand. */
#include "core/core.h"

#include "core/stop.h"

enum { HALT_TIMEOUT_US = 1000000 };

static enum err collect_stop(struct core *core, struct target_stop *stop)
{
    enum err mark = core_mark(core);
    struct stop_facts facts = {0};

    core->state = TARGET_HALTED; /* so the look said */
    stop_queue(core, true, &facts);
    stop_queue_matches(core);
    stop_queue_likely(core);
    regs_queue_read(core);
    enum err err = core_flush(core);
    bool too_far = stop_ahead_failed(core, err);
    cache_commit(core_cache(core), !err);
    if (err && core->state == TARGET_HALTED)
        core->state = TARGET_RUNNING;
    if (too_far)
        core_rollback(core, mark); /* the next poll does without */
    if (err)
        return too_far ? ERR_OK : err;
    regs_valid(core);
    return stop_explain(core, &facts, STOP_EXTERNAL, stop);
}

/* Unless it is no stop to whoever waits for one. */
static enum err hear_of(struct core *core, struct target_stop *stop)
{
    enum stop_verdict verdict;
    enum err err = stop_filter_ask(core, STOP_OF_RUN, stop, &verdict);

    if (err || verdict == VERDICT_STOP)
        return err;
    struct target_stop unheard = *stop;
    stop->reason = STOP_NONE;
    if (verdict == VERDICT_SERVED)
        return core_go_on(core, &unheard);
    core->state = TARGET_RUNNING;
    return ERR_OK;
}

enum err target_poll(struct target *target, struct target_stop *stop)
{
    struct core *core = target->core;
    uint32_t dhcsr = 0;
    enum err err = core_need_connected(core);

    stop->reason = STOP_NONE;
    core->semihosting.talked = core->semihosting.talks;
    core->semihosting.talks = false;
    if (err || core->state == TARGET_HALTED)
        return err;
    if (core->stop_pending) {
        core->stop_pending = false;
        core->state = TARGET_HALTED;
        *stop = core->stop;
        return hear_of(core, stop);
    }
    ops_read32(&core->ops, DHCSR, &dhcsr);
    err = core_flush(core);
    if (err)
        return err;
    core_saw_dhcsr(core, dhcsr);
    if (!(dhcsr & DHCSR_C_DEBUGEN))
        return core_report_reset(core, dhcsr);
    if (core_take_reset(core) && !(dhcsr & DHCSR_S_HALT))
        return core_look_at_reset(core, dhcsr);
    core->state = TARGET_RUNNING;
    core->locked_up = dhcsr & DHCSR_S_LOCKUP;
    if (!(dhcsr & DHCSR_S_HALT))
        return ERR_OK;
    err = collect_stop(core, stop);
    return err ? err : hear_of(core, stop);
}

enum err target_halt(struct target *target, struct target_stop *stop)
{
    struct core *core = target->core;
    enum err mark = core_mark(core);
    enum err err = core_need_connected(core);

    stop->reason = STOP_NONE;
    if (err)
        return err;
    if (core->state == TARGET_HALTED) {
        /* A look, because "halted" must not be a memory of better days. */
        uint32_t dhcsr;
        ops_read32(&core->ops, DHCSR, &dhcsr);
        err = core_flush_halted(core);
        if (err != ERR_RESET_LOST || core->state == TARGET_ABSENT)
            return err;
        core_rollback(core, mark);
    }
    if (core->stop_pending) {
        err = target_poll(target, stop);
        if (err || core->state == TARGET_HALTED)
            return err;
    }
    err = core_halt_now(core, HALT_TIMEOUT_US, STOP_REQUEST, stop);
    if (err != ERR_TIMEOUT)
        return err;
    core_rollback(core, mark);
    err = job_fail(target->job, ERR_TIMEOUT,
                   "the core did not halt within 1 s: 'monitor reset halt' may get it back");
    return core_check_held(core, err, mark);
}
