/* SPDX-License-Identifier: MIT */
/* Letting the core go. */
#include "core/core.h"

#include "core/step.h"
#include "core/stop.h"
#include "probe/probe.h"

enum { MEND_LIMIT_US = 10000 };

/* The breakpoint at pc would stop the core again before it did anything: it is lifted for one step.
 * When that step ends in another stop, the next poll reports it. */
static enum err leave_breakpoint(struct core *core, uint32_t pc, bool *stopped)
{
    struct stop_facts facts = {0};
    struct hw_step hw_step = {.pc = pc,
                              .to = NO_ADDRESS,
                              .next = pc,
                              .sp = core->regs.word[SLOT_SP],
                              .masked = core->maskisr != MASKISR_OFF,
                              .full = true};

    struct target_stop stop;

    enum err err = step_past_handlers(core, &hw_step, step_place(core), &facts, stopped, &stop);
    if (err || *stopped) {
        core->stop_pending = *stopped;
        return err;
    }
    if (!(facts.scb[FACT_DFSR] & (DFSR_BKPT | DFSR_DWTTRAP | DFSR_VCATCH)))
        return ERR_OK;
    *stopped = true;
    core->stop_pending = true;
    return stop_explain(core, &facts, STOP_STEP, &stop);
}

/* The stop at pc has been told, and the instruction there may be a BKPT: it would tell it again,
 * also where a breakpoint stood that is not set any more. */
static bool was_told(const struct core *core, uint32_t pc)
{
    enum stop_reason reason = core->stop.reason;

    return core->stop.pc == pc &&
           (reason == STOP_BKPT || reason == STOP_BREAKPOINT_HW || reason == STOP_BREAKPOINT_SW);
}

/* A BKPT of the program's that was told, or is a filter's, which may end in another stop. *passed:
 * it is behind the core. */
static enum err leave_bkpt(struct core *core, bool *passed, bool *stopped)
{
    struct target_stop stop;
    enum stop_verdict verdict;
    enum err err = step_find_bkpt(core, &stop);

    if (err || stop.reason != STOP_BKPT)
        return err;
    err = stop_filter_ask(core, STOP_OF_RUN, &stop, &verdict);
    *passed = !err && verdict != VERDICT_LATER;
    if (!*passed || verdict == VERDICT_SERVED)
        return err;
    *stopped = core->stop_pending = stop.reason != STOP_BKPT;
    if (!*stopped)
        regs_set_slot(core, SLOT_PC, stop.pc + 2);
    return ERR_OK;
}

/* Gets off what stands at pc. *stopped: that stopped the core again already. */
static enum err leave_pc(struct core *core, bool *stopped)
{
    uint32_t pc = core->regs.word[SLOT_PC];
    bool ours = breakpoint_at(core, pc) != NULL, passed = false;

    if (!ours && !was_told(core, pc))
        return ERR_OK;
    enum err err = leave_bkpt(core, &passed, stopped);
    return err || passed || !ours ? err : leave_breakpoint(core, pc, stopped);
}

/* Behind a short function or at a semihosting call the core stands again before the probe could
 * ask: one look, and what a stop needs to be told. DCRSR is for a core that is known to stand. */
static void queue_look(struct core *core, struct stop_facts *facts)
{
    ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, 0);
    stop_queue(core, true, facts);
    stop_queue_matches(core);
    stop_queue_likely(core);
    ops_barrier(&core->ops);
    regs_queue_read(core);
    stop_queue_ahead(core, stop_likely_pc(core), core->regs.word[SLOT_SP]);
    semihosting_want_next(core);
}

/* The next poll tells. */
static enum err stands_already(struct core *core, const struct stop_facts *facts)
{
    struct target_stop stop;

    regs_valid(core);
    enum err err = stop_explain(core, facts, STOP_EXTERNAL, &stop);
    if (err)
        return err;
    core_take_reset(core); /* one on the way here: it stands, with breakpoints */
    core->stop_pending = true;
    core->state = TARGET_RUNNING;
    return ERR_OK;
}

/* The core runs, and C_MASKINTS may not be what it was to be: that may change only while it stands
 * (C1.6.2). What halted it before we did is told by the next poll. */
static enum err mend_mask(struct core *core, bool masked)
{
    uint32_t dhcsr = 0, dfsr = 0;

    ops_read32(&core->ops, DHCSR, &dhcsr);
    enum err err = core_flush(core);
    if (err)
        return err;
    core_saw_dhcsr(core, dhcsr);
    uint32_t as_it_is = dhcsr & DHCSR_C_MASKINTS;
    if ((as_it_is != 0) == masked)
        return ERR_OK;
    ops_write32(&core->ops, DHCSR, DHCSR_KEY | DHCSR_C_DEBUGEN | DHCSR_C_HALT | as_it_is);
    ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, MEND_LIMIT_US);
    ops_read32(&core->ops, SCB_DFSR, &dfsr);
    err = core_flush(core);
    if (err || dfsr & (DFSR_BKPT | DFSR_DWTTRAP | DFSR_VCATCH | DFSR_EXTERNAL))
        return err;
    core_queue_go(core, 0, masked);
    err = core_flush(core);
    core_prepared(core, err);
    return err;
}

static enum err go_and_look(struct core *core)
{
    bool masked = core->maskisr == MASKISR_ON;
    enum err mark = core_mark(core);
    struct stop_facts facts = {0};

    core_queue_prepare(core, NO_ADDRESS);
    core_queue_catch(core, false);
    core_queue_mask_loosely(core, masked);
    core_queue_go(core, 0, masked);
    core_new_epoch(core);
    core->locked_up = false;
    queue_look(core, &facts);
    enum err err = core_flush(core);
    bool runs = core_wait_failed(core, err) || stop_ahead_failed(core, err);
    core_prepared(core, runs ? ERR_OK : err);
    cache_commit(core_cache(core), !err);
    if (!err)
        return stands_already(core, &facts);
    if (!runs)
        return err;
    core_rollback(core, mark);
    core->state = TARGET_RUNNING;
    return core->mask_unsure ? mend_mask(core, masked) : ERR_OK;
}

/* A cancel between letting the core go and looking at it would leave us without knowing which. */
enum err core_go(struct core *core)
{
    struct job uncancellable, *before;

    core_uncancellable_begin(core, &uncancellable, &before);
    enum err err = go_and_look(core);
    core_uncancellable_end(core, before);
    return err ? job_fail(core->target->job, err, "%s", job_text(&uncancellable, err)) : ERR_OK;
}

/* The next poll tells of a core that stands again already. */
static enum err go_unless(struct core *core, bool stopped)
{
    if (!stopped)
        return core_go(core);
    core->state = TARGET_RUNNING;
    return ERR_OK;
}

enum err core_go_on(struct core *core, const struct target_stop *stop)
{
    bool stopped = false;
    uint32_t pc = core->regs.word[SLOT_PC];
    enum err err = ERR_OK;

    if (pc == stop->pc && breakpoint_at(core, pc))
        err = leave_breakpoint(core, pc, &stopped);
    return err ? err : go_unless(core, stopped);
}

/* `owner` shall hit what it has set at pc; OWNER_INTERNAL: nobody. */
static enum err resume(struct core *core, unsigned owner)
{
    bool stopped = false;
    enum err err = core_need_connected(core);

    if (err || core->state == TARGET_RUNNING)
        return err;
    err = core_need_halted(core);
    if (!err)
        err = regs_need(core);
    if (!err && !(breakpoint_owners(core, core->regs.word[SLOT_PC]) >> owner & 1))
        err = leave_pc(core, &stopped);
    return err ? err : go_unless(core, stopped);
}

enum err target_resume(struct target *target)
{
    return resume(target->core, OWNER_INTERNAL);
}

enum err target_continue(struct target *target, unsigned owner)
{
    return resume(target->core, owner);
}
