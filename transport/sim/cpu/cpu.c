/* SPDX-License-Identifier: MIT */
/* Models, resets and the run loop. */
#include "sim/cpu/insn.h"
#include "sim/cpu/system_internal.h"

#include <stdlib.h>

const struct sim_core_model sim_core_m3_r1p1 = {
    .name = "Cortex-M3 r1p1",
    .cpuid = 0x411FC231,
    .armv7m = true,
    .choices = true,
    .fpb_code = 6,
    .fpb_literal = 2,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m3_r2p0 = {
    .name = "Cortex-M3 r2p0",
    .cpuid = 0x412FC230,
    .armv7m = true,
    .choices = true,
    .fpb_code = 6,
    .fpb_literal = 2,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m3_r2p1 = {
    .name = "Cortex-M3 r2p1",
    .cpuid = 0x412FC231,
    .armv7m = true,
    .choices = true,
    .fpb_code = 6,
    .fpb_literal = 2,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m4f = {
    .name = "Cortex-M4 r0p1",
    .cpuid = 0x410FC241,
    .armv7m = true,
    .choices = true,
    .dsp = true,
    .fpu = SIM_FPV4_SP,
    .fpb_code = 6,
    .fpb_literal = 2,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m4 = {
    .name = "Cortex-M4 r0p1",
    .cpuid = 0x410FC241,
    .armv7m = true,
    .choices = true,
    .dsp = true,
    .fpb_code = 6,
    .fpb_literal = 2,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m7_r0p1 = {
    .name = "Cortex-M7 r0p1",
    .cpuid = 0x410FC271,
    .armv7m = true,
    .choices = true,
    .dsp = true,
    .m7 = true,
    .late_mask = true,
    .fpu = SIM_FPV5_SP,
    .fpb_code = 8,
    .fpb_revision = 1,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m7_r1p1 = {
    .name = "Cortex-M7 r1p1",
    .cpuid = 0x411FC271,
    .armv7m = true,
    .choices = true,
    .dsp = true,
    .m7 = true,
    .fpu = SIM_FPV5_DP,
    .fpb_code = 8,
    .fpb_revision = 1,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m33 = {
    .name = "Cortex-M33 r0p4",
    .cpuid = 0x410FD214,
    .armv7m = true,
    .armv8m = true,
    .choices = true,
    .dsp = true,
    .fpu = SIM_FPV5_SP,
    .fpb_code = 8,
    .fpb_revision = 1,
    .dwt_comparators = 4,
};

const struct sim_core_model sim_core_m0 = {
    .name = "Cortex-M0 r0p0",
    .cpuid = 0x410CC200,
    .fpb_code = 4,
    .dwt_comparators = 2,
};

const struct sim_core_model sim_core_m0p = {
    .name = "Cortex-M0+ r0p1",
    .cpuid = 0x410CC601,
    .choices = true,
    .fpb_code = 4,
    .dwt_comparators = 2,
};

struct sim_cpu *sim_cpu_create(const struct sim_core_model *model,
                               const struct sim_integration *integration, struct sim_bus *bus)
{
    struct sim_cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu)
        return NULL;
    cpu->model = model;
    cpu->integration = integration;
    cpu->bus = bus;
    cpu->system = calloc(1, sizeof *cpu->system);
    cpu->debug = calloc(1, sizeof *cpu->debug);
    if (!cpu->system || !cpu->debug || !sim_caches_create(cpu)) {
        sim_cpu_destroy(cpu);
        return NULL;
    }
    sim_cpu_reset(cpu, SIM_RESET_POWER_ON);
    return cpu;
}

void sim_cpu_destroy(struct sim_cpu *cpu)
{
    if (!cpu)
        return;
    if (cpu->system)
        sim_caches_destroy(cpu);
    free(cpu->system);
    free(cpu->debug);
    free(cpu);
}

void sim_cpu_refresh(struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;
    const struct sim_debug *debug = cpu->debug;
    uint32_t attention = cpu->attention & (SIM_ATTN_PENDING | SIM_ATTN_RETURN);
    bool monitor_steps = debug->demcr & SIM_DEMCR_MON_STEP && debug->demcr & SIM_DEMCR_MON_EN &&
                         !(debug->control & SIM_DHCSR_C_DEBUGEN);

    if (system->held || system->vectors_due || system->reset_due)
        attention |= SIM_ATTN_RESET;
    if (debug->halted || debug->halt_due || debug->stepping || monitor_steps)
        attention |= SIM_ATTN_DEBUG;
    if (system->asleep)
        attention |= SIM_ATTN_SLEEP;
    if (system->lockup)
        attention |= SIM_ATTN_LOCKUP;
    if (debug->breaks)
        attention |= SIM_ATTN_BREAKPOINT;
    cpu->attention = attention;
}

/* --- reset --- */

/* R0 to R12 keep their values, as they do in hardware; all are 0 after power-on. */
static void reset_registers(struct sim_cpu *cpu, bool power_on)
{
    for (unsigned i = 0; i < 16 && power_on; i++)
        cpu->r[i] = 0;
    if (power_on)
        cpu->inactive_sp = 0;
    cpu->r[14] = UINT32_MAX;
    cpu->apsr = 0;
    cpu->ipsr = SIM_EXC_NONE;
    cpu->thumb = true;
    cpu->itstate = cpu->control = cpu->primask = cpu->faultmask = cpu->basepri = 0;
    cpu->event = cpu->exclusive = false;
    cpu->limit.msp = cpu->limit.psp = 0;
}

void sim_cpu_reset(struct sim_cpu *cpu, enum sim_reset kind)
{
    struct sim_system *system = cpu->system;

    sim_dwt_sync(cpu);
    sim_debug_reset(cpu, kind);
    struct sim_stacks stacks = sim_stacks_get(cpu);
    reset_registers(cpu, kind == SIM_RESET_POWER_ON);
    sim_stacks_put(cpu, stacks);
    sim_nvic_reset(cpu);
    sim_scb_reset(cpu);
    system->systick = (struct sim_systick){.zero_at = UINT64_MAX};
    system->exc_return = system->catches = 0;
    system->synchronous = system->asleep = system->lockup = false;
    system->reset_due = SIM_DUE_NOTHING;
    system->vectors_due = true;
    sim_dwt_sync(cpu);
    sim_debug_rearm(cpu);
    sim_nvic_update(cpu);
}

void sim_cpu_hold(struct sim_cpu *cpu, bool held)
{
    if (held && !cpu->system->held)
        sim_cpu_reset(cpu, SIM_RESET_SYSTEM);
    cpu->system->held = held;
    sim_cpu_refresh(cpu);
}

void sim_cpu_reset_if_due(struct sim_cpu *cpu)
{
    enum sim_reset_due due = cpu->system->reset_due;

    cpu->system->reset_due = SIM_DUE_NOTHING;
    if (due == SIM_DUE_SYSTEM && cpu->bus->system_reset)
        cpu->bus->system_reset(cpu->bus->board);
    else if (due != SIM_DUE_NOTHING)
        sim_cpu_reset(cpu, due == SIM_DUE_CORE ? SIM_RESET_CORE : SIM_RESET_SYSTEM);
}

void sim_cpu_start(struct sim_cpu *cpu)
{
    const struct sim_debug *debug = cpu->debug;

    if (!cpu->system->vectors_due || cpu->system->held)
        return;
    cpu->system->vectors_due = false;
    sim_exception_take_reset(cpu);
    if (debug->control & SIM_DHCSR_C_DEBUGEN && debug->demcr & SIM_DEMCR_VC_CORERESET)
        sim_debug_halt(cpu, SIM_DFSR_VCATCH);
    sim_cpu_refresh(cpu);
}

/* --- the run loop --- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* `end`, or when SysTick pends its exception or DWT has something to tell. */
static uint64_t next_event(const struct sim_cpu *cpu, uint64_t end)
{
    uint64_t due = earlier(sim_systick_due(cpu), sim_dwt_trace_due(cpu));

    return cpu->cycles + earlier(end - cpu->cycles, due);
}

/* The core's clock stands still: halted, or in reset. */
static void stand_still(struct sim_cpu *cpu, uint64_t end)
{
    cpu->system->stopped += end - cpu->cycles;
    cpu->cycles = end;
}

static void doze(struct sim_cpu *cpu, uint64_t end)
{
    if (cpu->system->scr & SIM_SCR_SLEEPDEEP) {
        stand_still(cpu, end);
        return;
    }
    end = next_event(cpu, end);
    if (!cpu->counts_asleep)
        cpu->system->slept += end - cpu->cycles;
    cpu->cycles = end;
}

/* What the instruction, or the exception, has led to. */
static void settle(struct sim_cpu *cpu)
{
    if (cpu->attention & SIM_ATTN_PENDING)
        sim_exception_finish_instruction(cpu);
    if (cpu->debug->halt_due)
        sim_debug_halt(cpu, 0);
}

/* One instruction with the comparators looking on. */
static void execute_watched(struct sim_cpu *cpu)
{
    uint32_t pc = cpu->r[15];

    if (!sim_filter_has(&cpu->debug->filter, pc)) {
        sim_insn_execute(cpu);
    } else if (sim_fpb_breaks(cpu, pc)) {
        sim_debug_breakpoint(cpu);
    } else {
        sim_insn_execute(cpu);
        sim_dwt_executed(cpu, pc);
    }
}

static void run_instructions(struct sim_cpu *cpu, uint64_t limit)
{
    while (cpu->attention == 0 && cpu->cycles < limit)
        sim_insn_execute(cpu);
    while (cpu->attention == SIM_ATTN_BREAKPOINT && cpu->cycles < limit)
        execute_watched(cpu);
}

/* C1.5.1: one instruction, or the entry to the handler of what is pending. */
static void step(struct sim_cpu *cpu)
{
    unsigned next = sim_nvic_next(cpu);

    if (next != SIM_EXC_NONE)
        sim_exception_take(cpu, next);
    else
        execute_watched(cpu);
    settle(cpu);
    if (!cpu->debug->halted)
        sim_debug_halt(cpu, SIM_DFSR_HALTED);
}

/* DEMCR.MON_STEP: after each instruction that it may interrupt, DebugMonitor (C1.4.2). */
static void step_for_monitor(struct sim_cpu *cpu)
{
    bool below =
        sim_nvic_group_priority(cpu, SIM_EXC_DEBUGMON) < sim_nvic_execution_priority(cpu, true);

    execute_watched(cpu);
    if (below)
        sim_debug_event(cpu, SIM_DFSR_HALTED);
    settle(cpu);
}

static void attend_reset(struct sim_cpu *cpu, uint64_t end)
{
    if (cpu->system->reset_due)
        sim_cpu_reset_if_due(cpu);
    else if (cpu->system->held)
        stand_still(cpu, end);
    else
        sim_cpu_start(cpu);
}

/* Only NMI leads out of lockup by itself, and only if that is not where it happened. */
static void attend_lockup(struct sim_cpu *cpu, uint64_t end)
{
    if (sim_nvic_next(cpu) == SIM_EXC_NONE) {
        cpu->cycles = next_event(cpu, end);
        return;
    }
    cpu->system->lockup = false;
    sim_cpu_refresh(cpu);
}

static void attend_sleep(struct sim_cpu *cpu, uint64_t end)
{
    if (sim_sleep_may_end(cpu))
        sim_sleep_end(cpu);
    else
        doze(cpu, end);
}

static void take_pending(struct sim_cpu *cpu)
{
    unsigned next = sim_nvic_next(cpu);

    if (next != SIM_EXC_NONE)
        sim_exception_take(cpu, next);
    sim_nvic_update(cpu);
    settle(cpu);
}

/* Whatever keeps the core from simply executing, the most important first. */
static void attend(struct sim_cpu *cpu, uint64_t end)
{
    if (cpu->attention & SIM_ATTN_RESET)
        attend_reset(cpu, end);
    else if (cpu->debug->halted)
        stand_still(cpu, end);
    else if (cpu->debug->halt_due)
        sim_debug_halt(cpu, 0);
    else if (cpu->attention & SIM_ATTN_LOCKUP)
        attend_lockup(cpu, end);
    else if (cpu->attention & SIM_ATTN_SLEEP)
        attend_sleep(cpu, end);
    else if (cpu->debug->stepping)
        step(cpu);
    else if (cpu->attention & SIM_ATTN_PENDING)
        take_pending(cpu);
    else
        step_for_monitor(cpu);
}

void sim_cpu_return(struct sim_cpu *cpu)
{
    cpu->attention |= SIM_ATTN_RETURN;
}

uint64_t sim_cpu_run(struct sim_cpu *cpu, uint64_t cycles)
{
    uint64_t start = cpu->cycles, end = start + cycles;

    cpu->attention &= ~(uint32_t)SIM_ATTN_RETURN;
    while (cpu->cycles < end && !(cpu->attention & SIM_ATTN_RETURN)) {
        if (cpu->attention & ~(uint32_t)SIM_ATTN_BREAKPOINT) {
            attend(cpu, end);
        } else {
            run_instructions(cpu, next_event(cpu, end));
            settle(cpu);
        }
        sim_systick_sync(cpu);
        sim_dwt_trace_sync(cpu);
    }
    return cpu->cycles - start;
}

bool sim_cpu_is_idle(const struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;

    if (system->held || cpu->debug->halted)
        return true;
    if (system->vectors_due || system->reset_due || cpu->debug->stepping || cpu->debug->halt_due)
        return false;
    if (cpu->attention & SIM_ATTN_PENDING)
        return false;
    if (system->lockup)
        return true;
    return system->asleep && !sim_sleep_may_end(cpu) &&
           (system->scr & SIM_SCR_SLEEPDEEP || sim_systick_due(cpu) == UINT64_MAX);
}
