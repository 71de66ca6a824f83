/* SPDX-License-Identifier: MIT */
/* One instruction from fetch to retirement: dispatch and IT blocks. */
#include "sim/cpu/insn.h"

#include "base/bytes.h"
#include "sim/cpu/insn_alu.h"
#include "sim/cpu/insn_internal.h"

/* Fetches the halves of the instruction at r[15] as first << 16 | second. For a 16-bit one the
 * second half is not looked at and need not exist. */
static bool fetch_slowly(struct sim_cpu *cpu, uint32_t *halves)
{
    uint16_t first, second = 0;
    if (!sim_fetch(cpu, cpu->r[15], &first))
        return false;
    if (sim_insn_is_32bit(first) && !sim_fetch(cpu, cpu->r[15] + 2, &second))
        return false;
    *halves = (uint32_t)first << 16 | second;
    return true;
}

static inline bool fetch(struct sim_cpu *cpu, uint32_t *halves)
{
    const struct sim_window *window = cpu->bus->windows;
    const struct sim_window *end = window + sizeof(cpu->bus->windows) / sizeof(*window);
    for (; window < end && !cpu->mpu_on && !cpu->icache_on; window++) {
        uint64_t offset = (uint32_t)(cpu->r[15] - window->start);
        if (offset + 4 <= window->size) {
            uint32_t word = get_le32(window->memory + offset);
            *halves = word << 16 | word >> 16;
            return true;
        }
    }
    return fetch_slowly(cpu, halves);
}

static inline bool is_bkpt(uint32_t halves)
{
    return halves >> 24 == 0xBE;
}

static inline enum insn_end dispatch(struct sim_cpu *cpu, uint32_t halves)
{
    uint32_t first = halves >> 16;
    if (!sim_insn_is_32bit((uint16_t)first))
        return sim_insn16_table[first >> 8](cpu, first);
    if (!cpu->model->armv7m && !sim_insn32_is_armv6m(halves))
        return sim_insn_undefined(cpu, halves);
    return sim_insn32_table[(first >> 4) - 0xE80](cpu, halves);
}

void sim_insn_execute(struct sim_cpu *cpu)
{
    uint32_t here = cpu->r[15], halves;
    uint8_t itstate = cpu->itstate;
    enum insn_end end = INSN_NEXT;

    cpu->cycles++;
    if (!cpu->thumb) {
        sim_fault(cpu, SIM_FAULT_INVSTATE, here);
        return;
    }
    if (!fetch(cpu, &halves))
        return;
    /* A failed condition skips everything but BKPT, which is unconditional (A7.7.17). */
    if (!itstate || alu_condition(cpu, itstate >> 4) || is_bkpt(halves))
        end = dispatch(cpu, halves);

    if (end == INSN_SETTLED)
        return;
    if (end == INSN_NEXT)
        cpu->r[15] = here + (sim_insn_is_32bit((uint16_t)(halves >> 16)) ? 4 : 2);
    else
        cpu->cycles += 2; /* the pipeline refills */
    if (itstate)
        cpu->itstate = insn_it_advance(itstate);
    cpu->instructions++;
}

enum insn_end sim_insn_undefined(struct sim_cpu *cpu, uint32_t insn)
{
    return insn_fault(cpu, SIM_FAULT_UNDEFINSTR);
}
