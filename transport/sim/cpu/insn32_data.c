/* SPDX-License-Identifier: MIT */
/* 32-bit data processing (DDI 0403, A5.3.1, A5.3.3, A5.3.11 to A5.3.15). The DSP extension is in a
 * file of its own. */
#include "sim/cpu/insn_alu.h"
#include "sim/cpu/insn_internal.h"

enum data_op {
    OP_AND = 0,
    OP_BIC = 1,
    OP_ORR = 2, /* MOV without Rn */
    OP_ORN = 3, /* MVN without Rn */
    OP_EOR = 4,
    OP_PKH = 6, /* DSP, shifted registers only */
    OP_ADD = 8,
    OP_ADC = 10,
    OP_SBC = 11,
    OP_SUB = 13,
    OP_RSB = 14,
};

#define OPS_LOGIC (1u << OP_AND | 1u << OP_BIC | 1u << OP_ORR | 1u << OP_ORN | 1u << OP_EOR)
#define OPS_ADD (1u << OP_ADD | 1u << OP_ADC | 1u << OP_SBC | 1u << OP_SUB | 1u << OP_RSB)
/* With Rd = 15 and S these only compare: TST TEQ CMN CMP. */
#define OPS_COMPARE (1u << OP_AND | 1u << OP_EOR | 1u << OP_ADD | 1u << OP_SUB)

static inline uint32_t logic(enum data_op op, uint32_t a, uint32_t b)
{
    switch (op) {
    case OP_AND:
        return a & b;
    case OP_BIC:
        return a & ~b;
    case OP_ORR:
        return a | b;
    case OP_ORN:
        return a | ~b;
    default:
        return a ^ b;
    }
}

static inline uint32_t arithmetic(struct sim_cpu *cpu, enum data_op op, uint32_t a, uint32_t b,
                                  bool set_flags)
{
    switch (op) {
    case OP_ADC:
        return alu_add(cpu, a, b, alu_carry(cpu), set_flags);
    case OP_SBC:
        return alu_add(cpu, a, ~b, alu_carry(cpu), set_flags);
    case OP_SUB:
        return alu_add(cpu, a, ~b, true, set_flags);
    case OP_RSB:
        return alu_add(cpu, ~a, b, true, set_flags);
    default:
        return alu_add(cpu, a, b, false, set_flags);
    }
}

/* The common end of the shifted-register and modified-immediate forms. */
static inline enum insn_end data(struct sim_cpu *cpu, uint32_t insn, struct alu_shifted operand)
{
    enum data_op op = (enum data_op)insn_bits(insn, 21, 4);
    unsigned n = insn_bits(insn, 16, 4), d = insn_bits(insn, 8, 4);
    bool set_flags = insn_bit(insn, 20), only_compares = false;
    uint32_t flags = cpu->apsr;

    if (d == 15) { /* otherwise UNPREDICTABLE */
        only_compares = set_flags && OPS_COMPARE >> op & 1;
        if (!only_compares)
            return sim_insn_undefined(cpu, insn);
    }
    uint32_t rn = n == 15 && (op == OP_ORR || op == OP_ORN) ? 0 : cpu->r[n], result;
    if (OPS_LOGIC >> op & 1) {
        result = logic(op, rn, operand.value);
        if (set_flags)
            alu_set_nzc(cpu, result, operand.carry);
    } else if (OPS_ADD >> op & 1) {
        result = arithmetic(cpu, op, rn, operand.value, set_flags);
    } else {
        return sim_insn_undefined(cpu, insn);
    }
    if (only_compares)
        return INSN_NEXT;
    if (insn_overflows(cpu, d, result)) {
        cpu->apsr = flags;
        return INSN_SETTLED;
    }
    insn_set(cpu, d, result);
    return INSN_NEXT;
}

/* imm3:imm2, the amount of an immediate shift or the lsb of a bit field. */
static inline unsigned imm5(uint32_t insn)
{
    return insn_bits(insn, 12, 3) << 2 | insn_bits(insn, 6, 2);
}

enum insn_end sim_insn32_shifted(struct sim_cpu *cpu, uint32_t insn)
{
    struct alu_shifted operand =
        alu_shift_imm(cpu->r[insn_bits(insn, 0, 4)], (enum alu_shift)insn_bits(insn, 4, 2),
                      imm5(insn), alu_carry(cpu));

    if (insn_bits(insn, 21, 4) == OP_PKH && insn_bits(insn, 8, 4) != 15)
        return sim_insn32_pack(cpu, insn, operand.value);
    return data(cpu, insn, operand);
}

/* i:imm3:imm8 */
static inline uint32_t imm12(uint32_t insn)
{
    return insn_bits(insn, 26, 1) << 11 | insn_bits(insn, 12, 3) << 8 | insn_bits(insn, 0, 8);
}

enum insn_end sim_insn32_modified(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bit(insn, 15))
        return sim_insn32_control(cpu, insn);
    return data(cpu, insn, alu_expand_imm(imm12(insn), alu_carry(cpu)));
}

/* --- plain binary immediate: A5.3.3 --- */

/* ADDW, SUBW, and ADR where Rn is the PC. */
static enum insn_end add_imm12(struct sim_cpu *cpu, uint32_t insn, bool subtract)
{
    unsigned n = insn_bits(insn, 16, 4);
    uint32_t base = n == 15 ? insn_literal_base(cpu) : cpu->r[n];
    uint32_t result = subtract ? base - imm12(insn) : base + imm12(insn);
    if (insn_overflows(cpu, insn_bits(insn, 8, 4), result))
        return INSN_SETTLED;
    insn_set(cpu, insn_bits(insn, 8, 4), result);
    return INSN_NEXT;
}

static enum insn_end mov_imm16(struct sim_cpu *cpu, uint32_t insn, bool top)
{
    unsigned d = insn_bits(insn, 8, 4);
    uint32_t imm16 = insn_bits(insn, 16, 4) << 12 | imm12(insn);
    insn_set(cpu, d, top ? (cpu->r[d] & 0xFFFF) | imm16 << 16 : imm16);
    return INSN_NEXT;
}

/* SSAT to `bits` bits, USAT to [0, 2^bits - 1]. */
static enum insn_end saturate(struct sim_cpu *cpu, uint32_t insn, bool is_signed)
{
    bool asr = insn_bit(insn, 21);
    if (asr && imm5(insn) == 0)
        return sim_insn32_saturate16(cpu, insn);
    struct alu_shifted shifted =
        alu_shift(cpu->r[insn_bits(insn, 16, 4)], asr ? ALU_ASR : ALU_LSL, imm5(insn), false);
    int64_t value = (int32_t)shifted.value, bound = (int64_t)1 << insn_bits(insn, 0, 5);
    int64_t lowest = is_signed ? -bound : 0; /* SSAT's field is its width - 1 */
    int64_t result = value < lowest ? lowest : value >= bound ? bound - 1 : value;
    if (result != value)
        cpu->apsr |= SIM_APSR_Q;
    insn_set(cpu, insn_bits(insn, 8, 4), (uint32_t)result);
    return INSN_NEXT;
}

static enum insn_end extract(struct sim_cpu *cpu, uint32_t insn, bool is_signed)
{
    unsigned lsb = imm5(insn), width = insn_bits(insn, 0, 5) + 1;
    if (lsb + width > 32) /* UNPREDICTABLE: takes what is there */
        width = 32 - lsb;
    uint32_t up = cpu->r[insn_bits(insn, 16, 4)] << (32 - lsb - width);
    uint32_t result = is_signed ? (uint32_t)((int32_t)up >> (32 - width)) : up >> (32 - width);
    insn_set(cpu, insn_bits(insn, 8, 4), result);
    return INSN_NEXT;
}

/* BFI, and BFC where Rn is 15. */
static enum insn_end insert(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned lsb = imm5(insn), msb = insn_bits(insn, 0, 5);
    unsigned n = insn_bits(insn, 16, 4), d = insn_bits(insn, 8, 4);
    if (msb < lsb) /* UNPREDICTABLE */
        return sim_insn_undefined(cpu, insn);
    uint32_t mask = 0xFFFFFFFF >> (31 - (msb - lsb)) << lsb;
    uint32_t source = n == 15 ? 0 : cpu->r[n] << lsb;
    insn_set(cpu, d, (cpu->r[d] & ~mask) | (source & mask));
    return INSN_NEXT;
}

enum insn_end sim_insn32_plain(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bit(insn, 15))
        return sim_insn32_control(cpu, insn);
    if (insn_bits(insn, 8, 4) == 15) /* Rd: UNPREDICTABLE in all of them */
        return sim_insn_undefined(cpu, insn);
    switch (insn_bits(insn, 20, 5)) {
    case 0x00:
        return add_imm12(cpu, insn, false);
    case 0x04:
        return mov_imm16(cpu, insn, false);
    case 0x0A:
        return add_imm12(cpu, insn, true);
    case 0x0C:
        return mov_imm16(cpu, insn, true);
    case 0x10:
    case 0x12:
        return saturate(cpu, insn, true);
    case 0x14:
        return extract(cpu, insn, true);
    case 0x16:
        return insert(cpu, insn);
    case 0x18:
    case 0x1A:
        return saturate(cpu, insn, false);
    case 0x1C:
        return extract(cpu, insn, false);
    default:
        return sim_insn_undefined(cpu, insn);
    }
}

/* --- register forms: A5.3.12 to A5.3.15 --- */

/* LSL LSR ASR ROR by a register. */
static enum insn_end shift_register(struct sim_cpu *cpu, uint32_t insn)
{
    struct alu_shifted shifted =
        alu_shift(cpu->r[insn_bits(insn, 16, 4)], (enum alu_shift)insn_bits(insn, 21, 2),
                  cpu->r[insn_bits(insn, 0, 4)] & 0xFF, alu_carry(cpu));
    insn_set(cpu, insn_bits(insn, 8, 4), shifted.value);
    if (insn_bit(insn, 20))
        alu_set_nzc(cpu, shifted.value, shifted.carry);
    return INSN_NEXT;
}

/* SXTH UXTH SXTB UXTB with a rotation; with Rn they add to it (DSP). */
static enum insn_end extend(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned op = insn_bits(insn, 20, 4), width = op < 2 ? 16 : 8;
    bool is_dsp = insn_bits(insn, 16, 4) != 15 || op == 2 || op == 3 || op > 5;
    if (is_dsp)
        return sim_insn32_extend_add(cpu, insn);
    if (insn_bit(insn, 6))
        return sim_insn_undefined(cpu, insn);
    uint32_t value =
        alu_shift(cpu->r[insn_bits(insn, 0, 4)], ALU_ROR, insn_bits(insn, 4, 2) * 8, false).value;
    insn_set(cpu, insn_bits(insn, 8, 4),
             insn_bit(op, 0) ? insn_bits(value, 0, width) : insn_sign_extend(value, width));
    return INSN_NEXT;
}

static uint32_t reverse_bits(uint32_t value)
{
    value = (value >> 1 & 0x55555555) | (value & 0x55555555) << 1;
    value = (value >> 2 & 0x33333333) | (value & 0x33333333) << 2;
    value = (value >> 4 & 0x0F0F0F0F) | (value & 0x0F0F0F0F) << 4;
    return __builtin_bswap32(value);
}

/* REV REV16 RBIT REVSH CLZ, told apart by op1[1:0]:op2[1:0]. */
static enum insn_end miscellaneous(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t rm = cpu->r[insn_bits(insn, 0, 4)], result;
    switch (insn_bits(insn, 20, 4) << 4 | insn_bits(insn, 4, 4)) {
    case 0x98:
        result = __builtin_bswap32(rm);
        break;
    case 0x99:
        result = (rm & 0x00FF00FF) << 8 | (rm >> 8 & 0x00FF00FF);
        break;
    case 0x9A:
        result = reverse_bits(rm);
        break;
    case 0x9B:
        result = insn_sign_extend(__builtin_bswap16((uint16_t)rm), 16);
        break;
    case 0xB8:
        result = rm ? (uint32_t)__builtin_clz(rm) : 32;
        break;
    default:
        return sim_insn32_saturating(cpu, insn);
    }
    insn_set(cpu, insn_bits(insn, 8, 4), result);
    return INSN_NEXT;
}

enum insn_end sim_insn32_register(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bits(insn, 12, 4) != 15 || insn_bits(insn, 8, 4) == 15)
        return sim_insn_undefined(cpu, insn);
    if (insn_bit(insn, 23))
        return insn_bit(insn, 7) ? miscellaneous(cpu, insn) : sim_insn32_parallel(cpu, insn);
    if (insn_bit(insn, 7))
        return extend(cpu, insn);
    return insn_bits(insn, 4, 3) ? sim_insn_undefined(cpu, insn) : shift_register(cpu, insn);
}
