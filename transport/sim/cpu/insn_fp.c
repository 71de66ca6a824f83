/* SPDX-License-Identifier: MIT */
/* Instructions of the floating-point extension, FPv4-SP: data processing (DDI 0403, A6.4). What
 * needs double precision is UNDEFINED. */
#include "sim/cpu/insn_fp.h"
#include "sim/cpu/fp.h"

/* Sd, Sn and Sm: four bits here, the lowest one there. */
static inline unsigned sd(uint32_t insn)
{
    return insn_bits(insn, 12, 4) << 1 | insn_bits(insn, 22, 1);
}

static inline unsigned sn(uint32_t insn)
{
    return insn_bits(insn, 16, 4) << 1 | insn_bits(insn, 7, 1);
}

static inline unsigned sm(uint32_t insn)
{
    return insn_bits(insn, 0, 4) << 1 | insn_bits(insn, 5, 1);
}

static inline uint32_t negate_if(bool condition, uint32_t value)
{
    return condition ? value ^ FP_SIGN : value;
}

/* --- three registers --- */

/* VMLA VMLS VNMLA VNMLS: the product is rounded before it is added. */
static uint32_t accumulate(struct sim_cpu *cpu, uint32_t insn, bool negative)
{
    uint32_t d = cpu->s[sd(insn)], n = cpu->s[sn(insn)], m = cpu->s[sm(insn)];
    uint32_t product = fp_multiply(n, m, &cpu->fpscr);
    bool subtracts = insn_bit(insn, 6);

    return fp_add(negate_if(negative, d), negate_if(subtracts, product), &cpu->fpscr);
}

/* VFMA VFMS VFNMA VFNMS: rounded once. */
static uint32_t fused(struct sim_cpu *cpu, uint32_t insn, bool negative)
{
    uint32_t d = cpu->s[sd(insn)], n = cpu->s[sn(insn)], m = cpu->s[sm(insn)];
    bool subtracts = insn_bit(insn, 6);

    return fp_fused(negate_if(subtracts, n), m, negate_if(negative, d), &cpu->fpscr);
}

static uint32_t three_registers(struct sim_cpu *cpu, uint32_t insn, unsigned op)
{
    uint32_t n = cpu->s[sn(insn)], m = cpu->s[sm(insn)];
    bool bit6 = insn_bit(insn, 6);

    switch (op) {
    case 0:
    case 1:
        return accumulate(cpu, insn, op == 1);
    case 2: /* VMUL, VNMUL */
        return negate_if(bit6, fp_multiply(n, m, &cpu->fpscr));
    case 3: /* VADD, VSUB: a NaN keeps its sign */
        return bit6 ? fp_subtract(n, m, &cpu->fpscr) : fp_add(n, m, &cpu->fpscr);
    case 4:
        cpu->cycles += 13;
        return fp_divide(n, m, &cpu->fpscr);
    default:
        return fused(cpu, insn, op == 5);
    }
}

/* --- the others, by opc2 --- */

/* VFPExpandImm() */
static uint32_t expand_imm(uint32_t imm8)
{
    uint32_t exponent = imm8 & 0x40 ? 0x1F : 0x20;

    return (imm8 & 0x80) << 24 | exponent << 25 | (imm8 & 0x3F) << 19;
}

static enum insn_end move(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t m = cpu->s[sm(insn)];
    bool bit7 = insn_bit(insn, 7), bit16 = insn_bit(insn, 16);

    if (!bit16) /* VMOV, VABS */
        cpu->s[sd(insn)] = bit7 ? m & ~FP_SIGN : m;
    else if (!bit7)
        cpu->s[sd(insn)] = m ^ FP_SIGN;
    else
        cpu->s[sd(insn)] = fp_square_root(m, &cpu->fpscr);
    if (bit16 && bit7)
        cpu->cycles += 13;
    return INSN_NEXT;
}

/* VCVTB, VCVTT: the half register that T names. */
static enum insn_end convert_half(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned shift = insn_bit(insn, 7) ? 16 : 0;
    uint32_t m = cpu->s[sm(insn)], *d = &cpu->s[sd(insn)];

    if (!insn_bit(insn, 16))
        *d = fp_from_half((uint16_t)(m >> shift), &cpu->fpscr);
    else
        *d = (*d & ~(0xFFFFu << shift)) | (uint32_t)fp_to_half(m, &cpu->fpscr) << shift;
    return INSN_NEXT;
}

/* VCMP, VCMPE; with zero. */
static enum insn_end compare(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t with = insn_bit(insn, 16) ? 0 : cpu->s[sm(insn)];
    uint32_t flags = fp_compare(cpu->s[sd(insn)], with, insn_bit(insn, 7), &cpu->fpscr);

    cpu->fpscr = (cpu->fpscr & ~FPSCR_NZCV) | flags;
    return INSN_NEXT;
}

static enum insn_end convert_integer(struct sim_cpu *cpu, uint32_t insn)
{
    enum fp_rounding rounding = (enum fp_rounding)FPSCR_RMODE(cpu->fpscr);
    uint32_t m = cpu->s[sm(insn)], *d = &cpu->s[sd(insn)];
    bool bit7 = insn_bit(insn, 7);

    if (!insn_bit(insn, 18))
        *d = fp_from_fixed(m, 32, 0, bit7, rounding, &cpu->fpscr);
    else /* VCVTR without bit 7 */
        *d = fp_to_fixed(m, 32, 0, insn_bit(insn, 16), bit7 ? FP_ZERO : rounding, &cpu->fpscr);
    return INSN_NEXT;
}

static enum insn_end convert_fixed(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned width = insn_bit(insn, 7) ? 32 : 16;
    unsigned imm5 = insn_bits(insn, 0, 4) << 1 | insn_bits(insn, 5, 1);
    bool is_signed = !insn_bit(insn, 16);
    uint32_t *d = &cpu->s[sd(insn)];

    if (imm5 > width) /* UNPREDICTABLE */
        return sim_insn_undefined(cpu, insn);
    if (insn_bit(insn, 18))
        *d = fp_to_fixed(*d, width, width - imm5, is_signed, FP_ZERO, &cpu->fpscr);
    else
        *d = fp_from_fixed(*d, width, width - imm5, is_signed, FP_NEAREST, &cpu->fpscr);
    return INSN_NEXT;
}

static enum insn_end others(struct sim_cpu *cpu, uint32_t insn)
{
    if (!insn_bit(insn, 6)) {
        cpu->s[sd(insn)] = expand_imm(insn_bits(insn, 16, 4) << 4 | insn_bits(insn, 0, 4));
        return INSN_NEXT;
    }
    switch (insn_bits(insn, 16, 4)) {
    case 0x0:
    case 0x1:
        return move(cpu, insn);
    case 0x2:
    case 0x3:
        return convert_half(cpu, insn);
    case 0x4:
    case 0x5:
        return compare(cpu, insn);
    case 0x8:
    case 0xC:
    case 0xD:
        return convert_integer(cpu, insn);
    case 0xA:
    case 0xB:
    case 0xE:
    case 0xF:
        return convert_fixed(cpu, insn);
    default: /* to and from doubles */
        return sim_insn_undefined(cpu, insn);
    }
}

/* By opc1, bits 23, 21 and 20; of the last, VFNMA and VFMA, 5 and 6. */
enum insn_end sim_insn_fp_data(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned op = insn_bits(insn, 23, 1) << 2 | insn_bits(insn, 20, 2);

    if (insn_bit(insn, 8) || (op == 4 && insn_bit(insn, 6)))
        return sim_insn_undefined(cpu, insn);
    if (op == 7)
        return others(cpu, insn);
    cpu->s[sd(insn)] = three_registers(cpu, insn, op);
    return INSN_NEXT;
}
