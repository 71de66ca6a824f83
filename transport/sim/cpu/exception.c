/* SPDX-License-Identifier: MIT */
/* Entering and leaving exception handlers: DDI 0403 B1.5.6 to B1.5.8. */
#include "sim/cpu/system_internal.h"

enum {
    FRAME_WORDS = 8, /* R0-R3, R12, LR, return address, xPSR */
    FP_WORDS = 18,   /* above them with a floating-point context: S0-S15, FPSCR, one unused */
    XPSR_ALIGNED = 1u << 9,
    ENTRY_CYCLES = 12, /* Cortex-M3 TRM 1.5: zero wait states */
    TAIL_CHAIN_CYCLES = 6,
    RETURN_CYCLES = 10,
};

#define EXC_RETURN_HANDLER 0xFFFFFFF1u
#define EXC_RETURN_THREAD_MSP 0xFFFFFFF9u
#define EXC_RETURN_THREAD_PSP 0xFFFFFFFDu
#define EXC_RETURN_NO_FP 0x10u /* clear: there is a floating-point context in the frame */
/* Armv8-M without the Security Extension (DDI 0553, EXC_RETURN): bits 31:7 and DCRS are 1; S and
 * ES, which the older values have set, are 0. */
#define EXC_RETURN_V8M 0xFFFFFFB0u
#define EXC_RETURN_V8M_ONES 0x0FFFFFA0u
#define EXC_RETURN_V8M_ZEROES 0x00000043u
#define EXC_RETURN_THREAD 8u
#define EXC_RETURN_PSP 4u

static void set_mode(struct sim_cpu *cpu, uint32_t ipsr, bool psp)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);

    cpu->ipsr = ipsr;
    cpu->control = (uint8_t)((cpu->control & ~SIM_CONTROL_SPSEL) | (psp ? SIM_CONTROL_SPSEL : 0));
    sim_stacks_put(cpu, stacks);
}

enum pushed { PUSHED, PUSH_FAILED, PUSH_OVERFLOWED };

/* PushStack(). After a bus error the stack pointer has moved all the same; with no room above its
 * limit nothing is written, and it stands there. */
static enum pushed push_frame(struct sim_cpu *cpu)
{
    bool fp = cpu->control & SIM_CONTROL_FPCA;
    bool realign = (fp || cpu->system->ccr & SIM_CCR_STKALIGN) && cpu->r[13] & 4;
    uint32_t bytes = 4 * (FRAME_WORDS + (fp ? FP_WORDS : 0));
    uint32_t base = (cpu->r[13] - bytes) & ~(realign ? 4u : 0u), limit = sim_stack_limit(cpu);
    const uint32_t frame[FRAME_WORDS] = {
        cpu->r[0],  cpu->r[1],
        cpu->r[2],  cpu->r[3],
        cpu->r[12], cpu->r[14],
        cpu->r[15], (sim_xpsr_get(cpu) & ~(uint32_t)XPSR_ALIGNED) | (realign ? XPSR_ALIGNED : 0u),
    };
    bool ok = true;

    cpu->r[13] = base < limit ? limit : base;
    if (base < limit)
        return PUSH_OVERFLOWED;
    for (unsigned i = 0; i < FRAME_WORDS && ok; i++)
        ok = sim_data_write(cpu, base + 4 * i, 4, frame[i]);
    return ok && (!fp || sim_fp_stack(cpu, base + 4 * FRAME_WORDS)) ? PUSHED : PUSH_FAILED;
}

static uint32_t return_value_v8m(const struct sim_cpu *cpu)
{
    uint32_t fp = cpu->control & SIM_CONTROL_FPCA ? EXC_RETURN_NO_FP : 0;

    if (cpu->ipsr != SIM_EXC_NONE)
        return EXC_RETURN_V8M & ~fp;
    return (EXC_RETURN_V8M & ~fp) | EXC_RETURN_THREAD |
           (sim_cpu_sp_is_psp(cpu) ? EXC_RETURN_PSP : 0u);
}

static uint32_t return_value(const struct sim_cpu *cpu)
{
    if (cpu->model->armv8m)
        return return_value_v8m(cpu);
    uint32_t value = cpu->ipsr != SIM_EXC_NONE ? EXC_RETURN_HANDLER
                     : sim_cpu_sp_is_psp(cpu)  ? EXC_RETURN_THREAD_PSP
                                               : EXC_RETURN_THREAD_MSP;

    return cpu->control & SIM_CONTROL_FPCA ? value & ~EXC_RETURN_NO_FP : value;
}

/* A stacking error makes a derived exception (B1.5.14); the more urgent of both is entered, the
 * other stays pending. HardFault and NMI cannot be overtaken: the core locks up inside them, unless
 * the stack was only too small: it is not used again where another one is the handler's. */
static unsigned derive_stacking_fault(struct sim_cpu *cpu, unsigned exception, enum pushed pushed,
                                      bool *locks_up)
{
    bool overflowed = pushed == PUSH_OVERFLOWED, is_last = exception <= SIM_EXC_HARDFAULT;
    unsigned derived =
        sim_fault_record(cpu, overflowed ? SIM_FAULT_STKOF : SIM_FAULT_STKERR, cpu->r[15]);

    *locks_up = is_last ? !overflowed || sim_nvic_execution_priority(cpu, true) < 0
                        : !sim_raise(cpu, derived);
    if (*locks_up || is_last)
        return exception;
    sim_nvic_pend(cpu, exception);
    unsigned first = sim_nvic_highest_pending(cpu);
    return first == SIM_EXC_NONE ? exception : first;
}

/* ExceptionTaken(): the handler's mode, vector and status. */
static void enter(struct sim_cpu *cpu, unsigned exception, uint32_t lr)
{
    struct sim_system *system = cpu->system;
    uint32_t vector = 0;

    sim_exceptions_put(&system->pending, exception, false);
    sim_exceptions_put(&cpu->debug->slips, exception, false);
    sim_exceptions_put(&system->active, exception, true);
    set_mode(cpu, exception, false);
    cpu->control &= (uint8_t)~SIM_CONTROL_FPCA;
    cpu->r[14] = lr;
    cpu->itstate = 0;
    cpu->exclusive = false;
    cpu->event = true;
    system->synchronous = false;
    if (!cpu->bus->read(cpu->bus->board, system->vtor + 4 * exception, 4, &vector, false)) {
        system->hfsr |= SIM_HFSR_VECTTBL;
        system->catches |= SIM_DEMCR_VC_INTERR;
        if (exception <= SIM_EXC_HARDFAULT) {
            sim_lockup(cpu);
        } else {
            sim_exceptions_put(&system->active, exception, false);
            enter(cpu, SIM_EXC_HARDFAULT, lr); /* at most once: see the branch above */
        }
        return;
    }
    cpu->r[15] = vector & ~1u;
    cpu->thumb = vector & 1;
    sim_nvic_update(cpu);
    if (exception <= SIM_EXC_USAGEFAULT && exception != SIM_EXC_NMI) {
        sim_debug_catch(cpu,
                        system->catches |
                            (exception == SIM_EXC_HARDFAULT ? (uint32_t)SIM_DEMCR_VC_HARDERR : 0u));
        system->catches = 0;
    }
}

void sim_exception_take(struct sim_cpu *cpu, unsigned exception)
{
    uint32_t lr = return_value(cpu);
    bool locks_up = false;

    enum pushed pushed = push_frame(cpu);
    if (pushed != PUSHED)
        exception = derive_stacking_fault(cpu, exception, pushed, &locks_up);
    enter(cpu, exception, lr);
    sim_dwt_trace_exception(cpu, cpu->ipsr, SIM_TRACE_ENTERED);
    cpu->cycles += ENTRY_CYCLES;
    if (locks_up)
        sim_lockup(cpu);
}

void sim_exception_take_reset(struct sim_cpu *cpu)
{
    const struct sim_bus *bus = cpu->bus;
    uint32_t sp = 0, pc = 0;
    bool ok = bus->read(bus->board, cpu->system->vtor, 4, &sp, false) &&
              bus->read(bus->board, cpu->system->vtor + 4, 4, &pc, false);

    cpu->r[13] = sp & ~3u;
    cpu->r[15] = pc & ~1u;
    cpu->thumb = pc & 1;
    if (!ok) {
        cpu->system->hfsr |= SIM_HFSR_VECTTBL;
        sim_exceptions_put(&cpu->system->active, SIM_EXC_HARDFAULT, true);
        set_mode(cpu, SIM_EXC_HARDFAULT, false);
        sim_lockup(cpu);
    }
}

/* --- return --- */

void sim_exception_return(struct sim_cpu *cpu, uint32_t exc_return)
{
    cpu->system->exc_return = exc_return;
    cpu->attention |= SIM_ATTN_PENDING;
}

/* Thread mode may be returned to from any depth; whether there is a handler to return to, the frame
 * says. */
static bool is_valid_return_v8m(const struct sim_cpu *cpu, uint32_t value)
{
    uint32_t ones = EXC_RETURN_V8M_ONES | (cpu->model->fpu ? 0 : EXC_RETURN_NO_FP);
    bool to_handler_on_psp = !(value & EXC_RETURN_THREAD) && value & EXC_RETURN_PSP;

    return sim_exceptions_has(&cpu->system->active, cpu->ipsr) && (value & ones) == ones &&
           !(value & EXC_RETURN_V8M_ZEROES) && !to_handler_on_psp;
}

/* B1.5.8: `value` against what is active before the return. */
static bool is_valid_return(const struct sim_cpu *cpu, uint32_t value)
{
    if (cpu->model->armv8m)
        return is_valid_return_v8m(cpu, value);
    const struct sim_system *system = cpu->system;
    unsigned nested = sim_exceptions_count(&system->active);
    uint32_t ones = cpu->model->fpu ? 0x0FFFFFF0 & ~EXC_RETURN_NO_FP : 0x0FFFFFF0;

    if (!sim_exceptions_has(&system->active, cpu->ipsr) || (value & ones) != ones)
        return false;
    switch (value & 0xF) {
    case 0x1:
        return nested > 1;
    case 0x9:
    case 0xD:
        return nested == 1 || system->ccr & SIM_CCR_NONBASETHRDENA;
    default:
        return false;
    }
}

/* Enters what is pending on the frame that is already there. */
static void tail_chain(struct sim_cpu *cpu, uint32_t lr)
{
    unsigned next = sim_nvic_next(cpu);

    if (next == SIM_EXC_NONE)
        return;
    enter(cpu, next, lr);
    sim_dwt_trace_exception(cpu, cpu->ipsr, SIM_TRACE_ENTERED);
    cpu->cycles += TAIL_CHAIN_CYCLES;
}

static bool read_frame(struct sim_cpu *cpu, uint32_t base, uint32_t frame[FRAME_WORDS])
{
    for (unsigned i = 0; i < FRAME_WORDS; i++)
        if (!sim_data_read(cpu, base + 4 * i, 4, &frame[i]))
            return false;
    return true;
}

/* PopStack() */
static void pop_frame(struct sim_cpu *cpu, const uint32_t frame[FRAME_WORDS], uint32_t base,
                      bool psp, bool fp)
{
    uint32_t xpsr = frame[7], words = FRAME_WORDS + (fp ? FP_WORDS : 0);
    bool aligned = xpsr & XPSR_ALIGNED && (fp || cpu->system->ccr & SIM_CCR_STKALIGN);
    struct sim_stacks stacks = sim_stacks_get(cpu);
    uint32_t sp = (base + 4 * words) | (aligned ? 4u : 0u);

    for (unsigned i = 0; i < 4; i++)
        cpu->r[i] = frame[i];
    cpu->r[12] = frame[4];
    cpu->r[14] = frame[5];
    cpu->r[15] = frame[6] & ~1u;
    sim_xpsr_put(cpu, xpsr);
    *(psp ? &stacks.psp : &stacks.msp) = sp;
    cpu->ipsr = xpsr & 0x1FF;
    cpu->control = (uint8_t)((cpu->control & SIM_CONTROL_NPRIV) | (psp ? SIM_CONTROL_SPSEL : 0) |
                             (fp ? SIM_CONTROL_FPCA : 0));
    sim_stacks_put(cpu, stacks);
}

/* The mode that EXC_RETURN asks for must be the one that the frame's xPSR belongs to. */
static void check_returned_mode(struct sim_cpu *cpu, bool to_handler)
{
    if ((cpu->ipsr != SIM_EXC_NONE) != to_handler)
        sim_fault(cpu, SIM_FAULT_INVPC, cpu->r[15]);
    else if (!to_handler && cpu->system->scr & SIM_SCR_SLEEPONEXIT)
        sim_sleep_on_exit(cpu);
}

static void unstack(struct sim_cpu *cpu, uint32_t value)
{
    bool psp = value & EXC_RETURN_PSP, fp = !(value & EXC_RETURN_NO_FP);
    struct sim_stacks stacks = sim_stacks_get(cpu);
    uint32_t base = psp ? stacks.psp : stacks.msp, frame[FRAME_WORDS];

    if (!read_frame(cpu, base, frame) || (fp && !sim_fp_restore(cpu, base + 4 * FRAME_WORDS))) {
        sim_fault(cpu, SIM_FAULT_UNSTKERR, base);
        tail_chain(cpu, value);
        return;
    }
    cpu->cycles += RETURN_CYCLES;
    cpu->exclusive = false;
    cpu->event = true;
    pop_frame(cpu, frame, base, psp, fp);
    sim_dwt_trace_exception(cpu, cpu->ipsr, SIM_TRACE_RETURNED);
    sim_nvic_update(cpu);
    check_returned_mode(cpu, !(value & EXC_RETURN_THREAD));
}

/* ExceptionReturn() */
static void do_return(struct sim_cpu *cpu, uint32_t value)
{
    unsigned returning = cpu->ipsr;
    bool valid = is_valid_return(cpu, value);

    cpu->system->exc_return = 0;
    if (returning != SIM_EXC_NMI)
        cpu->faultmask = 0;
    sim_fp_leave(cpu);
    sim_dwt_trace_exception(cpu, returning, SIM_TRACE_EXITED);
    sim_nvic_deactivate(cpu, returning);
    if (!valid) {
        sim_fault(cpu, SIM_FAULT_INVPC, value);
        tail_chain(cpu, 0xF0000000 | (value & 0x0FFFFFFF));
    } else if (sim_nvic_next(cpu) != SIM_EXC_NONE) {
        tail_chain(cpu, value);
    } else {
        unstack(cpu, value);
    }
}

void sim_exception_finish_instruction(struct sim_cpu *cpu)
{
    struct sim_system *system = cpu->system;

    if (system->exc_return)
        do_return(cpu, system->exc_return);
    while (system->synchronous && !system->lockup) {
        unsigned next = sim_nvic_next(cpu);
        system->synchronous = false;
        if (next != SIM_EXC_NONE)
            sim_exception_take(cpu, next);
    }
    sim_nvic_update(cpu);
}
