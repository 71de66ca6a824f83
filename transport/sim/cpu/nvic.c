/* SPDX-License-Identifier: MIT */
/* Which exception comes next: DDI 0403 B1.5.4 (priorities), B3.4 (NVIC). */
#include "sim/cpu/system_internal.h"

#include <string.h>

enum {
    PRIORITY_THREAD = 256, /* lower than every exception */
    RESETTABLE = 1u << SIM_EXC_MEMMANAGE | 1u << SIM_EXC_BUSFAULT | 1u << SIM_EXC_USAGEFAULT,
    MASKABLE_SYSTEM = 1u << SIM_EXC_PENDSV | 1u << SIM_EXC_SYSTICK,
};

/* Of the 32 interrupts of a word. */
static uint32_t implemented_irqs(const struct sim_cpu *cpu, unsigned word)
{
    unsigned irqs = cpu->integration->irqs;

    if (irqs >= 32 * (word + 1))
        return UINT32_MAX;
    return irqs <= 32 * word ? 0 : (1u << irqs % 32) - 1;
}

static unsigned first_irq(unsigned word, uint32_t bits)
{
    return SIM_EXC_IRQ0 + 32 * word + (unsigned)__builtin_ctz(bits);
}

bool sim_nvic_any_irq(const struct sim_exceptions *set)
{
    uint32_t any = 0;

    for (unsigned i = 0; i < SIM_IRQ_WORDS; i++)
        any |= set->irqs[i];
    return any;
}

static int priority(const struct sim_system *system, unsigned exception)
{
    switch (exception) {
    case SIM_EXC_RESET:
        return -3;
    case SIM_EXC_NMI:
        return -2;
    case SIM_EXC_HARDFAULT:
        return -1;
    default:
        return system->priority[exception];
    }
}

/* The part above AIRCR.PRIGROUP; fixed negative priorities have no subpriority. */
static int group_of(const struct sim_system *system, int value)
{
    return value < 0 ? value : value & ~(int)((2u << system->prigroup) - 1);
}

int sim_nvic_group_priority(const struct sim_cpu *cpu, unsigned exception)
{
    return group_of(cpu->system, priority(cpu->system, exception));
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int active_priority(const struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;
    int result = PRIORITY_THREAD;

    for (uint32_t left = system->active.system; left; left &= left - 1)
        result = least(result, sim_nvic_group_priority(cpu, (unsigned)__builtin_ctz(left)));
    for (unsigned i = 0; i < SIM_IRQ_WORDS; i++)
        for (uint32_t left = system->active.irqs[i]; left; left &= left - 1)
            result = least(result, sim_nvic_group_priority(cpu, first_irq(i, left)));
    return result;
}

int sim_nvic_execution_priority(const struct sim_cpu *cpu, bool primask)
{
    int result = active_priority(cpu);

    if (cpu->basepri)
        result = least(result, group_of(cpu->system, cpu->basepri));
    if (cpu->primask && primask)
        result = least(result, 0);
    if (cpu->faultmask)
        result = least(result, -1);
    return result;
}

/* The lower number wins between equals (B1.5.4). */
static unsigned more_urgent(const struct sim_system *system, unsigned best, unsigned other)
{
    return best == SIM_EXC_NONE || priority(system, other) < priority(system, best) ? other : best;
}

unsigned sim_nvic_highest_pending(const struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;
    uint32_t exceptions = system->pending.system & system->enabled.system;
    const struct sim_exceptions *slips = &cpu->debug->slips;
    bool masked = sim_debug_masks_interrupts(cpu);
    unsigned best = SIM_EXC_NONE;

    if (masked)
        exceptions &= ~(uint32_t)MASKABLE_SYSTEM | slips->system;
    for (; exceptions; exceptions &= exceptions - 1)
        best = more_urgent(system, best, (unsigned)__builtin_ctz(exceptions));
    for (unsigned i = 0; i < SIM_IRQ_WORDS; i++)
        for (uint32_t left = system->pending.irqs[i] & system->enabled.irqs[i] &
                             (masked ? slips->irqs[i] : UINT32_MAX);
             left; left &= left - 1)
            best = more_urgent(system, best, first_irq(i, left));
    return best;
}

unsigned sim_nvic_next(const struct sim_cpu *cpu)
{
    unsigned best = sim_nvic_highest_pending(cpu);

    if (best == SIM_EXC_NONE ||
        sim_nvic_group_priority(cpu, best) >= sim_nvic_execution_priority(cpu, true))
        return SIM_EXC_NONE;
    return best;
}

void sim_nvic_update(struct sim_cpu *cpu)
{
    if (cpu->system->exc_return || cpu->system->synchronous || sim_nvic_next(cpu) != SIM_EXC_NONE)
        cpu->attention |= SIM_ATTN_PENDING;
    else
        cpu->attention &= ~(uint32_t)SIM_ATTN_PENDING;
}

void sim_nvic_pend(struct sim_cpu *cpu, unsigned exception)
{
    struct sim_system *system = cpu->system;

    /* B1.5.18: an interrupt that becomes pending is an event, enabled or not. */
    if (system->scr & SIM_SCR_SEVONPEND && !sim_exceptions_has(&system->pending, exception))
        cpu->event = true;
    sim_exceptions_put(&system->pending, exception, true);
    sim_nvic_update(cpu);
}

void sim_cpu_nmi(struct sim_cpu *cpu)
{
    sim_nvic_pend(cpu, SIM_EXC_NMI);
}

void sim_nvic_unpend(struct sim_cpu *cpu, unsigned exception)
{
    sim_exceptions_put(&cpu->system->pending, exception, false);
    sim_exceptions_put(&cpu->debug->slips, exception, false);
    sim_nvic_update(cpu);
}

/* A line that is high keeps its interrupt pending unless that is being served. */
static void pend_by_levels(struct sim_cpu *cpu)
{
    struct sim_system *system = cpu->system;

    for (unsigned i = 0; i < SIM_IRQ_WORDS; i++) {
        uint32_t due = system->levels[i] & ~system->active.irqs[i] & ~system->pending.irqs[i];
        for (; due; due &= due - 1)
            sim_nvic_pend(cpu, first_irq(i, due));
    }
}

void sim_nvic_deactivate(struct sim_cpu *cpu, unsigned exception)
{
    sim_exceptions_put(&cpu->system->active, exception, false);
    pend_by_levels(cpu);
    sim_nvic_update(cpu);
}

void sim_cpu_irq(struct sim_cpu *cpu, unsigned irq, bool level)
{
    struct sim_system *system = cpu->system;

    if (irq >= cpu->integration->irqs)
        return;
    uint32_t *levels = &system->levels[irq / 32], bit = 1u << irq % 32;
    if (level && !(*levels & bit) && !system->held)
        sim_nvic_pend(cpu, SIM_EXC_IRQ0 + irq);
    *levels = level ? *levels | bit : *levels & ~bit;
}

void sim_nvic_reset(struct sim_cpu *cpu)
{
    struct sim_system *system = cpu->system;

    memset(system->priority, 0, sizeof system->priority);
    system->pending = system->active = (struct sim_exceptions){0};
    memset(&system->enabled, 0, sizeof system->enabled);
    system->enabled.system = cpu->model->armv7m ? 0xFFFFu & ~RESETTABLE : 0xC80Cu;
}

/* ISER 100, ICER 180, ISPR 200, ICPR 280, IABR 300: the same words of another set each. */
static const struct sim_exceptions *bank(const struct sim_system *system, uint32_t offset)
{
    switch (offset & 0xF00) {
    case 0x100:
        return &system->enabled;
    case 0x200:
        return &system->pending;
    default:
        return &system->active;
    }
}

static uint32_t read_priorities(const struct sim_cpu *cpu, uint32_t offset)
{
    uint32_t value = 0;

    for (unsigned lane = 0; lane < 4; lane++)
        if (offset - 0x400 + lane < cpu->integration->irqs)
            value |= (uint32_t)cpu->system->priority[SIM_EXC_IRQ0 + offset - 0x400 + lane]
                     << 8 * lane;
    return value;
}

static void write_priorities(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint8_t implemented = (uint8_t)(0xFF00u >> cpu->integration->priority_bits);

    if (!cpu->model->armv7m && lanes != UINT32_MAX) /* DDI 0419, B3.1.1: words only */
        return;
    for (unsigned lane = 0; lane < 4; lane++)
        if (lanes >> 8 * lane & 0xFF && offset - 0x400 + lane < cpu->integration->irqs)
            cpu->system->priority[SIM_EXC_IRQ0 + offset - 0x400 + lane] =
                (uint8_t)(value >> 8 * lane) & implemented;
}

uint32_t sim_nvic_read(struct sim_cpu *cpu, uint32_t offset)
{
    unsigned word = (offset & 0x7F) / 4;

    if (offset >= 0x400)
        return read_priorities(cpu, offset);
    if (word >= SIM_IRQ_WORDS || offset >= (cpu->model->armv7m ? 0x380 : 0x300)) /* IABR */
        return 0;
    return bank(cpu->system, offset)->irqs[word] & implemented_irqs(cpu, word);
}

static void write_word(struct sim_cpu *cpu, uint32_t offset, unsigned word, uint32_t bits)
{
    struct sim_system *system = cpu->system;

    if (offset >= 0x280 && offset < 0x300)
        system->pending.irqs[word] &= ~bits;
    else if (offset >= 0x200 && offset < 0x280)
        for (; bits; bits &= bits - 1)
            sim_nvic_pend(cpu, first_irq(word, bits));
    else if (offset >= 0x180 && offset < 0x200)
        system->enabled.irqs[word] &= ~bits;
    else if (offset < 0x180)
        system->enabled.irqs[word] |= bits;
}

void sim_nvic_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    unsigned word = (offset & 0x7F) / 4;

    if (offset >= 0x400)
        write_priorities(cpu, offset, value, lanes);
    else if (word < SIM_IRQ_WORDS)
        write_word(cpu, offset, word, value & lanes & implemented_irqs(cpu, word));
    pend_by_levels(cpu);
    sim_nvic_update(cpu);
}
