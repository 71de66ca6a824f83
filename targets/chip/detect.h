/* SPDX-License-Identifier: MIT */
/* What is this? From id registers to core, chip, memories and warnings. Reads only, and only what
 * may be read while the core runs. */
#ifndef PROBED_DETECT_H
#define PROBED_DETECT_H

#include "probe/ops.h"
#include "target.h"

enum { DETECT_REGIONS_MAX = 24 };

/* Sorted by address, not overlapping. Names are static. */
struct detect_regions {
    struct target_region items[DETECT_REGIONS_MAX];
    size_t count;
};

struct chip;

/* The memory map, of flash in two banks by choice or as delivered; `chip` NULL or one without flash
 * of its own: what the architecture says. Pure. */
void detect_map(const struct chip *chip, uint32_t flash_size, bool two_banks,
                struct detect_regions *regions);

/* Keeps the list sorted. A region of no size is left out. False: there is no room. */
bool detect_add_region(struct detect_regions *regions, const struct target_region *region);

/* The one that `address` lies in; NULL: none. */
const struct target_region *detect_region_at(const struct detect_regions *regions,
                                             uint32_t address);

/* The probe is connected, `ops` is an empty queue by way of the core's access port; `dpidr` is what
 * connecting found. Fills *chip, and *core but for its comparators, which the caller sizes.
 * An unknown chip is no error: *chip then has dev_id and idcode, no flash, regions of the
 * architecture, and a warning. Three flushes, of some families four, and two more if registers
 * cannot be read. Errors are those of the wire, or ERR_NO_TARGET if CPUID makes no sense. */
enum err detect_chip(struct ops *ops, uint32_t dpidr, struct target_chip *chip,
                     struct target_core *core, struct detect_regions *regions);

/* The register that tells of read protection, of a chip found by detect_chip(); 0: not known. */
uint32_t detect_protection_register(const struct target_chip *chip);
bool detect_is_protected(const struct target_chip *chip, uint32_t word);

/* One of Arm's Cortex-M, by CPUID: whichever it is. */
bool detect_is_arm_core(uint32_t cpuid);
/* "Cortex-M3"; "unknown core" if it is none of Arm's. Never NULL. */
const char *detect_core_name(uint32_t cpuid);

#endif
