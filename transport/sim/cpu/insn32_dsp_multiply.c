/* SPDX-License-Identifier: MIT */
/* Multiplications of the DSP extension (DDI 0403, A5.3.16, A5.3.17). */
#include "sim/cpu/insn_internal.h"

static int64_t half(uint32_t value, bool top)
{
    return (int16_t)(top ? value >> 16 : value);
}

static int64_t whole(uint32_t value)
{
    return (int32_t)value;
}

/* The accumulator, or 0 where Ra is 15. */
static int64_t addend(const struct sim_cpu *cpu, uint32_t insn)
{
    unsigned a = insn_bits(insn, 12, 4);

    return a == 15 ? 0 : whole(cpu->r[a]);
}

/* A sum that does not fit sets Q and wraps. */
static uint32_t wrapped(struct sim_cpu *cpu, int64_t sum)
{
    if (sum != (int32_t)sum)
        cpu->apsr |= SIM_APSR_Q;
    return (uint32_t)sum;
}

/* The products of both halves, added or subtracted; X exchanges the halves of Rm. */
static int64_t dual(uint32_t n, uint32_t m, bool exchanges, bool subtracts)
{
    int64_t low = half(n, false) * half(m, exchanges), high = half(n, true) * half(m, !exchanges);

    return subtracts ? low - high : low + high;
}

/* SMMLA and SMMLS: the high word of the product with the accumulator above it; R rounds. */
static uint32_t high_word(const struct sim_cpu *cpu, uint32_t insn, int64_t product, bool subtracts)
{
    uint64_t sum = (uint64_t)addend(cpu, insn) << 32;

    sum = subtracts ? sum - (uint64_t)product : sum + (uint64_t)product;
    return (uint32_t)((sum + (insn_bit(insn, 4) ? 0x80000000u : 0)) >> 32);
}

static uint32_t sum_of_differences(const struct sim_cpu *cpu, uint32_t insn, uint32_t n, uint32_t m)
{
    uint32_t sum = (uint32_t)addend(cpu, insn);

    for (unsigned low = 0; low < 32; low += 8) {
        uint32_t a = insn_bits(n, low, 8), b = insn_bits(m, low, 8);
        sum += a > b ? a - b : b - a;
    }
    return sum;
}

/* By op1, bits 22:20; bits 5:4 choose halves, exchange or round. */
enum insn_end sim_insn32_multiply_dsp(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t n = cpu->r[insn_bits(insn, 16, 4)], m = cpu->r[insn_bits(insn, 0, 4)], result;
    unsigned op = insn_bits(insn, 20, 3);
    bool bit4 = insn_bit(insn, 4), bit5 = insn_bit(insn, 5);

    if (!cpu->model->dsp || op == 0 || insn_bits(insn, 6, 2) != 0 || (op > 1 && bit5) ||
        insn_bits(insn, 8, 4) == 15 || (op == 7 && bit4))
        return sim_insn_undefined(cpu, insn);
    if (op == 1)
        result = wrapped(cpu, half(n, bit5) * half(m, bit4) + addend(cpu, insn));
    else if (op == 2 || op == 4)
        result = wrapped(cpu, dual(n, m, bit4, op == 4) + addend(cpu, insn));
    else if (op == 3)
        result = wrapped(cpu, (whole(n) * half(m, bit4) >> 16) + addend(cpu, insn));
    else if (op == 7)
        result = sum_of_differences(cpu, insn, n, m);
    else
        result = high_word(cpu, insn, whole(n) * whole(m), op == 6);
    insn_set(cpu, insn_bits(insn, 8, 4), result);
    return INSN_NEXT;
}

static void set_long(struct sim_cpu *cpu, uint32_t insn, uint64_t value)
{
    insn_set(cpu, insn_bits(insn, 12, 4), (uint32_t)value);
    insn_set(cpu, insn_bits(insn, 8, 4), (uint32_t)(value >> 32));
}

/* SMLALxy, SMLALD, SMLSLD, UMAAL, told apart by op1:op2, bits 22:20 and 7:4. */
enum insn_end sim_insn32_multiply_long_dsp(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t n = cpu->r[insn_bits(insn, 16, 4)], m = cpu->r[insn_bits(insn, 0, 4)];
    uint64_t low = cpu->r[insn_bits(insn, 12, 4)], high = cpu->r[insn_bits(insn, 8, 4)];
    uint64_t sum = high << 32 | low;
    bool bit4 = insn_bit(insn, 4), bit5 = insn_bit(insn, 5);
    unsigned op = insn_bits(insn, 20, 3) << 4 | insn_bits(insn, 4, 4);

    if (!cpu->model->dsp)
        return sim_insn_undefined(cpu, insn);
    if ((op & 0x7C) == 0x48)
        set_long(cpu, insn, sum + (uint64_t)(half(n, bit5) * half(m, bit4)));
    else if ((op & 0x6E) == 0x4C)
        set_long(cpu, insn, sum + (uint64_t)dual(n, m, bit4, op >= 0x50));
    else if (op == 0x66)
        set_long(cpu, insn, (uint64_t)n * m + low + high);
    else
        return sim_insn_undefined(cpu, insn);
    return INSN_NEXT;
}
