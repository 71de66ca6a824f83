/* SPDX-License-Identifier: MIT */
/* The table of all 32-bit instructions by bits 31:20 (DDI 0403, A5.3). */
#include "sim/cpu/insn_internal.h"

/* The floating-point extension is coprocessors 10 and 11; there are no others. */
static enum insn_end coprocessor(struct sim_cpu *cpu, uint32_t insn)
{
    if (cpu->model->fpu && insn_bits(insn, 9, 3) == 5)
        return sim_insn32_fp(cpu, insn);
    return insn_fault(cpu, SIM_FAULT_NOCP);
}

#define X2(f) f, f
#define X4(f) X2(f), X2(f)
#define X8(f) X4(f), X4(f)
#define X16(f) X8(f), X8(f)
#define X32(f) X16(f), X16(f)

/* clang-format off */
sim_insn_handler *const sim_insn32_table[384] = {
    /* E80 */ X4(sim_insn32_multiple), X2(sim_insn32_exclusive), X2(sim_insn32_dual),
    /* E88 */ X4(sim_insn32_multiple), X2(sim_insn32_exclusive), X2(sim_insn32_dual),
    /* E90 */ X4(sim_insn32_multiple), X4(sim_insn32_dual),
    /* E98 */ X4(sim_insn32_multiple), X4(sim_insn32_dual),
    /* EA0 */ X32(sim_insn32_shifted),
    /* EC0 */ X32(coprocessor),
    /* EE0 */ X16(coprocessor), X16(sim_insn_undefined),
    /* F00 */ X32(sim_insn32_modified), /* here and below with branches and control */
    /* F20 */ X32(sim_insn32_plain),
    /* F40 */ X32(sim_insn32_modified),
    /* F60 */ X32(sim_insn32_plain),
    /* F80 */ X32(sim_insn32_single),
    /* FA0 */ X16(sim_insn32_register),
    /* FB0 */ X8(sim_insn32_multiply), X8(sim_insn32_multiply_long),
    /* FC0 */ X32(coprocessor),
    /* FE0 */ X16(coprocessor), X16(sim_insn_undefined),
};
/* clang-format on */
