/* SPDX-License-Identifier: MIT */
/* Where code leads, as far as it can be told without running it. Worker thread. */
#ifndef PROBED_STEP_AHEAD_H
#define PROBED_STEP_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct core;

/* Where the code at pc leads for certain, faults apart. */
struct ahead {
    unsigned count; /* instructions to be executed until `to` is reached; 0: not known */
    uint32_t to;
    bool leaves; /* `to` is outside of the range */
    bool stores; /* as struct hw_step */
};
/* Inside [start, end), and one instruction out of it; `xpsr` as it is at pc. May read code. */
enum err step_ahead(struct core *core, uint32_t pc, uint32_t xpsr, uint32_t start, uint32_t end,
                    struct ahead *ahead);
/* May the instruction at pc write to memory, other than to the stack? What is not known without
 * asking the target may. */
bool step_may_store(struct core *core, uint32_t pc);

#endif
