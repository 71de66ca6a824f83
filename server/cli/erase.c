/* SPDX-License-Identifier: MIT */
/* probed erase */
#include <inttypes.h>

#include "cli/cli.h"
#include "flash/flash.h"

/* Whole sectors, and what they amount to. */
struct extent {
    uint32_t start, end; /* the last byte */
    uint32_t sectors;
    uint64_t bytes;
};

static void add_region(struct extent *extent, const struct target_region *region, uint32_t first,
                       uint32_t last)
{
    uint32_t from = first > region->start ? first - region->start : 0;
    uint32_t until = last - region->start < region->size ? last - region->start : region->size - 1;
    uint32_t sectors = until / region->sector_size - from / region->sector_size + 1;

    if (extent->sectors == 0)
        extent->start = region->start + from / region->sector_size * region->sector_size;
    extent->end = region->start + (until / region->sector_size + 1) * region->sector_size - 1;
    extent->sectors += sectors;
    extent->bytes += (uint64_t)sectors * region->sector_size;
}

/* The sectors that hold [first, last]; data EEPROM has none, and goes byte by byte. */
static struct extent measure(struct target *target, uint32_t first, uint32_t last)
{
    const struct target_region *at = target_region_at(target, first);
    bool eeprom = at && at->kind == REGION_EEPROM;
    struct extent extent = {0};
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = 0; i < count; i++)
        if (regions[i].kind == (eeprom ? REGION_EEPROM : REGION_FLASH) && regions[i].sector_size &&
            first <= regions[i].start + (regions[i].size - 1) && last >= regions[i].start)
            add_region(&extent, &regions[i], first, last);
    return extent;
}

struct work {
    struct cli *cli;
    struct extent extent;
    uint64_t took_us;
};

static void show_progress(void *user, const struct flash_report *report)
{
    const struct work *work = user;

    if (report->bytes_erased > 0)
        display_progress(&work->cli->display, "erasing", report->bytes_erased, work->extent.bytes);
}

static void announce(const struct work *work, bool all)
{
    const struct extent *extent = &work->extent;
    const char *chip = target_chip(work->cli->session.target)->name;
    char size[DISPLAY_SIZE];

    if (extent->sectors == extent->bytes)
        display_say(&work->cli->display,
                    "erasing 0x%08" PRIx32 "-0x%08" PRIx32 ": %s of the data EEPROM of %s",
                    extent->start, extent->end, display_size(size, extent->bytes), chip);
    else
        display_say(&work->cli->display,
                    "erasing %s0x%08" PRIx32 "-0x%08" PRIx32 ": %s in %" PRIu32 " sector%s of %s",
                    all ? "all flash, " : "", extent->start, extent->end,
                    display_size(size, extent->bytes), extent->sectors,
                    extent->sectors == 1 ? "" : "s", chip);
}

static enum err erase_range(struct work *work, uint32_t address, uint32_t length)
{
    struct flash *flash;
    enum err err = flash_open(work->cli->session.target, &flash);

    if (err)
        return err;
    flash_on_progress(flash, show_progress, work);
    err = flash_erase(flash, address, length); /* checked, not begun */
    if (!err) {
        announce(work, false);
        err = flash_done(flash);
    }
    flash_close(flash);
    return err;
}

static void write_json(const struct work *work)
{
    struct json *json = &work->cli->json;

    json_number(json, "start", work->extent.start);
    json_number(json, "bytes", work->extent.bytes);
    json_number(json, "sectors", work->extent.sectors);
    json_number(json, "microseconds", work->took_us);
}

static uint64_t now_us(const struct cli *cli)
{
    return clock_now_us(probe_clock(cli->session.probe));
}

static enum err erase(struct cli *cli, uint32_t address, uint32_t length)
{
    struct target *target = cli->session.target;
    bool all = length == 0;
    uint32_t own = target_own_address(target, address);
    struct work work = {cli, measure(target, own, all ? UINT32_MAX : own + (length - 1)), 0};

    if (work.extent.sectors == 0 && !all)
        return job_fail(&cli->job, ERR_NOT_FLASH,
                        "there is no flash at 0x%08" PRIx32
                        " on this chip; probed info says where it is",
                        address);
    if (work.extent.sectors > 0 && all)
        announce(&work, true);
    uint64_t started = now_us(cli);
    enum err err = all ? flash_erase_now(target, 0, 0) : erase_range(&work, address, length);
    if (err)
        return err;
    uint64_t us = work.took_us = now_us(cli) - started;
    if (cli->flags & CLI_JSON)
        write_json(&work);
    display_say(&cli->display,
                "erase: done in %" PRIu64 ".%02" PRIu64 " s, checked; the core is halted",
                us / 1000000, us % 1000000 / 10000);
    return ERR_OK;
}

/* The end of read protection has erased all; sectors are released by a reset. */
static enum err unlock(struct cli *cli, bool *wiped)
{
    *wiped = target_chip(cli->session.target)->readout_protected;
    cli->flags |= CLI_RESET;
    return cli_unlock(cli);
}

enum err cli_erase(struct cli *cli)
{
    uint32_t address = 0, length = 0;
    bool wiped = false;
    enum err err = ERR_OK;

    if (cli->word_count == 1)
        return cli_misuse(cli,
                          "an address needs a length: probed erase %.60s 1k; without both, "
                          "all flash is erased",
                          cli->words[0]);
    if (cli->word_count == 2)
        err = cli_range(cli, 0, &address, &length);
    if (!err)
        err = cli_connect(cli);
    if (!err && cli->flags & CLI_UNLOCK)
        err = unlock(cli, &wiped);
    return err || wiped ? err : erase(cli, address, length);
}
