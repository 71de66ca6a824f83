/* SPDX-License-Identifier: MIT */
#include "image/fit.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_memory(const struct target_region *region)
{
    return region && (region->kind == REGION_FLASH || region->kind == REGION_FLASH_ALIAS ||
                      region->kind == REGION_EEPROM || region->kind == REGION_RAM);
}

static const char *name_of(const struct target_region *region)
{
    return region->kind == REGION_RAM      ? "RAM"
           : region->kind == REGION_EEPROM ? region->name
                                           : "flash";
}

/* Behind the last byte of the memory that `region` belongs to. */
static uint64_t end_of_memory(const struct target *target, const struct target_region *region)
{
    enum region_kind kind = region->kind;
    uint64_t end;

    do {
        end = (uint64_t)region->start + region->size;
        region = end <= UINT32_MAX ? target_region_at(target, (uint32_t)end) : NULL;
    } while (region && region->kind == kind);
    return end;
}

bool fit_fails(const struct target *target, uint32_t address, uint64_t size, char text[FIT_TEXT])
{
    const struct target_region *region = target_region_at(target, address);
    bool large = size >= 1024;

    text[0] = '\0';
    if (!is_memory(region) || address + size <= end_of_memory(target, region))
        return false;
    snprintf(text, FIT_TEXT,
             "%" PRIu64 "%s do not fit: ends at 0x%08" PRIx64 ", %s ends at 0x%08" PRIx64 "; ",
             large ? (size + 1023) / 1024 : size, large ? " KiB" : " bytes", address + size - 1,
             name_of(region), end_of_memory(target, region) - 1);
    return true;
}

enum err fit_check(struct target *target, uint32_t address, uint32_t size)
{
    char text[FIT_TEXT];

    if (!fit_fails(target, address, size, text))
        return ERR_OK;
    return job_fail(probe_job(target_probe(target)), ERR_NOT_FLASH,
                    "%sis it made for a larger chip than this one (%s)?", text,
                    target_chip(target)->name);
}

/* The chip's memories, each as a whole. */
static void name_places(const struct target *target, char *text, size_t size)
{
    size_t count, used = 0;
    const struct target_region *regions = target_regions(target, &count);
    uint64_t reached = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        if (!is_memory(&regions[i]) || regions[i].kind == REGION_FLASH_ALIAS ||
            regions[i].start < reached)
            continue;
        reached = end_of_memory(target, &regions[i]);
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s 0x%08" PRIx32 "-0x%08" PRIx64,
                             used ? ", " : "", name_of(&regions[i]), regions[i].start, reached - 1);
    }
}

bool fit_is_kept(const struct target *target, uint32_t address)
{
    size_t count, i = 0;
    const struct target_region *regions = target_regions(target, &count);
    const struct target_chip *chip = target_chip(target);

    while (i < count && regions[i].kind != REGION_FLASH)
        i++;
    if (i == count)
        return false;
    uint32_t first = regions[i].start + chip->flash_size - chip->flash_kept;
    return address >= first && address - first < chip->flash_kept;
}

bool fit_no_place(const struct target *target, uint32_t address, char text[FIT_PLACES_TEXT])
{
    const struct target_region *region = target_region_at(target, address);
    char places[FIT_PLACES_TEXT / 2];

    text[0] = '\0';
    if (is_memory(region))
        return false;
    name_places(target, places, sizeof places);
    snprintf(text, FIT_PLACES_TEXT, "0x%08" PRIx32 " is %s%s: %s", address,
             region                         ? region->name
             : fit_is_kept(target, address) ? "flash that another core keeps for itself"
                                            : "no memory of this chip",
             region ? ", not flash or RAM" : "", places);
    return true;
}
