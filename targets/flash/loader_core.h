/* SPDX-License-Identifier: MIT */
/* The core in the hands of a loader routine; used by loader.c and its protocols only. The core runs
 * inside loader_core_flush() and, on demand, until the next one. */
#ifndef PROBED_LOADER_CORE_H
#define PROBED_LOADER_CORE_H

#include "core/core.h"
#include "flash/loader.h"

enum { LOADER_BUFFER_DATA = 8 }; /* a buffer is length, address, data */

/* The program's registers are read into the target's cache, what could stop or divert a routine is
 * switched off. */
enum err loader_core_take(struct loader *loader);
/* Undoes it. */
enum err loader_core_give_back(struct loader *loader);
enum err loader_core_halt(struct loader *loader);
/* Queues: pc, `count` arguments from r0 on, and off it goes. */
void loader_core_queue_start(struct loader *loader, uint32_t pc, const uint32_t *arguments,
                             unsigned count);
/* Queues: it goes on from where it was halted. */
void loader_core_queue_go(struct loader *loader);
/* Flushes, with the core halted at the end if `pause`, and after any error. When a wait in the
 * queue ran out of time, ERR_LOADER says what the core was doing; ERR_RESET_LOST if it was reset.
 */
enum err loader_core_flush(struct loader *loader, bool pause);

/* loader.c: saves the area up to `end`, a multiple of 4. The core may run a routine meanwhile that
 * stays below what is saved. */
enum err loader_borrow(struct loader *loader, uint32_t end);

#endif
