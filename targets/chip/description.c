/* SPDX-License-Identifier: MIT */
#include "chip/description.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chip/chips.h"

#define EXTERNAL 0x60000000u /* memory outside of the chip begins there (DDI 0403, B3.1) */

static uint64_t end_of(const struct target_region *region)
{
    return (uint64_t)region->start + region->size;
}

static bool overlap(const struct target_region *a, const struct target_region *b)
{
    return a->start < end_of(b) && b->start < end_of(a);
}

const struct target_region *description_overlap(const struct chip_description *description,
                                                const struct target_region *region)
{
    for (size_t i = 0; i < description->count; i++)
        if (overlap(region, &description->regions[i]))
            return &description->regions[i];
    return NULL;
}

/* Of peripherals, the chip's and the core's own (DDI 0403, B3.1). */
static bool is_no_memory(const struct target_region *region)
{
    static const struct target_region taken[] = {{.start = 0x40000000, .size = 0x20000000},
                                                 {.start = 0xE0000000, .size = 0x20000000}};

    return overlap(region, &taken[0]) || overlap(region, &taken[1]);
}

enum err description_add(struct job *job, struct chip_description *description,
                         const struct target_region *region)
{
    const struct target_region *other = description_overlap(description, region);

    if (other)
        return job_fail(job, ERR_FILE,
                        "two of the chip's memories overlap at 0x%08" PRIx32 ": %s and %s",
                        region->start, other->name, region->name);
    if (region->kind != REGION_ROM && is_no_memory(region))
        return job_fail(job, ERR_FILE,
                        "the chip's %s at 0x%08" PRIx32 " reaches into peripherals, where no "
                        "Cortex-M has memory",
                        region->name, region->start);
    if (end_of(region) > 1ull << 32)
        return job_fail(job, ERR_FILE,
                        "the chip's %s at 0x%08" PRIx32 " passes the end of the address space",
                        region->name, region->start);
    if (description->count == DESCRIPTION_REGIONS_MAX)
        return job_fail(job, ERR_FILE, "the chip has more than %d memories",
                        DESCRIPTION_REGIONS_MAX);
    description->regions[description->count++] = *region;
    return ERR_OK;
}

static enum err add(struct job *job, struct detect_regions *regions,
                    const struct target_region *region)
{
    if (detect_add_region(regions, region))
        return ERR_OK;
    return job_fail(job, ERR_FILE, "the chip's memory map has more than %d parts",
                    DETECT_REGIONS_MAX);
}

/* Of what was there before, what lies below and above is left. */
static enum err put(struct job *job, struct detect_regions *regions,
                    const struct target_region *region)
{
    const struct detect_regions before = *regions;
    enum err err = ERR_OK;

    regions->count = 0;
    for (size_t i = 0; i < before.count && !err; i++) {
        struct target_region below = before.items[i], above = before.items[i];

        if (!overlap(&below, region)) {
            err = add(job, regions, &below);
            continue;
        }
        below.size = region->start > below.start ? region->start - below.start : 0;
        above.size =
            end_of(&above) > end_of(region) ? (uint32_t)(end_of(&above) - end_of(region)) : 0;
        above.start = (uint32_t)end_of(region);
        err = add(job, regions, &below);
        if (!err)
            err = add(job, regions, &above);
    }
    return err ? err : add(job, regions, region);
}

static bool is_flash(const struct target_region *region)
{
    return region->kind == REGION_FLASH || region->kind == REGION_FLASH_ALIAS;
}

static bool describes(const struct chip_description *description,
                      const struct target_region *region)
{
    for (size_t i = 0; i < description->count; i++)
        if (description->regions[i].kind == REGION_FLASH &&
            overlap(region, &description->regions[i]))
            return true;
    return false;
}

/* Some of the chip's own flash is described: then all of it is, and what we know of the rest, or of
 * where it shows again, is not true. */
static void doubt_flash(const struct chip_description *description, struct detect_regions *regions)
{
    bool own = false;

    for (size_t i = 0; i < regions->count; i++)
        own |= regions->items[i].kind == REGION_FLASH && describes(description, &regions->items[i]);
    for (size_t i = 0; i < regions->count && own; i++)
        if (is_flash(&regions->items[i]))
            regions->items[i].kind = REGION_DEVICE;
}

/* Its own, not what lies outside of it. */
static uint32_t size_of_flash(const struct detect_regions *regions)
{
    uint32_t size = 0;

    for (size_t i = 0; i < regions->count; i++)
        if (regions->items[i].kind == REGION_FLASH && regions->items[i].start < EXTERNAL)
            size += regions->items[i].size;
    return size;
}

static bool has_ram(const struct chip_description *description)
{
    for (size_t i = 0; i < description->count; i++)
        if (description->regions[i].kind == REGION_RAM)
            return true;
    return false;
}

/* The architecture says where RAM would be; somebody knows where it is. */
static void doubt_ram(struct detect_regions *regions)
{
    for (size_t i = 0; i < regions->count; i++)
        if (regions->items[i].kind == REGION_RAM)
            regions->items[i].kind = REGION_DEVICE;
}

static void sum_up(const struct chip_description *description, struct target_chip *chip)
{
    chip->flash_size = chip->ram_size = 0;
    for (size_t i = 0; i < description->count; i++) {
        const struct target_region *region = &description->regions[i];

        if (region->kind == REGION_FLASH)
            chip->flash_size += region->size;
        if (region->kind == REGION_RAM)
            chip->ram_size += region->size;
    }
    if (description->name[0])
        snprintf(chip->name, sizeof chip->name, "%s", description->name);
    chip->warning[0] = '\0'; /* it was that the chip is not known */
}

enum err description_apply(struct job *job, const struct chip_description *description,
                           struct target_chip *chip, struct detect_regions *regions)
{
    bool known = chip_by_dev_id(chip->dev_id) && chip_family_of(chip->dev_id)->flash_base;
    enum err err = ERR_OK;

    if (!known && has_ram(description))
        doubt_ram(regions);
    if (known)
        doubt_flash(description, regions);
    for (size_t i = 0; i < description->count && !err; i++)
        if (!known || description->regions[i].kind == REGION_FLASH)
            err = put(job, regions, &description->regions[i]);
    if (!err && !known)
        sum_up(description, chip);
    if (!err && known)
        chip->flash_size = size_of_flash(regions);
    return err;
}
