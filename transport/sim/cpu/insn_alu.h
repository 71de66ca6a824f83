/* SPDX-License-Identifier: MIT */
/* Arithmetic of the core: flags, addition with carry, shifts, conditions (DDI 0403, A2.2, A5.3.2,
 * A7.3, A7.4). Carries travel as a bool; flags live in cpu->apsr in place. */
#ifndef PROBED_SIM_INSN_ALU_H
#define PROBED_SIM_INSN_ALU_H

#include "sim/cpu/cpu.h"

#define ALU_NZ (SIM_APSR_N | SIM_APSR_Z)
#define ALU_NZCV (ALU_NZ | SIM_APSR_C | SIM_APSR_V)

enum alu_shift { ALU_LSL, ALU_LSR, ALU_ASR, ALU_ROR };

/* A shifter's result with its carry out. */
struct alu_shifted {
    uint32_t value;
    bool carry;
};

static inline bool alu_carry(const struct sim_cpu *cpu)
{
    return cpu->apsr & SIM_APSR_C;
}

static inline uint32_t alu_nz(uint32_t result)
{
    return (result & SIM_APSR_N) | (result == 0 ? SIM_APSR_Z : 0);
}

static inline void alu_set_nz(struct sim_cpu *cpu, uint32_t result)
{
    cpu->apsr = (cpu->apsr & ~ALU_NZ) | alu_nz(result);
}

static inline void alu_set_nzc(struct sim_cpu *cpu, uint32_t result, bool carry)
{
    cpu->apsr = (cpu->apsr & ~(ALU_NZ | SIM_APSR_C)) | alu_nz(result) | (carry ? SIM_APSR_C : 0);
}

/* AddWithCarry(); subtraction is a + ~b + 1. */
static inline uint32_t alu_add(struct sim_cpu *cpu, uint32_t a, uint32_t b, bool carry,
                               bool set_flags)
{
    uint64_t sum = (uint64_t)a + b + carry;
    uint32_t result = (uint32_t)sum;
    if (set_flags) {
        uint32_t overflow = ~(a ^ b) & (a ^ result);
        cpu->apsr = (cpu->apsr & ~(uint32_t)ALU_NZCV) | alu_nz(result) |
                    (uint32_t)(sum >> 32) << 29 | overflow >> 31 << 28;
    }
    return result;
}

/* Shift_C() by a register or an expanded immediate: any amount from 0 to 255. One more bit than
 * the value is kept on the side where the carry falls out. */
static inline struct alu_shifted alu_shift(uint32_t value, enum alu_shift type, unsigned amount,
                                           bool carry)
{
    if (amount == 0)
        return (struct alu_shifted){value, carry};
    if (type == ALU_ROR) {
        unsigned turn = amount & 31;
        uint32_t result = value >> turn | value << ((32 - turn) & 31);
        return (struct alu_shifted){result, result >> 31};
    }
    unsigned limit = type == ALU_ASR ? 32 : 33;
    if (amount > limit)
        amount = limit;
    if (type == ALU_LSL) {
        uint64_t wide = (uint64_t)value << amount;
        return (struct alu_shifted){(uint32_t)wide, (wide >> 32) & 1};
    }
    int64_t wide = type == ALU_ASR ? (int64_t)(int32_t)value : (int64_t)value;
    wide = (wide * 2) >> amount;
    return (struct alu_shifted){(uint32_t)(wide >> 1), wide & 1};
}

/* DecodeImmShift(): an amount of 0 means 32 for LSR and ASR, and RRX for ROR. */
static inline struct alu_shifted alu_shift_imm(uint32_t value, enum alu_shift type, unsigned amount,
                                               bool carry)
{
    if (amount == 0 && type == ALU_ROR)
        return (struct alu_shifted){value >> 1 | (uint32_t)carry << 31, value & 1};
    if (amount == 0 && type != ALU_LSL)
        amount = 32;
    return alu_shift(value, type, amount, carry);
}

/* ThumbExpandImm_C() of the 12 bits i:imm3:imm8. */
static inline struct alu_shifted alu_expand_imm(uint32_t imm12, bool carry)
{
    static const uint32_t patterns[4] = {0x00000001, 0x00010001, 0x01000100, 0x01010101};
    if (imm12 < 0x400)
        return (struct alu_shifted){(imm12 & 0xFF) * patterns[imm12 >> 8], carry};
    return alu_shift(0x80 | (imm12 & 0x7F), ALU_ROR, imm12 >> 7, carry);
}

/* ConditionPassed(): for each condition, bit n is set if it holds with the flags NZCV == n. */
static inline bool alu_condition(const struct sim_cpu *cpu, unsigned condition)
{
    static const uint16_t holds[16] = {
        0xF0F0, 0x0F0F, /* EQ NE */
        0xCCCC, 0x3333, /* CS CC */
        0xFF00, 0x00FF, /* MI PL */
        0xAAAA, 0x5555, /* VS VC */
        0x0C0C, 0xF3F3, /* HI LS */
        0xAA55, 0x55AA, /* GE LT */
        0x0A05, 0xF5FA, /* GT LE */
        0xFFFF, 0xFFFF, /* AL */
    };
    return holds[condition] >> (cpu->apsr >> 28) & 1;
}

#endif
