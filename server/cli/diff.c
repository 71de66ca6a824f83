/* SPDX-License-Identifier: MIT */
/* probed diff: which sectors are not what the files are. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/files.h"
#include "flash/content.h"

struct work {
    struct cli *cli;
    struct cli_files files;
    uint64_t bytes;            /* compared so far */
    uint32_t sectors, differs; /* that the files have something of; of these */
};

/* Of one sector. */
struct difference {
    uint32_t first, bytes;
    uint8_t file, chip; /* what is at the first */
};

static void compare(struct difference *difference, uint32_t address, const uint8_t *file,
                    const uint8_t *chip, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        if (file[i] == chip[i])
            continue;
        if (difference->bytes++ == 0) {
            difference->first = address + i;
            difference->file = file[i];
            difference->chip = chip[i];
        }
    }
}

/* What a segment has in [start, start + size). */
static enum err look(struct work *work, const struct image_segment *segment, uint32_t start,
                     uint32_t size, struct difference *difference)
{
    uint64_t from = segment->address > start ? segment->address : start;
    uint64_t end = (uint64_t)segment->address + segment->size;
    struct cli *cli = work->cli;

    end = end < (uint64_t)start + size ? end : (uint64_t)start + size;
    if (from >= end)
        return ERR_OK;
    uint32_t length = (uint32_t)(end - from);
    uint8_t *chip = malloc(length);
    if (!chip)
        return job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    enum err err = target_read(cli->session.target, (uint32_t)from, chip, length, NULL);
    if (!err)
        compare(difference, (uint32_t)from, segment->data + (from - segment->address), chip,
                length);
    free(chip);
    work->bytes += length;
    display_progress(&cli->display, "comparing", work->bytes, work->files.all.bytes);
    return err ? err : job_checkpoint(&cli->job);
}

static void tell(struct work *work, uint32_t start, uint32_t size,
                 const struct difference *difference)
{
    struct json *json = &work->cli->json;

    work->differs++;
    if (!(work->cli->flags & CLI_JSON)) {
        display_clear(&work->cli->display);
        printf("0x%08" PRIx32 "-0x%08" PRIx32 ": %" PRIu32
               " bytes differ, the first at 0x%08" PRIx32
               ": 0x%02x in the file, 0x%02x on the chip\n",
               start, start + (size - 1), difference->bytes, difference->first, difference->file,
               difference->chip);
        return;
    }
    json_open(json, NULL, '{');
    json_number(json, "start", start);
    json_number(json, "bytes", size);
    json_number(json, "differ", difference->bytes);
    json_number(json, "first", difference->first);
    json_close(json, '}');
}

static enum err compare_sector(struct work *work, uint32_t start, uint32_t size)
{
    struct difference difference = {0};
    uint64_t before = work->bytes;
    enum err err = ERR_OK;

    for (size_t i = 0; i < work->files.all.count && !err; i++)
        err = look(work, &work->files.all.segments[i], start, size, &difference);
    work->sectors += work->bytes > before;
    if (!err && difference.bytes)
        tell(work, start, size, &difference);
    return err;
}

static enum err compare_region(struct work *work, const struct target_region *region)
{
    uint32_t step = region->sector_size ? region->sector_size : region->size;
    enum err err = ERR_OK;

    for (uint32_t at = 0; at < region->size && !err; at += step)
        err = compare_sector(work, region->start + at, step);
    return err;
}

static enum err compare_all(struct work *work)
{
    struct flash_image_places places;
    struct target *target = work->cli->session.target;
    size_t count;
    const struct target_region *regions = target_regions(target, &count);
    enum err err = flash_image_places(target, &work->files.all, &places);

    if (!err && places.flash > 0 && target_chip(target)->readout_protected)
        err = job_fail(&work->cli->job, ERR_PROTECTED, "the flash is protected against reading");
    if (work->cli->flags & CLI_JSON)
        json_open(&work->cli->json, "sectors", '[');
    for (size_t i = 0; i < count && !err; i++)
        err = compare_region(work, &regions[i]);
    if (work->cli->flags & CLI_JSON)
        json_close(&work->cli->json, ']');
    return err;
}

enum err cli_diff(struct cli *cli)
{
    struct work work = {.cli = cli};
    enum err err = cli_files_load(cli, &work.files);

    if (!err)
        err = cli_connect(cli);
    if (!err)
        err = compare_all(&work);
    if (!err && cli->flags & CLI_JSON)
        cli_files_json(&work.files, &cli->json);
    cli_files_finish(&work.files);
    if (err)
        return err;
    cli->code = work.differs ? CLI_DIFFERS : CLI_OK;
    display_say(&cli->display, "diff: %" PRIu32 " of %" PRIu32 " sectors differ", work.differs,
                work.sectors);
    return cli_leave_running(cli);
}
