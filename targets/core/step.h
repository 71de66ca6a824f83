/* SPDX-License-Identifier: MIT */
/* Steps of the hardware, and the handlers, calls and cancels that come between. The core stands.
 * Worker thread. */
#ifndef PROBED_STEP_H
#define PROBED_STEP_H

#include "core/core.h"
#include "core/stop.h"

/* One step of the hardware: an instruction, or straight code up to a comparator. */
struct hw_step {
    uint32_t pc;   /* where the core stands; whatever is there is lifted */
    uint32_t to;   /* where a breakpoint of OWNER_INTERNAL ends it; NO_ADDRESS: one instruction */
    uint32_t next; /* `full`: where it probably ends, to read ahead there .. */
    uint32_t sp;   /* .. and at the stack; NO_ADDRESS: not known */
    bool masked;
    bool full;   /* all registers, else only those in the facts */
    bool stores; /* with `to`: something on the way may write to memory, other than to the stack */
};
/* The registers before need not be cached. */
enum err step_once(struct core *core, const struct hw_step *hw_step, struct stop_facts *facts);
/* Lets pending handlers run. *returned: the core is back where it was; else the stop is explained.
 */
enum err step_handlers(struct core *core, bool *returned, struct target_stop *stop);
/* Whether a handler would run before this step; asks the core if what is known is stale, and writes
 * what a run to a comparator needs in the same flush. `special`: the word with PRIMASK and
 * FAULTMASK. */
enum err step_pending(struct core *core, const struct hw_step *hw_step, uint32_t special,
                      bool *pending);
/* After an error in step_once(): a step that did not end is halted, as is one of a cancelled job;
 * `stop` then says where, with `plain` as reason. Other errors come back. */
enum err step_rescue(struct core *core, enum err err, enum err mark, struct target_stop *stop);
/* Once the stop of a step is explained: asks the filters. *served: the step may go on; `stop` is
 * what it is if it does not. */
enum err step_ended(struct core *core, bool *served, struct target_stop *stop);
/* A BKPT of the program at pc, not executed yet: `stop` is STOP_BKPT, else STOP_NONE. */
enum err step_find_bkpt(struct core *core, struct target_stop *stop);
/* It is passed by without executing it, or is a filter's. *passed: the step is done. */
enum err step_over_bkpt(struct core *core, bool *passed, struct target_stop *stop);
/* A step's job was cancelled before the core moved: it stands where it was, STOP_REQUEST. */
enum err step_stand(struct core *core, enum err mark, struct target_stop *stop);

#endif
