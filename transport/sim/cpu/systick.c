/* SPDX-License-Identifier: MIT */
/* SysTick (DDI 0403 B3.3) without counting: a running counter is the core clock at which it next
 * reaches zero. */
#include "sim/cpu/system_internal.h"

enum {
    CSR_ENABLE = 1u << 0,
    CSR_TICKINT = 1u << 1,
    CSR_CLKSOURCE = 1u << 2,
    CSR_COUNTFLAG = 1u << 16,
    EXTERNAL_DIVIDER = 8, /* RM0008 7.2: the reference clock is HCLK / 8 */
    COUNTER_MASK = 0xFFFFFF,
};

static uint32_t divider(const struct sim_systick *tick)
{
    return tick->core_clock ? 1 : EXTERNAL_DIVIDER;
}

/* From `value` at core clock `now`; a counter at zero reloads with the next tick. */
static void start(struct sim_systick *tick, uint64_t now, uint32_t value)
{
    tick->value = value;
    tick->period = value ? value : tick->reload + 1;
    if (!tick->enabled || (value == 0 && tick->reload == 0))
        tick->zero_at = UINT64_MAX;
    else
        tick->zero_at = now + (uint64_t)tick->period * divider(tick);
}

void sim_systick_sync(struct sim_cpu *cpu)
{
    struct sim_systick *tick = &cpu->system->systick;
    uint64_t now = sim_core_clock(cpu);

    if (now < tick->zero_at)
        return;
    tick->countflag = true;
    if (tick->tickint)
        sim_nvic_pend(cpu, SIM_EXC_SYSTICK);
    uint64_t round = ((uint64_t)tick->reload + 1) * divider(tick);
    start(tick, tick->zero_at + (now - tick->zero_at) / round * round, 0);
}

static uint32_t current(const struct sim_cpu *cpu)
{
    const struct sim_systick *tick = &cpu->system->systick;
    uint64_t now = sim_core_clock(cpu);

    if (tick->zero_at == UINT64_MAX)
        return tick->value;
    uint32_t left = (uint32_t)((tick->zero_at - now + divider(tick) - 1) / divider(tick));
    /* A whole round ahead is the zero before the reload, unless it was started with a value. */
    return left >= tick->period && tick->value == 0 ? 0 : left;
}

uint64_t sim_systick_due(const struct sim_cpu *cpu)
{
    const struct sim_systick *tick = &cpu->system->systick;

    if (!tick->tickint || tick->zero_at == UINT64_MAX)
        return UINT64_MAX;
    uint64_t now = sim_core_clock(cpu);
    return tick->zero_at > now ? tick->zero_at - now : 0;
}

static uint32_t read_csr(struct sim_systick *tick, bool debugger)
{
    uint32_t value = (tick->enabled ? CSR_ENABLE : 0u) | (tick->tickint ? CSR_TICKINT : 0u) |
                     (tick->core_clock ? CSR_CLKSOURCE : 0u) |
                     (tick->countflag ? CSR_COUNTFLAG : 0u);

    if (!debugger)
        tick->countflag = false;
    return value;
}

static void write_csr(struct sim_cpu *cpu, uint32_t value)
{
    struct sim_systick *tick = &cpu->system->systick;
    uint32_t counter = current(cpu);

    tick->enabled = value & CSR_ENABLE;
    tick->tickint = value & CSR_TICKINT;
    tick->core_clock = value & CSR_CLKSOURCE;
    start(tick, sim_core_clock(cpu), counter);
}

uint32_t sim_systick_read(struct sim_cpu *cpu, uint32_t offset, bool debugger)
{
    struct sim_systick *tick = &cpu->system->systick;

    sim_systick_sync(cpu);
    switch (offset) {
    case 0x10:
        return read_csr(tick, debugger);
    case 0x14:
        return tick->reload;
    case 0x18:
        return current(cpu);
    case 0x1C:
        return cpu->integration->systick_calib;
    default:
        return 0;
    }
}

void sim_systick_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct sim_systick *tick = &cpu->system->systick;

    if (lanes != UINT32_MAX) /* B3.1.1: word access only */
        return;
    sim_systick_sync(cpu);
    switch (offset) {
    case 0x10:
        write_csr(cpu, value);
        break;
    case 0x14:
        tick->reload = value & COUNTER_MASK;
        if (tick->enabled && tick->zero_at == UINT64_MAX)
            start(tick, sim_core_clock(cpu), tick->value);
        break;
    case 0x18:
        tick->countflag = false;
        start(tick, sim_core_clock(cpu), 0);
        break;
    default:
        return;
    }
    cpu->attention |= SIM_ATTN_PENDING; /* the run loop looks at the new time */
}
