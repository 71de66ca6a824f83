/* SPDX-License-Identifier: MIT */
/* The halted core in the hands of a routine of ours that runs in target RAM.
 *
 * Interrupts are masked, breakpoints, watchpoints, the MPU and SysTick are off meanwhile; NMI is
 * not masked, but finds a BKPT where `vectors` says so. The program's registers are kept in the
 * target's register cache. The core runs inside borrowed_flush() and, on demand, until the next
 * one. Worker thread. */
#ifndef PROBED_BORROWED_H
#define PROBED_BORROWED_H

#include "core/core.h"

/* Between a failure and the one of what was to be put back: both are told (job_take_back()). */
#define BORROWED_NOT_GIVEN_BACK "nor could what the program had be put back"

/* What compiled code changes besides r0 to r12: LR, the main stack pointer, its limit. */
#define BORROWED_CALLS (0x1FFFu | 1u << SLOT_LR | 1u << SLOT_MSP)

struct borrowed_core {
    struct core *core;
    const char *by;   /* "flash loader": what sentences call the routine */
    uint32_t used;    /* bit n: it changes that slot (r0 to r12); BORROWED_CALLS: it has a stack */
    bool strayed;     /* the core may have left the routine: into a fault handler, say */
    uint32_t vectors; /* 0, or where in RAM those of NMI and HardFault stand meanwhile */
    uint32_t mpu_ctrl, fp_ctrl, systick, cycles, vtor; /* as found */
};

/* What stands at `vectors`, a multiple of 128: four words, of which two are vectors. */
enum { BORROWED_VECTORS = 16 };
void borrowed_vectors(uint32_t at, uint8_t bytes[BORROWED_VECTORS]);
/* The largest RAM, whose start is lent to routines; NULL if there are fewer bytes. */
const struct target_region *borrowed_ram(const struct core *core, uint32_t size);
/* Whoever halted it: the program's registers are read into the target's cache, what could stop or
 * divert a routine is switched off. On error it is given back already. */
enum err borrowed_take(struct borrowed_core *lent);
/* The same in parts, the registers being in the cache. Queues reads of what will be put back. */
void borrowed_queue_look(struct borrowed_core *lent);
/* Queues the rest, once these were read; from then on the core has to be given back. */
void borrowed_queue_take(struct borrowed_core *lent);
/* Undoes it. A core that was reset or is gone has nothing to go back to: ERR_OK. */
enum err borrowed_give_back(struct borrowed_core *lent);
enum err borrowed_halt(struct borrowed_core *lent);
/* Queues: pc and `count` arguments from r0 on. */
void borrowed_queue_start(struct borrowed_core *lent, uint32_t pc, const uint32_t *arguments,
                          unsigned count);
/* Queues: it goes, or goes on from where it was halted. */
void borrowed_queue_go(struct borrowed_core *lent);
/* Flushes, with the core halted at the end if `pause`, and after any error. When a wait in the
 * queue ran out of time, ERR_LOADER says what the core was doing; ERR_RESET_LOST if it was reset.
 */
enum err borrowed_flush(struct borrowed_core *lent, bool pause);

/* Queues: its stack, where functions are called: `top`, and no limit for it where the core has one.
 */
void borrowed_queue_stack(struct borrowed_core *lent, uint32_t top);
/* How a function ended: what it returned, and where the core stands. */
struct borrowed_end {
    bool ended; /* false: it goes on */
    uint32_t r0, pc;
};
/* Flushes what is queued, then waits for its BKPT for `timeout_us` at most. */
enum err borrowed_await(struct borrowed_core *lent, uint32_t timeout_us, struct borrowed_end *end);

/* The routine ran into memory that cannot be read, and the core stands at the first instruction of
 * the fault's handler, its vector being caught, or of the NMI's at `vectors`: out of that again, by
 * an instruction that is put at `scratch`, a word of borrowed RAM. False: it stands elsewhere, or
 * stays. */
bool borrowed_leave_fault(struct borrowed_core *lent, uint32_t scratch);
/* The same with the NMI that a read by wire has raised (core->ecc.nmi), before a routine. */
bool borrowed_take_nmi(struct borrowed_core *lent, uint32_t scratch);

#endif
