/* SPDX-License-Identifier: MIT */
/* ST's own debug register: keeps the debug port alive while the chip sleeps, and stops watchdogs
 * while the core is halted. Where it is: the family's row. Chips that have none, or refuse, are
 * left alone. Errors are those of the wire. */
#ifndef PROBED_DBGMCU_H
#define PROBED_DBGMCU_H

#include "chip/families.h"
#include "probe/ops.h"

/* A register as it was before we changed it. */
struct dbgmcu_saved {
    uint32_t address; /* 0: not changed */
    uint32_t value;
};

/* Registers with bits that stop watchdogs while the core stands: the row's, and where the window
 * watchdog's bit stands elsewhere, that one. */
enum { DBGMCU_FREEZES = 2 };
struct dbgmcu_freeze {
    uint32_t address, bits;
};
/* How many there are. */
unsigned dbgmcu_freezes(const struct chip_dbgmcu *row,
                        struct dbgmcu_freeze freezes[DBGMCU_FREEZES]);

struct dbgmcu {
    struct dbgmcu_saved clock, control, freeze[DBGMCU_FREEZES];
    uint32_t clock_bit; /* of the first, where it was off */
};

/* Gives it its clock, where it needs one: a reset takes it away. The queue is empty, before and
 * behind. */
enum err dbgmcu_wake(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row, struct ops *ops);

/* All that debugging wants of it: the debug port stays awake, watchdogs stand while the core does.
 * Undone by dbgmcu_restore(), as what follows. The queue is empty, before and behind. */
enum err dbgmcu_prepare(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row, struct ops *ops);
/* Watchdogs alone, once more: the program may have let them go. */
enum err dbgmcu_freeze_watchdogs(struct dbgmcu *dbgmcu, const struct chip_dbgmcu *row,
                                 struct ops *ops);
/* The last traffic on every way out, also of a cancelled job: a core in Stop mode may not be
 * reached any more behind it, which is no error. What the wire swallowed is written again;
 * ERR_TIMEOUT with a sentence: it stays as it is. */
enum err dbgmcu_restore(struct dbgmcu *dbgmcu, struct ops *ops);
/* Did the last of that arrive? A chip that fell asleep behind it answers no more, which it would if
 * it had not. The queue is empty, before and behind; leaves the job without an error. */
bool dbgmcu_is_back(const struct dbgmcu *was, struct ops *ops);

#endif
