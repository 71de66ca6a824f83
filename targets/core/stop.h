/* SPDX-License-Identifier: MIT */
/* Why the core stands: what is read of it in the flush that finds it, and what that means. Whether
 * anybody hears of it is another question (stop_filter.h). Worker thread. */
#ifndef PROBED_STOP_H
#define PROBED_STOP_H

#include "core/core.h"

/* Facts about a stop, read in one flush. */
struct stop_facts {
    uint32_t dhcsr, icsr;
    uint32_t scb[5];            /* CFSR, HFSR, DFSR, MMFAR, BFAR */
    uint32_t pc, special, xpsr; /* when no other registers were asked for */
};
enum { FACT_CFSR, FACT_HFSR, FACT_DFSR, FACT_MMFAR, FACT_BFAR };

/* Where a core stands that began with a vector table of ones, and in lockup. */
#define BLANK_PC 0xFFFFFFFEu
/* PM0075, 2.4.1, and the other families' level 1 alike. */
#define PROTECTED_TEXT                                                                           \
    "the flash is read-protected: with a debugger connected the core cannot read it either, so " \
    "no program runs before a power cycle without one; to end the protection erases the flash"

/* Appends the reads of the facts; `full`: with the fault status registers. */
void stop_queue(struct core *core, bool full, struct stop_facts *facts);
void stop_queue_faults(struct core *core, struct stop_facts *facts);
/* And which comparator matched. */
void stop_queue_matches(struct core *core);
/* After the flush: reads ahead around pc and sp, then says why the core stands. `plain` is the
 * reason when it was asked to. Also fills core->stop. */
enum err stop_explain(struct core *core, const struct stop_facts *facts, enum stop_reason plain,
                      struct target_stop *stop);
/* The core stands where pc is, for no reason of its own. Also fills core->stop. */
void stop_plain(struct core *core, enum stop_reason reason, struct target_stop *stop);
/* `stop` is one at this breakpoint, which need not have been executed. */
void stop_at_breakpoint(const struct core *core, const struct breakpoint *breakpoint,
                        struct target_stop *stop);
/* Where the core will probably stop, and what has room beside the facts of what is there. */
uint32_t stop_likely_pc(const struct core *core);
void stop_queue_likely(struct core *core);
/* Before cache_commit(): a flush was refused what it read ahead (a clone has less memory than its
 * name says), and nothing will be read ahead any more. What stood before it was done. */
bool stop_ahead_failed(struct core *core, enum err err);
/* Appends reads of the cache lines at pc and sp that are missing. */
void stop_queue_ahead(struct core *core, uint32_t pc, uint32_t sp);

/* A sentence on a fault, whose cause may be the vector table or read protection: true. */
bool stop_say_fault(struct core *core, const struct stop_facts *facts, unsigned exception,
                    uint32_t faulting_pc, char *text, size_t size);

#endif
