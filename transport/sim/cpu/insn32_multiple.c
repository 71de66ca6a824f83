/* SPDX-License-Identifier: MIT */
/* 32-bit loads and stores of several registers, exclusives, table branches (DDI 0403, A5.3.5,
 * A5.3.6). */
#include "sim/cpu/insn_internal.h"

#define INSN_SG 0xE97FE97Fu

/* LDM, STM, LDMDB, STMDB; PUSH.W and POP.W are among them. */
enum insn_end sim_insn32_multiple(struct sim_cpu *cpu, uint32_t insn)
{
    bool before = insn_bit(insn, 24), up = insn_bit(insn, 23), is_load = insn_bit(insn, 20);
    unsigned n = insn_bits(insn, 16, 4), list = insn_bits(insn, 0, 16);
    /* SRS and RFE of other profiles; a store's list has no PC and no base 15 */
    if (before == up || n == 15 || (!is_load && insn_bit(list, 15)))
        return sim_insn_undefined(cpu, insn);
    uint32_t bytes = (uint32_t)__builtin_popcount(list) * 4;
    uint32_t end = before ? cpu->r[n] - bytes : cpu->r[n] + bytes;
    uint32_t address = before ? end : cpu->r[n];
    unsigned base = insn_bit(insn, 21) ? n : SIM_NO_WRITEBACK;
    return is_load ? sim_insn_load_list(cpu, address, list, base, end)
                   : sim_insn_store_list(cpu, address, list, base, end);
}

static bool load_dual(struct sim_cpu *cpu, uint32_t insn, uint32_t address)
{
    uint32_t first, second;
    if (!sim_load_aligned(cpu, address, 4, &first) ||
        !sim_load_aligned(cpu, address + 4, 4, &second))
        return false;
    insn_set(cpu, insn_bits(insn, 12, 4), first);
    insn_set(cpu, insn_bits(insn, 8, 4), second);
    return true;
}

static bool store_dual(struct sim_cpu *cpu, uint32_t insn, uint32_t address)
{
    return sim_store_aligned(cpu, address, 4, cpu->r[insn_bits(insn, 12, 4)]) &&
           sim_store_aligned(cpu, address + 4, 4, cpu->r[insn_bits(insn, 8, 4)]);
}

/* LDRD, STRD with P or W: P, U, W, L are bits 24, 23, 21, 20. */
enum insn_end sim_insn32_dual(struct sim_cpu *cpu, uint32_t insn)
{
    bool index = insn_bit(insn, 24), write = insn_bit(insn, 21), is_load = insn_bit(insn, 20);
    unsigned n = insn_bits(insn, 16, 4);
    if (insn == INSN_SG && cpu->model->armv8m) /* a NOP without the Security Extension */
        return INSN_NEXT;
    if (n == 15 && (write || !is_load)) /* UNPREDICTABLE */
        return sim_insn_undefined(cpu, insn);
    uint32_t base = n == 15 ? insn_literal_base(cpu) : cpu->r[n], imm = (insn & 0xFF) * 4;
    uint32_t moved = insn_bit(insn, 23) ? base + imm : base - imm;
    uint32_t address = index ? moved : base;
    if (write && insn_overflows(cpu, n, moved))
        return INSN_SETTLED;
    if (!(is_load ? load_dual(cpu, insn, address) : store_dual(cpu, insn, address)))
        return INSN_SETTLED;
    if (write)
        insn_set(cpu, n, moved);
    cpu->cycles += 2;
    return INSN_NEXT;
}

/* The monitor of the Cortex-M3 holds no address: any store-exclusive after a load-exclusive
 * passes (Cortex-M3 TRM, exclusive monitor). The address is kept for debugging only. */
enum insn_end sim_insn_load_exclusive(struct sim_cpu *cpu, unsigned t, uint32_t address,
                                      unsigned width)
{
    uint32_t value;
    if (!sim_load_aligned(cpu, address, width, &value))
        return INSN_SETTLED;
    cpu->exclusive = true;
    cpu->exclusive_address = address;
    insn_set(cpu, t, value);
    cpu->cycles++;
    return INSN_NEXT;
}

enum insn_end sim_insn_store_exclusive(struct sim_cpu *cpu, unsigned d, unsigned t,
                                       uint32_t address, unsigned width)
{
    bool passed = cpu->exclusive;
    if (address & (width - 1)) {
        sim_fault(cpu, SIM_FAULT_UNALIGNED, address);
        return INSN_SETTLED;
    }
    if (passed && !sim_store_aligned(cpu, address, width, cpu->r[t]))
        return INSN_SETTLED;
    cpu->exclusive = false;
    insn_set(cpu, d, !passed);
    cpu->cycles++;
    return INSN_NEXT;
}

static enum insn_end table_branch(struct sim_cpu *cpu, uint32_t insn, unsigned width)
{
    uint32_t base = insn_operand(cpu, insn_bits(insn, 16, 4)), entry;
    uint32_t index = cpu->r[insn_bits(insn, 0, 4)];
    if (!sim_load(cpu, base + index * width, width, &entry))
        return INSN_SETTLED;
    cpu->cycles++;
    return insn_branch(cpu, cpu->r[15] + 4 + entry * 2);
}

/* E8C, E8D: the exclusives of bytes and halfwords and the table branches, by bits 7:4. */
static enum insn_end exclusive_or_table(struct sim_cpu *cpu, uint32_t insn)
{
    bool is_load = insn_bit(insn, 20);
    unsigned t = insn_bits(insn, 12, 4), op = insn_bits(insn, 4, 4);
    uint32_t address = cpu->r[insn_bits(insn, 16, 4)];
    if (is_load && op < 2)
        return table_branch(cpu, insn, 1u << op);
    if (op != 4 && op != 5)
        return sim_insn32_acquire_release(cpu, insn);
    unsigned width = op == 4 ? 1 : 2;
    return is_load ? sim_insn_load_exclusive(cpu, t, address, width)
                   : sim_insn_store_exclusive(cpu, insn_bits(insn, 0, 4), t, address, width);
}

/* LDREX and STREX with neither P nor W. */
enum insn_end sim_insn32_exclusive(struct sim_cpu *cpu, uint32_t insn)
{
    if (insn_bit(insn, 23))
        return exclusive_or_table(cpu, insn);
    unsigned t = insn_bits(insn, 12, 4);
    uint32_t address = cpu->r[insn_bits(insn, 16, 4)] + (insn & 0xFF) * 4;
    if (t == 15 && !insn_bit(insn, 20) && cpu->model->armv8m)
        return sim_insn32_test_target(cpu, insn);
    return insn_bit(insn, 20) ? sim_insn_load_exclusive(cpu, t, address, 4)
                              : sim_insn_store_exclusive(cpu, insn_bits(insn, 8, 4), t, address, 4);
}
