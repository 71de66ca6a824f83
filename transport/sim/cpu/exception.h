/* SPDX-License-Identifier: MIT */
/* What instructions ask of the system side of the core (exception.c, scs.c, debug.c, memory.c).
 * DDI 0403, part B. */
#ifndef PROBED_SIM_EXCEPTION_H
#define PROBED_SIM_EXCEPTION_H

#include "sim/cpu/cpu.h"

/* --- memory as instructions see it (memory.c): watchpoints, alignment rules, private peripherals,
 * bus. False: the fault was raised, the instruction must end without changing registers. --- */

/* Unaligned halfwords and words are allowed unless CCR.UNALIGN_TRP or Armv6-M. */
bool sim_load(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
bool sim_store(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value);
/* For LDM, STM, PUSH, POP, LDRD, STRD, LDREX, STREX..: unaligned is a UsageFault. */
bool sim_load_aligned(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t *value);
bool sim_store_aligned(struct sim_cpu *cpu, uint32_t address, unsigned width, uint32_t value);
/* An instruction halfword; a failing fetch is a fault of the instruction. FPB hits are looked at by
 * the run loop before execution, not here. */
bool sim_fetch(struct sim_cpu *cpu, uint32_t address, uint16_t *half);

/* --- faults and exceptions (exception.c) --- */

enum sim_fault {
    SIM_FAULT_UNDEFINSTR,
    SIM_FAULT_INVSTATE, /* T bit clear */
    SIM_FAULT_INVPC,    /* bad EXC_RETURN */
    SIM_FAULT_NOCP,
    SIM_FAULT_UNALIGNED,
    SIM_FAULT_DIVBYZERO,
    SIM_FAULT_IBUSERR,
    SIM_FAULT_PRECISERR,   /* address goes to BFAR */
    SIM_FAULT_IMPRECISERR, /* a buffered store failed: the instruction has completed */
    SIM_FAULT_STKERR,
    SIM_FAULT_UNSTKERR,
    SIM_FAULT_LSPERR,   /* saving what an exception left of the floating-point context */
    SIM_FAULT_IACCVIOL, /* execution from XN memory */
    SIM_FAULT_DACCVIOL, /* the MPU forbids it; address goes to MMFAR */
    SIM_FAULT_STKOF,    /* Armv8-M: the stack pointer would be below its limit */
};

/* Raises a synchronous fault of the instruction at r[15] (its status bits set, escalated if
 * masked or disabled; lockup if it cannot be taken). Taken before the next instruction. */
void sim_fault(struct sim_cpu *cpu, enum sim_fault fault, uint32_t address);
/* SVC: r[15] is already the next instruction. */
void sim_svc(struct sim_cpu *cpu);
/* BKPT: r[15] is at the BKPT. Halts if debug is enabled, else DebugMonitor or HardFault. */
void sim_bkpt(struct sim_cpu *cpu, uint8_t imm);
/* A value 0xFxxxxxxx was written to the PC by BX, POP, LDM or LDR in handler mode. */
void sim_exception_return(struct sim_cpu *cpu, uint32_t exc_return);

/* WFI, WFE: r[15] is already the next instruction. */
void sim_wfi(struct sim_cpu *cpu);
void sim_wfe(struct sim_cpu *cpu);
void sim_sev(struct sim_cpu *cpu);

/* --- special registers (scs.c): the rules of B5.2.3, privilege included --- */

/* MSR and MRS by SYSm. Unprivileged writes of privileged registers are ignored, reads give 0. */
uint32_t sim_special_read(const struct sim_cpu *cpu, unsigned sysm);
void sim_special_write(struct sim_cpu *cpu, unsigned sysm, unsigned mask, uint32_t value);
/* CPS: `affect_i`, `affect_f`; ignored when unprivileged. */
void sim_cps(struct sim_cpu *cpu, bool disable, bool affect_i, bool affect_f);
bool sim_is_privileged(const struct sim_cpu *cpu);
/* Which stack pointer r[13] is: CONTROL.SPSEL in thread mode. */
bool sim_cpu_sp_is_psp(const struct sim_cpu *cpu);
/* Armv8-M: what r[13] may not go below; 0: nothing is too low. */
uint32_t sim_stack_limit(const struct sim_cpu *cpu);
/* Armv8-M: what TT, or TTT (`unprivileged`), says of an address. */
uint32_t sim_test_target(const struct sim_cpu *cpu, uint32_t address, bool unprivileged);
/* ExecuteFPCheck(), before each floating-point instruction: what an exception left to be saved is
 * saved, and from now on there is a context. False: no access, the fault was raised. */
bool sim_fp_check(struct sim_cpu *cpu);
/* CCR.DIV_0_TRP. */
bool sim_traps_div0(const struct sim_cpu *cpu);

#endif
