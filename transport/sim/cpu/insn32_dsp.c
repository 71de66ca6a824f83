/* SPDX-License-Identifier: MIT */
/* The DSP extension but for its multiplications (DDI 0403, A5.3.11 to A5.3.15): arithmetic on the
 * halves or bytes of registers, saturation, packing. */
#include "sim/cpu/insn_internal.h"

#define GE_SHIFT 16

static inline uint32_t register_at(const struct sim_cpu *cpu, uint32_t insn, unsigned low)
{
    return cpu->r[insn_bits(insn, low, 4)];
}

/* A lane of `width` bits, as a signed or unsigned number. */
static inline int32_t lane(uint32_t value, unsigned low, unsigned width, bool is_unsigned)
{
    uint32_t bits = insn_bits(value, low, width);

    return (int32_t)(is_unsigned ? bits : insn_sign_extend(bits, width));
}

static int32_t clamp(int32_t value, int32_t low, int32_t high, bool *clamped)
{
    *clamped = value < low || value > high;
    return value < low ? low : value > high ? high : value;
}

static int32_t saturate_lane(int32_t value, unsigned width, bool is_unsigned)
{
    bool ignored;
    int32_t top = 1 << (is_unsigned ? width : width - 1);

    return clamp(value, is_unsigned ? 0 : -top, top - 1, &ignored);
}

/* --- parallel addition and subtraction: A5.3.13, A5.3.14 --- */

enum { PLAIN, SATURATING, HALVING };

struct parallel {
    unsigned width;
    bool exchanges;      /* ASX, SAX: the halves of Rm change places */
    bool subtracts_even; /* the low half; of bytes all */
    bool subtracts_odd;  /* the high half; of bytes all */
};

/* By op1, bits 22:20. */
static const struct parallel parallels[8] = {
    {8, false, false, false}, {16, false, false, false}, {16, true, true, false}, {0},
    {8, false, true, true},   {16, false, true, true},   {16, true, false, true}, {0},
};

/* What GE says of an unsaturated lane: no borrow, a carry, or not negative. */
static bool greater_or_equal(int32_t result, unsigned width, bool is_unsigned, bool subtracts)
{
    return is_unsigned && !subtracts ? result >> width : result >= 0;
}

static int32_t finish_lane(int32_t result, unsigned width, bool is_unsigned, unsigned kind)
{
    if (kind == SATURATING)
        return saturate_lane(result, width, is_unsigned);
    return kind == HALVING ? result >> 1 : result;
}

static void set_ge(struct sim_cpu *cpu, uint32_t ge)
{
    cpu->apsr = (cpu->apsr & ~(15u << GE_SHIFT)) | ge << GE_SHIFT;
}

enum insn_end sim_insn32_parallel(struct sim_cpu *cpu, uint32_t insn)
{
    const struct parallel *p = &parallels[insn_bits(insn, 20, 3)];
    unsigned kind = insn_bits(insn, 4, 2);
    bool is_unsigned = insn_bit(insn, 6);
    uint32_t n = register_at(cpu, insn, 16), m = register_at(cpu, insn, 0), result = 0, ge = 0;

    if (!cpu->model->dsp || p->width == 0 || kind > HALVING)
        return sim_insn_undefined(cpu, insn);
    if (p->exchanges)
        m = m << 16 | m >> 16;
    for (unsigned low = 0; low < 32; low += p->width) {
        bool subtracts = low & 16 || p->width == 8 ? p->subtracts_odd : p->subtracts_even;
        int32_t a = lane(n, low, p->width, is_unsigned), b = lane(m, low, p->width, is_unsigned);
        int32_t whole = subtracts ? a - b : a + b;
        uint32_t bits = (uint32_t)finish_lane(whole, p->width, is_unsigned, kind);
        result |= insn_bits(bits, 0, p->width) << low;
        if (greater_or_equal(whole, p->width, is_unsigned, subtracts))
            ge |= (p->width == 8 ? 1u : 3u) << low / 8;
    }
    if (kind == PLAIN)
        set_ge(cpu, ge);
    insn_set(cpu, insn_bits(insn, 8, 4), result);
    return INSN_NEXT;
}

/* --- saturation --- */

static uint32_t add_saturating(struct sim_cpu *cpu, int64_t sum)
{
    int64_t top = INT64_C(1) << 31;
    int64_t result = sum < -top ? -top : sum >= top ? top - 1 : sum;

    if (result != sum)
        cpu->apsr |= SIM_APSR_Q;
    return (uint32_t)result;
}

/* QADD, QDADD, QSUB, QDSUB by bits 5:4: Rm with Rn, which the D forms double first. */
static uint32_t saturating(struct sim_cpu *cpu, uint32_t insn)
{
    int64_t n = (int32_t)register_at(cpu, insn, 16), m = (int32_t)register_at(cpu, insn, 0);

    if (insn_bit(insn, 4))
        n = (int32_t)add_saturating(cpu, 2 * n);
    return add_saturating(cpu, insn_bit(insn, 5) ? m - n : m + n);
}

/* The bytes of Rn where GE is set, else those of Rm. */
static uint32_t select_bytes(const struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < 4; i++)
        if (cpu->apsr >> (GE_SHIFT + i) & 1)
            mask |= 0xFFu << 8 * i;
    return (register_at(cpu, insn, 16) & mask) | (register_at(cpu, insn, 0) & ~mask);
}

enum insn_end sim_insn32_saturating(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned op1 = insn_bits(insn, 20, 4), op2 = insn_bits(insn, 4, 4);

    if (!cpu->model->dsp || !((op1 == 8 && op2 < 12) || (op1 == 10 && op2 == 8)))
        return sim_insn_undefined(cpu, insn);
    insn_set(cpu, insn_bits(insn, 8, 4),
             op1 == 8 ? saturating(cpu, insn) : select_bytes(cpu, insn));
    return INSN_NEXT;
}

/* SSAT16 to bits 3:0 plus one, USAT16 to bits 3:0. */
enum insn_end sim_insn32_saturate16(struct sim_cpu *cpu, uint32_t insn)
{
    bool is_unsigned = insn_bit(insn, 23), low_clamped, high_clamped;
    int32_t top = 1 << insn_bits(insn, 0, 4), bottom = is_unsigned ? 0 : -top;
    uint32_t n = register_at(cpu, insn, 16);

    if (!cpu->model->dsp || insn_bits(insn, 4, 2) != 0)
        return sim_insn_undefined(cpu, insn);
    int32_t low = clamp(lane(n, 0, 16, false), bottom, top - 1, &low_clamped);
    int32_t high = clamp(lane(n, 16, 16, false), bottom, top - 1, &high_clamped);
    if (low_clamped || high_clamped)
        cpu->apsr |= SIM_APSR_Q;
    insn_set(cpu, insn_bits(insn, 8, 4), (uint32_t)high << 16 | ((uint32_t)low & 0xFFFF));
    return INSN_NEXT;
}

/* --- extending and packing --- */

/* SXTAH UXTAH SXTAB16 UXTAB16 SXTAB UXTAB by bits 22:20; without Rn (15) they only extend. */
enum insn_end sim_insn32_extend_add(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned op = insn_bits(insn, 20, 3), turn = insn_bits(insn, 4, 2) * 8;
    unsigned n = insn_bits(insn, 16, 4), width = op < 2 ? 16 : 8;
    uint32_t m = register_at(cpu, insn, 0), addend = n == 15 ? 0 : cpu->r[n];
    bool is_unsigned = op & 1;

    if (!cpu->model->dsp || op > 5 || insn_bit(insn, 6))
        return sim_insn_undefined(cpu, insn);
    m = m >> turn | m << ((32 - turn) & 31);
    uint32_t low = (uint32_t)lane(m, 0, width, is_unsigned);
    uint32_t result = addend + low;
    if (op == 2 || op == 3) {
        uint32_t high = (addend >> 16) + (uint32_t)lane(m, 16, 8, is_unsigned);
        result = high << 16 | (result & 0xFFFF);
    }
    insn_set(cpu, insn_bits(insn, 8, 4), result);
    return INSN_NEXT;
}

/* PKHBT: low half of Rn, high half of the shifted Rm; PKHTB the other way round. */
enum insn_end sim_insn32_pack(struct sim_cpu *cpu, uint32_t insn, uint32_t shifted)
{
    uint32_t n = register_at(cpu, insn, 16);
    bool top_first = insn_bit(insn, 5);

    if (!cpu->model->dsp || insn_bit(insn, 20) || insn_bit(insn, 4))
        return sim_insn_undefined(cpu, insn);
    uint32_t high = top_first ? n : shifted, low = top_first ? shifted : n;
    insn_set(cpu, insn_bits(insn, 8, 4), (high & 0xFFFF0000) | (low & 0xFFFF));
    return INSN_NEXT;
}
