/* SPDX-License-Identifier: MIT */
/* probed read */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

enum { CHUNK = 8192 };

static uint64_t now_us(const struct cli *cli)
{
    return clock_now_us(probe_clock(cli->session.probe));
}

/* Protection and emptiness show as a refused access: the words for them are known here. */
static enum err explain(struct cli *cli, enum err err, uint32_t address)
{
    uint32_t failed;
    char text[sizeof cli->job.text];

    if (probe_failed_address(cli->session.probe, &failed))
        address = failed;
    const struct target_region *region = target_region_at(cli->session.target, address);
    bool nothing = target_lacks_memory(cli->session.target, address);
    bool protected =
        region && region->sector_size && target_chip(cli->session.target)->readout_protected;

    if (err != ERR_FAULT || !(nothing || protected))
        return err;
    snprintf(text, sizeof text, "%s", job_text(&cli->job, err));
    job_clear(&cli->job);
    if (nothing)
        return job_fail(&cli->job, err,
                        "%.150s: the chip is not known to have memory there; probed info shows "
                        "where it has some",
                        text);
    return job_fail(&cli->job, ERR_PROTECTED,
                    "%.150s: the flash is protected against reading; taking that off erases all "
                    "of it",
                    text);
}

static enum err read_all(struct cli *cli, uint32_t address, uint8_t *data, uint32_t length)
{
    enum err err = ERR_OK;

    for (uint32_t at = 0, part; at < length && !err; at += part) {
        part = length - at < CHUNK ? length - at : CHUNK;
        display_progress(&cli->display, "reading", at, length);
        err = target_read(cli->session.target, address + at, data + at, part, NULL);
        if (err)
            err = explain(cli, err, address + at);
        else
            err = job_checkpoint(&cli->job);
    }
    return err;
}

static enum err write_file(struct cli *cli, const char *path, const uint8_t *data, uint32_t length)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdout : fopen(path, "wbe");

    if (!file)
        return job_fail(&cli->job, ERR_FILE, "%s: %s", path, strerror(errno));
    bool written = fwrite(data, 1, length, file) == length && fflush(file) == 0;
    if (!written)
        job_fail(&cli->job, ERR_FILE, "%s: %s", standard ? "standard output" : path,
                 strerror(errno));
    if (!standard)
        fclose(file);
    return cli->job.err;
}

static void summarise(struct cli *cli, uint32_t length, uint64_t us, const char *path)
{
    char size[DISPLAY_SIZE], rate[DISPLAY_SIZE];

    display_say(&cli->display, "read: %s in %" PRIu64 ".%02" PRIu64 " s (%s/s) to %s",
                display_size(size, length), us / 1000000, us % 1000000 / 10000,
                display_size(rate, us ? length * 1000000ull / us : 0),
                strcmp(path, "-") == 0 ? "standard output" : path);
}

static void write_json(struct cli *cli, uint32_t address, uint32_t length, uint64_t us)
{
    json_text(&cli->json, "file", cli->words[2]);
    json_number(&cli->json, "start", address);
    json_number(&cli->json, "bytes", length);
    json_number(&cli->json, "microseconds", us);
}

enum err cli_read(struct cli *cli)
{
    uint32_t address, length;

    cli_place_file(cli, 2);
    if (cli->flags & CLI_JSON && strcmp(cli->words[2], "-") == 0)
        return cli_misuse(cli, "with --json standard output is the object's: name a file");
    enum err err = cli_range(cli, 0, &address, &length);
    if (!err)
        err = cli_connect(cli);
    if (err)
        return err;
    uint8_t *data = malloc(length);
    uint64_t started = now_us(cli);
    if (!data)
        return job_fail(&cli->job, ERR_NO_MEMORY, "no memory for %" PRIu32 " bytes", length);
    err = read_all(cli, address, data, length);
    uint64_t us = now_us(cli) - started;
    if (!err)
        err = write_file(cli, cli->words[2], data, length);
    free(data);
    if (err)
        return err;
    summarise(cli, length, us, cli->words[2]);
    if (cli->flags & CLI_JSON)
        write_json(cli, address, length, us);
    return cli_leave_running(cli);
}
