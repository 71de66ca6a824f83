/* SPDX-License-Identifier: MIT */
/* Steps until pc leaves a range: gdb's `step` and `next` in one job. A step costs one flush, as
 * does a stretch of straight code; everything about the stop comes with the one that leaves, if
 * that can be foreseen, else only pc with each and the rest at the end. */
#include "core/core.h"

enum {
    CHECKPOINT_US = 30000,
    WORTH_A_COMPARATOR = 2, /* steps, for it has to be set, and cleared again .. */
    WORTH_TWO = 3,          /* .. and perhaps another one after that */
};

struct range_step {
    uint32_t start, end;
    uint32_t pc, special, xpsr;
    uint64_t checkpoint_us;
    struct stop_facts facts;
    bool complete; /* `facts` and the registers are complete */
    bool stopped;  /* `stop` is complete */
};

static bool has_event(const struct stop_facts *facts)
{
    uint32_t events = DFSR_BKPT | DFSR_DWTTRAP | DFSR_VCATCH | DFSR_EXTERNAL;

    return (facts->scb[FACT_DFSR] & events) || (facts->dhcsr & DHCSR_S_LOCKUP);
}

static bool is_outside(const struct range_step *range)
{
    return range->pc < range->start || range->pc >= range->end;
}

static bool is_over(const struct target *target, const struct range_step *range)
{
    return is_outside(range) || has_event(&range->facts) || breakpoint_at(target, range->pc);
}

/* Interrupts that are not masked would find the comparator; a fault that nothing catches would not.
 */
static bool may_run(const struct target *target, uint32_t pc, const struct ahead *ahead)
{
    /* What is at pc is lifted. */
    return ahead->to != pc && ahead->count >= (ahead->leaves ? WORTH_A_COMPARATOR : WORTH_TWO) &&
           target->maskisr != MASKISR_OFF && (target->vector_catch & DEMCR_VC_HARDERR) &&
           fpb_can_reach(&target->fpb, ahead->to) && breakpoints_have_room(target);
}

static enum err plan(struct target *target, const struct range_step *range, struct hw_step *hw_step)
{
    enum err mark = core_mark(target);
    struct ahead ahead;
    enum err err = step_ahead(target, range->pc, range->xpsr, range->start, range->end, &ahead);

    if (err)
        return err;
    bool run = may_run(target, range->pc, &ahead) &&
               breakpoint_add(target, OWNER_INTERNAL, BREAKPOINT_HW, ahead.to) == ERR_OK;
    core_rollback(target, mark);
    *hw_step = (struct hw_step){
        .pc = range->pc,
        .to = run ? ahead.to : NO_ADDRESS,
        .next = ahead.to,
        .sp = target->regs.word[SLOT_SP], /* where the range began: it is seldom far away */
        .masked = target->maskisr != MASKISR_OFF,
        .full = ahead.leaves && (run || ahead.count == 1),
    };
    return ERR_OK;
}

static void forget_plan(struct target *target, const struct hw_step *hw_step)
{
    if (hw_step->to != NO_ADDRESS)
        breakpoint_remove(target, OWNER_INTERNAL, BREAKPOINT_HW, hw_step->to);
}

/* Handlers must not find the comparator that is meant for the range. */
static enum err let_handlers_run(struct target *target, struct range_step *range,
                                 struct hw_step *hw_step, struct target_stop *stop)
{
    bool pending = false, returned = true;
    enum err err = ERR_OK;

    if (target->maskisr == MASKISR_AUTO)
        err = step_pending(target, range->pc, range->special, &pending);
    if (err || !pending)
        return err;
    forget_plan(target, hw_step);
    hw_step->to = NO_ADDRESS;
    err = step_handlers(target, &returned, stop);
    range->stopped = !returned;
    return err || !returned ? err : plan(target, range, hw_step);
}

static enum err range_go_on(struct target *target, struct range_step *range,
                            struct target_stop *stop)
{
    enum err mark = core_mark(target);
    struct hw_step hw_step;
    enum err err = plan(target, range, &hw_step);

    if (err)
        return err;
    err = let_handlers_run(target, range, &hw_step, stop);
    if (!err && !range->stopped)
        err = step_once(target, &hw_step, &range->facts);
    forget_plan(target, &hw_step);
    if (err) {
        range->stopped = true;
        return step_rescue(target, err, mark, stop);
    }
    if (range->stopped)
        return ERR_OK;
    range->pc = range->facts.pc;
    range->xpsr = range->facts.xpsr;
    range->special = range->facts.special;
    range->complete = hw_step.full;
    return ERR_OK;
}

/* Others' short jobs run; one that changes what the core does ends the range. */
static enum err pause_now_and_then(struct target *target, struct range_step *range,
                                   struct target_stop *stop)
{
    enum err mark = core_mark(target);

    if (core_now_us(target) - range->checkpoint_us < CHECKPOINT_US && !job_cancelled(target->job))
        return ERR_OK;
    if (job_checkpoint(target->job) != ERR_OK)
        core_rollback(target, mark);
    else if (target->state != TARGET_HALTED)
        return core_need_halted(target);
    range->checkpoint_us = core_now_us(target);
    if (!job_cancelled(target->job))
        return ERR_OK;
    struct job uncancellable, *before;
    range->stopped = true;
    core_uncancellable_begin(target, &uncancellable, &before);
    enum err err = core_halt_now(target, CHECKPOINT_US, STOP_REQUEST, stop);
    core_uncancellable_end(target, before);
    return err ? job_fail(target->job, err, "%s", job_text(&uncancellable, err)) : ERR_OK;
}

static enum err finish(struct target *target, struct range_step *range, struct target_stop *stop)
{
    if (!range->complete) {
        stop_queue_faults(target, &range->facts);
        stop_queue_ahead(target, range->pc, target->regs.word[SLOT_SP]);
    }
    enum err err = regs_need(target);

    if (!err && target->ops.count)
        err = core_flush_halted(target);
    cache_commit(core_cache(target), err == ERR_OK);
    if (!err)
        err = stop_explain(target, &range->facts, STOP_STEP, stop);
    const struct breakpoint *ours = breakpoint_at(target, range->pc);
    if (err || stop->reason != STOP_STEP || !ours)
        return err;
    stop_at_breakpoint(target, ours, stop);
    target->stop = *stop;
    return ERR_OK;
}

static enum err range_leave(struct target *target, struct range_step *range,
                            struct target_stop *stop)
{
    enum err err;

    range->pc = target->regs.word[SLOT_PC];
    range->xpsr = target->regs.word[SLOT_XPSR];
    range->special = target->regs.word[SLOT_SPECIAL];
    do {
        err = range_go_on(target, range, stop);
        if (!err && !range->stopped)
            err = pause_now_and_then(target, range, stop);
        if (err || range->stopped)
            return err;
    } while (!is_over(target, range));
    return finish(target, range, stop);
}

/* At a semihosting call inside the range the range goes on behind it. */
static enum err serve_and_go_on(struct target *target, struct range_step *range,
                                struct target_stop *stop, bool *go_on)
{
    bool passed = false;
    enum err err = step_over_bkpt(target, &passed, stop);

    range->pc = target->regs.word[SLOT_PC];
    *go_on = !err && stop->reason == STOP_STEP && !is_outside(range) &&
             !breakpoint_at(target, range->pc);
    return err;
}

static enum err walk_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    struct range_step range = {.start = start, .end = end, .checkpoint_us = core_now_us(target)};
    bool passed = false, go_on = true;
    enum err err = regs_need(target);

    stop->reason = STOP_NONE;
    if (!err)
        err = step_over_bkpt(target, &passed, stop);
    if (err || passed)
        return err;
    while (!err && go_on) {
        go_on = false;
        err = range_leave(target, &range, stop);
        if (!err && stop->reason == STOP_BKPT && semihost_is_call(target, stop->bkpt))
            err = serve_and_go_on(target, &range, stop, &go_on);
    }
    return err;
}

/* Cancelled while it looked at code or registers: the core stands. */
static enum err stop_here(struct target *target, struct target_stop *stop)
{
    struct job uncancellable, *before;

    core_uncancellable_begin(target, &uncancellable, &before);
    enum err err = regs_need(target);
    core_uncancellable_end(target, before);
    if (err)
        return job_fail(target->job, err, "%s", job_text(&uncancellable, err));
    *stop = (struct target_stop){.reason = STOP_REQUEST, .pc = target->regs.word[SLOT_PC]};
    target->stop = *stop;
    return ERR_OK;
}

enum err target_step_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    enum err mark = core_mark(target);
    enum err err = walk_range(target, start, end, stop);

    if (err != ERR_CANCELLED)
        return err;
    core_rollback(target, mark);
    return stop_here(target, stop);
}
