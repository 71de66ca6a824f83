/* SPDX-License-Identifier: MIT */
/* What the files insn_fp*.c share. The registers may be used: sim_fp_check() was asked. */
#ifndef PROBED_SIM_INSN_FP_H
#define PROBED_SIM_INSN_FP_H

#include "sim/cpu/fp.h"
#include "sim/cpu/insn_internal.h"

/* 11101110.. with bit 4 clear; 11111110.. with bit 4 clear, which FPv5 has. */
sim_insn_handler sim_insn_fp_data, sim_insn_fp_v5;
/* Those of the first that convert. */
enum insn_end sim_insn_fp_convert(struct sim_cpu *cpu, uint32_t insn, unsigned opc2);

/* --- registers: singles, and doubles as pairs of them --- */

static inline uint64_t fp_get(const struct sim_cpu *cpu, bool wide, unsigned n)
{
    return wide ? (uint64_t)cpu->s[2 * n + 1] << 32 | cpu->s[2 * n] : cpu->s[n];
}

static inline void fp_put(struct sim_cpu *cpu, bool wide, unsigned n, uint64_t value)
{
    if (!wide) {
        cpu->s[n] = (uint32_t)value;
        return;
    }
    cpu->s[2 * n] = (uint32_t)value;
    cpu->s[2 * n + 1] = (uint32_t)(value >> 32);
}

/* Four bits here, one there: the lowest of a single's number, the highest of a double's. */
static inline unsigned fp_register(uint32_t insn, unsigned four, unsigned one, bool wide)
{
    return wide ? insn_bits(insn, one, 1) << 4 | insn_bits(insn, four, 4)
                : insn_bits(insn, four, 4) << 1 | insn_bits(insn, one, 1);
}

static inline unsigned fp_d(uint32_t insn, bool wide)
{
    return fp_register(insn, 12, 22, wide);
}

static inline unsigned fp_n(uint32_t insn, bool wide)
{
    return fp_register(insn, 16, 7, wide);
}

static inline unsigned fp_m(uint32_t insn, bool wide)
{
    return fp_register(insn, 0, 5, wide);
}

/* Doubles have the numbers below 16. */
static inline bool fp_exists(bool wide, unsigned n)
{
    return n < (wide ? 16 : 32);
}

static inline const struct fp_format *fp_format_of(bool wide)
{
    return wide ? &fp_double : &fp_single;
}

#endif
