/* SPDX-License-Identifier: MIT */
/* 32-bit multiplication and division (DDI 0403, A5.3.16, A5.3.17); the DSP extension is in a
 * file of its own. */
#include "sim/cpu/insn_internal.h"

/* MLA, MLS, and MUL where Ra is 15. */
enum insn_end sim_insn32_multiply(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned d = insn_bits(insn, 8, 4), a = insn_bits(insn, 12, 4);
    bool subtract = insn_bit(insn, 4);
    bool is_dsp = insn_bits(insn, 20, 3) != 0 || insn_bits(insn, 5, 3) != 0;
    if (is_dsp)
        return sim_insn32_multiply_dsp(cpu, insn);
    if (d == 15 || (subtract && a == 15))
        return sim_insn_undefined(cpu, insn);
    uint32_t product = cpu->r[insn_bits(insn, 16, 4)] * cpu->r[insn_bits(insn, 0, 4)];
    uint32_t addend = a == 15 ? 0 : cpu->r[a];
    insn_set(cpu, d, subtract ? addend - product : addend + product);
    cpu->cycles += a == 15 ? 0 : 1;
    return INSN_NEXT;
}

/* 2 to 12 cycles, fewer for short quotients (Cortex-M3 TRM, table 3-1). */
static unsigned division_cycles(uint32_t quotient)
{
    unsigned significant = quotient ? 32 - (unsigned)__builtin_clz(quotient) : 0;
    return 2 + significant * 10 / 32;
}

static enum insn_end divide(struct sim_cpu *cpu, uint32_t insn, bool is_signed)
{
    uint32_t n = cpu->r[insn_bits(insn, 16, 4)], m = cpu->r[insn_bits(insn, 0, 4)], quotient;
    if (m == 0) {
        if (sim_traps_div0(cpu))
            return insn_fault(cpu, SIM_FAULT_DIVBYZERO);
        quotient = 0;
    } else if (is_signed) { /* in 64 bits: INT32_MIN / -1 wraps to INT32_MIN */
        quotient = (uint32_t)((int64_t)(int32_t)n / (int32_t)m);
    } else {
        quotient = n / m;
    }
    insn_set(cpu, insn_bits(insn, 8, 4), quotient);
    cpu->cycles += division_cycles(quotient) - 1;
    return INSN_NEXT;
}

static enum insn_end multiply_wide(struct sim_cpu *cpu, uint32_t insn, bool is_signed,
                                   bool accumulate)
{
    uint32_t n = cpu->r[insn_bits(insn, 16, 4)], m = cpu->r[insn_bits(insn, 0, 4)];
    unsigned low = insn_bits(insn, 12, 4), high = insn_bits(insn, 8, 4);
    uint64_t product = is_signed ? (uint64_t)((int64_t)(int32_t)n * (int32_t)m) : (uint64_t)n * m;
    if (accumulate)
        product += (uint64_t)cpu->r[high] << 32 | cpu->r[low];
    insn_set(cpu, low, (uint32_t)product);
    insn_set(cpu, high, (uint32_t)(product >> 32));
    cpu->cycles += accumulate ? 4 : 3;
    return INSN_NEXT;
}

/* By op1:op2, bits 22:20 and 7:4. */
enum insn_end sim_insn32_multiply_long(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bits(insn, 8, 4) == 15)
        return sim_insn_undefined(cpu, insn);
    switch (insn_bits(insn, 20, 3) << 4 | insn_bits(insn, 4, 4)) {
    case 0x00:
        return multiply_wide(cpu, insn, true, false);
    case 0x1F:
        return divide(cpu, insn, true);
    case 0x20:
        return multiply_wide(cpu, insn, false, false);
    case 0x3F:
        return divide(cpu, insn, false);
    case 0x40:
        return multiply_wide(cpu, insn, true, true);
    case 0x60:
        return multiply_wide(cpu, insn, false, true);
    default:
        return sim_insn32_multiply_long_dsp(cpu, insn);
    }
}
