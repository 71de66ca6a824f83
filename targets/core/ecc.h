/* SPDX-License-Identifier: MIT */
/* Flash whose ECC tells of wrong bits by a flag and an NMI, while the bus answers with what is
 * wrong (chip_family.ecc). Whoever reads such flash looks at the flag in the same trip, and a read
 * that set it is one that was refused: ERR_FAULT, with a sentence.
 *
 * A flag that the program's own reads set is the program's, whose handler looks at it: it stays,
 * and hides what is read meanwhile. While the core runs, its handler may be quicker than we are.
 * Worker thread. Traffic goes by itself: callers note a loss (core_note_loss()). */
#ifndef PROBED_ECC_H
#define PROBED_ECC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct core;
struct target;

enum { ECC_REGISTERS = 2 };

struct ecc {
    uint32_t clear_epoch; /* no flag stood in this one, but for those that reads of ours set */
    bool found;           /* the flush that failed last did for these */
    bool nmi;             /* what they raised waits for the core to go */
};

/* What a flush looks at. */
struct ecc_look {
    uint32_t address; /* the first that is read of flash */
    uint32_t words[ECC_REGISTERS];
    bool on;
};

/* Whether the chip has such flags. */
bool ecc_has_flags(const struct target *target);
/* Before a read of a core that runs: was the flag clear? */
enum err ecc_look_before(struct core *core, uint32_t address);
/* Queues reads of the flags behind reads of flash that are queued; `look` lives until the flush. */
void ecc_queue_look(struct core *core, struct ecc_look *look);
/* After a flush that went well. ERR_FAULT: what it read of flash is wrong somewhere. */
enum err ecc_take_look(struct core *core, const struct ecc_look *look);
/* Clears the flags, whoever's they are. */
enum err ecc_clear(struct core *core);
/* The same, if it is not known that none stands. */
enum err ecc_clear_once(struct core *core);
/* What they tell, whoever's they are. */
enum err ecc_look_now(struct core *core, bool *uncorrected, bool *corrected);

#endif
