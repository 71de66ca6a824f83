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

struct walk {
    uint32_t start, end;
    uint32_t pc, special, xpsr;
    uint64_t checkpoint_us;
    struct stop_facts facts;
    bool told;    /* `facts` and the registers are complete */
    bool stopped; /* `stop` is complete */
};

static bool has_event(const struct stop_facts *facts)
{
    uint32_t events = DFSR_BKPT | DFSR_DWTTRAP | DFSR_VCATCH | DFSR_EXTERNAL;

    return (facts->scb[FACT_DFSR] & events) || (facts->dhcsr & DHCSR_S_LOCKUP);
}

static bool is_outside(const struct walk *walk)
{
    return walk->pc < walk->start || walk->pc >= walk->end;
}

static bool is_over(const struct target *target, const struct walk *walk)
{
    return is_outside(walk) || has_event(&walk->facts) || breakpoint_at(target, walk->pc);
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

static enum err plan(struct target *target, const struct walk *walk, struct stride *stride)
{
    enum err keep = target->job->error;
    struct ahead ahead;
    enum err err = step_ahead(target, walk->pc, walk->xpsr, walk->start, walk->end, &ahead);

    if (err)
        return err;
    bool run = may_run(target, walk->pc, &ahead) &&
               breakpoint_add(target, OWNER_INTERNAL, BREAKPOINT_HW, ahead.to) == ERR_OK;
    cm_forgive(target, keep);
    *stride = (struct stride){
        .pc = walk->pc,
        .to = run ? ahead.to : NO_ADDRESS,
        .next = ahead.to,
        .sp = target->regs.word[SLOT_SP], /* where the walk began: it is seldom far away */
        .masked = target->maskisr != MASKISR_OFF,
        .full = ahead.leaves && (run || ahead.count == 1),
    };
    return ERR_OK;
}

static void forget_plan(struct target *target, const struct stride *stride)
{
    if (stride->to != NO_ADDRESS)
        breakpoint_remove(target, OWNER_INTERNAL, BREAKPOINT_HW, stride->to);
}

/* Handlers must not find the comparator that is meant for the walk. */
static enum err let_handlers_run(struct target *target, struct walk *walk, struct stride *stride,
                                 struct target_stop *stop)
{
    bool pending = false, home = true;
    enum err err = ERR_OK;

    if (target->maskisr == MASKISR_AUTO)
        err = step_pending(target, walk->pc, walk->special, &pending);
    if (err || !pending)
        return err;
    forget_plan(target, stride);
    stride->to = NO_ADDRESS;
    err = step_handlers(target, &home, stop);
    walk->stopped = !home;
    return err || !home ? err : plan(target, walk, stride);
}

static enum err walk_on(struct target *target, struct walk *walk, struct target_stop *stop)
{
    enum err keep = target->job->error;
    struct stride stride;
    enum err err = plan(target, walk, &stride);

    if (err)
        return err;
    err = let_handlers_run(target, walk, &stride, stop);
    if (!err && !walk->stopped)
        err = step_once(target, &stride, &walk->facts);
    forget_plan(target, &stride);
    if (err) {
        walk->stopped = true;
        return step_rescue(target, err, keep, stop);
    }
    if (walk->stopped)
        return ERR_OK;
    walk->pc = walk->facts.pc;
    walk->xpsr = walk->facts.xpsr;
    walk->special = walk->facts.special;
    walk->told = stride.full;
    return ERR_OK;
}

/* Others' short jobs run; one that changes what the core does ends the walk. */
static enum err pause_now_and_then(struct target *target, struct walk *walk,
                                   struct target_stop *stop)
{
    enum err keep = target->job->error;

    if (cm_now_us(target) - walk->checkpoint_us < CHECKPOINT_US && !job_cancelled(target->job))
        return ERR_OK;
    if (job_checkpoint(target->job) != ERR_OK)
        cm_forgive(target, keep);
    else if (target->state != TARGET_HALTED)
        return cm_need_halted(target);
    walk->checkpoint_us = cm_now_us(target);
    if (!job_cancelled(target->job))
        return ERR_OK;
    struct job calm, *before;
    walk->stopped = true;
    cm_calm_begin(target, &calm, &before);
    enum err err = cm_halt_now(target, CHECKPOINT_US, STOP_REQUEST, stop);
    cm_calm_end(target, before);
    return err ? job_fail(target->job, err, "%s", job_text(&calm, err)) : ERR_OK;
}

static enum err finish(struct target *target, struct walk *walk, struct target_stop *stop)
{
    if (!walk->told) {
        stop_queue_faults(target, &walk->facts);
        stop_queue_ahead(target, walk->pc, target->regs.word[SLOT_SP]);
    }
    enum err err = regs_need(target);

    if (!err && target->ops.count)
        err = cm_flush_halted(target);
    cache_commit(&target->cache, err == ERR_OK);
    if (!err)
        err = stop_explain(target, &walk->facts, STOP_STEP, stop);
    const struct breakpoint *ours = breakpoint_at(target, walk->pc);
    if (err || stop->reason != STOP_STEP || !ours)
        return err;
    stop_at_breakpoint(target, ours, stop);
    target->stop = *stop;
    return ERR_OK;
}

static enum err walk_out(struct target *target, struct walk *walk, struct target_stop *stop)
{
    enum err err;

    walk->pc = target->regs.word[SLOT_PC];
    walk->xpsr = target->regs.word[SLOT_XPSR];
    walk->special = target->regs.word[SLOT_SPECIAL];
    do {
        err = walk_on(target, walk, stop);
        if (!err && !walk->stopped)
            err = pause_now_and_then(target, walk, stop);
        if (err || walk->stopped)
            return err;
    } while (!is_over(target, walk));
    return finish(target, walk, stop);
}

/* At a semihosting call inside the range the walk goes on behind it. */
static enum err serve_and_go_on(struct target *target, struct walk *walk, struct target_stop *stop,
                                bool *go_on)
{
    bool passed = false;
    enum err err = step_over_bkpt(target, &passed, stop);

    walk->pc = target->regs.word[SLOT_PC];
    *go_on =
        !err && stop->reason == STOP_STEP && !is_outside(walk) && !breakpoint_at(target, walk->pc);
    return err;
}

static enum err walk_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    struct walk walk = {.start = start, .end = end, .checkpoint_us = cm_now_us(target)};
    bool passed = false, go_on = true;
    enum err err = regs_need(target);

    stop->reason = STOP_NONE;
    if (!err)
        err = step_over_bkpt(target, &passed, stop);
    if (err || passed)
        return err;
    while (!err && go_on) {
        go_on = false;
        err = walk_out(target, &walk, stop);
        if (!err && stop->reason == STOP_BKPT && semihost_is_call(target, stop->bkpt))
            err = serve_and_go_on(target, &walk, stop, &go_on);
    }
    return err;
}

/* Cancelled while it looked at code or registers: the core stands. */
static enum err stop_here(struct target *target, struct target_stop *stop)
{
    struct job calm, *before;

    cm_calm_begin(target, &calm, &before);
    enum err err = regs_need(target);
    cm_calm_end(target, before);
    if (err)
        return job_fail(target->job, err, "%s", job_text(&calm, err));
    *stop = (struct target_stop){.reason = STOP_REQUEST, .pc = target->regs.word[SLOT_PC]};
    target->stop = *stop;
    return ERR_OK;
}

enum err target_step_range(struct target *target, uint32_t start, uint32_t end,
                           struct target_stop *stop)
{
    enum err keep = target->job->error;
    enum err err = walk_range(target, start, end, stop);

    if (err != ERR_CANCELLED)
        return err;
    cm_forgive(target, keep);
    return stop_here(target, stop);
}
