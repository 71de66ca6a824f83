/* SPDX-License-Identifier: MIT */
/* What Armv8-M adds to 32-bit instructions (DDI 0553, C2.4): loads that acquire, stores that
 * release, exclusives that do both, TT. One core and memory that is strongly ordered have no other
 * order than the program's. */
#include "sim/cpu/insn_internal.h"

/* By bits 7:4 of E8C and E8D: 10xx plain, 11xx exclusive; size in 5:4. */
enum insn_end sim_insn32_acquire_release(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned op = insn_bits(insn, 4, 4), width = 1u << (op & 3), t = insn_bits(insn, 12, 4);
    uint32_t address = cpu->r[insn_bits(insn, 16, 4)], value;

    if (!cpu->model->armv8m || op < 8 || width > 4)
        return sim_insn_undefined(cpu, insn);
    if (op & 4)
        return insn_bit(insn, 20)
                   ? sim_insn_load_exclusive(cpu, t, address, width)
                   : sim_insn_store_exclusive(cpu, insn_bits(insn, 0, 4), t, address, width);
    cpu->cycles++;
    if (!insn_bit(insn, 20))
        return sim_store_aligned(cpu, address, width, cpu->r[t]) ? INSN_NEXT : INSN_SETTLED;
    if (!sim_load_aligned(cpu, address, width, &value))
        return INSN_SETTLED;
    insn_set(cpu, t, value);
    return INSN_NEXT;
}

/* TT, TTT; TTA and TTAT ask about the other state. */
enum insn_end sim_insn32_test_target(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t address = cpu->r[insn_bits(insn, 16, 4)];

    if (insn_bits(insn, 0, 6) != 0 || insn_bit(insn, 7))
        return sim_insn_undefined(cpu, insn);
    insn_set(cpu, insn_bits(insn, 8, 4), sim_test_target(cpu, address, insn_bit(insn, 6)));
    return INSN_NEXT;
}

bool sim_insn_sp_overflows(struct sim_cpu *cpu, uint32_t value)
{
    if (value >= sim_stack_limit(cpu))
        return false;
    sim_fault(cpu, SIM_FAULT_STKOF, cpu->r[15]);
    return true;
}
