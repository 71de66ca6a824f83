/* SPDX-License-Identifier: MIT */
/* Halting debug and DebugMonitor: DDI 0403 C1.2 to C1.6. */
#include "sim/cpu/system_internal.h"

#include <string.h>

enum {
    S_REGRDY = 1u << 16,
    S_HALT = 1u << 17,
    S_SLEEP = 1u << 18,
    S_LOCKUP = 1u << 19,
    S_RETIRE_ST = 1u << 24,
    S_RESET_ST = 1u << 25,
    S_RESTART_ST = 1u << 26,
    DHCSR_KEY = 0xA05F,
    DHCSR_CONTROLS = 0x0F,
    DCRSR_REGWNR = 1u << 16,
    DFSR_ALL = 0x1F,
    DEMCR_VC_ARMV7M = 0x7F1,
    DEMCR_VC_ARMV6M = 0x401,
    DEMCR_MON = 0xF0000,
    REGSEL_MSPLIM =
        30, /* Armv8-M: the Non-secure ones, which are there without the extension, too */
    REGSEL_PSPLIM = 31,
};

static bool is_enabled(const struct sim_cpu *cpu)
{
    return cpu->debug->control & SIM_DHCSR_C_DEBUGEN;
}

bool sim_debug_masks_interrupts(const struct sim_cpu *cpu)
{
    return is_enabled(cpu) && cpu->debug->control & SIM_DHCSR_C_MASKINTS;
}

bool sim_cpu_is_halted(const struct sim_cpu *cpu)
{
    return cpu->debug->halted;
}

void sim_debug_rearm(struct sim_cpu *cpu)
{
    struct sim_debug *debug = cpu->debug;
    struct sim_filter filter = {0};
    bool fpb = sim_fpb_arm(cpu, &filter), dwt = sim_dwt_arm(cpu, &filter);

    debug->filter = filter;
    debug->breaks = fpb || dwt;
    debug->watches = sim_dwt_watches(cpu, &debug->watch_first, &debug->watch_last);
    sim_cpu_refresh(cpu);
}

/* C1.4: power resets everything, the other resets only what concerns the run of the program. */
void sim_debug_reset(struct sim_cpu *cpu, enum sim_reset kind)
{
    struct sim_debug *debug = cpu->debug;

    if (kind == SIM_RESET_POWER_ON) {
        memset(debug, 0, sizeof *debug);
        debug->instructions_seen = cpu->instructions;
    }
    debug->control &= SIM_DHCSR_C_DEBUGEN | SIM_DHCSR_C_MASKINTS;
    debug->demcr &= ~(uint32_t)DEMCR_MON;
    debug->slips = (struct sim_exceptions){0};
    debug->halted = debug->halt_due = debug->stepping = false;
    debug->reset_seen = true;
    debug->register_ready = true;
}

/* --- events --- */

void sim_debug_halt(struct sim_cpu *cpu, uint32_t dfsr)
{
    struct sim_debug *debug = cpu->debug;

    debug->dfsr |= dfsr;
    debug->control |= SIM_DHCSR_C_HALT;
    debug->halted = true;
    debug->halt_due = debug->stepping = false;
    debug->register_ready = true;
    cpu->system->asleep = false;
    cpu->system->lockup = false;
    sim_cpu_refresh(cpu);
}

static void request_halt(struct sim_cpu *cpu, uint32_t dfsr)
{
    cpu->debug->dfsr |= dfsr;
    cpu->debug->halt_due = true;
    sim_cpu_refresh(cpu);
}

static bool monitor_listens(const struct sim_cpu *cpu)
{
    return cpu->debug->demcr & SIM_DEMCR_MON_EN &&
           sim_nvic_group_priority(cpu, SIM_EXC_DEBUGMON) < sim_nvic_execution_priority(cpu, true);
}

void sim_debug_event(struct sim_cpu *cpu, uint32_t dfsr)
{
    if (is_enabled(cpu)) {
        request_halt(cpu, dfsr);
    } else if (monitor_listens(cpu)) {
        cpu->debug->dfsr |= dfsr;
        sim_nvic_pend(cpu, SIM_EXC_DEBUGMON);
    }
}

void sim_debug_breakpoint(struct sim_cpu *cpu)
{
    if (is_enabled(cpu)) {
        request_halt(cpu, SIM_DFSR_BKPT);
        return;
    }
    cpu->debug->dfsr |= SIM_DFSR_BKPT;
    if (monitor_listens(cpu)) {
        sim_raise(cpu, SIM_EXC_DEBUGMON);
        return;
    }
    if (cpu->model->armv7m)
        cpu->system->hfsr |= SIM_HFSR_DEBUGEVT;
    sim_raise(cpu, SIM_EXC_HARDFAULT);
}

void sim_debug_catch(struct sim_cpu *cpu, uint32_t catches)
{
    if (is_enabled(cpu) && cpu->debug->demcr & catches)
        request_halt(cpu, SIM_DFSR_VCATCH);
}

/* --- DHCSR --- */

static uint32_t read_dhcsr(struct sim_cpu *cpu, bool debugger)
{
    struct sim_debug *debug = cpu->debug;
    const struct sim_system *system = cpu->system;
    uint32_t value = debug->control | (debug->register_ready ? S_REGRDY : 0u) |
                     (debug->halted ? S_HALT : 0u) | (system->asleep ? S_SLEEP : 0u) |
                     (system->lockup ? S_LOCKUP : 0u) | (debug->reset_seen ? S_RESET_ST : 0u);

    if (cpu->instructions != debug->instructions_seen)
        value |= S_RETIRE_ST;
    if (debug->restarted && cpu->model->armv8m)
        value |= S_RESTART_ST;
    if (debugger) {
        debug->restarted = false;
        debug->instructions_seen = cpu->instructions;
        debug->reset_seen = system->held;
    }
    return value;
}

static void resume(struct sim_cpu *cpu)
{
    struct sim_debug *debug = cpu->debug;

    debug->halted = false;
    debug->restarted = true;
    debug->stepping = debug->control & SIM_DHCSR_C_STEP;
    sim_cpu_refresh(cpu);
}

/* Which control bits a write may set now. C_MASKINTS counts only if the core is halted and
 * stays so (C1.6.2: anything else is UNPREDICTABLE); a core in reset does not hear C_HALT and
 * C_STEP. */
static uint32_t accepted_controls(const struct sim_cpu *cpu, uint32_t value)
{
    const struct sim_debug *debug = cpu->debug;
    bool stays_halted = debug->halted && value & SIM_DHCSR_C_HALT;
    uint32_t masked = stays_halted ? value : debug->control;
    uint32_t controls = DHCSR_CONTROLS | (cpu->model->armv7m ? SIM_DHCSR_C_SNAPSTALL : 0);

    if (!(value & SIM_DHCSR_C_DEBUGEN))
        return 0;
    value = (value & controls & ~(uint32_t)SIM_DHCSR_C_MASKINTS) | (masked & SIM_DHCSR_C_MASKINTS);
    if (cpu->system->held)
        value &= SIM_DHCSR_C_DEBUGEN | SIM_DHCSR_C_MASKINTS;
    return value;
}

/* Erratum of the first Cortex-M7. */
static void note_slips(struct sim_cpu *cpu, bool masked_before)
{
    bool masked = sim_debug_masks_interrupts(cpu);

    if (!masked || !cpu->model->late_mask)
        cpu->debug->slips = (struct sim_exceptions){0};
    else if (!masked_before)
        cpu->debug->slips = cpu->system->pending;
}

static void write_dhcsr(struct sim_cpu *cpu, uint32_t value, uint32_t lanes, bool debugger)
{
    struct sim_debug *debug = cpu->debug;

    if (lanes != UINT32_MAX || value >> 16 != DHCSR_KEY)
        return;
    if (!debugger) /* the program cannot touch C_DEBUGEN */
        value = (value & ~(uint32_t)SIM_DHCSR_C_DEBUGEN) | (debug->control & SIM_DHCSR_C_DEBUGEN);
    bool masked_before = sim_debug_masks_interrupts(cpu);
    debug->control = accepted_controls(cpu, value);
    note_slips(cpu, masked_before);
    if (debug->halted && !(debug->control & SIM_DHCSR_C_HALT)) {
        resume(cpu);
    } else if (!debug->halted && debug->control & SIM_DHCSR_C_HALT) {
        if (debugger) {
            sim_cpu_start(cpu);
            sim_debug_halt(cpu, SIM_DFSR_HALTED);
        } else {
            request_halt(cpu, SIM_DFSR_HALTED);
        }
    }
    sim_nvic_update(cpu);
}

/* --- core registers --- */

static uint32_t read_specials(const struct sim_cpu *cpu)
{
    return (uint32_t)cpu->control << 24 | (uint32_t)cpu->faultmask << 16 |
           (uint32_t)cpu->basepri << 8 | cpu->primask;
}

static void write_specials(struct sim_cpu *cpu, uint32_t value)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);
    bool v7m = cpu->model->armv7m;

    cpu->control = (uint8_t)(value >> 24 & (cpu->model->fpu ? 7 : cpu->model->choices ? 3 : 2));
    sim_stacks_put(cpu, stacks);
    cpu->faultmask = v7m && value >> 16 & 1;
    cpu->basepri = v7m ? (uint8_t)(value >> 8 & (0xFF00u >> cpu->integration->priority_bits)) : 0;
    cpu->primask = value & 1;
}

static uint32_t read_register(struct sim_cpu *cpu, unsigned regsel)
{
    uint32_t writable;
    const uint32_t *fp = sim_fp_debug_register(cpu, regsel, &writable);

    switch (regsel) {
    case 16:
        return sim_xpsr_get(cpu);
    case 17:
        return sim_stacks_get(cpu).msp;
    case 18:
        return sim_stacks_get(cpu).psp;
    case 20:
        return read_specials(cpu);
    case REGSEL_MSPLIM:
        return cpu->limit.msp;
    case REGSEL_PSPLIM:
        return cpu->limit.psp;
    default:
        return regsel < 16 ? cpu->r[regsel] : fp ? *fp : 0;
    }
}

static void write_xpsr(struct sim_cpu *cpu, uint32_t value)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);

    sim_xpsr_put(cpu, value);
    cpu->ipsr = value & 0x1FF;
    if (cpu->ipsr >= SIM_EXC_COUNT)
        cpu->ipsr = SIM_EXC_NONE;
    sim_stacks_put(cpu, stacks);
}

static void write_stack(struct sim_cpu *cpu, bool psp, uint32_t value)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);

    *(psp ? &stacks.psp : &stacks.msp) = value;
    sim_stacks_put(cpu, stacks);
}

static void write_register(struct sim_cpu *cpu, unsigned regsel, uint32_t value)
{
    uint32_t writable, *fp = sim_fp_debug_register(cpu, regsel, &writable);

    if (fp)
        *fp = value & writable;
    else if (regsel == 13)
        cpu->r[13] = value & ~3u;
    else if (regsel == 15)
        cpu->r[15] = value & ~1u;
    else if (regsel < 15)
        cpu->r[regsel] = value;
    else if (regsel == 16)
        write_xpsr(cpu, value);
    else if (regsel == 17 || regsel == 18)
        write_stack(cpu, regsel == 18, value);
    else if (regsel == 20)
        write_specials(cpu, value);
    else if (regsel == REGSEL_MSPLIM || regsel == REGSEL_PSPLIM)
        sim_stack_limit_write(cpu, regsel == REGSEL_PSPLIM, value);
    sim_nvic_update(cpu);
}

/* Of a core that runs, nothing is transferred, and S_REGRDY stays clear until it halts. */
static void write_dcrsr(struct sim_cpu *cpu, uint32_t value, bool debugger)
{
    struct sim_debug *debug = cpu->debug;

    debug->register_ready = debug->halted;
    if (!debug->halted || !debugger)
        return;
    if (value & DCRSR_REGWNR)
        write_register(cpu, value & 0x7F, debug->dcrdr);
    else
        debug->dcrdr = read_register(cpu, value & 0x7F);
}

/* --- DEMCR, DFSR --- */

static uint32_t read_demcr(const struct sim_cpu *cpu)
{
    bool pending = sim_exceptions_has(&cpu->system->pending, SIM_EXC_DEBUGMON);

    return (cpu->debug->demcr & ~(uint32_t)SIM_DEMCR_MON_PEND) |
           (pending ? SIM_DEMCR_MON_PEND : 0u);
}

static void write_demcr(struct sim_cpu *cpu, uint32_t value, uint32_t lanes)
{
    struct sim_debug *debug = cpu->debug;
    bool v7m = cpu->model->armv7m;
    uint32_t writable = (v7m ? DEMCR_VC_ARMV7M | DEMCR_MON : DEMCR_VC_ARMV6M) | SIM_DEMCR_TRCENA;

    sim_dwt_sync(cpu);
    debug->demcr = (debug->demcr & ~(lanes & writable)) | (value & lanes & writable);
    if (v7m && lanes & SIM_DEMCR_MON_PEND) {
        if (value & SIM_DEMCR_MON_PEND)
            sim_nvic_pend(cpu, SIM_EXC_DEBUGMON);
        else
            sim_nvic_unpend(cpu, SIM_EXC_DEBUGMON);
    }
    sim_debug_rearm(cpu);
}

uint32_t sim_debug_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    switch (offset) {
    case 0xD30:
        return cpu->debug->dfsr;
    case 0xDF0:
        return read_dhcsr(cpu, debugger);
    case 0xDF8:
        return cpu->debug->dcrdr;
    case 0xDFC:
        return read_demcr(cpu);
    default: /* DCRSR is write-only */
        return 0;
    }
}

void sim_debug_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes,
                     bool debugger)
{
    struct sim_debug *debug = cpu->debug;

    switch (offset) {
    case 0xD30:
        debug->dfsr &= ~(value & lanes & DFSR_ALL);
        break;
    case 0xDF0:
        write_dhcsr(cpu, value, lanes, debugger);
        break;
    case 0xDF4:
        write_dcrsr(cpu, value & lanes, debugger);
        break;
    case 0xDF8:
        debug->dcrdr = (debug->dcrdr & ~lanes) | (value & lanes);
        break;
    default:
        write_demcr(cpu, value, lanes);
        break;
    }
}
