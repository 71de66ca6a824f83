/* SPDX-License-Identifier: MIT */
/* 32-bit loads and stores of one register (DDI 0403, A5.3.7 to A5.3.10), and memory hints. */
#include "sim/cpu/insn_internal.h"

/* How an encoding addresses memory. */
struct access {
    uint32_t address;
    uint32_t base_after; /* what Rn becomes if `writes_back` */
    bool writes_back;
    bool unprivileged;
};

/* The imm8 forms: P, U and W are bits 10, 9 and 8. */
static bool decode_imm8(uint32_t base, uint32_t insn, struct access *access)
{
    bool index = insn_bit(insn, 10), add = insn_bit(insn, 9), write = insn_bit(insn, 8);
    uint32_t moved = add ? base + insn_bits(insn, 0, 8) : base - insn_bits(insn, 0, 8);
    if (!index && !write)
        return false;
    *access = (struct access){.address = index ? moved : base,
                              .base_after = moved,
                              .writes_back = write,
                              .unprivileged = index && add && !write};
    return true;
}

static bool decode(const struct sim_cpu *cpu, uint32_t insn, struct access *access)
{
    unsigned n = insn_bits(insn, 16, 4);
    if (n == 15) { /* literal; stores have none */
        uint32_t base = insn_literal_base(cpu), offset = insn_bits(insn, 0, 12);
        *access = (struct access){.address = insn_bit(insn, 23) ? base + offset : base - offset};
        return insn_bit(insn, 20);
    }
    if (insn_bit(insn, 23)) {
        *access = (struct access){.address = cpu->r[n] + insn_bits(insn, 0, 12)};
        return true;
    }
    if (insn_bit(insn, 11))
        return decode_imm8(cpu->r[n], insn, access);
    uint32_t index = cpu->r[insn_bits(insn, 0, 4)] << insn_bits(insn, 4, 2);
    *access = (struct access){.address = cpu->r[n] + index};
    return insn_bits(insn, 6, 5) == 0;
}

/* LDRT and its like may not touch the private peripherals even in privileged code (B3.1). There is
 * no MPU that could forbid them anything else. */
static bool is_forbidden(const struct access *access)
{
    return access->unprivileged && access->address >> 20 == 0xE00;
}

static enum insn_end load(struct sim_cpu *cpu, uint32_t insn, const struct access *access)
{
    unsigned width = 1u << insn_bits(insn, 21, 2), t = insn_bits(insn, 12, 4);
    bool is_signed = insn_bit(insn, 24);
    uint32_t value;
    if (t == 15 && width != 4) /* PLD, PLI, unallocated hints (A5.3.9) */
        return INSN_NEXT;
    if (!sim_load(cpu, access->address, width, &value))
        return INSN_SETTLED;
    if (access->writes_back)
        insn_set(cpu, insn_bits(insn, 16, 4), access->base_after);
    cpu->cycles++;
    if (t == 15)
        return insn_branch_exchange(cpu, value);
    insn_set(cpu, t, is_signed ? insn_sign_extend(value, width * 8) : value);
    return INSN_NEXT;
}

static enum insn_end store(struct sim_cpu *cpu, uint32_t insn, const struct access *access)
{
    unsigned width = 1u << insn_bits(insn, 21, 2), t = insn_bits(insn, 12, 4);
    if (!sim_store(cpu, access->address, width, cpu->r[t]))
        return INSN_SETTLED;
    if (access->writes_back)
        insn_set(cpu, insn_bits(insn, 16, 4), access->base_after);
    cpu->cycles++;
    return INSN_NEXT;
}

/* 1111100 signed:1 imm12:1 size:2 load:1 */
enum insn_end sim_insn32_single(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned size = insn_bits(insn, 21, 2);
    bool is_load = insn_bit(insn, 20), is_signed = insn_bit(insn, 24);
    struct access access;
    if (size == 3 || (is_signed && (size == 2 || !is_load)) || !decode(cpu, insn, &access))
        return sim_insn_undefined(cpu, insn);
    if (access.writes_back && insn_overflows(cpu, insn_bits(insn, 16, 4), access.base_after))
        return INSN_SETTLED;
    if (is_forbidden(&access)) {
        sim_fault(cpu, SIM_FAULT_PRECISERR, access.address);
        return INSN_SETTLED;
    }
    return is_load ? load(cpu, insn, &access) : store(cpu, insn, &access);
}
