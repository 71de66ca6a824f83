/* SPDX-License-Identifier: MIT */
/* A core in the flattest machine there is: code and RAM, no exceptions. It implements what
 * sim/exception.h asks for by taking notes, so that instructions are tested on their own. */
#ifndef PROBED_TEST_FLAT_H
#define PROBED_TEST_FLAT_H

#include "sim/cpu/exception.h"
#include "sim/cpu/insn.h"

#define FLAT_CODE 0x08000000u
#define FLAT_RAM 0x20000000u

struct flat {
    struct sim_cpu cpu;
    struct sim_bus bus;
    uint32_t psp; /* the other special registers are in `cpu` */
    bool traps_div0, traps_unaligned;

    /* Notes: counts, and the last fault's data. */
    unsigned faults, svcs, bkpts, returns, wfis, wfes, sevs;
    enum sim_fault fault;
    uint32_t fault_address;
    uint8_t bkpt_number;
    uint32_t exc_return;
};

/* Memory is the caller's. Registers are 0, T is set, r[15] at the start of the code. */
void flat_init(struct flat *flat, const struct sim_core_model *model, uint8_t *code,
               uint32_t code_size, uint8_t *ram, uint32_t ram_size);

/* Executes until r[15] is `end` (true), or something was noted or `limit` instructions are over. */
bool flat_run(struct flat *flat, uint32_t end, uint64_t limit);

extern const struct sim_core_model flat_armv7m, flat_m4f, flat_m7, flat_m7sp, flat_m33, flat_armv6m;

#endif
