/* SPDX-License-Identifier: MIT */
/* The XML documents gdb asks for, made from the target's tables. Pure but for the tables handed
 * in; an overflow of `out` is the caller's to check. */
#ifndef PROBED_DESCRIBE_H
#define PROBED_DESCRIBE_H

#include "target.h"

/* Room enough for any of them: 64 registers at less than 128 bytes, or 64 regions. */
enum { DESCRIBE_SIZE = 16384 };

/* target.xml (gdb manual, "Target Descriptions"); registers of one feature stand together. */
void describe_target(struct buf *out, const struct target_register *registers, size_t count);

/* The memory map (gdb manual, "Memory Map Format"). gdb refuses what is not in it, so the gaps are
 * given as RAM: whether something answers there is the bus's to say, and that is an honest error.
 * Of regions that overlap the lower one keeps the bytes. */
void describe_memory(struct buf *out, const struct target_region *regions, size_t count);

/* The list of threads (gdb manual, "Thread List Format"); texts may hold anything. */
void describe_threads_begin(struct buf *out);
void describe_thread(struct buf *out, uint32_t id, const char *name, const char *state);
void describe_threads_end(struct buf *out);

#endif
