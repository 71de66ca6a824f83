/* SPDX-License-Identifier: MIT */
/* A chip as somebody else describes it (a CMSIS-Pack, a flash algorithm): memories, and what
 * programs its flash. What it says goes before our own tables; what it does not say stays. Pure. */
#ifndef PROBED_DESCRIPTION_H
#define PROBED_DESCRIPTION_H

#include "base/job.h"
#include "chip/detect.h"

enum { DESCRIPTION_REGIONS_MAX = 16 };

struct flash_driver;

struct chip_description {
    char name[64]; /* "STM32F103C8"; empty: it is only about flash */
    struct target_region regions[DESCRIPTION_REGIONS_MAX]; /* flash, RAM, ROM; apart */
    size_t count;
    const struct flash_driver *flash; /* for its REGION_FLASH; NULL: none of those */
};

/* One more. ERR_FILE, with a sentence, if it overlaps another, or there are too many. */
enum err description_add(struct job *job, struct chip_description *description,
                         const struct target_region *region);
/* The first of them that shares an address with `region`; NULL: none. */
const struct target_region *description_overlap(const struct chip_description *description,
                                                const struct target_region *region);
/* What detection found, changed by it: a chip that is not known has its name and nothing but its
 * memories, one that is known keeps its RAM. ERR_FILE: the map would have too many parts. */
enum err description_apply(struct job *job, const struct chip_description *description,
                           struct target_chip *chip, struct detect_regions *regions);

#endif
