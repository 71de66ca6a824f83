/* SPDX-License-Identifier: MIT */
/* The RAM that a loader borrows, from the start of its area: what is about to be written to for the
 * first time is saved, and given back once nobody needs it any more. Both take time on the wire, so
 * they are done while the core or the flash is busy as far as that goes.
 *
 * For loader.c and the protocols. Worker thread. */
#ifndef PROBED_LOADER_RAM_H
#define PROBED_LOADER_RAM_H

#include "flash/loader.h"

enum { LOADER_ORDER = 4 }; /* in a trailer */

/* Slots of the ring are apart by this, .. */
uint32_t loader_stride(const struct loader *loader);
/* .. and end there in the area. */
uint32_t loader_slot_end(const struct loader *loader, unsigned slot);
/* Which one a block takes: they are counted from the first of the session, which is 1. */
unsigned loader_slot_of(const struct loader *loader, uint32_t block);
/* Addresses: of a slot's trailer, and of a block's order. */
uint32_t loader_trailer(const struct loader *loader, unsigned slot);
uint32_t loader_order_of(const struct loader *loader, uint32_t block);

/* Memory, and what the checksums need is saved. */
enum err loader_ram_begin(struct loader *loader);
/* Saves the area up to `end`, a multiple of 4. */
enum err loader_borrow(struct loader *loader, uint32_t end);
/* Queues the next `step` bytes at most of what programming will take, to be saved, or of what it
 * took, to be given back; with *borrowed in loader_ram_lend() it is. False: nothing is left. */
bool loader_ram_queue(struct loader *loader, uint32_t step, uint32_t *borrowed);
void loader_ram_lend(struct loader *loader, uint32_t borrowed);
/* Saves the slots that the next block and those before it take. */
enum err loader_make_room(struct loader *loader);
/* One that nobody needs any more while blocks are under way; block_count: there is none. */
unsigned loader_slot_to_return(const struct loader *loader);
/* Queues a slot of the ring as it was before; with its bit in `returned` it is. */
void loader_ram_queue_slot(struct loader *loader, unsigned slot);
/* Queues all that was not given back yet. */
void loader_ram_queue_back(struct loader *loader);

#endif
