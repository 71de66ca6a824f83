/* SPDX-License-Identifier: MIT */
/* The system control block: DDI 0403 B3.2. */
#include "sim/cpu/system_internal.h"

enum {
    ICSR_PENDSTCLR = 1u << 25,
    ICSR_PENDSTSET = 1u << 26,
    ICSR_PENDSVCLR = 1u << 27,
    ICSR_PENDSVSET = 1u << 28,
    AIRCR_VECTRESET = 1u << 0,
    AIRCR_VECTCLRACTIVE = 1u << 1,
    AIRCR_SYSRESETREQ = 1u << 2,
    AIRCR_KEY = 0x05FA,
    AIRCR_KEY_READS = 0xFA05,
    SCR_WRITABLE = 0x16,
    CCR_WRITABLE = 0x31B,
    CCR_WRITABLE_M7 = 0x3011B, /* IC, DC; STKALIGN and BP are fixed: */
    CCR_M7 = 0x40200,
    CCR_WRITABLE_V8M = 0x51A, /* fixed are STKALIGN and what was NONBASETHRDENA: */
    CCR_V8M = 0x201,
    CCR_ARMV6M = 0x208, /* STKALIGN and UNALIGN_TRP are fixed there */
    ACTLR_WRITABLE = 0x7,
    VTOR_WRITABLE = 0x3FFFFF80, /* TBLBASE and TBLOFF of r0 to r2p0 */
    VTOR_WRITABLE_M0P = (int32_t)0xFFFFFF00,
    VTOR_WRITABLE_M7 = (int32_t)0xFFFFFF80, /* and Armv8-M */
    SHPR_EXCEPTIONS = 0xD870,               /* 4, 5, 6, 11, 12, 14, 15 have a priority */
    SHPR_EXCEPTIONS_V6M = 0xC800,
};

#define ICSR_NMIPENDSET (1u << 31)
#define ICSR_PENDNMICLR (1u << 30) /* Armv8-M: DDI 0553, D1.2.121 */

/* SHCSR bit by bit. */
enum shcsr_set { SHCSR_ACTIVE, SHCSR_PENDED, SHCSR_ENABLE };
static const struct shcsr_bit {
    uint8_t bit, exception, set;
} shcsr_bits[] = {
    {0, SIM_EXC_MEMMANAGE, SHCSR_ACTIVE},  {1, SIM_EXC_BUSFAULT, SHCSR_ACTIVE},
    {3, SIM_EXC_USAGEFAULT, SHCSR_ACTIVE}, {7, SIM_EXC_SVCALL, SHCSR_ACTIVE},
    {8, SIM_EXC_DEBUGMON, SHCSR_ACTIVE},   {10, SIM_EXC_PENDSV, SHCSR_ACTIVE},
    {11, SIM_EXC_SYSTICK, SHCSR_ACTIVE},   {12, SIM_EXC_USAGEFAULT, SHCSR_PENDED},
    {13, SIM_EXC_MEMMANAGE, SHCSR_PENDED}, {14, SIM_EXC_BUSFAULT, SHCSR_PENDED},
    {15, SIM_EXC_SVCALL, SHCSR_PENDED},    {16, SIM_EXC_MEMMANAGE, SHCSR_ENABLE},
    {17, SIM_EXC_BUSFAULT, SHCSR_ENABLE},  {18, SIM_EXC_USAGEFAULT, SHCSR_ENABLE},
};
enum { SHCSR_BITS = sizeof shcsr_bits / sizeof *shcsr_bits, SHCSR_SVCALLPENDED = 15 };

/* Identification of Cortex-M3, M4 and M7 (their TRMs, table 4-1, 3-2) from D40 on. */
enum { FEATURES = 13 };
static const uint32_t m3_features[FEATURES] = {
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000,
    0x00000000, 0x01141110, 0x02111000, 0x21112231, 0x01111110, 0x01310102,
};
static const uint32_t m4_features[FEATURES] = {
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000,
    0x00000000, 0x01141110, 0x02112000, 0x21232231, 0x01111131, 0x01310132,
};

static const uint32_t m7_features[FEATURES] = {
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000,
    0x00000000, 0x01101110, 0x02112000, 0x20232231, 0x01111131, 0x01310132,
};

void sim_scb_reset(struct sim_cpu *cpu)
{
    struct sim_system *system = cpu->system;
    bool aligns = !cpu->model->armv7m || cpu->model->dsp || (cpu->model->cpuid >> 20 & 0xF) >= 2;

    system->vtor = system->prigroup = system->scr = system->actlr = 0;
    system->cfsr = system->hfsr = system->mmfar = system->bfar = 0;
    /* STKALIGN comes up set from Cortex-M3 r2p0 on, and on every M4. */
    system->ccr = aligns ? SIM_CCR_STKALIGN : 0;
    if (cpu->model->m7)
        system->ccr = CCR_M7;
    if (cpu->model->m7 || cpu->model->armv8m)
        system->vtor = cpu->bus->initial_vtor & (uint32_t)VTOR_WRITABLE_M7;
    if (cpu->model->armv8m)
        system->ccr = CCR_V8M;
    sim_m7_reset(cpu);
    sim_caches_switch(cpu);
    sim_mpu_reset(cpu);
    sim_fp_reset(cpu);
}

static struct sim_exceptions *shcsr_set(struct sim_system *system, enum shcsr_set set)
{
    switch (set) {
    case SHCSR_ACTIVE:
        return &system->active;
    case SHCSR_PENDED:
        return &system->pending;
    default:
        return &system->enabled;
    }
}

/* Read-only here. */
static uint32_t read_shcsr_v8m(const struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;
    uint32_t value = 0;

    if (sim_exceptions_has(&system->active, SIM_EXC_HARDFAULT))
        value |= 1u << 2;
    if (sim_exceptions_has(&system->active, SIM_EXC_NMI))
        value |= 1u << 5;
    if (sim_exceptions_has(&system->pending, SIM_EXC_HARDFAULT))
        value |= 1u << 21;
    return value;
}

static uint32_t read_shcsr(const struct sim_cpu *cpu)
{
    uint32_t value = 0;

    if (!cpu->model->armv7m)
        return (uint32_t)sim_exceptions_has(&cpu->system->pending, SIM_EXC_SVCALL)
               << SHCSR_SVCALLPENDED;
    for (unsigned i = 0; i < SHCSR_BITS; i++)
        value |= (uint32_t)sim_exceptions_has(shcsr_set(cpu->system, shcsr_bits[i].set),
                                              shcsr_bits[i].exception)
                 << shcsr_bits[i].bit;
    return cpu->model->armv8m ? value | read_shcsr_v8m(cpu) : value;
}

static void write_shcsr(struct sim_cpu *cpu, uint32_t value, uint32_t lanes)
{
    if (!cpu->model->armv7m)
        lanes &= 1u << SHCSR_SVCALLPENDED;
    for (unsigned i = 0; i < SHCSR_BITS; i++)
        if (lanes >> shcsr_bits[i].bit & 1)
            sim_exceptions_put(shcsr_set(cpu->system, shcsr_bits[i].set), shcsr_bits[i].exception,
                               value >> shcsr_bits[i].bit & 1);
}

static uint32_t read_icsr(const struct sim_cpu *cpu)
{
    const struct sim_system *system = cpu->system;
    uint32_t value = cpu->ipsr | sim_nvic_highest_pending(cpu) << 12;

    if (cpu->model->armv7m && cpu->ipsr && sim_exceptions_count(&system->active) <= 1)
        value |= 1u << 11; /* RETTOBASE */
    if (sim_nvic_any_irq(&system->pending))
        value |= 1u << 22; /* ISRPENDING */
    if (sim_exceptions_has(&system->pending, SIM_EXC_SYSTICK))
        value |= ICSR_PENDSTSET;
    if (sim_exceptions_has(&system->pending, SIM_EXC_PENDSV))
        value |= ICSR_PENDSVSET;
    if (sim_exceptions_has(&system->pending, SIM_EXC_NMI))
        value |= ICSR_NMIPENDSET;
    return value;
}

static void write_icsr(struct sim_cpu *cpu, uint32_t value)
{
    if (value & ICSR_NMIPENDSET)
        sim_nvic_pend(cpu, SIM_EXC_NMI);
    else if (value & ICSR_PENDNMICLR && cpu->model->armv8m)
        sim_nvic_unpend(cpu, SIM_EXC_NMI);
    if (value & ICSR_PENDSVSET)
        sim_nvic_pend(cpu, SIM_EXC_PENDSV);
    else if (value & ICSR_PENDSVCLR)
        sim_nvic_unpend(cpu, SIM_EXC_PENDSV);
    if (value & ICSR_PENDSTSET)
        sim_nvic_pend(cpu, SIM_EXC_SYSTICK);
    else if (value & ICSR_PENDSTCLR)
        sim_nvic_unpend(cpu, SIM_EXC_SYSTICK);
}

static void clear_active(struct sim_cpu *cpu)
{
    struct sim_stacks stacks = sim_stacks_get(cpu);

    cpu->system->active = (struct sim_exceptions){0};
    cpu->ipsr = SIM_EXC_NONE;
    sim_stacks_put(cpu, stacks);
}

/* VECTRESET and VECTCLRACTIVE are for the debugger and a halted core (B3.2.6). */
static void write_aircr(struct sim_cpu *cpu, uint32_t value, uint32_t lanes)
{
    struct sim_system *system = cpu->system;

    if (lanes != UINT32_MAX || value >> 16 != AIRCR_KEY)
        return;
    if (cpu->model->armv7m)
        system->prigroup = value >> 8 & 7;
    if (value & AIRCR_VECTCLRACTIVE && cpu->debug->halted)
        clear_active(cpu);
    if (value & AIRCR_SYSRESETREQ)
        system->reset_due = SIM_DUE_SYSTEM;
    else if (value & AIRCR_VECTRESET && cpu->model->armv7m && !cpu->model->armv8m)
        system->reset_due = SIM_DUE_CORE;
    sim_cpu_refresh(cpu);
}

static uint32_t read_priorities(const struct sim_cpu *cpu, uint32_t offset)
{
    const uint8_t *priority = &cpu->system->priority[offset - 0xD18 + 4];

    return (uint32_t)(priority[0] | priority[1] << 8 | priority[2] << 16) | (uint32_t)priority[3]
                                                                                << 24;
}

static void write_priorities(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint8_t implemented = (uint8_t)(0xFF00u >> cpu->integration->priority_bits);
    uint32_t exceptions = cpu->model->armv7m ? SHPR_EXCEPTIONS : SHPR_EXCEPTIONS_V6M;

    if (!cpu->model->armv7m && lanes != UINT32_MAX) /* DDI 0419, B3.1.1: words only */
        return;
    for (unsigned lane = 0; lane < 4; lane++) {
        unsigned exception = offset - 0xD18 + 4 + lane;
        if (lanes >> 8 * lane & 0xFF && exceptions >> exception & 1)
            cpu->system->priority[exception] = (uint8_t)(value >> 8 * lane) & implemented;
    }
}

static uint32_t read_features(const struct sim_cpu *cpu, uint32_t offset)
{
    const uint32_t *features = cpu->model->m7    ? m7_features
                               : cpu->model->dsp ? m4_features
                                                 : m3_features;
    unsigned i = (offset - 0xD40) / 4;

    return cpu->model->armv7m && i < FEATURES ? features[i] : 0;
}

/* What Armv6-M has of this block. */
static bool exists(const struct sim_cpu *cpu, uint32_t offset)
{
    if (offset == 0xD08)
        return cpu->model->choices;
    return cpu->model->armv7m || offset == 0xD1C || offset == 0xD20 ||
           (offset >= 0xD00 && offset <= 0xD14) || offset == 0xD24;
}

uint32_t sim_scb_read(struct sim_cpu *cpu, uint32_t offset)
{
    const struct sim_system *system = cpu->system;

    if (!exists(cpu, offset))
        return 0;
    switch (offset) {
    case 0x004: /* ICTR */
        return (cpu->integration->irqs - 1u) / 32;
    case 0x008:
        return system->actlr;
    case 0xD00:
        return cpu->model->cpuid;
    case 0xD04:
        return read_icsr(cpu);
    case 0xD08:
        return system->vtor;
    case 0xD0C:
        return (uint32_t)AIRCR_KEY_READS << 16 | system->prigroup << 8;
    case 0xD10:
        return system->scr;
    case 0xD14:
        return cpu->model->armv7m ? system->ccr : CCR_ARMV6M;
    case 0xD18:
    case 0xD1C:
    case 0xD20:
        return read_priorities(cpu, offset);
    case 0xD24:
        return read_shcsr(cpu);
    case 0xD28:
        return system->cfsr;
    case 0xD2C:
        return system->hfsr;
    case 0xD34:
        return system->mmfar;
    case 0xD38:
        return system->bfar;
    default:
        if (sim_m7_has(cpu, offset))
            return sim_m7_read(cpu, offset);
        if (sim_armv8m_has(cpu, offset))
            return sim_armv8m_read(cpu, offset);
        return offset >= 0xD40 && offset < 0xD80 ? read_features(cpu, offset)
                                                 : sim_fp_read(cpu, offset);
    }
}

static uint32_t vtor_writable(const struct sim_cpu *cpu)
{
    if (cpu->model->m7 || cpu->model->armv8m)
        return (uint32_t)VTOR_WRITABLE_M7;
    return (uint32_t)(cpu->model->armv7m ? VTOR_WRITABLE : VTOR_WRITABLE_M0P);
}

static void merge(uint32_t *reg, uint32_t value, uint32_t bits)
{
    *reg = (*reg & ~bits) | (value & bits);
}

static uint32_t ccr_writable(const struct sim_cpu *cpu)
{
    if (cpu->model->armv8m)
        return CCR_WRITABLE_V8M;
    return cpu->model->m7 ? CCR_WRITABLE_M7 : CCR_WRITABLE;
}

void sim_scb_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    struct sim_system *system = cpu->system;

    if (!exists(cpu, offset))
        return;
    switch (offset) {
    case 0x008:
        merge(&system->actlr, value, lanes & ACTLR_WRITABLE);
        break;
    case 0xD04:
        write_icsr(cpu, value & lanes);
        break;
    case 0xD08:
        merge(&system->vtor, value, lanes & vtor_writable(cpu));
        break;
    case 0xD0C:
        write_aircr(cpu, value, lanes);
        break;
    case 0xD10:
        merge(&system->scr, value, lanes & SCR_WRITABLE);
        break;
    case 0xD14:
        if (cpu->model->armv7m)
            merge(&system->ccr, value, lanes & ccr_writable(cpu));
        sim_caches_switch(cpu);
        break;
    case 0xD18:
    case 0xD1C:
    case 0xD20:
        write_priorities(cpu, offset, value, lanes);
        break;
    case 0xD24:
        write_shcsr(cpu, value, lanes);
        break;
    case 0xD28:
        system->cfsr &= ~(value & lanes);
        break;
    case 0xD2C:
        system->hfsr &= ~(value & lanes);
        break;
    case 0xD34:
        merge(&system->mmfar, value, lanes);
        break;
    case 0xD38:
        merge(&system->bfar, value, lanes);
        break;
    default:
        if (sim_m7_has(cpu, offset))
            sim_m7_write(cpu, offset, value, lanes);
        else if (sim_armv8m_has(cpu, offset))
            sim_armv8m_write(cpu, offset, value, lanes);
        else
            sim_fp_write(cpu, offset, value, lanes);
        break;
    }
    sim_nvic_update(cpu);
}
