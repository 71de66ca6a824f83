/* SPDX-License-Identifier: MIT */
/* Instructions of the floating-point extension: data processing (DDI 0403, A6.4). Bit 8 says that
 * numbers are doubles, where the extension knows them. */
#include "sim/cpu/insn_fp.h"

static inline uint64_t negate_if(const struct fp_format *format, bool condition, uint64_t value)
{
    return condition ? value ^ fp_sign_bit(format) : value;
}

/* --- three registers --- */

struct operands {
    const struct fp_format *format;
    uint64_t d, n, m;
};

/* VMLA VMLS VNMLA VNMLS: the product is rounded before it is added. */
static uint64_t accumulate(const struct operands *of, bool subtracts, bool negative,
                           uint32_t *fpscr)
{
    uint64_t product = fp_multiply(of->format, of->n, of->m, fpscr);

    return fp_add(of->format, negate_if(of->format, negative, of->d),
                  negate_if(of->format, subtracts, product), fpscr);
}

/* VFMA VFMS VFNMA VFNMS: rounded once. */
static uint64_t fused(const struct operands *of, bool subtracts, bool negative, uint32_t *fpscr)
{
    return fp_fused(of->format, negate_if(of->format, subtracts, of->n), of->m,
                    negate_if(of->format, negative, of->d), fpscr);
}

static uint64_t calculate(const struct operands *of, unsigned op, bool bit6, uint32_t *fpscr)
{
    switch (op) {
    case 0:
    case 1:
        return accumulate(of, bit6, op == 1, fpscr);
    case 2: /* VMUL, VNMUL */
        return negate_if(of->format, bit6, fp_multiply(of->format, of->n, of->m, fpscr));
    case 3: /* VADD, VSUB: a NaN keeps its sign */
        return (bit6 ? fp_subtract : fp_add)(of->format, of->n, of->m, fpscr);
    case 4:
        return fp_divide(of->format, of->n, of->m, fpscr);
    default:
        return fused(of, bit6, op == 5, fpscr);
    }
}

static enum insn_end three_registers(struct sim_cpu *cpu, uint32_t insn, unsigned op)
{
    bool wide = insn_bit(insn, 8);
    unsigned d = fp_d(insn, wide), n = fp_n(insn, wide), m = fp_m(insn, wide);

    if (!fp_exists(wide, d) || !fp_exists(wide, n) || !fp_exists(wide, m))
        return sim_insn_undefined(cpu, insn);
    struct operands of = {fp_format_of(wide), fp_get(cpu, wide, d), fp_get(cpu, wide, n),
                          fp_get(cpu, wide, m)};
    fp_put(cpu, wide, d, calculate(&of, op, insn_bit(insn, 6), &cpu->fpscr));
    if (op == 4)
        cpu->cycles += 13;
    return INSN_NEXT;
}

/* --- the others, by opc2 --- */

/* VFPExpandImm(): sign, one bit of exponent, and six of what follows. */
static enum insn_end move_immediate(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8);
    const struct fp_format *format = fp_format_of(wide);
    uint32_t imm8 = insn_bits(insn, 16, 4) << 4 | insn_bits(insn, 0, 4);
    uint64_t ones = (UINT64_C(1) << (format->exponent - 1)) - 4; /* but for two low ones */
    uint64_t exponent = imm8 & 0x40 ? ones : ones + 4;

    if (!fp_exists(wide, fp_d(insn, wide)))
        return sim_insn_undefined(cpu, insn);
    fp_put(cpu, wide, fp_d(insn, wide),
           fp_signed(format, imm8 & 0x80, exponent << format->fraction) |
               (uint64_t)(imm8 & 0x3F) << (format->fraction - 4));
    return INSN_NEXT;
}

static enum insn_end move(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8), bit7 = insn_bit(insn, 7), bit16 = insn_bit(insn, 16);
    const struct fp_format *format = fp_format_of(wide);
    uint64_t m = fp_get(cpu, wide, fp_m(insn, wide));

    if (!bit16) /* VMOV, VABS */
        m = bit7 ? m & ~fp_sign_bit(format) : m;
    else if (!bit7)
        m ^= fp_sign_bit(format);
    else
        m = fp_square_root(format, m, &cpu->fpscr);
    fp_put(cpu, wide, fp_d(insn, wide), m);
    if (bit16 && bit7)
        cpu->cycles += 13;
    return INSN_NEXT;
}

/* VCMP, VCMPE; with zero. */
static enum insn_end compare(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8);
    uint64_t with = insn_bit(insn, 16) ? 0 : fp_get(cpu, wide, fp_m(insn, wide));
    uint32_t flags = fp_compare(fp_format_of(wide), fp_get(cpu, wide, fp_d(insn, wide)), with,
                                insn_bit(insn, 7), &cpu->fpscr);

    cpu->fpscr = (cpu->fpscr & ~FPSCR_NZCV) | flags;
    return INSN_NEXT;
}

/* VRINTR, VRINTZ; VRINTX, which tells of what got lost. */
static enum insn_end round_to_integral(struct sim_cpu *cpu, uint32_t insn)
{
    bool wide = insn_bit(insn, 8), exact = insn_bit(insn, 16);
    enum fp_rounding rounding = !exact && insn_bit(insn, 7) ? FP_ZERO : fp_rounding_of(cpu->fpscr);

    fp_put(cpu, wide, fp_d(insn, wide),
           fp_to_integral(fp_format_of(wide), fp_get(cpu, wide, fp_m(insn, wide)), rounding, exact,
                          &cpu->fpscr));
    return INSN_NEXT;
}

/* Both registers are as wide as bit 8 says. */
static enum insn_end two_registers(struct sim_cpu *cpu, uint32_t insn, sim_insn_handler *operation)
{
    bool wide = insn_bit(insn, 8);

    if (!fp_exists(wide, fp_d(insn, wide)) || !fp_exists(wide, fp_m(insn, wide)))
        return sim_insn_undefined(cpu, insn);
    return operation(cpu, insn);
}

static enum insn_end others(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned opc2 = insn_bits(insn, 16, 4);
    bool v5 = cpu->model->fpu >= SIM_FPV5_SP;

    if (!insn_bit(insn, 6))
        return move_immediate(cpu, insn);
    if (opc2 < 2)
        return two_registers(cpu, insn, move);
    if (opc2 == 4 || opc2 == 5)
        return two_registers(cpu, insn, compare);
    if (opc2 == 6 || (opc2 == 7 && !insn_bit(insn, 7)))
        return two_registers(cpu, insn, v5 ? round_to_integral : sim_insn_undefined);
    return sim_insn_fp_convert(cpu, insn, opc2);
}

/* By opc1, bits 23, 21 and 20; of the last, VFNMA and VFMA, 5 and 6. */
enum insn_end sim_insn_fp_data(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned op = insn_bits(insn, 23, 1) << 2 | insn_bits(insn, 20, 2);

    if ((insn_bit(insn, 8) && cpu->model->fpu != SIM_FPV5_DP) || (op == 4 && insn_bit(insn, 6)))
        return sim_insn_undefined(cpu, insn);
    return op == 7 ? others(cpu, insn) : three_registers(cpu, insn, op);
}
