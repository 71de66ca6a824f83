/* SPDX-License-Identifier: MIT */
#include "flat.h"

#include <string.h>

const struct sim_core_model flat_armv7m = {.name = "flat Armv7-M", .armv7m = true};
const struct sim_core_model flat_m4f = {
    .name = "flat M4F", .armv7m = true, .dsp = true, .fpu = SIM_FPV4_SP};
const struct sim_core_model flat_m7 = {
    .name = "flat M7", .armv7m = true, .dsp = true, .fpu = SIM_FPV5_DP};
const struct sim_core_model flat_m7sp = {
    .name = "flat M7, singles only", .armv7m = true, .dsp = true, .fpu = SIM_FPV5_SP};
const struct sim_core_model flat_m33 = {
    .name = "flat M33", .armv7m = true, .armv8m = true, .dsp = true, .fpu = SIM_FPV5_SP};
const struct sim_core_model flat_armv6m = {.name = "flat Armv6-M"};

void flat_init(struct flat *flat, const struct sim_core_model *model, uint8_t *code,
               uint32_t code_size, uint8_t *ram, uint32_t ram_size)
{
    memset(flat, 0, sizeof *flat);
    flat->bus.board = flat;
    flat->bus.windows[0] = (struct sim_window){FLAT_CODE, code_size, code, false};
    flat->bus.windows[1] = (struct sim_window){FLAT_RAM, ram_size, ram, true};
    flat->cpu.model = model;
    flat->cpu.bus = &flat->bus;
    flat->cpu.thumb = true;
    flat->cpu.r[15] = FLAT_CODE;
}

static bool is_quiet(const struct flat *flat)
{
    return !(flat->faults | flat->svcs | flat->bkpts | flat->returns | flat->wfis | flat->wfes);
}

bool flat_run(struct flat *flat, uint32_t end, uint64_t limit)
{
    uint64_t last = flat->cpu.instructions + limit;
    while (flat->cpu.r[15] != end && flat->cpu.instructions < last && is_quiet(flat))
        sim_insn_execute(&flat->cpu);
    return flat->cpu.r[15] == end && is_quiet(flat);
}

/* --- sim/exception.h --- */

static struct flat *flat_of(const struct sim_cpu *cpu)
{
    return cpu->bus->board;
}

static uint8_t *memory(const struct sim_cpu *cpu, uint32_t address, unsigned width, bool write)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct sim_window *window = &cpu->bus->windows[i];
        uint32_t offset = address - window->start;
        if (offset < window->size && window->size - offset >= width)
            return write && !window->writable ? NULL : window->memory + offset;
    }
    return NULL;
}

static bool refuse(struct sim_cpu *cpu, enum sim_fault fault, uint32_t address)
{
    sim_fault(cpu, fault, address);
    return false;
}

static bool is_misaligned(const struct sim_cpu *cpu, uint32_t address, unsigned width)
{
    bool traps = flat_of(cpu)->traps_unaligned || !cpu->model->armv7m;
    return traps && (address & (width - 1));
}

bool sim_load(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    const uint8_t *from = memory(cpu, address, width, false);
    if (is_misaligned(cpu, address, width))
        return refuse(cpu, SIM_FAULT_UNALIGNED, address);
    if (!from)
        return refuse(cpu, SIM_FAULT_PRECISERR, address);
    *value = 0;
    memcpy(value, from, width); /* the tests' host is little-endian */
    return true;
}

bool sim_store(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    uint8_t *to = memory(cpu, address, width, true);
    if (is_misaligned(cpu, address, width))
        return refuse(cpu, SIM_FAULT_UNALIGNED, address);
    if (!to)
        return refuse(cpu, SIM_FAULT_PRECISERR, address);
    memcpy(to, &value, width);
    return true;
}

bool sim_load_aligned(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value)
{
    if (address & (width - 1))
        return refuse(cpu, SIM_FAULT_UNALIGNED, address);
    return sim_load(cpu, address, width, value);
}

bool sim_store_aligned(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value)
{
    if (address & (width - 1))
        return refuse(cpu, SIM_FAULT_UNALIGNED, address);
    return sim_store(cpu, address, width, value);
}

bool sim_fetch(struct sim_cpu *cpu, uint32_t address, uint16_t *half)
{
    const uint8_t *from = memory(cpu, address, 2, false);
    if (!from)
        return refuse(cpu, SIM_FAULT_IBUSERR, address);
    memcpy(half, from, 2);
    return true;
}

void sim_fault(struct sim_cpu *cpu, enum sim_fault fault, uint32_t address)
{
    struct flat *flat = flat_of(cpu);
    flat->faults++;
    flat->fault = fault;
    flat->fault_address = address;
}

void sim_svc(struct sim_cpu *cpu)
{
    flat_of(cpu)->svcs++;
}

void sim_bkpt(struct sim_cpu *cpu, uint8_t imm)
{
    flat_of(cpu)->bkpts++;
    flat_of(cpu)->bkpt_number = imm;
}

void sim_exception_return(struct sim_cpu *cpu, uint32_t exc_return)
{
    flat_of(cpu)->returns++;
    flat_of(cpu)->exc_return = exc_return;
}

void sim_wfi(struct sim_cpu *cpu)
{
    flat_of(cpu)->wfis++;
}

void sim_wfe(struct sim_cpu *cpu)
{
    flat_of(cpu)->wfes++;
}

void sim_sev(struct sim_cpu *cpu)
{
    flat_of(cpu)->sevs++;
}

enum { SYSM_APSR = 0, SYSM_MSP = 8, SYSM_PSP = 9, SYSM_PRIMASK = 16, SYSM_BASEPRI = 17 };

uint32_t sim_special_read(const struct sim_cpu *cpu, unsigned sysm)
{
    switch (sysm) {
    case SYSM_APSR:
        return cpu->apsr;
    case SYSM_MSP:
        return cpu->r[13];
    case SYSM_PSP:
        return flat_of(cpu)->psp;
    case SYSM_PRIMASK:
        return cpu->primask;
    case SYSM_BASEPRI:
        return cpu->basepri;
    default:
        return 0;
    }
}

static void write_apsr(struct sim_cpu *cpu, unsigned mask, uint32_t value)
{
    uint32_t bits = (mask & 2 ? 0xF8000000 : 0) | (mask & 1 && cpu->model->dsp ? 0x000F0000 : 0);

    cpu->apsr = (cpu->apsr & ~bits) | (value & bits);
}

void sim_special_write(struct sim_cpu *cpu, unsigned sysm, unsigned mask, uint32_t value)
{
    if (sysm == SYSM_APSR)
        write_apsr(cpu, mask, value);
    else if (sysm == SYSM_MSP)
        cpu->r[13] = value & ~3u;
    else if (sysm == SYSM_PSP)
        flat_of(cpu)->psp = value & ~3u;
    else if (sysm == SYSM_PRIMASK)
        cpu->primask = value & 1;
    else if (sysm == SYSM_BASEPRI)
        cpu->basepri = (uint8_t)value;
}

void sim_cps(struct sim_cpu *cpu, bool disable, bool affect_i, bool affect_f)
{
    if (affect_i)
        cpu->primask = disable;
    if (affect_f)
        cpu->faultmask = disable;
}

bool sim_fp_check(struct sim_cpu *cpu)
{
    return true;
}

bool sim_is_privileged(const struct sim_cpu *cpu)
{
    return true;
}

bool sim_cpu_sp_is_psp(const struct sim_cpu *cpu)
{
    return false;
}

uint32_t sim_stack_limit(const struct sim_cpu *cpu)
{
    return cpu->limit.msp;
}

/* All of it is one MPU's background, which may be read and written. */
uint32_t sim_test_target(const struct sim_cpu *cpu, uint32_t address, bool unprivileged)
{
    return 0x000C0000;
}

bool sim_traps_div0(const struct sim_cpu *cpu)
{
    return flat_of(cpu)->traps_div0;
}
