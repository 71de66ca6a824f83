/* SPDX-License-Identifier: MIT */
/* Memory of any alignment and length, by the core's access port; short reads of a core that stands
 * come from lines that were read once (cache.h). Worker thread. */
#ifndef PROBED_MEMORY_H
#define PROBED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct core;

/* target_read() by this core. */
enum err memory_read(struct core *core, uint32_t address, void *data, size_t length, size_t *done);
/* Appends accesses of [address, address + length), the widest that alignment allows. */
void memory_queue_read(struct core *core, uint32_t address, void *data, size_t length);
/* Bytes that take well under 50 ms on the wire, by its clock alone. */
size_t memory_slice(struct core *core);
/* memory_queue_read() for writes to RAM, of data that stays until the flush. */
void memory_queue_write(struct core *core, uint32_t address, const void *data, size_t length);

/* --- memory_cached.c --- */

/* Before it is asked for: queues reads of what is not cached of it, if it may be, and if the queue
 * does not have more than `parts` to read so then. */
void memory_want(struct core *core, uint32_t address, size_t length, size_t parts);
/* The code that gdb looks at when the core stands at `pc`. */
void memory_want_code(struct core *core, uint32_t pc, size_t parts);
/* The code that what stands on the stack at `sp`, as far as that is cached, and `lr` return to. */
void memory_want_callers(struct core *core, uint32_t sp, uint32_t lr, size_t parts);
/* Reads what was wanted. That the bus refuses it is no news. */
enum err memory_read_wanted(struct core *core);
bool memory_is_cacheable(const struct core *core, uint32_t address);
/* Could be read without asking the target. */
bool memory_is_cached(struct core *core, uint32_t address, size_t length);
/* Reads it so; false: it cannot be. Anything may be queued. */
bool memory_peek(struct core *core, uint32_t address, void *data, size_t length);
/* *got is `length`, or 0: it has to be read another way. */
enum err memory_read_cached(struct core *core, uint32_t address, uint8_t *data, size_t length,
                            size_t *got);

#endif
