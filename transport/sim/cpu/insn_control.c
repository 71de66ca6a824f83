/* SPDX-License-Identifier: MIT */
/* Branches, hints, and what talks to the system side: BKPT, SVC, CPS, MSR, MRS, barriers
 * (DDI 0403, A5.2.5, A5.2.6, A5.3.4). */
#include "sim/cpu/insn_alu.h"
#include "sim/cpu/insn_internal.h"

static inline enum insn_end branch_by(struct sim_cpu *cpu, uint32_t offset)
{
    return insn_branch(cpu, cpu->r[15] + 4 + offset);
}

enum insn_end sim_insn16_branch(struct sim_cpu *cpu, uint32_t insn)
{
    return branch_by(cpu, insn_sign_extend(insn << 1, 12));
}

enum insn_end sim_insn16_branch_cond(struct sim_cpu *cpu, uint32_t insn)
{
    if (!alu_condition(cpu, insn_bits(insn, 8, 4)))
        return INSN_NEXT;
    return branch_by(cpu, insn_sign_extend(insn << 1, 9));
}

enum insn_end sim_insn16_branch_exchange(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t target = insn_operand(cpu, insn_bits(insn, 3, 4));
    if (insn_bit(insn, 2) && cpu->model->armv8m) /* BXNS, BLXNS */
        return sim_insn_undefined(cpu, insn);
    if (!insn_bit(insn, 7))
        return insn_branch_exchange(cpu, target);
    cpu->r[14] = (cpu->r[15] + 2) | 1;
    return insn_interwork(cpu, target);
}

enum insn_end sim_insn16_cbz(struct sim_cpu *cpu, uint32_t insn)
{
    if (!cpu->model->armv7m)
        return sim_insn_undefined(cpu, insn);
    bool nonzero = cpu->r[insn_bits(insn, 0, 3)] != 0;
    if (nonzero != insn_bit(insn, 11))
        return INSN_NEXT;
    return branch_by(cpu, insn_bits(insn, 9, 1) << 6 | insn_bits(insn, 3, 5) << 1);
}

enum insn_end sim_insn16_cps(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bits(insn, 5, 3) != 3)
        return sim_insn_undefined(cpu, insn);
    sim_cps(cpu, insn_bit(insn, 4), insn_bit(insn, 1), insn_bit(insn, 0));
    return INSN_NEXT;
}

enum insn_end sim_insn16_bkpt(struct sim_cpu *cpu, uint32_t insn)
{
    sim_bkpt(cpu, (uint8_t)insn);
    return INSN_SETTLED;
}

enum insn_end sim_insn16_svc(struct sim_cpu *cpu, uint32_t insn)
{
    insn_retire(cpu, 2);
    sim_svc(cpu);
    return INSN_SETTLED;
}

enum insn_end sim_insn_hint(struct sim_cpu *cpu, unsigned hint, unsigned size)
{
    switch (hint) {
    case 2:
        insn_retire(cpu, size);
        sim_wfe(cpu);
        return INSN_SETTLED;
    case 3:
        insn_retire(cpu, size);
        sim_wfi(cpu);
        return INSN_SETTLED;
    case 4:
        sim_sev(cpu);
        return INSN_NEXT;
    default: /* NOP, YIELD, DBG and all unallocated hints */
        return INSN_NEXT;
    }
}

/* BFxy: IT with a mask y, a hint without one. */
enum insn_end sim_insn16_it_hint(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bits(insn, 0, 4) == 0)
        return sim_insn_hint(cpu, insn_bits(insn, 4, 4), 2);
    if (!cpu->model->armv7m)
        return sim_insn_undefined(cpu, insn);
    cpu->itstate = (uint8_t)insn;
    return INSN_NEXT;
}

/* Offset of B.W and BL, encoding T4 and T1: S:I1:I2:imm10:imm11:0. */
static inline uint32_t wide_offset(uint32_t insn)
{
    uint32_t s = insn_bits(insn, 26, 1);
    uint32_t i1 = insn_bits(insn, 13, 1) ^ s ^ 1, i2 = insn_bits(insn, 11, 1) ^ s ^ 1;
    uint32_t offset =
        s << 24 | i1 << 23 | i2 << 22 | insn_bits(insn, 16, 10) << 12 | insn_bits(insn, 0, 11) << 1;
    return insn_sign_extend(offset, 25);
}

static enum insn_end branch_cond_wide(struct sim_cpu *cpu, uint32_t insn)
{
    if (!alu_condition(cpu, insn_bits(insn, 22, 4)))
        return INSN_NEXT;
    uint32_t offset = insn_bits(insn, 26, 1) << 20 | insn_bits(insn, 11, 1) << 19 |
                      insn_bits(insn, 13, 1) << 18 | insn_bits(insn, 16, 6) << 12 |
                      insn_bits(insn, 0, 11) << 1;
    return branch_by(cpu, insn_sign_extend(offset, 21));
}

static enum insn_end branch_link(struct sim_cpu *cpu, uint32_t insn)
{
    uint32_t here = cpu->r[15];
    cpu->r[14] = (here + 4) | 1;
    return branch_by(cpu, wide_offset(insn));
}

/* F3Bx: CLREX, DSB, DMB, ISB. Memory is strongly ordered here: barriers have nothing to do. */
static enum insn_end misc_control(struct sim_cpu *cpu, uint32_t insn)
{
    switch (insn_bits(insn, 4, 4)) {
    case 2:
        cpu->exclusive = false;
        return INSN_NEXT;
    case 4:
    case 5:
    case 6:
        return INSN_NEXT;
    default:
        return sim_insn_undefined(cpu, insn);
    }
}

/* 11110xxx with bits 14 and 12 of the second half clear: conditional branch where the condition is
 * not 111x, else the system instructions. */
static enum insn_end branch_or_system(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bits(insn, 23, 3) != 7)
        return branch_cond_wide(cpu, insn);
    switch (insn_bits(insn, 20, 7)) {
    case 0x38:
    case 0x39:
        sim_special_write(cpu, insn_bits(insn, 0, 8), insn_bits(insn, 10, 2),
                          insn_operand(cpu, insn_bits(insn, 16, 4)));
        return INSN_NEXT;
    case 0x3A:
        if (insn_bits(insn, 8, 3) != 0) /* CPS.W, which only other profiles have */
            return sim_insn_undefined(cpu, insn);
        return sim_insn_hint(cpu, insn_bits(insn, 0, 8), 4);
    case 0x3B:
        return misc_control(cpu, insn);
    case 0x3E:
    case 0x3F:
        insn_set(cpu, insn_bits(insn, 8, 4), sim_special_read(cpu, insn_bits(insn, 0, 8)));
        return INSN_NEXT;
    default: /* UDF.W among them */
        return sim_insn_undefined(cpu, insn);
    }
}

enum insn_end sim_insn32_control(struct sim_cpu *cpu, uint32_t insn)
{
    bool link = insn_bit(insn, 14), immediate = insn_bit(insn, 12);
    if (!immediate) /* BLX to Arm code does not exist here */
        return link ? sim_insn_undefined(cpu, insn) : branch_or_system(cpu, insn);
    return link ? branch_link(cpu, insn) : branch_by(cpu, wide_offset(insn));
}

bool sim_insn32_is_armv6m(uint32_t insn)
{
    bool bl = (insn & 0xF800D000) == 0xF000D000;
    bool msr = (insn & 0xFFE0D000) == 0xF3808000;
    bool mrs = (insn & 0xFFE0D000) == 0xF3E08000;
    bool barrier = (insn & 0xFFF0D0C0) == 0xF3B08040 && insn_bits(insn, 4, 4) != 7;
    return bl || msr || mrs || barrier;
}
