/* SPDX-License-Identifier: MIT */
/* Flash as banks and sectors. */
#include <stdio.h>
#include <string.h>

#include "chip/chips.h"
#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"

static const struct target_region *next_flash(const struct target *target, uint64_t from)
{
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == REGION_FLASH && regions[i].start >= from)
            return &regions[i];
    return NULL;
}

bool monitor_bank_get(const struct target *target, unsigned number, struct monitor_bank *bank)
{
    uint32_t second = chip_second_bank(target_chip(target)->dev_id);
    uint64_t end = 0;

    for (unsigned n = 0;; n++) {
        const struct target_region *region = next_flash(target, end);

        if (!region)
            return false;
        *bank = (struct monitor_bank){.number = n, .start = region->start};
        for (; region && (bank->size == 0 || (region->start == end && region->start != second));
             region = next_flash(target, end)) {
            bank->size += region->size;
            end = (uint64_t)region->start + region->size;
        }
        if (n == number)
            return true;
    }
}

enum err monitor_bank(struct monitor *monitor, const char *word, struct target **target,
                      struct monitor_bank *bank)
{
    uint32_t number = 0;
    char name[32];
    enum err err = monitor_target(monitor, target);

    if (err)
        return err;
    snprintf(name, sizeof name, "%s.flash", monitor_family(*target));
    if (strcmp(word, name) != 0 && !monitor_number(word, UINT32_MAX, &number))
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is no flash bank's number", word);
    if (monitor_bank_get(*target, number, bank))
        return ERR_OK;
    return job_fail(monitor->job, ERR_ARGUMENT, "flash bank %u is not there: flash banks lists all",
                    (unsigned)number);
}

/* --- sectors --- */

bool monitor_bank_sector(const struct target *target, const struct monitor_bank *bank,
                         uint32_t index, uint32_t *address, uint32_t *size)
{
    uint64_t at = bank->start, end = at + bank->size;

    while (at < end) {
        const struct target_region *region = target_region_at(target, (uint32_t)at);
        uint32_t here = region->size / region->sector_size;

        if (index < here) {
            *address = region->start + index * region->sector_size;
            *size = region->sector_size;
            return true;
        }
        index -= here;
        at = (uint64_t)region->start + region->size;
    }
    return false;
}

enum err monitor_bank_sectors(struct monitor *monitor, uint32_t count, const char *const words[2],
                              uint32_t *first, uint32_t *last)
{
    enum err err = monitor_value(monitor, words[0], "a sector's number", UINT32_MAX, first);

    *last = count - 1;
    if (!err && strcmp(words[1], "last") != 0)
        err = monitor_value(monitor, words[1], "a sector's number", UINT32_MAX, last);
    if (!err && (*first > *last || *last >= count))
        return job_fail(monitor->job, ERR_ARGUMENT, "sectors %u to %u: there are 0 to %u",
                        (unsigned)*first, (unsigned)*last, (unsigned)count - 1);
    return err;
}
