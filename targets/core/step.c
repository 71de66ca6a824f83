/* SPDX-License-Identifier: MIT */
/* Stepping. Interrupts that came due are let through before a step, and masked during it: so
 * neither does a step end in a handler, nor does `while (!tick);` wait for ever. */
#include "core/core.h"

#include <stdio.h>

#include "probe/probe.h"

enum {
    STEP_LIMIT_US = 50000,      /* an instruction; WFI may sleep for ever */
    HALT_LIMIT_US = 1000000,    /* of a core told to halt */
    HANDLERS_LIMIT_US = 500000, /* pending handlers, and the tasks they switch to */
    HANDLERS_SLICE_US = 40000,  /* between two looks at the job */
    ICSR_FRESH_US = 20000,      /* an interrupt that is noticed a step later does no harm */
};

void target_set_maskisr(struct target *target, enum target_maskisr mode)
{
    target->maskisr = mode;
}

enum target_maskisr target_maskisr(const struct target *target)
{
    return target->maskisr;
}

static void queue_step_end(struct target *target, bool full, struct stop_facts *facts)
{
    ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, STEP_LIMIT_US);
    breakpoints_queue(target, NO_ADDRESS);
    stop_queue(target, full, facts);
    stop_queue_matches(target, facts);
    if (full) {
        regs_queue_read(target);
        return;
    }
    ops_reg_read(&target->ops, 15, &facts->pc);
    ops_reg_read(&target->ops, 16, &facts->xpsr);
    ops_reg_read(&target->ops, 20, &facts->special);
}

/* The core stood at the comparator's address before: it did what was asked. A fault that the
 * program has a handler for, and nobody wanted caught, leads to the handler as in a single step. */
static void arrive(const struct target *target, const struct hw_step *hw_step,
                   struct stop_facts *facts)
{
    unsigned exception = facts->xpsr & XPSR_IPSR;

    if (exception >= 4 && exception <= 6 && !(target->vector_catch & DEMCR_VC_FAULTS))
        facts->scb[FACT_DFSR] &= ~DFSR_VCATCH;
    if (hw_step->to != NO_ADDRESS && facts->pc == hw_step->to)
        facts->scb[FACT_DFSR] &= ~DFSR_BKPT;
}

enum err step_once(struct target *target, const struct hw_step *hw_step, struct stop_facts *facts)
{
    enum err mark = core_mark(target);
    bool full = hw_step->full;

    core_queue_prepare(target, hw_step->pc);
    if (hw_step->to != NO_ADDRESS) /* a step ends in the handler by itself */
        core_queue_catch(target, true);
    core_queue_go(target, hw_step->to == NO_ADDRESS ? DHCSR_C_STEP : 0, hw_step->masked);
    queue_step_end(target, full, facts);
    cache_drop_ram(core_cache(target));
    if (full && hw_step->sp != NO_ADDRESS)
        stop_queue_ahead(target, hw_step->next, hw_step->sp);
    enum err err = core_flush(target);
    if (stop_ahead_failed(target, err)) {
        core_rollback(target, mark);
        queue_step_end(target, full, facts);
        err = core_flush(target);
        cache_drop_all(core_cache(target));
    }
    cache_commit(core_cache(target), err == ERR_OK);
    core_prepared(target, err);
    regs_forget(target);
    target->icsr_epoch = 0;
    if (err)
        return err;
    core_saw_dhcsr(target, facts->dhcsr);
    core_saw_icsr(target, facts->icsr);
    if (full) {
        regs_valid(target);
        facts->pc = target->regs.word[SLOT_PC];
        facts->xpsr = target->regs.word[SLOT_XPSR];
        facts->special = target->regs.word[SLOT_SPECIAL];
    }
    arrive(target, hw_step, facts);
    return ERR_OK;
}

/* One instruction, with all registers. */
static struct hw_step single(const struct target *target, uint32_t pc, bool masked)
{
    uint32_t sp = regs_are_known(target) ? target->regs.word[SLOT_SP] : NO_ADDRESS;

    return (struct hw_step){pc, NO_ADDRESS, pc, sp, masked, true};
}

enum err step_rescue(struct target *target, enum err err, enum err mark, struct target_stop *stop)
{
    struct job uncancellable, *before;

    if (err != ERR_TIMEOUT && err != ERR_CANCELLED)
        return err;
    core_rollback(target, mark);
    core_uncancellable_begin(target, &uncancellable, &before);
    bool asked = err == ERR_CANCELLED;
    uint32_t pc = target->stop.pc;
    err = core_halt_now(target, HALT_LIMIT_US, asked ? STOP_REQUEST : STOP_STEP, stop);
    core_uncancellable_end(target, before);
    if (err)
        return job_fail(target->job, err, "%s", job_text(&uncancellable, err));
    if (asked && stop->pc == pc) { /* nothing ran: DFSR still has the reason of the stop before */
        *stop = (struct target_stop){.reason = STOP_REQUEST, .pc = pc};
        target->stop = *stop;
    }
    return ERR_OK;
}

/* VECTPENDING does not always count what C_MASKINTS holds back; the pending bits do. */
static bool is_pending(uint32_t icsr, uint32_t special)
{
    bool primask = special & 1, faultmask = special >> 16 & 1;
    uint32_t bits = ICSR_VECTPENDING | ICSR_ISRPENDING | ICSR_PENDSTSET | ICSR_PENDSVSET;

    return (icsr & bits) && !primask && !faultmask;
}

enum err step_pending(struct target *target, uint32_t pc, uint32_t special, bool *pending)
{
    enum err err = ERR_OK;
    bool fresh = target->icsr_epoch == target->epoch &&
                 core_now_us(target) - target->icsr_at_us <= ICSR_FRESH_US;

    uint32_t icsr = target->icsr;
    if (!fresh) {
        core_queue_prepare(target, pc);
        core_queue_mask(target, true);
        ops_read32(&target->ops, SCB_ICSR, &icsr);
        err = core_flush_halted(target);
        core_prepared(target, err);
    }
    if (!fresh && !err)
        core_saw_icsr(target, icsr);
    *pending = !err && is_pending(icsr, special);
    return err;
}

/* Where the stepped code stands: the same pc with another stack or in a handler is a shared
 * function called by somebody else. */
struct place {
    uint32_t pc, sp, exception;
};

static struct place place_of(const struct target *target)
{
    const uint32_t *word = target->regs.word;

    return (struct place){word[SLOT_PC], word[SLOT_SP], word[SLOT_XPSR] & XPSR_IPSR};
}

static bool is_same_place(struct place a, struct place b)
{
    return a.pc == b.pc && a.sp == b.sp && a.exception == b.exception;
}

/* Runs unmasked until something halts the core. */
static enum err run_a_while(struct target *target, uint64_t deadline, struct stop_facts *facts)
{
    enum err mark = core_mark(target);
    enum err err;

    core_queue_prepare(target, NO_ADDRESS);
    core_queue_catch(target, false);
    core_queue_go(target, 0, false);
    do {
        ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HANDLERS_SLICE_US);
        stop_queue(target, true, facts);
        stop_queue_matches(target, facts);
        regs_queue_read(target);
        err = core_flush(target);
        core_prepared(target, err == ERR_TIMEOUT ? ERR_OK : err);
        core_new_epoch(target);
        if (err == ERR_TIMEOUT && core_now_us(target) < deadline)
            core_rollback(target, mark);
        else
            break;
    } while (!job_cancelled(target->job));
    if (err == ERR_OK)
        regs_valid(target);
    return err;
}

static enum err give_up(struct target *target, enum err err, enum err mark,
                        struct target_stop *stop)
{
    bool timeout = err == ERR_TIMEOUT;

    err = step_rescue(target, err, mark, stop);
    if (err || !timeout || stop->reason != STOP_STEP)
        return err;
    snprintf(stop->text, sizeof stop->text,
             "interrupt handlers did not come back to 0x%08x within %d ms; halted where they are",
             target->stop.pc, HANDLERS_LIMIT_US / 1000);
    target->stop = *stop;
    return ERR_OK;
}

/* A semihosting call is no stop: *served, and the core may go on. */
static enum err explain_or_serve(struct target *target, const struct stop_facts *facts,
                                 bool *served, struct target_stop *stop)
{
    bool exited = false;
    enum err err = stop_explain(target, facts, STOP_STEP, stop);

    if (err || stop->reason != STOP_BKPT || !semihost_is_call(target, stop->bkpt))
        return err;
    err = semihost_serve(target, &exited, stop);
    *served = !err && !exited;
    return err;
}

static enum err handlers_return(struct target *target, struct place returned, bool *has_returned,
                                struct target_stop *stop)
{
    enum err mark = core_mark(target);
    uint64_t deadline = core_now_us(target) + HANDLERS_LIMIT_US;

    *has_returned = false;
    for (;;) {
        struct stop_facts facts = {0};
        enum err err = run_a_while(target, deadline, &facts);
        if (err)
            return give_up(target, err, mark, stop);
        struct place here = place_of(target);
        *has_returned = is_same_place(here, returned);
        if (*has_returned) {
            core_saw_icsr(target, facts.icsr);
            return ERR_OK;
        }
        bool somebody_else = here.pc == returned.pc && !breakpoint_at(target, returned.pc);
        bool served = false;
        struct hw_step hw_step = single(target, here.pc, true);
        err = somebody_else ? step_once(target, &hw_step, &facts)
                            : explain_or_serve(target, &facts, &served, stop);
        if (err)
            return give_up(target, err, mark, stop);
        if (!somebody_else && !served)
            return ERR_OK;
    }
}

enum err step_handlers(struct target *target, bool *returned, struct target_stop *stop)
{
    enum err mark = core_mark(target);
    enum err err = regs_need(target);

    *returned = true;
    if (err)
        return err;
    struct place place = place_of(target);
    if (breakpoint_add(target, OWNER_INTERNAL, BREAKPOINT_HW, place.pc) != ERR_OK) {
        core_rollback(target, mark); /* code where no breakpoint can be set: the handlers wait */
        return ERR_OK;
    }
    err = handlers_return(target, place, returned, stop);
    breakpoint_remove(target, OWNER_INTERNAL, BREAKPOINT_HW, place.pc);
    return err;
}

enum err step_over_bkpt(struct target *target, bool *passed, struct target_stop *stop)
{
    enum err mark = core_mark(target);
    uint32_t pc = target->regs.word[SLOT_PC];
    bool exited = false;
    uint8_t code[2];

    *passed = false;
    enum err err = target_read(target, pc, code, sizeof code, NULL);
    if (err == ERR_FAULT) {
        core_rollback(target, mark);
        return ERR_OK;
    }
    if (err || code[1] != 0xBE)
        return err;
    *passed = true;
    if (semihost_is_call(target, code[0]))
        err = semihost_serve(target, &exited, stop);
    else
        regs_set_slot(target, SLOT_PC, pc + 2);
    if (!exited) {
        *stop = (struct target_stop){.reason = STOP_STEP, .pc = target->regs.word[SLOT_PC]};
        target->stop = *stop;
    }
    return err;
}

static enum err step_instruction(struct target *target, struct target_stop *stop)
{
    enum err mark = core_mark(target);
    struct stop_facts facts = {0};
    struct hw_step hw_step =
        single(target, target->regs.word[SLOT_PC], target->maskisr != MASKISR_OFF);

    enum err err = step_once(target, &hw_step, &facts);
    if (err)
        return step_rescue(target, err, mark, stop);
    return stop_explain(target, &facts, STOP_STEP, stop);
}

enum err target_step(struct target *target, struct target_stop *stop)
{
    bool passed = false, pending = false, returned = true;
    enum err err = regs_need(target);

    stop->reason = STOP_NONE;
    if (!err)
        err = step_over_bkpt(target, &passed, stop);
    if (err || passed)
        return err;
    if (target->maskisr == MASKISR_AUTO)
        err = step_pending(target, target->regs.word[SLOT_PC], target->regs.word[SLOT_SPECIAL],
                           &pending);
    if (!err && pending)
        err = step_handlers(target, &returned, stop);
    if (!err && returned)
        err = regs_need(target);
    return err || !returned ? err : step_instruction(target, stop);
}
