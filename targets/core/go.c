/* SPDX-License-Identifier: MIT */
/* Letting the core go. */
#include "core/core.h"

#include "probe/probe.h"

/* The breakpoint at pc would stop the core again before it did anything: it is lifted for one step.
 * When that step ends in another stop, the next poll reports it. */
static enum err leave_breakpoint(struct target *target, uint32_t pc, bool *stopped)
{
    struct stop_facts facts = {0};
    struct hw_step hw_step = {.pc = pc,
                              .to = NO_ADDRESS,
                              .next = pc,
                              .sp = target->regs.word[SLOT_SP],
                              .masked = target->maskisr != MASKISR_OFF,
                              .full = true};

    *stopped = false;
    enum err err = step_once(target, &hw_step, &facts);
    if (err)
        return err;
    if (!(facts.scb[FACT_DFSR] & (DFSR_BKPT | DFSR_DWTTRAP | DFSR_VCATCH)))
        return ERR_OK;
    *stopped = true;
    target->stop_pending = true;
    struct target_stop stop;
    return stop_explain(target, &facts, STOP_STEP, &stop);
}

/* The stop at pc has been told, and the instruction there may be a BKPT: it would tell it again,
 * also where a breakpoint stood that is not set any more. */
static bool was_told(const struct target *target, uint32_t pc)
{
    enum stop_reason reason = target->stop.reason;

    return target->stop.pc == pc &&
           (reason == STOP_BKPT || reason == STOP_BREAKPOINT_HW || reason == STOP_BREAKPOINT_SW);
}

/* Gets off what stands at pc. *stopped: that stopped the core again already. */
static enum err leave_pc(struct target *target, bool *stopped)
{
    struct target_stop stop;
    bool passed;

    uint32_t pc = target->regs.word[SLOT_PC];
    bool ours = breakpoint_at(target, pc) != NULL;
    if (!ours && !was_told(target, pc))
        return ERR_OK;
    enum err err = step_over_bkpt(target, &passed, &stop);
    if (err)
        return err;
    if (passed) {
        *stopped = target->stop_pending = stop.reason == STOP_EXIT;
        return ERR_OK;
    }
    return ours ? leave_breakpoint(target, pc, stopped) : ERR_OK;
}

/* Behind a short function or at a semihosting call the core stands again before the probe could
 * ask: one look, and what a stop needs to be told. DCRSR is for a core that is known to stand. */
static void queue_look(struct target *target, struct stop_facts *facts)
{
    ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 0);
    stop_queue(target, true, facts);
    stop_queue_likely(target);
    ops_barrier(&target->ops);
    stop_queue_matches(target, facts);
    regs_queue_read(target);
    stop_queue_ahead(target, stop_likely_pc(target), target->regs.word[SLOT_SP]);
}

/* The next poll tells. */
static enum err stands_already(struct target *target, const struct stop_facts *facts)
{
    struct target_stop stop;

    regs_valid(target);
    enum err err = stop_explain(target, facts, STOP_EXTERNAL, &stop);
    if (err)
        return err;
    core_take_reset(target); /* one on the way here: it stands, with breakpoints */
    target->stop_pending = true;
    target->state = TARGET_RUNNING;
    return ERR_OK;
}

static enum err go_and_look(struct target *target)
{
    enum err mark = core_mark(target);
    struct stop_facts facts = {0};

    core_queue_prepare(target, NO_ADDRESS);
    core_queue_catch(target, false);
    core_queue_go(target, 0, target->maskisr == MASKISR_ON);
    core_new_epoch(target);
    target->locked_up = false;
    queue_look(target, &facts);
    enum err err = core_flush(target);
    bool runs = err == ERR_TIMEOUT || stop_ahead_failed(target, err);
    core_prepared(target, runs ? ERR_OK : err);
    cache_commit(core_cache(target), err == ERR_OK);
    if (err == ERR_OK)
        return stands_already(target, &facts);
    if (!runs)
        return err;
    core_rollback(target, mark);
    target->state = TARGET_RUNNING;
    return ERR_OK;
}

/* A cancel between letting the core go and looking at it would leave us without knowing which. */
enum err core_go(struct target *target)
{
    struct job uncancellable, *before;

    core_uncancellable_begin(target, &uncancellable, &before);
    enum err err = go_and_look(target);
    core_uncancellable_end(target, before);
    return err ? job_fail(target->job, err, "%s", job_text(&uncancellable, err)) : ERR_OK;
}

/* `owner` shall hit what it has set at pc; OWNER_INTERNAL: nobody. */
static enum err resume(struct target *target, unsigned owner)
{
    bool stopped = false;
    enum err err = core_need_connected(target);

    if (err || target->state == TARGET_RUNNING)
        return err;
    err = core_need_halted(target);
    if (!err)
        err = regs_need(target);
    if (!err && !(breakpoint_owners(target, target->regs.word[SLOT_PC]) >> owner & 1))
        err = leave_pc(target, &stopped);
    if (err || !stopped)
        return err ? err : core_go(target);
    target->state = TARGET_RUNNING; /* for the next poll to end */
    return ERR_OK;
}

enum err target_resume(struct target *target)
{
    return resume(target, OWNER_INTERNAL);
}

enum err target_continue(struct target *target, unsigned owner)
{
    return resume(target, owner);
}
