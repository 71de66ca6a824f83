/* SPDX-License-Identifier: MIT */
/* The handlers of interrupts around a step: they are run, unmasked, until the core is back at the
 * stepped code. The first Cortex-M7 enter them in spite of C_MASKINTS. */
#include "core/step.h"

#include <stdio.h>

#include "base/bytes.h"
#include "core/core.h"
#include "core/memory.h"
#include "core/stop.h"

enum {
    HANDLERS_LIMIT_US = 500000, /* pending handlers, and the tasks they switch to */
    HANDLERS_SLICE_US = 40000,  /* between two looks at the job */
    FIRST_MASKED = 14,          /* PendSV, SysTick and the interrupts: what C_MASKINTS is for */
    SLIPS_MAX = 8,              /* handlers that come before one instruction */
    EXC_RETURN_PSP = 1 << 2,
    EXC_RETURN_BASIC = 1 << 4, /* no FPU registers in the frame */
    FRAME_PC = 0x18,
    FRAME_BASIC = 0x20,
    FRAME_FP = 0x68,
    XPSR_ALIGNED = 1 << 9, /* of a frame: a word of padding lies above it */
};

struct step_place step_place(const struct core *core)
{
    const uint32_t *word = core->regs.word;

    return (struct step_place){word[SLOT_PC], word[SLOT_SP], word[SLOT_XPSR] & XPSR_IPSR};
}

static bool is_same_place(struct step_place a, struct step_place b)
{
    return a.pc == b.pc && a.sp == b.sp && a.exception == b.exception;
}

/* Runs unmasked until something halts the core. */
static enum err run_a_while(struct core *core, uint64_t deadline, struct stop_facts *facts)
{
    enum err mark = core_mark(core);
    enum err err;

    core_queue_prepare(core, NO_ADDRESS);
    core_queue_catch(core, false);
    core_queue_go(core, 0, false);
    do {
        ops_wait32(&core->ops, DHCSR, DHCSR_S_HALT, DHCSR_S_HALT, HANDLERS_SLICE_US);
        stop_queue(core, true, facts);
        stop_queue_matches(core);
        regs_queue_read(core);
        err = core_flush(core);
        bool runs = core_wait_failed(core, err);
        core_prepared(core, runs ? ERR_OK : err);
        core_new_epoch(core);
        if (runs && core_now_us(core) < deadline)
            core_rollback(core, mark);
        else
            break;
    } while (!job_cancelled(core->target->job));
    if (!err)
        regs_valid(core);
    return err;
}

static enum err give_up(struct core *core, enum err err, enum err mark, struct target_stop *stop)
{
    bool timeout = err == ERR_TIMEOUT;

    err = step_rescue(core, err, mark, stop);
    if (err || !timeout || stop->reason != STOP_STEP)
        return err;
    snprintf(stop->text, sizeof stop->text,
             "interrupt handlers did not come back to 0x%08x within %d ms; halted where they are",
             core->stop.pc, HANDLERS_LIMIT_US / 1000);
    core->stop = *stop;
    return ERR_OK;
}

/* Behind a stop in a handler that nobody hears of: past what is at pc. */
static enum err pass_by(struct core *core, uint32_t stopped_at)
{
    struct stop_facts facts = {0};
    struct hw_step hw_step = step_single(core, stopped_at, true);

    return core->regs.word[SLOT_PC] == stopped_at ? step_once(core, &hw_step, &facts) : ERR_OK;
}

static enum err handlers_return(struct core *core, struct step_place returned, bool *has_returned,
                                struct stop_facts *facts, struct target_stop *stop)
{
    enum err mark = core_mark(core);
    uint64_t deadline = core_now_us(core) + HANDLERS_LIMIT_US;

    *has_returned = false;
    for (;;) {
        *facts = (struct stop_facts){0};
        enum err err = run_a_while(core, deadline, facts);
        if (err)
            return give_up(core, err, mark, stop);
        struct step_place here = step_place(core);
        *has_returned = is_same_place(here, returned);
        if (*has_returned) {
            core_saw_icsr(core, facts->icsr);
            return ERR_OK;
        }
        bool served = here.pc == returned.pc && !breakpoint_at(core, returned.pc);
        if (!served) /* nor is it somebody else in the code that is stepped */
            err = step_explained(core, facts, &served, stop);
        if (!err && served)
            err = pass_by(core, here.pc);
        if (err)
            return give_up(core, err, mark, stop);
        if (!served)
            return ERR_OK;
    }
}

/* *returned: the core stands at `place`; `facts` are what is known of that. */
static enum err run_to(struct core *core, struct step_place place, bool *returned,
                       struct stop_facts *facts, struct target_stop *stop)
{
    enum err mark = core_mark(core);

    *returned = true;
    if (breakpoint_add(core, OWNER_INTERNAL, BREAKPOINT_HW, place.pc) != ERR_OK) {
        core_rollback(core, mark); /* code where no breakpoint can be set: the handlers wait */
        return ERR_OK;
    }
    enum err err = handlers_return(core, place, returned, facts, stop);
    breakpoint_remove(core, OWNER_INTERNAL, BREAKPOINT_HW, place.pc);
    return err;
}

enum err step_handlers(struct core *core, bool *returned, struct target_stop *stop)
{
    struct stop_facts facts;
    enum err err = regs_need(core);

    *returned = true;
    return err ? err : run_to(core, step_place(core), returned, &facts, stop);
}

/* --- the erratum of the first Cortex-M7 --- */

/* From a thread no step returns to a handler; from a handler the stack tells: a return frees it. */
static bool has_slipped(const struct hw_step *hw_step, struct step_place before,
                        struct step_place here)
{
    return hw_step->masked && hw_step->to == NO_ADDRESS && here.exception >= FIRST_MASKED &&
           here.exception != before.exception && (!before.exception || here.sp <= before.sp);
}

/* What the handler that was just entered returns to, by its frame (DDI 0403, B1.5.6, B1.5.8). */
static enum err interrupted(struct core *core, struct step_place *place)
{
    const uint32_t *word = core->regs.word;
    uint32_t lr = word[SLOT_LR];
    uint32_t frame = lr & EXC_RETURN_PSP ? word[SLOT_PSP] : word[SLOT_MSP];
    uint8_t stacked[8];
    enum err err = memory_read(core, frame + FRAME_PC, stacked, sizeof stacked, NULL);

    if (err)
        return err;
    uint32_t xpsr = get_le32(stacked + 4);
    place->pc = get_le32(stacked) & ~1u;
    place->sp =
        frame + (lr & EXC_RETURN_BASIC ? FRAME_BASIC : FRAME_FP) + (xpsr & XPSR_ALIGNED ? 4 : 0);
    place->exception = xpsr & XPSR_IPSR;
    return ERR_OK;
}

/* *back: where the handler was entered, `facts` as after a step that led there. */
static enum err run_back(struct core *core, bool *back, struct stop_facts *facts,
                         struct target_stop *stop)
{
    struct step_place place = {0};
    enum err err = interrupted(core, &place);

    if (!err)
        err = run_to(core, place, back, facts, stop);
    if (!err && *back)
        err = regs_need(core);
    if (err || !*back)
        return err;
    facts->pc = core->regs.word[SLOT_PC];
    facts->xpsr = core->regs.word[SLOT_XPSR];
    facts->special = core->regs.word[SLOT_SPECIAL];
    facts->scb[FACT_DFSR] &= ~DFSR_BKPT;
    return ERR_OK;
}

static void stop_overrun(struct core *core, struct target_stop *stop)
{
    stop_plain(core, STOP_STEP, stop);
    snprintf(stop->text, sizeof stop->text,
             "an interrupt comes before every step of 0x%08x, masked or not (erratum of Cortex-M7 "
             "r0p0 and r0p1): disable it, or set a breakpoint behind this instruction",
             stop->pc);
    core->stop = *stop;
}

enum err step_past_handlers(struct core *core, struct hw_step *hw_step, struct step_place before,
                            struct stop_facts *facts, bool *stopped, struct target_stop *stop)
{
    bool slips = core->profile->late_mask;

    *stopped = false;
    for (unsigned tries = 0; tries < SLIPS_MAX; tries++) {
        enum err err = step_once(core, hw_step, facts);
        bool back = false, in_handler = !err && (facts->xpsr & XPSR_IPSR) >= FIRST_MASKED;
        if (!slips || !in_handler || (facts->xpsr & XPSR_IPSR) == before.exception)
            return err;
        err = regs_need(core);
        if (err || !has_slipped(hw_step, before, step_place(core)))
            return err;
        err = run_back(core, &back, facts, stop);
        *stopped = !err && !back;
        if (err || !back || facts->pc != hw_step->pc)
            return err;
    }
    *stopped = true;
    stop_overrun(core, stop);
    return ERR_OK;
}
