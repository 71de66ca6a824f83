/* SPDX-License-Identifier: MIT */
/* The caches that a core has itself (Cortex-M7): what the debugger wrote to memory is seen by the
 * program when it goes on. Nothing is done to caches that are off: what is left in them is none of
 * the program's, and cleaned it would overwrite memory. Armv7-M, DDI 0403, B2.2.7. */
#ifndef PROBED_CPU_CACHES_H
#define PROBED_CPU_CACHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core;

enum { CPU_CACHES_LINES = 8 };

struct cpu_caches {
    uint32_t ccr;      /* as the core last stood; 0: not known, as if off */
    uint32_t geometry; /* CCSIDR of the data cache; 0: not known */
    bool stale;        /* something was written.. */
    uint8_t count;     /* ..to these lines.. */
    bool anywhere;     /* ..or to more */
    uint32_t lines[CPU_CACHES_LINES];
};

/* Queues reads of what the core's caches are like, with the others of a stop. */
void cpu_caches_queue_look(struct core *core);
/* Memory was written past the core, or is about to be. */
void cpu_caches_wrote(struct core *core, uint32_t address, size_t length);
/* Flash was: wherever it shows. */
void cpu_caches_wrote_anywhere(struct core *core);
/* Queues, before the core goes, what makes it see that; done() behind the flush. */
void cpu_caches_queue(struct core *core);
void cpu_caches_done(struct core *core);

/* While memory changes under the core, caches are off: queues that, everything written back. */
void cpu_caches_queue_off(struct core *core);
/* Queues: as they were at the last stop, and empty. */
void cpu_caches_queue_back(struct core *core);

#endif
