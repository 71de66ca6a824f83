/* SPDX-License-Identifier: MIT */
/* 16-bit loads and stores (DDI 0403, A5.2.4), and lists of registers for both sizes. */
#include "sim/cpu/insn_internal.h"

static inline enum insn_end load(struct sim_cpu *cpu, unsigned t, uint32_t address, unsigned width)
{
    uint32_t value;
    if (!sim_load(cpu, address, width, &value))
        return INSN_SETTLED;
    cpu->r[t] = value;
    cpu->cycles++;
    return INSN_NEXT;
}

static inline enum insn_end store(struct sim_cpu *cpu, unsigned t, uint32_t address, unsigned width)
{
    if (!sim_store(cpu, address, width, cpu->r[t]))
        return INSN_SETTLED;
    cpu->cycles++;
    return INSN_NEXT;
}

static inline enum insn_end load_signed(struct sim_cpu *cpu, unsigned t, uint32_t address,
                                        unsigned width)
{
    enum insn_end end = load(cpu, t, address, width);
    if (end == INSN_NEXT)
        cpu->r[t] = insn_sign_extend(cpu->r[t], width * 8);
    return end;
}

enum insn_end sim_insn16_ldr_literal(struct sim_cpu *cpu, uint32_t insn)
{
    return load(cpu, insn_bits(insn, 8, 3), insn_literal_base(cpu) + (insn & 0xFF) * 4, 4);
}

enum insn_end sim_insn16_load_store_register(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned t = insn_bits(insn, 0, 3);
    uint32_t address = cpu->r[insn_bits(insn, 3, 3)] + cpu->r[insn_bits(insn, 6, 3)];
    switch (insn_bits(insn, 9, 3)) {
    case 0:
        return store(cpu, t, address, 4);
    case 1:
        return store(cpu, t, address, 2);
    case 2:
        return store(cpu, t, address, 1);
    case 3:
        return load_signed(cpu, t, address, 1);
    case 4:
        return load(cpu, t, address, 4);
    case 5:
        return load(cpu, t, address, 2);
    case 6:
        return load(cpu, t, address, 1);
    default:
        return load_signed(cpu, t, address, 2);
    }
}

/* Words at 6xxx, bytes at 7xxx, halfwords at 8xxx; bit 11 is load. */
enum insn_end sim_insn16_load_store_imm(struct sim_cpu *cpu, uint32_t insn)
{
    static const uint8_t widths[4] = {2, 0, 4, 1}; /* by bits 13:12 */
    unsigned width = widths[insn_bits(insn, 12, 2)], t = insn_bits(insn, 0, 3);
    uint32_t address = cpu->r[insn_bits(insn, 3, 3)] + insn_bits(insn, 6, 5) * width;
    return insn_bit(insn, 11) ? load(cpu, t, address, width) : store(cpu, t, address, width);
}

enum insn_end sim_insn16_load_store_sp(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned t = insn_bits(insn, 8, 3);
    uint32_t address = cpu->r[13] + (insn & 0xFF) * 4;
    return insn_bit(insn, 11) ? load(cpu, t, address, 4) : store(cpu, t, address, 4);
}

enum insn_end sim_insn_load_list(struct sim_cpu *cpu, uint32_t address, unsigned list,
                                 unsigned base, uint32_t end)
{
    uint32_t values[16];
    if (insn_overflows(cpu, base, end))
        return INSN_SETTLED;
    for (unsigned i = 0; i < 16; i++) {
        if (!insn_bit(list, i))
            continue;
        if (!sim_load_aligned(cpu, address, 4, &values[i]))
            return INSN_SETTLED;
        address += 4;
    }
    if (base != SIM_NO_WRITEBACK)
        insn_set(cpu, base, end);
    for (unsigned i = 0; i < 15; i++) {
        if (insn_bit(list, i))
            insn_set(cpu, i, values[i]);
    }
    cpu->cycles += (unsigned)__builtin_popcount(list);
    return insn_bit(list, 15) ? insn_branch_exchange(cpu, values[15]) : INSN_NEXT;
}

enum insn_end sim_insn_store_list(struct sim_cpu *cpu, uint32_t address, unsigned list,
                                  unsigned base, uint32_t end)
{
    if (insn_overflows(cpu, base, end))
        return INSN_SETTLED;
    for (unsigned i = 0; i < 16; i++) {
        if (!insn_bit(list, i))
            continue;
        if (!sim_store_aligned(cpu, address, 4, cpu->r[i]))
            return INSN_SETTLED;
        address += 4;
    }
    if (base != SIM_NO_WRITEBACK)
        insn_set(cpu, base, end);
    cpu->cycles += (unsigned)__builtin_popcount(list);
    return INSN_NEXT;
}

static inline uint32_t list_bytes(unsigned list)
{
    return (uint32_t)__builtin_popcount(list) * 4;
}

enum insn_end sim_insn16_push(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned list = insn_bits(insn, 0, 8) | insn_bits(insn, 8, 1) << 14;
    uint32_t bottom = cpu->r[13] - list_bytes(list);
    return sim_insn_store_list(cpu, bottom, list, 13, bottom);
}

enum insn_end sim_insn16_pop(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned list = insn_bits(insn, 0, 8) | insn_bits(insn, 8, 1) << 15;
    return sim_insn_load_list(cpu, cpu->r[13], list, 13, cpu->r[13] + list_bytes(list));
}

enum insn_end sim_insn16_stm(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned n = insn_bits(insn, 8, 3), list = insn & 0xFF;
    return sim_insn_store_list(cpu, cpu->r[n], list, n, cpu->r[n] + list_bytes(list));
}

/* Writes the base back unless it is in the list. */
enum insn_end sim_insn16_ldm(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned n = insn_bits(insn, 8, 3), list = insn & 0xFF;
    return sim_insn_load_list(cpu, cpu->r[n], list, n, cpu->r[n] + list_bytes(list));
}
