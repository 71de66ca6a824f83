/* SPDX-License-Identifier: MIT */
/* Pages whose checksums the target computes, in batches: one run of the routine serves up to
 * LOADER_CHECKSUM_PAGES of them. Worker thread. */
#ifndef PROBED_FLASH_BATCH_H
#define PROBED_FLASH_BATCH_H

#include "flash/flash_internal.h"

/* Zero but for `flash` and `take`, which gets each page's sum in the order they were added. */
struct batch {
    struct flash *flash;
    enum err (*take)(struct flash *flash, struct plan_sector *sector, uint32_t page, uint32_t sum);
    uint32_t address; /* of the first page */
    uint32_t count;
    struct {
        struct plan_sector *sector;
        uint32_t page;
    } pages[LOADER_CHECKSUM_PAGES];
};

/* What was added so far. */
enum err batch_run(struct batch *batch);
/* Pages follow each other; what does not begins a new batch. */
enum err batch_add_sector(struct batch *batch, struct plan_sector *sector);

#endif
