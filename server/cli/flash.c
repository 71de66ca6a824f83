/* SPDX-License-Identifier: MIT */
/* probed flash */
#include <inttypes.h>

#include "cli/cli.h"
#include "flash/content.h"
#include "flash/one_time.h"

/* --- the file --- */

static const char *const format_names[] = {
    [IMAGE_AUTO] = "",         [IMAGE_ELF] = "ELF",       [IMAGE_IHEX] = "Intel HEX",
    [IMAGE_SREC] = "S-record", [IMAGE_UF2] = "UF2",       [IMAGE_DFUSE] = "DfuSe",
    [IMAGE_DFU] = "DFU",       [IMAGE_BINARY] = "binary",
};

/* A binary does not say where it belongs; the other formats do. */
static enum err check_address(struct cli *cli, const struct image *image)
{
    bool given = cli->word_count > 1, binary = image->format == IMAGE_BINARY;

    if (given == binary)
        return ERR_OK;
    if (given)
        return cli_misuse(cli, "%.100s is %s and says itself where it belongs: probed flash %.100s",
                          cli->words[0], format_names[image->format], cli->words[0]);
    return cli_misuse(cli,
                      "%.100s is a plain binary, which does not say where it belongs; flash "
                      "begins at 0x08000000: probed flash %.100s 0x08000000",
                      cli->words[0], cli->words[0]);
}

static enum err move_to(struct cli *cli, uint32_t address, struct image *image)
{
    image_finish(image);
    return image_load(&cli->job, cli->words[0], IMAGE_AUTO, address, image);
}

static enum err load_file(struct cli *cli, struct image *image)
{
    uint32_t address = 0;

    *image = (struct image){0};
    if (cli->word_count > 1 && !cli_number(cli->words[1], &address))
        return cli_misuse(cli, "'%.60s' is no address; one looks like 0x08000000", cli->words[1]);
    enum err err = image_load(&cli->job, cli->words[0], IMAGE_AUTO, 0, image);
    if (!err)
        err = check_address(cli, image);
    if (!err && image->format == IMAGE_BINARY)
        err = move_to(cli, address, image);
    return err;
}

/* --- programming --- */

struct work {
    struct cli *cli;
    struct image *image;
    struct flash_image_places places;
    struct flash_report report;
    bool was_running, all, verified;
};

static void show_progress(void *user, const struct flash_report *report)
{
    const struct work *work = user;
    uint64_t same = report->bytes_same + report->bytes_blank;

    if (report->bytes_programmed > 0)
        display_progress(&work->cli->display, "programming", report->bytes_programmed + same,
                         work->places.flash);
    else if (report->bytes_erased > 0)
        display_progress(&work->cli->display, "erasing", report->bytes_erased, 0);
}

static void show_verify(void *user, size_t done)
{
    const struct work *work = user;

    display_progress(&work->cli->display, "verifying", done, work->image->bytes);
}

static bool changed(const struct work *work)
{
    return work->report.bytes_programmed > 0 || work->report.bytes_erased > 0 ||
           work->report.bytes_once > 0 || work->places.ram > 0;
}

static void summarise(const struct work *work)
{
    const struct flash_report *report = &work->report;
    struct display *display = &work->cli->display;
    char size[DISPLAY_SIZE], written[DISPLAY_SIZE], erased[DISPLAY_SIZE], rate[DISPLAY_SIZE];
    uint64_t us = report->elapsed_us;

    display_size(size, work->places.flash);
    if (work->places.ram > 0)
        display_say(display, "RAM: %s written%s", display_size(written, work->places.ram),
                    work->places.flash > 0
                        ? ""
                        : "; a reset starts what is in the flash: run a program in RAM from gdb");
    if (work->places.once > 0)
        display_say(display, "one-time memory: %s",
                    report->bytes_once ? "written, and read back" : "holds it already");
    if (work->places.flash == 0 && !(work->cli->flags & CLI_ERASE))
        return;
    if (report->bytes_programmed == 0 && report->bytes_erased == 0 && !work->all)
        return;
    if (report->bytes_programmed == 0 && report->bytes_erased == 0)
        display_say(display,
                    "flash: holds all of it already, nothing to do: %s compared in "
                    "%" PRIu64 ".%02" PRIu64 " s",
                    size, us / 1000000, us % 1000000 / 10000);
    else
        display_say(display,
                    "flash: %s in %" PRIu64 ".%02" PRIu64 " s (%s/s): %s erased, %s programmed, "
                    "checked",
                    size, us / 1000000, us % 1000000 / 10000,
                    display_size(rate, us ? work->places.flash * 1000000ull / us : 0),
                    display_size(erased, report->bytes_erased),
                    display_size(written, report->bytes_programmed));
}

/* What is written for ever is shown first. */
static enum err confirm_once(struct work *work)
{
    struct target *target = work->cli->session.target;
    char text[400] = "";
    enum err err =
        work->places.once ? flash_image_once(target, work->image, text, sizeof text) : ERR_OK;

    if (err || !text[0])
        return err;
    display_say(&work->cli->display, "%s", text);
    return cli_consent(work->cli, "write this?");
}

static enum err find_places(struct work *work)
{
    struct target *target = work->cli->session.target;
    enum err err = flash_image_made_for(target, work->image);

    if (!err && work->cli->flags & CLI_IRREVERSIBLE)
        err = one_time_allow(target, true);
    if (!err)
        err = flash_image_places(target, work->image, &work->places);
    return err ? err : confirm_once(work);
}

static enum err program(struct work *work)
{
    struct cli *cli = work->cli;
    struct target *target = cli->session.target;
    const struct flash_image_options options = {
        .erase_all = cli->flags & CLI_ERASE,
        .progress = show_progress,
        .user = work,
    };
    enum err err = find_places(work);

    work->was_running = target_state(target) == TARGET_RUNNING;
    if (!err)
        err = flash_image(target, work->image, &options, &work->report);
    if (!err)
        summarise(work);
    return err;
}

enum err cli_write_image(struct cli *cli, struct image *image, bool all, bool *changes)
{
    struct work work = {.cli = cli, .image = image, .all = all};
    enum err err = program(&work);

    *changes = changed(&work);
    return err;
}

static enum err verify(struct work *work)
{
    struct cli *cli = work->cli;

    if (!(cli->flags & CLI_VERIFY))
        return ERR_OK;
    enum err err = flash_image_verify(cli->session.target, work->image, show_verify, work);
    if (err)
        return err;
    work->verified = true;
    display_say(&cli->display, "verify: read back, identical");
    return ERR_OK;
}

/* What the core does from here on. */
static enum err leave(const struct work *work)
{
    struct cli *cli = work->cli;
    enum err err = ERR_OK;

    if (cli->flags & CLI_RESET)
        return cli_start_program(cli);
    if (!changed(work))
        err = work->was_running ? session_resume(&cli->session, &cli->job) : cli_leave_running(cli);
    if (!err && target_state(cli->session.target) == TARGET_HALTED)
        display_say(&cli->display, "the core is halted%s",
                    work->places.flash > 0 ? "; probed reset starts the program" : "");
    return err;
}

static void write_json(const struct work *work)
{
    const struct flash_report *report = &work->report;
    struct json *json = &work->cli->json;

    json_text(json, "file", work->cli->words[0]);
    json_number(json, "bytes", work->image->bytes);
    json_number(json, "bytes_erased", report->bytes_erased);
    json_number(json, "bytes_programmed", report->bytes_programmed);
    json_number(json, "microseconds", report->elapsed_us);
    json_bool(json, "changed", changed(work));
    json_bool(json, "verified", work->verified);
}

enum err cli_flash(struct cli *cli)
{
    struct image image;
    struct work work = {.cli = cli, .image = &image, .all = true};

    cli_place_file(cli, 0);
    enum err err = load_file(cli, &image);
    if (!err)
        err = cli_connect(cli);
    if (!err)
        err = program(&work);
    if (!err)
        err = verify(&work);
    if (!err)
        err = leave(&work);
    if (cli->flags & CLI_JSON)
        write_json(&work);
    image_finish(&image);
    return err;
}
