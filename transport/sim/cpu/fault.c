/* SPDX-License-Identifier: MIT */
/* Faults and how they escalate: DDI 0403 B1.5.14, B1.5.15, B3.2.15. */
#include "sim/cpu/system_internal.h"

enum { CFSR_MMARVALID = 1u << 7, CFSR_BFARVALID = 1u << 15 };

#define LOCKUP_PC 0xFFFFFFFEu

static const struct fault_kind {
    uint8_t exception;
    enum { NO_ADDRESS, TO_BFAR, TO_MMFAR } address;
    uint32_t cfsr;
    uint32_t catch;
} fault_kinds[] = {
    [SIM_FAULT_UNDEFINSTR] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 16, SIM_DEMCR_VC_STATERR},
    [SIM_FAULT_INVSTATE] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 17, SIM_DEMCR_VC_STATERR},
    [SIM_FAULT_INVPC] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 18,
                         SIM_DEMCR_VC_STATERR | SIM_DEMCR_VC_INTERR},
    [SIM_FAULT_NOCP] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 19, SIM_DEMCR_VC_NOCPERR},
    [SIM_FAULT_UNALIGNED] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 24, SIM_DEMCR_VC_CHKERR},
    [SIM_FAULT_DIVBYZERO] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 25, SIM_DEMCR_VC_CHKERR},
    [SIM_FAULT_IBUSERR] = {SIM_EXC_BUSFAULT, NO_ADDRESS, 1u << 8, SIM_DEMCR_VC_BUSERR},
    [SIM_FAULT_PRECISERR] = {SIM_EXC_BUSFAULT, TO_BFAR, 1u << 9, SIM_DEMCR_VC_BUSERR},
    [SIM_FAULT_IMPRECISERR] = {SIM_EXC_BUSFAULT, NO_ADDRESS, 1u << 10, SIM_DEMCR_VC_BUSERR},
    [SIM_FAULT_UNSTKERR] = {SIM_EXC_BUSFAULT, NO_ADDRESS, 1u << 11, SIM_DEMCR_VC_INTERR},
    [SIM_FAULT_STKERR] = {SIM_EXC_BUSFAULT, NO_ADDRESS, 1u << 12, SIM_DEMCR_VC_INTERR},
    [SIM_FAULT_LSPERR] = {SIM_EXC_BUSFAULT, NO_ADDRESS, 1u << 13, SIM_DEMCR_VC_INTERR},
    [SIM_FAULT_DACCVIOL] = {SIM_EXC_MEMMANAGE, TO_MMFAR, 1u << 1, SIM_DEMCR_VC_MMERR},
    [SIM_FAULT_STKOF] = {SIM_EXC_USAGEFAULT, NO_ADDRESS, 1u << 20,
                         SIM_DEMCR_VC_CHKERR | SIM_DEMCR_VC_INTERR},
    [SIM_FAULT_IACCVIOL] = {SIM_EXC_MEMMANAGE, NO_ADDRESS, 1u << 0, SIM_DEMCR_VC_MMERR},
};

unsigned sim_fault_record(struct sim_cpu *cpu, enum sim_fault fault, uint32_t address)
{
    const struct fault_kind *kind = &fault_kinds[fault];
    struct sim_system *system = cpu->system;

    if (!cpu->model->armv7m) /* DDI 0419 B1.5: all faults are HardFaults without a status */
        return SIM_EXC_HARDFAULT;
    system->cfsr |= kind->cfsr;
    if (kind->address == TO_BFAR) {
        system->bfar = address;
        system->cfsr |= CFSR_BFARVALID;
    } else if (kind->address == TO_MMFAR) {
        system->mmfar = address;
        system->cfsr |= CFSR_MMARVALID;
    }
    system->catches |= kind->catch;
    return kind->exception;
}

void sim_lockup(struct sim_cpu *cpu)
{
    cpu->system->lockup = true;
    cpu->system->synchronous = false;
    cpu->r[15] = LOCKUP_PC;
    cpu->itstate = 0;
    cpu->attention |= SIM_ATTN_LOCKUP;
}

bool sim_raise(struct sim_cpu *cpu, unsigned exception)
{
    struct sim_system *system = cpu->system;
    int now = sim_nvic_execution_priority(cpu, true);

    if (!sim_exceptions_has(&system->enabled, exception) ||
        sim_nvic_group_priority(cpu, exception) >= now) {
        if (now < 0) {
            sim_lockup(cpu);
            return false;
        }
        system->hfsr |= SIM_HFSR_FORCED;
        exception = SIM_EXC_HARDFAULT;
    }
    system->synchronous = true;
    sim_nvic_pend(cpu, exception);
    return true;
}

/* A buffered store's error comes when the core is elsewhere: it waits until it can be taken. */
static void pend_asynchronous(struct sim_cpu *cpu, unsigned exception)
{
    struct sim_system *system = cpu->system;

    if (!sim_exceptions_has(&system->enabled, exception)) {
        system->hfsr |= SIM_HFSR_FORCED;
        exception = SIM_EXC_HARDFAULT;
    }
    sim_nvic_pend(cpu, exception);
}

void sim_fault(struct sim_cpu *cpu, enum sim_fault fault, uint32_t address)
{
    unsigned exception = sim_fault_record(cpu, fault, address);

    if (fault == SIM_FAULT_IMPRECISERR)
        pend_asynchronous(cpu, exception);
    else
        sim_raise(cpu, exception);
}

void sim_svc(struct sim_cpu *cpu)
{
    sim_raise(cpu, SIM_EXC_SVCALL);
}

void sim_bkpt(struct sim_cpu *cpu, uint8_t imm)
{
    sim_debug_breakpoint(cpu);
}
