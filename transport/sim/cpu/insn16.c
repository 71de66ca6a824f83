/* SPDX-License-Identifier: MIT */
/* 16-bit data processing, and the table of all 16-bit instructions (DDI 0403, A5.2). Inside an IT
 * block these set no flags, except for the comparisons. */
#include "sim/cpu/insn_alu.h"
#include "sim/cpu/insn_internal.h"

static inline bool sets_flags(const struct sim_cpu *cpu)
{
    return cpu->itstate == 0;
}

static inline uint32_t *low(struct sim_cpu *cpu, uint32_t insn, unsigned bit)
{
    return &cpu->r[insn_bits(insn, bit, 3)];
}

/* D:Rd of the instructions that reach high registers. */
static inline unsigned high_rd(uint32_t insn)
{
    return insn_bits(insn, 7, 1) << 3 | insn_bits(insn, 0, 3);
}

static enum insn_end shift_imm(struct sim_cpu *cpu, uint32_t insn)
{
    struct alu_shifted shifted =
        alu_shift_imm(*low(cpu, insn, 3), (enum alu_shift)insn_bits(insn, 11, 2),
                      insn_bits(insn, 6, 5), alu_carry(cpu));
    *low(cpu, insn, 0) = shifted.value;
    if (sets_flags(cpu))
        alu_set_nzc(cpu, shifted.value, shifted.carry);
    return INSN_NEXT;
}

/* ADD and SUB with a register or three bits. */
static enum insn_end add_sub(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t operand = insn_bit(insn, 10) ? insn_bits(insn, 6, 3) : *low(cpu, insn, 6);
    bool subtract = insn_bit(insn, 9);
    *low(cpu, insn, 0) =
        alu_add(cpu, *low(cpu, insn, 3), subtract ? ~operand : operand, subtract, sets_flags(cpu));
    return INSN_NEXT;
}

static enum insn_end mov_imm8(struct sim_cpu *cpu, uint32_t insn)
{
    *low(cpu, insn, 8) = insn & 0xFF;
    if (sets_flags(cpu))
        alu_set_nz(cpu, insn & 0xFF);
    return INSN_NEXT;
}

static enum insn_end cmp_imm8(struct sim_cpu *cpu, uint32_t insn)
{
    alu_add(cpu, *low(cpu, insn, 8), ~(insn & 0xFF), true, true);
    return INSN_NEXT;
}

static enum insn_end add_imm8(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t *rd = low(cpu, insn, 8);
    *rd = alu_add(cpu, *rd, insn & 0xFF, false, sets_flags(cpu));
    return INSN_NEXT;
}

static enum insn_end sub_imm8(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t *rd = low(cpu, insn, 8);
    *rd = alu_add(cpu, *rd, ~(insn & 0xFF), true, sets_flags(cpu));
    return INSN_NEXT;
}

static inline void logic(struct sim_cpu *cpu, uint32_t *rd, uint32_t result)
{
    *rd = result;
    if (sets_flags(cpu))
        alu_set_nz(cpu, result);
}

static inline void shift_register(struct sim_cpu *cpu, uint32_t *rd, enum alu_shift type,
                                  uint32_t amount)
{
    struct alu_shifted shifted = alu_shift(*rd, type, amount & 0xFF, alu_carry(cpu));
    *rd = shifted.value;
    if (sets_flags(cpu))
        alu_set_nzc(cpu, shifted.value, shifted.carry);
}

/* AND EOR LSL LSR ASR ADC SBC ROR and the second half below (A5.2.2). */
static enum insn_end data_first(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t *rd = low(cpu, insn, 0), rm = *low(cpu, insn, 3);
    switch (insn_bits(insn, 6, 3)) {
    case 0:
        logic(cpu, rd, *rd & rm);
        break;
    case 1:
        logic(cpu, rd, *rd ^ rm);
        break;
    case 2:
        shift_register(cpu, rd, ALU_LSL, rm);
        break;
    case 3:
        shift_register(cpu, rd, ALU_LSR, rm);
        break;
    case 4:
        shift_register(cpu, rd, ALU_ASR, rm);
        break;
    case 5:
        *rd = alu_add(cpu, *rd, rm, alu_carry(cpu), sets_flags(cpu));
        break;
    case 6:
        *rd = alu_add(cpu, *rd, ~rm, alu_carry(cpu), sets_flags(cpu));
        break;
    case 7:
        shift_register(cpu, rd, ALU_ROR, rm);
        break;
    }
    return INSN_NEXT;
}

/* TST RSB CMP CMN ORR MUL BIC MVN */
static enum insn_end data_second(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t *rd = low(cpu, insn, 0), rm = *low(cpu, insn, 3);
    switch (insn_bits(insn, 6, 3)) {
    case 0:
        alu_set_nz(cpu, *rd & rm);
        break;
    case 1:
        *rd = alu_add(cpu, ~rm, 0, true, sets_flags(cpu));
        break;
    case 2:
        alu_add(cpu, *rd, ~rm, true, true);
        break;
    case 3:
        alu_add(cpu, *rd, rm, false, true);
        break;
    case 4:
        logic(cpu, rd, *rd | rm);
        break;
    case 5:
        logic(cpu, rd, *rd * rm);
        break;
    case 6:
        logic(cpu, rd, *rd & ~rm);
        break;
    case 7:
        logic(cpu, rd, ~rm);
        break;
    }
    return INSN_NEXT;
}

static enum insn_end data_register(struct sim_cpu *cpu, uint32_t insn)
{
    return insn_bit(insn, 9) ? data_second(cpu, insn) : data_first(cpu, insn);
}

static inline enum insn_end write_high(struct sim_cpu *cpu, unsigned d, uint32_t value)
{
    if (d == 15)
        return insn_branch(cpu, value);
    if (insn_overflows(cpu, d, value))
        return INSN_SETTLED;
    insn_set(cpu, d, value);
    return INSN_NEXT;
}

static enum insn_end add_high(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned d = high_rd(insn);
    uint32_t rm = insn_operand(cpu, insn_bits(insn, 3, 4));
    return write_high(cpu, d, insn_operand(cpu, d) + rm);
}

static enum insn_end cmp_high(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t rm = insn_operand(cpu, insn_bits(insn, 3, 4));
    alu_add(cpu, insn_operand(cpu, high_rd(insn)), ~rm, true, true);
    return INSN_NEXT;
}

static enum insn_end mov_high(struct sim_cpu *cpu, uint32_t insn)
{
    return write_high(cpu, high_rd(insn), insn_operand(cpu, insn_bits(insn, 3, 4)));
}

static enum insn_end adr(struct sim_cpu *cpu, uint32_t insn)
{
    *low(cpu, insn, 8) = insn_literal_base(cpu) + (insn & 0xFF) * 4;
    return INSN_NEXT;
}

static enum insn_end add_sp_imm8(struct sim_cpu *cpu, uint32_t insn)
{
    *low(cpu, insn, 8) = cpu->r[13] + (insn & 0xFF) * 4;
    return INSN_NEXT;
}

static enum insn_end adjust_sp(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t bytes = insn_bits(insn, 0, 7) * 4;
    uint32_t sp = cpu->r[13] + (insn_bit(insn, 7) ? 0 - bytes : bytes);
    if (insn_overflows(cpu, 13, sp))
        return INSN_SETTLED;
    cpu->r[13] = sp;
    return INSN_NEXT;
}

static enum insn_end extend(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t rm = *low(cpu, insn, 3);
    unsigned width = insn_bit(insn, 6) ? 8 : 16;
    *low(cpu, insn, 0) = insn_bit(insn, 7) ? insn_bits(rm, 0, width) : insn_sign_extend(rm, width);
    return INSN_NEXT;
}

static enum insn_end reverse(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t rm = *low(cpu, insn, 3), *rd = low(cpu, insn, 0);
    switch (insn_bits(insn, 6, 2)) {
    case 0: /* REV */
        *rd = __builtin_bswap32(rm);
        return INSN_NEXT;
    case 1: /* REV16 */
        *rd = (rm & 0x00FF00FF) << 8 | (rm >> 8 & 0x00FF00FF);
        return INSN_NEXT;
    case 3: /* REVSH */
        *rd = insn_sign_extend(__builtin_bswap16((uint16_t)rm), 16);
        return INSN_NEXT;
    default:
        return sim_insn_undefined(cpu, insn);
    }
}

#define X2(f) f, f
#define X4(f) X2(f), X2(f)
#define X8(f) X4(f), X4(f)
#define X16(f) X8(f), X8(f)

/* clang-format off */
sim_insn_handler *const sim_insn16_table[256] = {
    /* 00 */ X16(shift_imm),
    /* 10 */ X8(shift_imm), X8(add_sub),
    /* 20 */ X8(mov_imm8), X8(cmp_imm8),
    /* 30 */ X8(add_imm8), X8(sub_imm8),
    /* 40 */ X4(data_register), add_high, cmp_high, mov_high, sim_insn16_branch_exchange,
    /* 48 */ X8(sim_insn16_ldr_literal),
    /* 50 */ X16(sim_insn16_load_store_register),
    /* 60 */ X16(sim_insn16_load_store_imm), /* words */
    /* 70 */ X16(sim_insn16_load_store_imm), /* bytes */
    /* 80 */ X16(sim_insn16_load_store_imm), /* halfwords */
    /* 90 */ X16(sim_insn16_load_store_sp),
    /* A0 */ X8(adr), X8(add_sp_imm8),
    /* B0 */ adjust_sp, sim_insn16_cbz, extend, sim_insn16_cbz,
    /* B4 */ X2(sim_insn16_push), sim_insn16_cps, sim_insn_undefined,
    /* B8 */ sim_insn_undefined, sim_insn16_cbz, reverse, sim_insn16_cbz,
    /* BC */ X2(sim_insn16_pop), sim_insn16_bkpt, sim_insn16_it_hint,
    /* C0 */ X8(sim_insn16_stm), X8(sim_insn16_ldm),
    /* D0 */ X8(sim_insn16_branch_cond), X4(sim_insn16_branch_cond), X2(sim_insn16_branch_cond),
    /* DE */ sim_insn_undefined /* UDF */, sim_insn16_svc,
    /* E0 */ X8(sim_insn16_branch), /* from E8 on instructions have 32 bits */
};
/* clang-format on */
