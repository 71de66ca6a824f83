/* SPDX-License-Identifier: MIT */
/* WFI, WFE, SEV and SLEEPONEXIT: DDI 0403 B1.5.17 to B1.5.19. */
#include "sim/cpu/system_internal.h"

/* An exception wakes the core if it would preempt with PRIMASK clear (B1.5.19). */
static bool exception_wakes(const struct sim_cpu *cpu)
{
    unsigned pending = sim_nvic_highest_pending(cpu);

    return pending != SIM_EXC_NONE &&
           sim_nvic_group_priority(cpu, pending) < sim_nvic_execution_priority(cpu, false);
}

static void fall_asleep(struct sim_cpu *cpu, bool for_event)
{
    cpu->system->asleep = true;
    cpu->system->waits_for_event = for_event;
    sim_cpu_refresh(cpu);
    if (cpu->system->scr & SIM_SCR_SLEEPDEEP && cpu->bus->deep_sleep)
        cpu->bus->deep_sleep(cpu->bus->board);
}

bool sim_sleep_may_end(const struct sim_cpu *cpu)
{
    return (cpu->system->waits_for_event && cpu->event) || exception_wakes(cpu);
}

void sim_sleep_end(struct sim_cpu *cpu)
{
    if (cpu->system->waits_for_event)
        cpu->event = false;
    cpu->system->asleep = false;
    sim_cpu_refresh(cpu);
}

void sim_wfi(struct sim_cpu *cpu)
{
    fall_asleep(cpu, false);
}

void sim_wfe(struct sim_cpu *cpu)
{
    if (cpu->event)
        cpu->event = false;
    else
        fall_asleep(cpu, true);
}

void sim_sev(struct sim_cpu *cpu)
{
    cpu->event = true;
}

void sim_sleep_on_exit(struct sim_cpu *cpu)
{
    fall_asleep(cpu, false);
}

void sim_cpu_event(struct sim_cpu *cpu)
{
    sim_sev(cpu);
}

bool sim_cpu_wakes(const struct sim_cpu *cpu)
{
    return cpu->system->asleep && sim_sleep_may_end(cpu);
}

bool sim_cpu_is_asleep(const struct sim_cpu *cpu, bool *deep)
{
    *deep = cpu->system->asleep && cpu->system->scr & SIM_SCR_SLEEPDEEP;
    return cpu->system->asleep;
}
