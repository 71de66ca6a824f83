/* SPDX-License-Identifier: MIT */
/* Taking over the debug units of a core that goes on with what it does, and giving them back.
 * Worker thread. */
#ifndef PROBED_ATTACH_H
#define PROBED_ATTACH_H

#include "target.h"

struct core;

/* Takes over the debug units without disturbing the core. `halted_by`: why it stands, if it does
 * and DFSR does not know better. */
enum err attach_core(struct core *core, enum stop_reason halted_by);
enum err detach_core(struct core *core);

#endif
