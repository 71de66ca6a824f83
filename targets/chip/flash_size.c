/* SPDX-License-Identifier: MIT */
#include "chip/flash_size.h"

#include <inttypes.h>
#include <string.h>

#include "chip/chips.h"
#include "chip/data_flash.h"
#include "chip/secure_flash.h"
#include "probe/probe.h"

enum { SAMPLE_WORDS = 16, KIB = 1024 };

/* The last word is there, and what lies behind the end that the chip tells is no second view of the
 * beginning. */
static enum err look(struct ops *ops, const struct target_chip *chip, uint32_t start, uint32_t said)
{
    struct job *job = probe_job(ops->probe);
    uint8_t first[4 * SAMPLE_WORDS], behind[4 * SAMPLE_WORDS] = {0};
    uint32_t last;

    ops_read32(ops, start + said - 4, &last);
    ops_read(ops, start, 4, first, SAMPLE_WORDS);
    if (said > chip->flash_size)
        ops_read(ops, start + chip->flash_size, 4, behind, SAMPLE_WORDS);
    enum err err = ops_flush(ops);
    if (err == ERR_FAULT) {
        job_clear(job);
        return job_fail(job, ERR_ARGUMENT,
                        "the flash has no %u KiB: nothing answers at 0x%08" PRIx32, said / KIB,
                        start + said - 4);
    }
    bool blank = true;
    for (size_t i = 0; i < sizeof first && blank; i++)
        blank = first[i] == chip_family_of(chip->dev_id)->erased;
    if (err || said <= chip->flash_size || blank || memcmp(first, behind, sizeof first) != 0)
        return err;
    return job_fail(job, ERR_ARGUMENT,
                    "the flash has no %u KiB: at 0x%08" PRIx32 " it begins again", said / KIB,
                    start + chip->flash_size);
}

/* Whole sectors, and at least one. */
static bool is_whole(const struct detect_regions *regions, uint32_t said)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < regions->count; i++)
        if (regions->items[i].kind == REGION_FLASH && regions->items[i].sector_size)
            sum += regions->items[i].size / regions->items[i].sector_size *
                   regions->items[i].sector_size;
    return said && sum == said;
}

enum err flash_size_override(struct ops *ops, struct target_chip *chip, uint32_t said,
                             struct detect_regions *regions)
{
    const struct chip *row = chip_by_dev_id(chip->dev_id);
    const struct chip_family *family = chip_family_of(chip->dev_id);
    struct job *job = probe_job(ops->probe);
    uint32_t options = CHIP_BANKS_AS_DELIVERED;
    enum err err = ERR_OK;

    if (!row || !row->flash_max_kib)
        return job_fail(job, ERR_UNSUPPORTED, "the flash of this chip is not known");
    if (said % KIB || said > row->flash_max_kib * (uint32_t)KIB)
        return job_fail(job, ERR_ARGUMENT, "%u KiB: no %s has more than %u KiB of flash",
                        said / KIB, chip->name, row->flash_max_kib);
    if (!chip->readout_protected)
        err = look(ops, chip, family->flash_base, said);
    if (!err && chip->protection_known) {
        ops_read32(ops, family->rdp.address, &options);
        err = ops_flush(ops);
    }
    if (err)
        return err;
    if (chip->flash_kept && said != chip->flash_size)
        return job_fail(job, ERR_UNSUPPORTED,
                        "%s: its second core keeps the end of the flash for itself; another size "
                        "would move that",
                        chip->name);
    struct detect_regions told;
    bool two_banks = chip_two_banks_chosen(row, said, options);
    detect_map(row, said, two_banks, &told);
    if (!is_whole(&told, said))
        return job_fail(job, ERR_ARGUMENT, "%u KiB are no whole sectors of a %s", said / KIB,
                        chip->name);
    chip->flash_size = said;
    chip->banks_swapped = two_banks && chip_banks_swapped(row, options);
    chip->flash_size_guessed = false;
    *regions = told;
    err = data_flash_take_out(ops, chip, regions);
    return err ? err : secure_flash_take_out(ops, chip, options, regions);
}
