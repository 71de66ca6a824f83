/* SPDX-License-Identifier: MIT */
/* Execution of single instructions: DDI 0403, chapters A5 to A7 (Armv6-M: the subset of DDI 0419).
 */
#ifndef PROBED_SIM_INSN_H
#define PROBED_SIM_INSN_H

#include "sim/cpu/cpu.h"

/* Executes the one instruction at cpu->r[15] and moves r[15], itstate, cycles and instructions on.
 * An instruction in an IT block whose condition fails only moves on. When a memory access or the
 * decoder faults, the fault was handed to sim_fault() with r[15] still at the instruction and no
 * register changed (base registers restored): nothing else to do for the caller. */
void sim_insn_execute(struct sim_cpu *cpu);

/* True if the 16 bits are the first half of a 32-bit instruction (A5.1). */
static inline bool sim_insn_is_32bit(uint16_t first)
{
    return first >= 0xE800;
}

#endif
