/* SPDX-License-Identifier: MIT */
/* Inside the interpreter: what the files insn*.c share. A handler executes one instruction with
 * cpu->r[15] still at its address; 16-bit instructions come as they are, 32-bit ones as
 * first << 16 | second. Handlers change registers only after the last thing that can fault. */
#ifndef PROBED_SIM_INSN_INTERNAL_H
#define PROBED_SIM_INSN_INTERNAL_H

#include "sim/cpu/exception.h"

enum insn_end {
    INSN_NEXT,    /* done, go on behind it; what a handler wrote to r[15] is dropped */
    INSN_JUMPED,  /* done, r[15] is the next instruction */
    INSN_SETTLED, /* faulted, or r[15], itstate and the count are already right */
};

typedef enum insn_end sim_insn_handler(struct sim_cpu *cpu, uint32_t insn);

extern sim_insn_handler *const sim_insn16_table[256]; /* by insn[15:8] */
extern sim_insn_handler *const sim_insn32_table[384]; /* by insn[31:20] - 0xE80 */

/* Handlers that stand in another file than their table. */
sim_insn_handler sim_insn_undefined;
sim_insn_handler sim_insn16_ldr_literal, sim_insn16_load_store_register, sim_insn16_load_store_imm,
    sim_insn16_load_store_sp, sim_insn16_push, sim_insn16_pop, sim_insn16_stm, sim_insn16_ldm;
sim_insn_handler sim_insn16_branch, sim_insn16_branch_cond, sim_insn16_branch_exchange,
    sim_insn16_cbz, sim_insn16_cps, sim_insn16_bkpt, sim_insn16_svc, sim_insn16_it_hint;
sim_insn_handler sim_insn32_multiple, sim_insn32_dual, sim_insn32_exclusive, sim_insn32_single;
sim_insn_handler sim_insn32_shifted, sim_insn32_modified, sim_insn32_plain, sim_insn32_register;
sim_insn_handler sim_insn32_multiply, sim_insn32_multiply_long;
sim_insn_handler sim_insn32_parallel, sim_insn32_saturating, sim_insn32_saturate16,
    sim_insn32_extend_add, sim_insn32_multiply_dsp, sim_insn32_multiply_long_dsp; /* or undefined */
enum insn_end sim_insn32_pack(struct sim_cpu *cpu, uint32_t insn, uint32_t shifted);
sim_insn_handler sim_insn32_fp;
sim_insn_handler sim_insn32_control; /* insn[31:27] 0b11110 with insn[15] set */

/* A 32-bit encoding that Armv6-M has, too: BL, MSR, MRS and the barriers (DDI 0419, A5.3). */
bool sim_insn32_is_armv6m(uint32_t insn);

/* insn32_armv8m.c: Armv8-M; undefined on others, but for the last one. */
sim_insn_handler sim_insn32_acquire_release, sim_insn32_test_target;
/* SP would be below its limit: the fault was raised. */
bool sim_insn_sp_overflows(struct sim_cpu *cpu, uint32_t value);
/* insn32_multiple.c */
enum insn_end sim_insn_load_exclusive(struct sim_cpu *cpu, unsigned t, uint32_t address,
                                      unsigned width);
enum insn_end sim_insn_store_exclusive(struct sim_cpu *cpu, unsigned d, unsigned t,
                                       uint32_t address, unsigned width);

/* NOP, YIELD, WFE, WFI, SEV by number; `size` of the instruction in bytes. */
enum insn_end sim_insn_hint(struct sim_cpu *cpu, unsigned hint, unsigned size);

/* LDM and STM in all their forms: `list` from `address` upwards; then, if `base` is not 16, the
 * base register becomes `end`, unless it was loaded. */
enum insn_end sim_insn_load_list(struct sim_cpu *cpu, uint32_t address, unsigned list,
                                 unsigned base, uint32_t end);
enum insn_end sim_insn_store_list(struct sim_cpu *cpu, uint32_t address, unsigned list,
                                  unsigned base, uint32_t end);
#define SIM_NO_WRITEBACK 16u

/* --- fields, registers --- */

static inline uint32_t insn_bits(uint32_t insn, unsigned low, unsigned count)
{
    return (insn >> low) & ((1u << count) - 1);
}

static inline bool insn_bit(uint32_t insn, unsigned bit)
{
    return (insn >> bit) & 1;
}

/* Two's complement of `width` bits, to 32 bits. */
static inline uint32_t insn_sign_extend(uint32_t value, unsigned width)
{
    return (uint32_t)((int32_t)(value << (32 - width)) >> (32 - width));
}

/* A register as an operand that may be the PC: it reads as the instruction's address + 4. */
static inline uint32_t insn_operand(const struct sim_cpu *cpu, unsigned n)
{
    return n == 15 ? cpu->r[15] + 4 : cpu->r[n];
}

/* The PC as the base of literals and ADR (A5.1.2). */
static inline uint32_t insn_literal_base(const struct sim_cpu *cpu)
{
    return (cpu->r[15] + 4) & ~3u;
}

/* Any register as a destination. R15 is UNPREDICTABLE there; the write gets lost (INSN_NEXT). */
static inline void insn_set(struct sim_cpu *cpu, unsigned d, uint32_t value)
{
    cpu->r[d] = d == 13 ? value & ~3u : value;
}

/* Register n may not become `value`: it is SP, and Armv8-M has a limit for it. Asked before the
 * instruction touches memory, by those that move SP (DDI 0553, rules of "Stack limit checks"). */
static inline bool insn_overflows(struct sim_cpu *cpu, unsigned n, uint32_t value)
{
    return n == 13 && cpu->model->armv8m && sim_insn_sp_overflows(cpu, value);
}

/* --- the end of an instruction --- */

/* ITAdvance() */
static inline uint8_t insn_it_advance(uint8_t itstate)
{
    return itstate & 7 ? (uint8_t)((itstate & 0xE0) | ((itstate << 1) & 0x1F)) : 0;
}

/* For handlers whose last act looks at r[15] as the next instruction: SVC, WFI, WFE. */
static inline void insn_retire(struct sim_cpu *cpu, unsigned size)
{
    cpu->r[15] += size;
    cpu->itstate = insn_it_advance(cpu->itstate);
    cpu->instructions++;
}

static inline enum insn_end insn_fault(struct sim_cpu *cpu, enum sim_fault fault)
{
    sim_fault(cpu, fault, cpu->r[15]);
    return INSN_SETTLED;
}

/* BranchWritePC, ALUWritePC: bit 0 is ignored. */
static inline enum insn_end insn_branch(struct sim_cpu *cpu, uint32_t address)
{
    cpu->r[15] = address & ~1u;
    return INSN_JUMPED;
}

/* BLXWritePC: an even address clears T, which faults when the next instruction executes. */
static inline enum insn_end insn_interwork(struct sim_cpu *cpu, uint32_t address)
{
    cpu->thumb = address & 1;
    return insn_branch(cpu, address);
}

/* BXWritePC, LoadWritePC: may be an exception return. */
static inline enum insn_end insn_branch_exchange(struct sim_cpu *cpu, uint32_t value)
{
    if (cpu->ipsr == SIM_EXC_NONE || value < 0xF0000000)
        return insn_interwork(cpu, value);
    cpu->instructions++;
    sim_exception_return(cpu, value);
    return INSN_SETTLED;
}

#endif
