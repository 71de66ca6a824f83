/* SPDX-License-Identifier: MIT */
/* One step of the hardware, and what its end may need: a rescue, a look at what is pending, a BKPT
 * that is passed by. */
#include "core/step.h"

#include "core/core.h"
#include "core/memory.h"
#include "core/step_ahead.h"
#include "core/stop.h"
#include "probe/probe.h"

enum {
    STEP_LIMIT_US = 50000,   /* an instruction; WFI may sleep for ever */
    HALT_LIMIT_US = 1000000, /* of a core told to halt */
    ICSR_FRESH_US = 20000,   /* an interrupt that is noticed a step later does no harm */
};

/* What has to be there before the core goes; a step ends in a fault's handler by itself. */
static void queue_run(struct core *core, const struct hw_step *hw_step)
{
    core_queue_prepare(core, hw_step->pc);
    core_queue_catch(core, true);
    core_queue_mask(core, hw_step->masked);
}

/* `exactly`: with nothing left to chance. */
static void queue_step_begin(struct core *core, const struct hw_step *hw_step, bool exactly)
{
    bool run = hw_step->to != NO_ADDRESS;

    if (run)
        queue_run(core, hw_step);
    else if (exactly)
        core_queue_prepare(core, hw_step->pc);
    else
        core_queue_prepare_step(core, hw_step->pc, hw_step->masked);
    core_queue_go(core, run ? 0 : DHCSR_C_STEP, hw_step->masked);
}

static void queue_step_end(struct core *core, const struct hw_step *hw_step, bool exactly,
                           struct stop_facts *facts)
{
    ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, STEP_LIMIT_US);
    if (exactly || hw_step->to != NO_ADDRESS)
        breakpoints_queue(core, NO_ADDRESS);
    else
        breakpoints_queue_put_back(core);
    stop_queue(core, hw_step->full, facts);
    stop_queue_matches(core);
    if (hw_step->full) {
        regs_queue_read(core);
        return;
    }
    ops_reg_read(&core->ops, 15, &facts->pc);
    ops_reg_read(&core->ops, 16, &facts->xpsr);
    ops_reg_read(&core->ops, 20, &facts->special);
}

/* The core stood at the comparator's address before: it did what was asked. A fault that the
 * program has a handler for, and nobody wanted caught, leads to the handler as in a single step. */
static void arrive(const struct core *core, const struct hw_step *hw_step, struct stop_facts *facts)
{
    unsigned exception = facts->xpsr & XPSR_IPSR;

    if (exception >= 4 && exception <= 6 && !(core->vector_catch & DEMCR_VC_FAULTS))
        facts->scb[FACT_DFSR] &= ~DFSR_VCATCH;
    if (hw_step->to != NO_ADDRESS && facts->pc == hw_step->to)
        facts->scb[FACT_DFSR] &= ~DFSR_BKPT;
    if (watchpoints_nobody_hit(core))
        facts->scb[FACT_DFSR] &= ~DFSR_DWTTRAP;
}

/* The stack changes with every step. A store may have reached anything: flash that the program
 * writes by itself, or a controller that makes other memory appear. */
static void forget_stepped(struct core *core, const struct hw_step *hw_step)
{
    bool stores = hw_step->to == NO_ADDRESS ? step_may_store(core, hw_step->pc) : hw_step->stores;

    core->steps++;
    core_drop_other_caches(core);
    if (!stores) {
        cache_drop_ram(core_cache(core));
        return;
    }
    cache_drop_all(core_cache(core));
    if (!hw_step->full) /* for the look at what comes next */
        memory_want(core, cache_line_of(hw_step->next), CACHE_LINE, CACHE_LINE / CACHE_PART);
}

static enum err try_step(struct core *core, const struct hw_step *hw_step, bool exactly,
                         struct stop_facts *facts)
{
    enum err mark = core_mark(core);
    bool full = hw_step->full;

    queue_step_begin(core, hw_step, exactly);
    queue_step_end(core, hw_step, exactly, facts);
    forget_stepped(core, hw_step);
    if (full && hw_step->sp != NO_ADDRESS)
        stop_queue_ahead(core, hw_step->next, hw_step->sp);
    enum err err = core_flush(core);
    if (stop_ahead_failed(core, err)) {
        core_rollback(core, mark);
        queue_step_end(core, hw_step, exactly, facts);
        err = core_flush(core);
        cache_drop_all(core_cache(core));
    }
    cache_commit(core_cache(core), !err);
    core_prepared(core, err);
    regs_forget(core);
    core->icsr_epoch = 0;
    if (err)
        return err;
    core_saw_dhcsr(core, facts->dhcsr);
    core_saw_icsr(core, facts->icsr);
    if (full) {
        regs_valid(core);
        facts->pc = core->regs.word[SLOT_PC];
        facts->xpsr = core->regs.word[SLOT_XPSR];
        facts->special = core->regs.word[SLOT_SPECIAL];
    }
    arrive(core, hw_step, facts);
    return ERR_OK;
}

/* The comparator at pc was not lifted, or put back too early: nothing was executed. */
static bool is_held_back(const struct hw_step *hw_step, const struct stop_facts *facts)
{
    return hw_step->to == NO_ADDRESS && facts->pc == hw_step->pc &&
           facts->scb[FACT_DFSR] & DFSR_BKPT;
}

enum err step_once(struct core *core, const struct hw_step *hw_step, struct stop_facts *facts)
{
    enum err err = try_step(core, hw_step, false, facts);

    return !err && is_held_back(hw_step, facts) ? try_step(core, hw_step, true, facts) : err;
}

struct hw_step step_single(const struct core *core, uint32_t pc, bool masked)
{
    uint32_t sp = regs_are_known(core) ? core->regs.word[SLOT_SP] : NO_ADDRESS;

    return (struct hw_step){pc, NO_ADDRESS, pc, sp, masked, .full = true};
}

enum err step_rescue(struct core *core, enum err err, enum err mark, struct target_stop *stop)
{
    struct job uncancellable, *before;

    if (err != ERR_TIMEOUT && err != ERR_CANCELLED)
        return err;
    core_rollback(core, mark);
    core_uncancellable_begin(core, &uncancellable, &before);
    bool asked = err == ERR_CANCELLED;
    uint32_t pc = core->stop.pc;
    err = core_halt_now(core, HALT_LIMIT_US, asked ? STOP_REQUEST : STOP_STEP, stop);
    core_uncancellable_end(core, before);
    if (err)
        return job_fail(core->target->job, err, "%s", job_text(&uncancellable, err));
    if (asked && stop->pc == pc) { /* nothing ran: DFSR still has the reason of the stop before */
        stop_plain(core, STOP_REQUEST, stop);
    }
    return ERR_OK;
}

enum err step_stand(struct core *core, enum err mark, struct target_stop *stop)
{
    struct job uncancellable, *before;

    core_rollback(core, mark);
    core_uncancellable_begin(core, &uncancellable, &before);
    enum err err = regs_need(core);
    core_uncancellable_end(core, before);
    if (err)
        return job_fail(core->target->job, err, "%s", job_text(&uncancellable, err));
    stop_plain(core, STOP_REQUEST, stop);
    return ERR_OK;
}

enum err step_ended(struct core *core, bool *served, struct target_stop *stop)
{
    enum stop_verdict verdict;
    enum err err = stop_filter_ask(core, STOP_OF_STEP, stop, &verdict);

    *served = !err && verdict == VERDICT_SERVED;
    if (!err && verdict != VERDICT_STOP)
        stop_plain(core, *served ? STOP_STEP : STOP_REQUEST, stop);
    return err;
}

enum err step_explained(struct core *core, const struct stop_facts *facts, bool *served,
                        struct target_stop *stop)
{
    enum err err = stop_explain(core, facts, STOP_STEP, stop);

    return err ? err : step_ended(core, served, stop);
}

/* VECTPENDING does not always count what C_MASKINTS holds back; the pending bits do. */
static bool is_pending(uint32_t icsr, uint32_t special)
{
    bool primask = special & 1, faultmask = special >> 16 & 1;
    uint32_t bits = ICSR_VECTPENDING | ICSR_ISRPENDING | ICSR_PENDSTSET | ICSR_PENDSVSET;

    return (icsr & bits) && !primask && !faultmask;
}

enum err step_pending(struct core *core, const struct hw_step *hw_step, uint32_t special,
                      bool *pending)
{
    enum err err = ERR_OK;
    uint64_t now = core_now_us(core);
    bool fresh = core->icsr_epoch == core->epoch && now - core->icsr_at_us <= ICSR_FRESH_US;
    bool stood = regs_are_known(core) && now - core->regs.seen_us <= ICSR_FRESH_US;

    uint32_t icsr = core->icsr;
    if (!fresh) {
        if (hw_step->to != NO_ADDRESS)
            queue_run(core, hw_step);
        ops_read32(&core->ops, SCB_ICSR, &icsr);
        err = stood ? core_flush(core) : core_flush_halted(core);
        if (hw_step->to != NO_ADDRESS)
            core_prepared(core, err);
    }
    if (!fresh && !err)
        core_saw_icsr(core, icsr);
    *pending = !err && is_pending(icsr, special);
    return err;
}

enum err step_find_bkpt(struct core *core, struct target_stop *stop)
{
    enum err mark = core_mark(core);
    uint32_t pc = core->regs.word[SLOT_PC];
    uint8_t code[2] = {0};

    *stop = (struct target_stop){.reason = STOP_NONE};
    enum err err = memory_read(core, pc, code, sizeof code, NULL);
    if (err == ERR_FAULT) {
        core_rollback(core, mark);
        return ERR_OK;
    }
    if (!err && code[1] == 0xBE)
        *stop = (struct target_stop){.reason = STOP_BKPT, .pc = pc, .bkpt = code[0]};
    return err;
}

enum err step_over_bkpt(struct core *core, bool *passed, struct target_stop *stop)
{
    bool served;
    enum err err = step_find_bkpt(core, stop);

    *passed = !err && stop->reason == STOP_BKPT;
    if (!*passed)
        return err;
    err = step_ended(core, &served, stop);
    if (err || stop->reason != STOP_BKPT)
        return err;
    regs_set_slot(core, SLOT_PC, stop->pc + 2);
    stop_plain(core, STOP_STEP, stop);
    return ERR_OK;
}
