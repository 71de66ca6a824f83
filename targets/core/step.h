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
/* Where the stepped code stands: the same pc with another stack or in a handler is a shared
 * function called by somebody else. */
struct step_place {
    uint32_t pc, sp, exception;
};
/* By the registers as last read. */
struct step_place step_place(const struct core *core);
/* One instruction, with all registers. */
struct hw_step step_single(const struct core *core, uint32_t pc, bool masked);
/* The registers before need not be cached. */
enum err step_once(struct core *core, const struct hw_step *hw_step, struct stop_facts *facts);
/* The same from `before`; on a core with core_profile.late_mask, handlers that are entered in spite
 * of the mask are run to their return and the instruction is stepped again. *stopped: one of them
 * stopped, or they come without end; `stop` says so. */
enum err step_past_handlers(struct core *core, struct hw_step *hw_step, struct step_place before,
                            struct stop_facts *facts, bool *stopped, struct target_stop *stop);
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
/* Explains a step's stop by its facts, and asks. */
enum err step_explained(struct core *core, const struct stop_facts *facts, bool *served,
                        struct target_stop *stop);
/* A BKPT of the program at pc, not executed yet: `stop` is STOP_BKPT, else STOP_NONE. */
enum err step_find_bkpt(struct core *core, struct target_stop *stop);
/* It is passed by without executing it, or is a filter's. *passed: the step is done. */
enum err step_over_bkpt(struct core *core, bool *passed, struct target_stop *stop);
/* A step's job was cancelled before the core moved: it stands where it was, STOP_REQUEST. */
enum err step_stand(struct core *core, enum err mark, struct target_stop *stop);

#endif
