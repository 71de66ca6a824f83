/* SPDX-License-Identifier: MIT */
/* Steps until pc leaves a range: gdb's `step` and `next` in one job. A step costs one flush, as
 * does a stretch of straight code; everything about the stop comes with the one that leaves, if
 * that can be foreseen, else only pc with each and the rest at the end. */
#include "core/core.h"

#include "core/step.h"
#include "core/step_ahead.h"
#include "core/stop.h"

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

static bool is_over(const struct core *core, const struct range_step *range)
{
    return is_outside(range) || has_event(&range->facts) || breakpoint_at(core, range->pc);
}

/* Interrupts that are not masked would find the comparator; a fault that nothing catches would not.
 */
static bool may_run(const struct core *core, uint32_t pc, const struct ahead *ahead)
{
    /* What is at pc is lifted. */
    return ahead->to != pc && ahead->count >= (ahead->leaves ? WORTH_A_COMPARATOR : WORTH_TWO) &&
           core->maskisr != MASKISR_OFF && (core->vector_catch & DEMCR_VC_HARDERR) &&
           fpb_can_reach(&core->fpb, ahead->to) && breakpoints_have_room(core);
}

/* In a handler the stack tells whether the step has led to another one. */
static bool needs_stack(const struct core *core, const struct range_step *range)
{
    return core->profile->late_mask && range->xpsr & XPSR_IPSR;
}

static enum err plan(struct core *core, const struct range_step *range, struct hw_step *hw_step)
{
    enum err mark = core_mark(core);
    struct ahead ahead;
    enum err err = step_ahead(core, range->pc, range->xpsr, range->start, range->end, &ahead);

    if (err)
        return err;
    bool run = may_run(core, range->pc, &ahead) &&
               breakpoint_add(core, OWNER_INTERNAL, BREAKPOINT_HW, ahead.to) == ERR_OK;
    core_rollback(core, mark);
    *hw_step = (struct hw_step){
        .pc = range->pc,
        .to = run ? ahead.to : NO_ADDRESS,
        .next = ahead.to,
        .sp = core->regs.word[SLOT_SP], /* where the range began: it is seldom far away */
        .masked = core->maskisr != MASKISR_OFF,
        .full = (ahead.leaves && (run || ahead.count == 1)) || needs_stack(core, range),
        .stores = ahead.stores,
    };
    return ERR_OK;
}

static void forget_plan(struct core *core, const struct hw_step *hw_step)
{
    if (hw_step->to != NO_ADDRESS)
        breakpoint_remove(core, OWNER_INTERNAL, BREAKPOINT_HW, hw_step->to);
}

/* Handlers must not find the comparator that is meant for the range. */
static enum err let_handlers_run(struct core *core, struct range_step *range,
                                 struct hw_step *hw_step, struct target_stop *stop)
{
    bool pending = false, returned = true;
    enum err err = ERR_OK;

    if (core->maskisr == MASKISR_AUTO)
        err = step_pending(core, hw_step, range->special, &pending);
    if (err || !pending)
        return err;
    forget_plan(core, hw_step);
    hw_step->to = NO_ADDRESS;
    err = step_handlers(core, &returned, stop);
    range->stopped = !returned;
    return err || !returned ? err : plan(core, range, hw_step);
}

/* The stack is known where it counts: needs_stack(). */
static struct step_place place_of(const struct core *core, const struct range_step *range)
{
    return (struct step_place){range->pc, core->regs.word[SLOT_SP], range->xpsr & XPSR_IPSR};
}

static enum err range_go_on(struct core *core, struct range_step *range, struct target_stop *stop)
{
    enum err mark = core_mark(core);
    struct hw_step hw_step;
    enum err err = plan(core, range, &hw_step);

    if (err)
        return err;
    err = let_handlers_run(core, range, &hw_step, stop);
    if (!err && !range->stopped)
        err = step_past_handlers(core, &hw_step, place_of(core, range), &range->facts,
                                 &range->stopped, stop);
    forget_plan(core, &hw_step);
    if (err) {
        range->stopped = true;
        return step_rescue(core, err, mark, stop);
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
static enum err pause_now_and_then(struct core *core, struct range_step *range,
                                   struct target_stop *stop)
{
    enum err mark = core_mark(core);

    if (core_now_us(core) - range->checkpoint_us < CHECKPOINT_US &&
        !job_cancelled(core->target->job))
        return ERR_OK;
    if (job_checkpoint(core->target->job) != ERR_OK)
        core_rollback(core, mark);
    else if (core->state != TARGET_HALTED)
        return core_need_halted(core);
    range->checkpoint_us = core_now_us(core);
    if (!job_cancelled(core->target->job))
        return ERR_OK;
    struct job uncancellable, *before;
    range->stopped = true;
    core_uncancellable_begin(core, &uncancellable, &before);
    enum err err = core_halt_now(core, CHECKPOINT_US, STOP_REQUEST, stop);
    core_uncancellable_end(core, before);
    return err ? job_fail(core->target->job, err, "%s", job_text(&uncancellable, err)) : ERR_OK;
}

/* Why it stands behind the last step, as a step of one instruction would. */
static enum err explain(struct core *core, struct range_step *range, struct target_stop *stop)
{
    if (!range->complete) {
        stop_queue_faults(core, &range->facts);
        stop_queue_ahead(core, range->pc, core->regs.word[SLOT_SP]);
    }
    enum err err = regs_need(core);

    if (!err && core->ops.count)
        err = core_flush_halted(core);
    cache_commit(core_cache(core), !err);
    if (!err)
        err = stop_explain(core, &range->facts, STOP_STEP, stop);
    return err;
}

static void take_registers(struct core *core, struct range_step *range)
{
    range->pc = core->regs.word[SLOT_PC];
    range->xpsr = core->regs.word[SLOT_XPSR];
    range->special = core->regs.word[SLOT_SPECIAL];
}

/* Also a breakpoint that has not been executed is a stop. */
static enum err hear_of(struct core *core, uint32_t pc, bool *served, struct target_stop *stop)
{
    const struct breakpoint *ours = breakpoint_at(core, pc);

    if (stop->reason == STOP_STEP && ours)
        stop_at_breakpoint(core, ours, stop);
    return step_ended(core, served, stop);
}

/* Behind a stop that nobody hears of the range goes on, if it is not over there. */
static enum err finish(struct core *core, struct range_step *range, struct target_stop *stop)
{
    bool served = true, moved = true;
    enum err err = explain(core, range, stop);

    while (!err && served && moved) {
        uint32_t pc = range->pc;
        err = hear_of(core, pc, &served, stop);
        take_registers(core, range);
        moved = range->pc != pc && breakpoint_at(core, range->pc);
    }
    range->stopped = !served || is_outside(range);
    return err;
}

static enum err range_leave(struct core *core, struct range_step *range, struct target_stop *stop)
{
    enum err err = ERR_OK;

    take_registers(core, range);
    while (!err && !range->stopped) {
        err = range_go_on(core, range, stop);
        if (!err && !range->stopped)
            err = pause_now_and_then(core, range, stop);
        if (!err && !range->stopped && is_over(core, range))
            err = finish(core, range, stop);
    }
    return err;
}

static enum err walk_range(struct core *core, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    struct range_step range = {.start = start, .end = end, .checkpoint_us = core_now_us(core)};
    bool passed = false;
    enum err err = regs_need(core);

    stop->reason = STOP_NONE;
    if (!err)
        err = step_over_bkpt(core, &passed, stop);
    return err || passed ? err : range_leave(core, &range, stop);
}

enum err target_step_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    struct core *core = target->core;
    enum err mark = core_mark(core);
    enum err err = walk_range(core, start, end, stop);

    return err == ERR_CANCELLED ? step_stand(core, mark, stop) : err;
}
