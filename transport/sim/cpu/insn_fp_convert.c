/* SPDX-License-Identifier: MIT */
/* Instructions of the floating-point extension: from one kind of number to another (DDI 0403, VCVT
 * of A7.7), and what FPv5 has beyond FPv4 (A6.4.1). */
#include "sim/cpu/insn_alu.h"
#include "sim/cpu/insn_fp.h"

static enum insn_end put(struct sim_cpu *cpu, bool wide, unsigned d, uint64_t value)
{
    fp_put(cpu, wide, d, value);
    return INSN_NEXT;
}

/* VCVTB, VCVTT: the half register that T names. */
static enum insn_end convert_half(struct sim_cpu *cpu, uint32_t insn, unsigned opc2)
{
    const struct fp_format *half = cpu->fpscr & FPSCR_AHP ? &fp_half_alternative : &fp_half;
    bool wide = insn_bit(insn, 8), to_half = opc2 & 1;
    unsigned shift = insn_bit(insn, 7) ? 16 : 0;
    unsigned d = fp_d(insn, wide && !to_half), m = fp_m(insn, wide && to_half);

    if (!fp_exists(wide, to_half ? m : d))
        return sim_insn_undefined(cpu, insn);
    if (!to_half)
        return put(
            cpu, wide, d,
            fp_convert(fp_format_of(wide), half, (uint16_t)(cpu->s[m] >> shift), &cpu->fpscr));
    uint64_t converted = fp_convert(half, fp_format_of(wide), fp_get(cpu, wide, m), &cpu->fpscr);
    return put(cpu, false, d, (cpu->s[d] & ~(0xFFFFu << shift)) | converted << shift);
}

/* VCVT between single and double: bit 8 tells what m is. */
static enum insn_end convert_precision(struct sim_cpu *cpu, uint32_t insn)
{
    bool from_double = insn_bit(insn, 8);
    unsigned d = fp_d(insn, !from_double), m = fp_m(insn, from_double);

    if (cpu->model->fpu != SIM_FPV5_DP || !fp_exists(true, from_double ? m : d))
        return sim_insn_undefined(cpu, insn);
    return put(cpu, !from_double, d,
               fp_convert(fp_format_of(!from_double), fp_format_of(from_double),
                          fp_get(cpu, from_double, m), &cpu->fpscr));
}

static enum insn_end to_integer(struct sim_cpu *cpu, uint32_t insn, bool is_signed,
                                enum fp_rounding rounding)
{
    bool wide = insn_bit(insn, 8);
    unsigned m = fp_m(insn, wide);

    if (!fp_exists(wide, m))
        return sim_insn_undefined(cpu, insn);
    return put(cpu, false, fp_d(insn, false),
               fp_to_fixed(fp_format_of(wide), fp_get(cpu, wide, m), 32, 0, is_signed, rounding,
                           &cpu->fpscr));
}

static enum insn_end from_integer(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8);
    unsigned d = fp_d(insn, wide);

    if (!fp_exists(wide, d))
        return sim_insn_undefined(cpu, insn);
    return put(cpu, wide, d,
               fp_from_fixed(fp_format_of(wide), cpu->s[fp_m(insn, false)], 32, 0,
                             insn_bit(insn, 7), fp_rounding_of(cpu->fpscr), &cpu->fpscr));
}

static enum insn_end convert_fixed(struct sim_cpu *cpu, uint32_t insn, unsigned opc2)
{
    bool wide = insn_bit(insn, 8), is_signed = !(opc2 & 1);
    const struct fp_format *format = fp_format_of(wide);
    unsigned width = insn_bit(insn, 7) ? 32 : 16, d = fp_d(insn, wide);
    unsigned imm5 = insn_bits(insn, 0, 4) << 1 | insn_bits(insn, 5, 1);

    if (imm5 > width || !fp_exists(wide, d)) /* the first is UNPREDICTABLE */
        return sim_insn_undefined(cpu, insn);
    uint64_t value = fp_get(cpu, wide, d);
    if (!(opc2 & 4))
        value = fp_from_fixed(format, (uint32_t)value, width, width - imm5, is_signed, FP_NEAREST,
                              &cpu->fpscr);
    else
        value = fp_to_fixed(format, value, width, width - imm5, is_signed, FP_ZERO, &cpu->fpscr);
    /* Of a double the whole register is the number, and its sign goes on. */
    if (opc2 & 4 && is_signed)
        value = (uint64_t)(int64_t)(int32_t)value;
    return put(cpu, wide, d, value);
}

enum insn_end sim_insn_fp_convert(struct sim_cpu *cpu, uint32_t insn, unsigned opc2)
{
    switch (opc2) {
    case 0x2:
    case 0x3:
        return convert_half(cpu, insn, opc2);
    case 0x7:
        return convert_precision(cpu, insn);
    case 0x8:
        return from_integer(cpu, insn);
    case 0xC:
    case 0xD: /* VCVTR without bit 7 */
        return to_integer(cpu, insn, opc2 & 1,
                          insn_bit(insn, 7) ? FP_ZERO : fp_rounding_of(cpu->fpscr));
    case 0xA:
    case 0xB:
    case 0xE:
    case 0xF:
        return convert_fixed(cpu, insn, opc2);
    default:
        return sim_insn_undefined(cpu, insn);
    }
}

/* --- FPv5 --- */

/* EQ, VS, GE, GT by bits 21:20. */
static enum insn_end select(struct sim_cpu *cpu, uint32_t insn)
{
    static const uint8_t conditions[4] = {0x0, 0x6, 0xA, 0xC};
    bool wide = insn_bit(insn, 8), first = alu_condition(cpu, conditions[insn_bits(insn, 20, 2)]);

    return put(cpu, wide, fp_d(insn, wide),
               fp_get(cpu, wide, first ? fp_n(insn, wide) : fp_m(insn, wide)));
}

/* VMAXNM, VMINNM. */
static enum insn_end extreme(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8);

    return put(cpu, wide, fp_d(insn, wide),
               fp_extreme(fp_format_of(wide), fp_get(cpu, wide, fp_n(insn, wide)),
                          fp_get(cpu, wide, fp_m(insn, wide)), insn_bit(insn, 6), &cpu->fpscr));
}

/* VRINTA, N, P, M and VCVTA, N, P, M: by bits 17:16. */
static enum insn_end directed(struct sim_cpu *cpu, uint32_t insn)
{
    static const enum fp_rounding roundings[4] = {FP_AWAY, FP_NEAREST, FP_UP, FP_DOWN};
    enum fp_rounding rounding = roundings[insn_bits(insn, 16, 2)];
    bool wide = insn_bit(insn, 8);

    if (insn_bit(insn, 18))
        return to_integer(cpu, insn, insn_bit(insn, 7), rounding);
    if (insn_bit(insn, 7) || !fp_exists(wide, fp_d(insn, wide)))
        return sim_insn_undefined(cpu, insn);
    return put(cpu, wide, fp_d(insn, wide),
               fp_to_integral(fp_format_of(wide), fp_get(cpu, wide, fp_m(insn, wide)), rounding,
                              false, &cpu->fpscr));
}

static bool three_exist(uint32_t insn)
{
    bool wide = insn_bit(insn, 8);

    return fp_exists(wide, fp_d(insn, wide)) && fp_exists(wide, fp_n(insn, wide)) &&
           fp_exists(wide, fp_m(insn, wide));
}

enum insn_end sim_insn_fp_v5(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8);

    if (wide && cpu->model->fpu != SIM_FPV5_DP)
        return sim_insn_undefined(cpu, insn);
    if (!insn_bit(insn, 23) && !insn_bit(insn, 6) && three_exist(insn))
        return select(cpu, insn);
    if ((insn & 0x00B00000) == 0x00800000 && three_exist(insn))
        return extreme(cpu, insn);
    if ((insn & 0x00B80040) == 0x00B80040 && fp_exists(wide, fp_m(insn, wide)))
        return directed(cpu, insn);
    return sim_insn_undefined(cpu, insn);
}
