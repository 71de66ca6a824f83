/* SPDX-License-Identifier: MIT */
/* The floating-point context: who may use the registers, and where they go when an exception comes
 * (DDI 0403, B1.4.7, B1.5.6 to B1.5.8, B3.2.20 on). */
#include "sim/cpu/fp.h"
#include "sim/cpu/system_internal.h"

enum { CPACR = 0xD88, FPCCR = 0xF34, FPCAR = 0xF38, FPDSCR = 0xF3C, MVFR0 = 0xF40, MVFR2 = 0xF48 };
#define CPACR_WRITABLE 0x00F00000u /* CP10 and CP11 */
#define CPACR_CP10(cpacr) ((cpacr) >> 20 & 3)
enum { ACCESS_PRIVILEGED = 1, ACCESS_FULL = 3 };
#define FPCCR_LSPACT (1u << 0)
#define FPCCR_USER (1u << 1)
#define FPCCR_THREAD (1u << 3)
#define FPCCR_HFRDY (1u << 4)
#define FPCCR_CLRONRET (1u << 28) /* Armv8-M */
#define FPCCR_LSPEN (1u << 30)
#define FPCCR_ASPEN (1u << 31)
#define FPCCR_RESET (FPCCR_ASPEN | FPCCR_LSPEN)
#define FPCCR_WRITABLE 0xC000017Bu
#define FPCCR_WRITABLE_V8M 0xD000077Bu /* also CLRONRET, UFRDY, SPLIMVIOL */
#define FPDSCR_WRITABLE 0x07C00000u    /* AHP, DN, FZ, RMode */
enum { SAVED = 16 };                   /* S0 to S15, then FPSCR */
enum { REGSEL_FPSCR = 0x21, REGSEL_S0 = 0x40 };

void sim_fp_reset(struct sim_cpu *cpu)
{
    struct sim_system *system = cpu->system;

    system->cpacr = system->fpcar = system->fpdscr = cpu->fpscr = 0;
    system->fpccr = cpu->model->fpu ? FPCCR_RESET : 0;
}

static bool has_access(const struct sim_cpu *cpu)
{
    uint32_t access = CPACR_CP10(cpu->system->cpacr);

    return access == ACCESS_FULL || (access == ACCESS_PRIVILEGED && sim_is_privileged(cpu));
}

/* --- saving and restoring --- */

static bool save(struct sim_cpu *cpu, uint32_t address)
{
    bool ok = true;

    for (unsigned i = 0; i < SAVED && ok; i++)
        ok = sim_data_write(cpu, address + 4 * i, 4, cpu->s[i]);
    return ok && sim_data_write(cpu, address + 4 * SAVED, 4, cpu->fpscr);
}

bool sim_fp_restore(struct sim_cpu *cpu, uint32_t address)
{
    uint32_t values[SAVED + 1];

    if (cpu->system->fpccr & FPCCR_LSPACT) { /* they were never saved */
        cpu->system->fpccr &= ~FPCCR_LSPACT;
        return true;
    }
    for (unsigned i = 0; i <= SAVED; i++)
        if (!sim_data_read(cpu, address + 4 * i, 4, &values[i]))
            return false;
    for (unsigned i = 0; i < SAVED; i++)
        cpu->s[i] = values[i];
    cpu->fpscr = values[SAVED] & FPSCR_WRITABLE;
    return true;
}

void sim_fp_leave(struct sim_cpu *cpu)
{
    uint32_t fpccr = cpu->system->fpccr;

    if (!(fpccr & FPCCR_CLRONRET) || fpccr & FPCCR_LSPACT || !(cpu->control & SIM_CONTROL_FPCA))
        return;
    for (unsigned i = 0; i < SAVED; i++)
        cpu->s[i] = 0;
    cpu->fpscr = 0;
}

/* Lazily: the place is kept, and filled when somebody else wants the registers. */
bool sim_fp_stack(struct sim_cpu *cpu, uint32_t address)
{
    struct sim_system *system = cpu->system;
    uint32_t state = FPCCR_LSPACT;

    if (!(system->fpccr & FPCCR_LSPEN))
        return save(cpu, address);
    if (!sim_is_privileged(cpu))
        state |= FPCCR_USER;
    if (cpu->ipsr == SIM_EXC_NONE)
        state |= FPCCR_THREAD;
    if (sim_nvic_execution_priority(cpu, true) > -1)
        state |= FPCCR_HFRDY;
    system->fpcar = address;
    system->fpccr = (system->fpccr & (FPCCR_ASPEN | FPCCR_LSPEN)) | state;
    return true;
}

bool sim_fp_check(struct sim_cpu *cpu)
{
    struct sim_system *system = cpu->system;

    if (!has_access(cpu)) {
        sim_fault(cpu, SIM_FAULT_NOCP, cpu->r[15]);
        return false;
    }
    if (system->fpccr & FPCCR_LSPACT) {
        system->fpccr &= ~FPCCR_LSPACT;
        if (!save(cpu, system->fpcar)) {
            sim_fault(cpu, SIM_FAULT_LSPERR, system->fpcar);
            return false;
        }
    }
    if (system->fpccr & FPCCR_ASPEN && !(cpu->control & SIM_CONTROL_FPCA)) {
        cpu->fpscr = (cpu->fpscr & ~FPDSCR_WRITABLE) | system->fpdscr;
        cpu->control |= SIM_CONTROL_FPCA;
    }
    return true;
}

/* --- registers --- */

uint32_t *sim_fp_debug_register(struct sim_cpu *cpu, unsigned regsel, uint32_t *writable)
{
    *writable = regsel == REGSEL_FPSCR ? FPSCR_WRITABLE : UINT32_MAX;
    if (!cpu->model->fpu)
        return NULL;
    if (regsel == REGSEL_FPSCR)
        return &cpu->fpscr;
    return regsel >= REGSEL_S0 && regsel < REGSEL_S0 + 32 ? &cpu->s[regsel - REGSEL_S0] : NULL;
}

static uint32_t *register_at(struct sim_system *system, uint32_t offset, uint32_t *writable)
{
    static const struct {
        uint16_t offset;
        uint32_t writable;
    } rows[] = {{CPACR, CPACR_WRITABLE},
                {FPCCR, FPCCR_WRITABLE},
                {FPCAR, 0xFFFFFFF8},
                {FPDSCR, FPDSCR_WRITABLE}};
    uint32_t *const values[] = {&system->cpacr, &system->fpccr, &system->fpcar, &system->fpdscr};

    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        *writable = rows[i].writable;
        if (offset == rows[i].offset)
            return values[i];
    }
    return NULL;
}

uint32_t sim_fp_read(const struct sim_cpu *cpu, uint32_t offset)
{
    static const uint32_t features[][3] = {
        [SIM_FPV4_SP] = {0x10110021, 0x11000011, 0x00000000},
        [SIM_FPV5_SP] = {0x10110021, 0x11000011, 0x00000040},
        [SIM_FPV5_DP] = {0x10110221, 0x12000011, 0x00000040},
    };
    uint32_t writable, *reg = register_at(cpu->system, offset, &writable);

    if (!cpu->model->fpu)
        return 0;
    if (offset >= MVFR0 && offset <= MVFR2)
        return features[cpu->model->fpu][(offset - MVFR0) / 4];
    return reg ? *reg : 0;
}

void sim_fp_write(struct sim_cpu *cpu, uint32_t offset, uint32_t value, uint32_t lanes)
{
    uint32_t writable, *reg = register_at(cpu->system, offset, &writable);

    if (offset == FPCCR && cpu->model->armv8m)
        writable = FPCCR_WRITABLE_V8M;
    if (cpu->model->fpu && reg)
        *reg = (*reg & ~(lanes & writable)) | (value & lanes & writable);
}
