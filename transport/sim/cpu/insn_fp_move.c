/* SPDX-License-Identifier: MIT */
/* Instructions of the floating-point extension: from and to memory and the core's registers (DDI
 * 0403, A6.5 to A6.7). Doubles travel as pairs of singles. */
#include "sim/cpu/insn_fp.h"

enum { SINGLES = 32 };

/* --- memory --- */

static bool load_singles(struct sim_cpu *cpu, uint32_t address, unsigned first, unsigned count)
{
    uint32_t values[SINGLES];

    for (unsigned i = 0; i < count; i++)
        if (!sim_load_aligned(cpu, address + 4 * i, 4, &values[i]))
            return false;
    for (unsigned i = 0; i < count; i++)
        cpu->s[first + i] = values[i];
    return true;
}

static bool store_singles(struct sim_cpu *cpu, uint32_t address, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!sim_store_aligned(cpu, address + 4 * i, 4, cpu->s[first + i]))
            return false;
    return true;
}

/* VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP: P, U, W, L are bits 24, 23, 21, 20. */
static enum insn_end transfer(struct sim_cpu *cpu, uint32_t insn)
{
    bool before = insn_bit(insn, 24), up = insn_bit(insn, 23), write = insn_bit(insn, 21);
    bool is_double = insn_bit(insn, 8), one = before && !write;
    unsigned n = insn_bits(insn, 16, 4), d = insn_bits(insn, 12, 4), high = insn_bits(insn, 22, 1);
    unsigned first = is_double ? (high << 4 | d) * 2 : d << 1 | high;
    unsigned count = one ? (is_double ? 2 : 1) : insn_bits(insn, 0, 8) & (is_double ? ~1u : ~0u);

    if (first + count > SINGLES || count == 0 || (before == up && write) || (!before && !up) ||
        (n == 15 && !(one && insn_bit(insn, 20))))
        return sim_insn_undefined(cpu, insn);
    uint32_t base = n == 15 ? insn_literal_base(cpu) : cpu->r[n], bytes = insn_bits(insn, 0, 8) * 4;
    uint32_t moved = up ? base + bytes : base - bytes, address = before ? moved : base;
    if (write && insn_overflows(cpu, n, moved))
        return INSN_SETTLED;
    if (!(insn_bit(insn, 20) ? load_singles : store_singles)(cpu, address, first, count))
        return INSN_SETTLED;
    if (write)
        insn_set(cpu, n, moved);
    cpu->cycles += count;
    return INSN_NEXT;
}

/* --- the core's registers --- */

/* VMOV between two of them and a double or two singles. */
static enum insn_end move_pair(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned t = insn_bits(insn, 12, 4), t2 = insn_bits(insn, 16, 4), m = insn_bits(insn, 0, 4);
    bool is_double = insn_bit(insn, 8), to_core = insn_bit(insn, 20);
    unsigned first = is_double ? (insn_bits(insn, 5, 1) << 4 | m) * 2 : m << 1 | insn_bit(insn, 5);

    if ((insn & 0xD0) != 0x10 || first + 2 > SINGLES || t == 15 || t2 == 15)
        return sim_insn_undefined(cpu, insn);
    if (to_core) {
        insn_set(cpu, t, cpu->s[first]);
        insn_set(cpu, t2, cpu->s[first + 1]);
    } else {
        cpu->s[first] = cpu->r[t];
        cpu->s[first + 1] = cpu->r[t2];
    }
    cpu->cycles++;
    return INSN_NEXT;
}

static enum insn_end move_one(struct sim_cpu *cpu, uint32_t insn, unsigned single)
{
    unsigned t = insn_bits(insn, 12, 4);

    if (single >= SINGLES || t == 15)
        return sim_insn_undefined(cpu, insn);
    if (insn_bit(insn, 20))
        insn_set(cpu, t, cpu->s[single]);
    else
        cpu->s[single] = cpu->r[t];
    return INSN_NEXT;
}

/* VMRS, VMSR: FPSCR is all there is. Rt of 15 moves the flags to APSR. */
static enum insn_end move_status(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned t = insn_bits(insn, 12, 4);
    bool to_core = insn_bit(insn, 20);

    if (insn_bits(insn, 16, 4) != 1 || (t == 15 && !to_core))
        return sim_insn_undefined(cpu, insn);
    if (!to_core)
        cpu->fpscr = cpu->r[t] & FPSCR_WRITABLE;
    else if (t == 15)
        cpu->apsr = (cpu->apsr & ~FPSCR_NZCV) | (cpu->fpscr & FPSCR_NZCV);
    else
        insn_set(cpu, t, cpu->fpscr);
    return INSN_NEXT;
}

/* 11101110.. with bit 4 set: C is bit 8, A bits 23:21. */
static enum insn_end move_register(struct sim_cpu *cpu, uint32_t insn)
{
    unsigned n = insn_bits(insn, 16, 4), high = insn_bits(insn, 7, 1), a = insn_bits(insn, 21, 3);

    if (insn_bit(insn, 8)) /* one half of a double */
        return a > 1 || insn_bits(insn, 5, 2) != 0 ? sim_insn_undefined(cpu, insn)
                                                   : move_one(cpu, insn, (high << 4 | n) * 2 + a);
    if (a == 0)
        return move_one(cpu, insn, n << 1 | high);
    return a == 7 ? move_status(cpu, insn) : sim_insn_undefined(cpu, insn);
}

/* Coprocessors 10 and 11: the floating-point extension. */
enum insn_end sim_insn32_fp(struct sim_cpu *cpu, uint32_t insn)
{
    if (!sim_fp_check(cpu))
        return INSN_SETTLED;
    if (insn_bit(insn, 28)) {
        bool v5 = cpu->model->fpu >= SIM_FPV5_SP && insn_bits(insn, 24, 4) == 0xE;
        return (v5 && !insn_bit(insn, 4) ? sim_insn_fp_v5 : sim_insn_undefined)(cpu, insn);
    }
    if (!insn_bit(insn, 25))
        return insn_bits(insn, 21, 4) == 2 ? move_pair(cpu, insn) : transfer(cpu, insn);
    return (insn_bit(insn, 4) ? move_register : sim_insn_fp_data)(cpu, insn);
}
