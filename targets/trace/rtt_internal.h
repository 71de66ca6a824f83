/* SPDX-License-Identifier: MIT */
/* What the files of RTT share: rtt.c moves bytes, rtt_search.c finds the block. Worker thread. */
#ifndef PROBED_RTT_INTERNAL_H
#define PROBED_RTT_INTERNAL_H

#include "core/core.h"
#include "trace/rtt.h"

/* The target's RAM, for the rules of rtt_block.h. */
struct rtt_ram rtt_target_ram(const struct target *target);

/* Sends what is queued. *refused: an access was, which is no error here; that the target is gone,
 * or was reset, is. */
enum err rtt_flush(struct core *core, bool *refused);
/* Reads header and descriptors at an address; found, if they can be true. */
enum err rtt_try(struct rtt *rtt, struct core *core, uint32_t address);

#endif
