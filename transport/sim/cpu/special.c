/* SPDX-License-Identifier: MIT */
/* Special registers and who may touch them: DDI 0403 B1.4, B5.2.2, B5.2.3. */
#include "sim/cpu/system_internal.h"

enum sysm {
    SYSM_XPSR_LAST = 7,
    SYSM_MSP = 8,
    SYSM_PSP = 9,
    SYSM_MSPLIM = 10,
    SYSM_PSPLIM = 11,
    SYSM_PRIMASK = 16,
    SYSM_BASEPRI = 17,
    SYSM_BASEPRI_MAX = 18,
    SYSM_FAULTMASK = 19,
    SYSM_CONTROL = 20,
};

#define APSR_NZCVQ 0xF8000000u
#define APSR_GE 0x000F0000u
#define XPSR_T (1u << 24)

bool sim_is_privileged(const struct sim_cpu *cpu)
{
    return cpu->ipsr != SIM_EXC_NONE || !(cpu->control & SIM_CONTROL_NPRIV);
}

bool sim_cpu_sp_is_psp(const struct sim_cpu *cpu)
{
    return cpu->ipsr == SIM_EXC_NONE && cpu->control & SIM_CONTROL_SPSEL;
}

struct sim_stacks sim_stacks_get(const struct sim_cpu *cpu)
{
    if (sim_cpu_sp_is_psp(cpu))
        return (struct sim_stacks){.msp = cpu->inactive_sp, .psp = cpu->r[13]};
    return (struct sim_stacks){.msp = cpu->r[13], .psp = cpu->inactive_sp};
}

void sim_stacks_put(struct sim_cpu *cpu, struct sim_stacks stacks)
{
    bool psp = sim_cpu_sp_is_psp(cpu);

    cpu->r[13] = (psp ? stacks.psp : stacks.msp) & ~3u;
    cpu->inactive_sp = (psp ? stacks.msp : stacks.psp) & ~3u;
}

static uint32_t apsr_mask(const struct sim_cpu *cpu)
{
    if (!cpu->model->armv7m)
        return APSR_NZCVQ & ~SIM_APSR_Q;
    return cpu->model->dsp ? APSR_NZCVQ | APSR_GE : APSR_NZCVQ;
}

uint32_t sim_xpsr_get(const struct sim_cpu *cpu)
{
    return (cpu->apsr & apsr_mask(cpu)) | cpu->ipsr | (cpu->thumb ? XPSR_T : 0) |
           (uint32_t)(cpu->itstate & 3) << 25 | (uint32_t)(cpu->itstate >> 2) << 10;
}

void sim_xpsr_put(struct sim_cpu *cpu, uint32_t xpsr)
{
    cpu->apsr = xpsr & apsr_mask(cpu);
    cpu->thumb = xpsr & XPSR_T;
    cpu->itstate = cpu->model->armv7m ? (uint8_t)((xpsr >> 25 & 3) | (xpsr >> 10 & 0x3F) << 2) : 0;
}

bool sim_traps_div0(const struct sim_cpu *cpu)
{
    return cpu->system->ccr & SIM_CCR_DIV_0_TRP;
}

/* APSR, IPSR and their combinations; EPSR reads as zero. */
static uint32_t read_xpsr(const struct sim_cpu *cpu, unsigned sysm)
{
    return (sysm & 1 ? cpu->ipsr : 0) | (sysm & 4 ? 0 : cpu->apsr & apsr_mask(cpu));
}

uint32_t sim_special_read(const struct sim_cpu *cpu, unsigned sysm)
{
    bool v7m = cpu->model->armv7m;

    if (sysm <= SYSM_XPSR_LAST)
        return read_xpsr(cpu, sysm);
    if (sysm == SYSM_CONTROL)
        return cpu->control;
    if (!sim_is_privileged(cpu))
        return 0;
    switch (sysm) {
    case SYSM_MSP:
        return sim_stacks_get(cpu).msp;
    case SYSM_PSP:
        return sim_stacks_get(cpu).psp;
    case SYSM_MSPLIM:
        return cpu->limit.msp;
    case SYSM_PSPLIM:
        return cpu->limit.psp;
    case SYSM_PRIMASK:
        return cpu->primask;
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX:
        return v7m ? cpu->basepri : 0;
    case SYSM_FAULTMASK:
        return v7m ? cpu->faultmask : 0;
    default:
        return 0;
    }
}

static void write_apsr(struct sim_cpu *cpu, unsigned mask, uint32_t value)
{
    uint32_t bits = (mask & 2 ? APSR_NZCVQ : 0) | (mask & 1 ? APSR_GE : 0);

    bits &= apsr_mask(cpu);
    cpu->apsr = (cpu->apsr & ~bits) | (value & bits);
}

static void write_stack(struct sim_cpu *cpu, bool psp, uint32_t value)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);

    *(psp ? &stacks.psp : &stacks.msp) = value;
    sim_stacks_put(cpu, stacks);
}

/* SPSEL changes in thread mode only. */
static void write_control(struct sim_cpu *cpu, uint32_t value)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);
    uint8_t writable = (uint8_t)((cpu->model->choices ? SIM_CONTROL_NPRIV : 0) |
                                 (cpu->model->fpu ? SIM_CONTROL_FPCA : 0) |
                                 (cpu->ipsr == SIM_EXC_NONE ? SIM_CONTROL_SPSEL : 0));

    cpu->control = (uint8_t)((cpu->control & ~writable) | (value & writable));
    sim_stacks_put(cpu, stacks);
}

static void write_basepri(struct sim_cpu *cpu, bool only_raise, uint32_t value)
{
    uint8_t priority = (uint8_t)(value & (0xFF00u >> cpu->integration->priority_bits));

    if (!only_raise || (priority && (priority < cpu->basepri || !cpu->basepri)))
        cpu->basepri = priority;
}

static void write_faultmask(struct sim_cpu *cpu, bool value)
{
    if (!value || sim_nvic_execution_priority(cpu, true) > -1)
        cpu->faultmask = value;
}

void sim_special_write(struct sim_cpu *cpu, unsigned sysm, unsigned mask, uint32_t value)
{
    if (sysm <= SYSM_XPSR_LAST && !(sysm & 4))
        write_apsr(cpu, mask, value);
    if (!sim_is_privileged(cpu))
        return;
    if (sysm == SYSM_MSP || sysm == SYSM_PSP)
        write_stack(cpu, sysm == SYSM_PSP, value);
    else if (sysm == SYSM_MSPLIM || sysm == SYSM_PSPLIM)
        sim_stack_limit_write(cpu, sysm == SYSM_PSPLIM, value);
    else if (sysm == SYSM_PRIMASK)
        cpu->primask = value & 1;
    else if (sysm == SYSM_CONTROL)
        write_control(cpu, value);
    else if (cpu->model->armv7m && (sysm == SYSM_BASEPRI || sysm == SYSM_BASEPRI_MAX))
        write_basepri(cpu, sysm == SYSM_BASEPRI_MAX, value);
    else if (cpu->model->armv7m && sysm == SYSM_FAULTMASK)
        write_faultmask(cpu, value & 1);
    sim_nvic_update(cpu);
}

void sim_cps(struct sim_cpu *cpu, bool disable, bool affect_i, bool affect_f)
{
    if (!sim_is_privileged(cpu))
        return;
    if (affect_i)
        cpu->primask = disable;
    if (affect_f && cpu->model->armv7m)
        write_faultmask(cpu, disable);
    sim_nvic_update(cpu);
}
