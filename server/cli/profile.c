/* SPDX-License-Identifier: MIT */
/* probed profile */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/profile.h"
#include "cli/profile_report.h"
#include "trace/pc_sampler.h"

enum { CHUNK = 4096, USUAL_US = 5000000, LONGEST_S = 3600 };

static enum err read_time(struct profile *profile)
{
    const char *word = profile->cli->time;
    char *end = NULL;
    double seconds = word ? strtod(word, &end) : 0;

    profile->limit_us = USUAL_US;
    if (!word)
        return ERR_OK;
    if (end == word || *end || !(seconds > 0) || seconds > LONGEST_S)
        return cli_misuse(profile->cli, "--time %.60s: seconds up to %d are meant, 10 or 0.5", word,
                          LONGEST_S);
    profile->limit_us = (uint64_t)(seconds * 1e6);
    return ERR_OK;
}

/* --- the program --- */

static enum err compare(struct cli *cli, const struct image_segment *segment, bool *differs)
{
    uint8_t held[CHUNK];
    enum err err = ERR_OK;

    for (size_t at = 0, part; at < segment->size && !err && !*differs; at += part) {
        part = segment->size - at < CHUNK ? segment->size - at : CHUNK;
        err = target_read(cli->session.target, segment->address + (uint32_t)at, held, part, NULL);
        *differs = !err && memcmp(held, segment->data + at, part) != 0;
    }
    return err;
}

/* Otherwise the samples would be told as another program's. */
static enum err check_program(struct cli *cli, const struct image *image)
{
    bool differs = false;
    enum err err = ERR_OK;

    for (size_t i = 0; i < image->count && !err && !differs; i++)
        err = compare(cli, &image->segments[i], &differs);
    if (err)
        return err;
    if (differs)
        return job_fail(&cli->job, ERR_FILE,
                        "the chip holds another program than %.100s: with --reset it is loaded and "
                        "started first",
                        cli->words[0]);
    if (target_state(cli->session.target) != TARGET_RUNNING)
        return job_fail(&cli->job, ERR_FILE,
                        "the core stands: with --reset the program is started first");
    return ERR_OK;
}

static enum err start_program(struct cli *cli, struct image *image)
{
    bool changed;
    enum err err = cli_write_image(cli, image, false, &changed);

    return !err ? session_reset(&cli->session, &cli->job, TARGET_RESET_RUN) : err;
}

static enum err prepare(struct profile *profile)
{
    struct cli *cli = profile->cli;
    struct image image = {0};
    enum err err = image_load(&cli->job, cli->words[0], IMAGE_AUTO, 0, &image);

    if (!err && image.format != IMAGE_ELF)
        err = job_fail(&cli->job, ERR_FILE, "%.100s is no ELF file: only that names functions",
                       cli->words[0]);
    if (!err)
        err = debug_info_open(&cli->job, cli->words[0], &profile->info);
    if (!err)
        err = cli_connect(cli);
    if (!err)
        err = cli->flags & CLI_RESET ? start_program(cli, &image) : check_program(cli, &image);
    image_finish(&image);
    return err;
}

/* --- samples --- */

static uint64_t now_us(const struct profile *profile)
{
    return clock_now_us(probe_clock(profile->cli->session.probe));
}

/* Ctrl-C ends it early, with what there is. */
static enum err sample(struct profile *profile)
{
    struct cli *cli = profile->cli;
    struct pc_sampler sampler;
    uint64_t began = now_us(profile), passed = 0;
    enum err err = ERR_OK;

    pc_sampler_init(&sampler, clock_now_us(clock_real()));
    while (!err && passed < profile->limit_us && !job_cancelled(&cli->job)) {
        err = pc_sample(&sampler, cli->session.target, &profile->histogram);
        passed = now_us(profile) - began;
        display_doing(&cli->display, "sampling");
    }
    profile->took_us = passed;
    return err;
}

/* --- what came of it --- */

static enum err write_svg(struct profile *profile, const struct profile_report *report)
{
    struct cli *cli = profile->cli;
    char title[160];
    FILE *out = fopen(cli->svg, "we");

    if (!out)
        return job_fail(&cli->job, ERR_FILE, "%.100s cannot be written: %s", cli->svg,
                        strerror(errno));
    snprintf(title, sizeof title, "%.80s: %" PRIu64 " samples in %.1f s", cli->words[0],
             report->samples, profile->took_us / 1e6);
    profile_print_svg(report, title, out);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed)
        return job_fail(&cli->job, ERR_FILE, "%.100s cannot be written", cli->svg);
    return ERR_OK;
}

static void write_json(const struct profile *profile, const struct profile_report *report)
{
    struct json *json = &profile->cli->json;

    json_text(json, "file", profile->cli->words[0]);
    json_number(json, "microseconds", profile->took_us);
    json_number(json, "samples", report->samples);
    json_number(json, "asleep", report->asleep);
    json_number(json, "unknown", report->unknown);
    json_open(json, "places", '[');
    for (size_t i = 0; i < report->count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "function", report->rows[i].function);
        json_text(json, "place", report->rows[i].place);
        json_number(json, "samples", report->rows[i].count);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static enum err tell(struct profile *profile)
{
    struct cli *cli = profile->cli;
    struct profile_report report = {0};
    enum err err = ERR_OK;

    display_clear(&cli->display);
    display_say(&cli->display, "%" PRIu64 " samples in %.1f s, %s while the program ran",
                profile->histogram.samples, profile->took_us / 1e6,
                cli->flags & CLI_SWO ? "sent by SWO" : "read");
    if (!debug_info_has_lines(profile->info))
        display_say(&cli->display,
                    "the file has no lines (compile with -g): functions and addresses instead");
    if (!profile_report_make(&profile->histogram, profile->info, &report))
        err = job_fail(&cli->job, ERR_NO_MEMORY, "out of memory");
    if (!err && cli->flags & CLI_JSON)
        write_json(profile, &report);
    else if (!err && cli->flags & CLI_FOLDED)
        profile_print_folded(&report, stdout);
    else if (!err)
        profile_print_table(&report, stdout);
    if (!err && cli->svg)
        err = write_svg(profile, &report);
    profile_report_free(&report);
    return err;
}

enum err cli_profile(struct cli *cli)
{
    struct profile profile = {.cli = cli};
    enum err err = read_time(&profile);

    if (!err)
        err = prepare(&profile);
    if (!err)
        err = cli->flags & CLI_SWO ? profile_by_swo(&profile) : sample(&profile);
    if (err == ERR_CANCELLED && profile.histogram.samples > 0) { /* Ctrl-C: with what there is */
        job_clear(&cli->job);
        err = ERR_OK;
    }
    if (!err)
        err = tell(&profile);
    debug_info_close(profile.info);
    pc_histogram_free(&profile.histogram);
    return err;
}
