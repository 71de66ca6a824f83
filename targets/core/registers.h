/* SPDX-License-Identifier: MIT */
/* The core's registers, read once an epoch and written when the core next runs. The core stands.
 * Worker thread. */
#ifndef PROBED_REGISTERS_H
#define PROBED_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct core;

/* One slot a word that DCRSR selects. */
enum reg_slot {
    SLOT_SP = 13,
    SLOT_LR = 14,
    SLOT_PC = 15,
    SLOT_XPSR = 16,
    SLOT_MSP = 17,
    SLOT_PSP = 18,
    SLOT_SPECIAL = 19, /* CONTROL, FAULTMASK, BASEPRI, PRIMASK in one word */
    /* Of Armv8-M: MSP and PSP of each security state, and the limits of all four. */
    SLOT_MSP_NS,
    SLOT_PSP_NS,
    SLOT_MSP_S,
    SLOT_PSP_S,
    SLOT_MSPLIM_S,
    SLOT_PSPLIM_S,
    SLOT_MSPLIM, /* Non-secure, or the only ones */
    SLOT_PSPLIM,
    SLOT_CORE_COUNT,
    SLOT_FPSCR = SLOT_CORE_COUNT,
    SLOT_S0,
    SLOT_COUNT = SLOT_S0 + 32,
};

struct register_cache {
    uint32_t epoch;   /* in which word[] is what the core has, but for the dirty ones; 0: none */
    uint64_t seen_us; /* when the core last was known to stand as word[] says */
    uint64_t dirty;   /* bit s: word[s] has to reach the core before it runs */
    uint32_t word[SLOT_COUNT];
};

/* DCRSR.REGSEL of a slot. */
unsigned regs_selector(enum reg_slot slot);
/* word[] is true, in this epoch. */
bool regs_are_known(const struct core *core);
void regs_forget(struct core *core);
/* word[] is what the core has now. */
void regs_valid(struct core *core);
void regs_queue_read(struct core *core);
void regs_queue_dirty(struct core *core);
/* Fetches them if need be. */
enum err regs_need(struct core *core);
/* Changes one in the cache; the core gets it before it runs. */
void regs_set_slot(struct core *core, enum reg_slot slot, uint32_t value);

#endif
