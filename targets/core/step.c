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
static void arrive(const struct target *target, const struct stride *stride,
                   struct stop_facts *facts)
{
    unsigned exception = facts->xpsr & XPSR_IPSR;

    if (exception >= 4 && exception <= 6 && !(target->vector_catch & DEMCR_VC_FAULTS))
        facts->scb[FACT_DFSR] &= ~DFSR_VCATCH;
    if (stride->to != NO_ADDRESS && facts->pc == stride->to)
        facts->scb[FACT_DFSR] &= ~DFSR_BKPT;
}

enum err step_once(struct target *target, const struct stride *stride, struct stop_facts *facts)
{
    enum err keep = target->job->error;
    bool full = stride->full;

    cm_queue_prepare(target, stride->pc);
    if (stride->to != NO_ADDRESS) /* a step ends in the handler by itself */
        cm_queue_catch(target, true);
    cm_queue_go(target, stride->to == NO_ADDRESS ? DHCSR_C_STEP : 0, stride->masked);
    queue_step_end(target, full, facts);
    cache_drop_ram(&target->cache);
    if (full && stride->sp != NO_ADDRESS)
        stop_queue_ahead(target, stride->next, stride->sp);
    enum err err = cm_flush(target);
    if (stop_ahead_failed(target, err)) {
        cm_forgive(target, keep);
        queue_step_end(target, full, facts);
        err = cm_flush(target);
        cache_drop_all(&target->cache);
    }
    cache_commit(&target->cache, err == ERR_OK);
    cm_prepared(target, err);
    regs_forget(target);
    target->icsr_at_us = UINT64_MAX;
    if (err)
        return err;
    cm_saw_dhcsr(target, facts->dhcsr);
    target->icsr = facts->icsr;
    target->icsr_at_us = cm_now_us(target);
    if (full) {
        regs_valid(target);
        facts->pc = target->regs.word[SLOT_PC];
        facts->xpsr = target->regs.word[SLOT_XPSR];
        facts->special = target->regs.word[SLOT_SPECIAL];
    }
    arrive(target, stride, facts);
    return ERR_OK;
}

/* One instruction, with all registers. */
static struct stride single(const struct target *target, uint32_t pc, bool masked)
{
    uint32_t sp = target->regs.valid ? target->regs.word[SLOT_SP] : NO_ADDRESS;

    return (struct stride){pc, NO_ADDRESS, pc, sp, masked, true};
}

enum err step_rescue(struct target *target, enum err err, enum err keep, struct target_stop *stop)
{
    struct job calm, *before;

    if (err != ERR_TIMEOUT && err != ERR_CANCELLED)
        return err;
    cm_forgive(target, keep);
    cm_calm_begin(target, &calm, &before);
    bool asked = err == ERR_CANCELLED;
    uint32_t pc = target->stop.pc;
    err = cm_halt_now(target, HALT_LIMIT_US, asked ? STOP_REQUEST : STOP_STEP, stop);
    cm_calm_end(target, before);
    if (err)
        return job_fail(target->job, err, "%s", job_text(&calm, err));
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
    bool fresh =
        target->icsr_at_us != UINT64_MAX && cm_now_us(target) - target->icsr_at_us <= ICSR_FRESH_US;

    if (!fresh) {
        cm_queue_prepare(target, pc);
        cm_queue_mask(target, true);
        ops_read32(&target->ops, SCB_ICSR, &target->icsr);
        err = cm_flush_halted(target);
        cm_prepared(target, err);
        target->icsr_at_us = err ? UINT64_MAX : cm_now_us(target);
    }
    *pending = !err && is_pending(target->icsr, special);
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
    enum err keep = target->job->error;
    enum err err;

    cm_queue_prepare(target, NO_ADDRESS);
    cm_queue_catch(target, false);
    cm_queue_go(target, 0, false);
    do {
        ops_wait32(&target->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HANDLERS_SLICE_US);
        stop_queue(target, true, facts);
        stop_queue_matches(target, facts);
        regs_queue_read(target);
        err = cm_flush(target);
        cm_prepared(target, err == ERR_TIMEOUT ? ERR_OK : err);
        cm_forget(target, true);
        if (err == ERR_TIMEOUT && cm_now_us(target) < deadline)
            cm_forgive(target, keep);
        else
            break;
    } while (!job_cancelled(target->job));
    if (err == ERR_OK)
        regs_valid(target);
    return err;
}

static enum err give_up(struct target *target, enum err err, enum err keep,
                        struct target_stop *stop)
{
    bool timeout = err == ERR_TIMEOUT;

    err = step_rescue(target, err, keep, stop);
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

static enum err handlers_to_home(struct target *target, struct place home, bool *is_home,
                                 struct target_stop *stop)
{
    enum err keep = target->job->error;
    uint64_t deadline = cm_now_us(target) + HANDLERS_LIMIT_US;

    *is_home = false;
    for (;;) {
        struct stop_facts facts = {0};
        enum err err = run_a_while(target, deadline, &facts);
        if (err)
            return give_up(target, err, keep, stop);
        struct place here = place_of(target);
        *is_home = is_same_place(here, home);
        if (*is_home) {
            target->icsr = facts.icsr;
            target->icsr_at_us = cm_now_us(target);
            return ERR_OK;
        }
        bool somebody_else = here.pc == home.pc && !breakpoint_at(target, home.pc);
        bool served = false;
        struct stride stride = single(target, here.pc, true);
        err = somebody_else ? step_once(target, &stride, &facts)
                            : explain_or_serve(target, &facts, &served, stop);
        if (err)
            return give_up(target, err, keep, stop);
        if (!somebody_else && !served)
            return ERR_OK;
    }
}

enum err step_handlers(struct target *target, bool *home, struct target_stop *stop)
{
    enum err keep = target->job->error;
    enum err err = regs_need(target);

    *home = true;
    if (err)
        return err;
    struct place place = place_of(target);
    if (breakpoint_add(target, OWNER_INTERNAL, BREAKPOINT_HW, place.pc) != ERR_OK) {
        cm_forgive(target, keep); /* code where no breakpoint can be set: the handlers wait */
        return ERR_OK;
    }
    err = handlers_to_home(target, place, home, stop);
    breakpoint_remove(target, OWNER_INTERNAL, BREAKPOINT_HW, place.pc);
    return err;
}

enum err step_over_bkpt(struct target *target, bool *passed, struct target_stop *stop)
{
    enum err keep = target->job->error;
    uint32_t pc = target->regs.word[SLOT_PC];
    bool exited = false;
    uint8_t code[2];

    *passed = false;
    enum err err = target_read(target, pc, code, sizeof code, NULL);
    if (err == ERR_FAULT) {
        cm_forgive(target, keep);
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
    enum err keep = target->job->error;
    struct stop_facts facts = {0};
    struct stride stride =
        single(target, target->regs.word[SLOT_PC], target->maskisr != MASKISR_OFF);

    enum err err = step_once(target, &stride, &facts);
    if (err)
        return step_rescue(target, err, keep, stop);
    return stop_explain(target, &facts, STOP_STEP, stop);
}

enum err target_step(struct target *target, struct target_stop *stop)
{
    bool passed = false, pending = false, home = true;
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
        err = step_handlers(target, &home, stop);
    if (!err && home)
        err = regs_need(target);
    return err || !home ? err : step_instruction(target, stop);
}
