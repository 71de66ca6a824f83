/* SPDX-License-Identifier: MIT */
/* probed flash */
#include <inttypes.h>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/serial_number.h"
#include "flash/content.h"
#include "flash/one_time.h"

/* --- programming --- */

struct work {
    struct cli *cli;
    struct image *image;
    const struct cli_files *files; /* that it was put together of; NULL: one */
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

/* Each says for itself what it needs. */
static enum err check_chip(const struct work *work)
{
    struct target *target = work->cli->session.target;
    enum err err = ERR_OK;

    if (!work->files)
        return flash_image_made_for(target, work->image);
    for (size_t i = 0; i < work->files->count && !err; i++)
        err = flash_image_made_for(target, &work->files->items[i].image);
    return err;
}

static enum err find_places(struct work *work)
{
    struct target *target = work->cli->session.target;
    enum err err = check_chip(work);

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
    if (!(work->cli->flags & CLI_VERIFY))
        return ERR_OK;
    enum err err = cli_verify_image(work->cli, work->image);
    work->verified = !err;
    return err;
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

    cli_files_json(work->files, json);
    json_number(json, "bytes_erased", report->bytes_erased);
    json_number(json, "bytes_programmed", report->bytes_programmed);
    json_number(json, "microseconds", report->elapsed_us);
    json_bool(json, "changed", changed(work));
    json_bool(json, "verified", work->verified);
}

enum err cli_flash(struct cli *cli)
{
    struct cli_files files;
    struct work work = {.cli = cli, .image = &files.all, .files = &files, .all = true};
    enum err err = cli_files_load(cli, &files);

    if (!err && cli->serial)
        err = serial_number_check(cli, &files);
    if (!err)
        err = cli_connect(cli);
    if (!err && cli->serial)
        err = serial_number_put(cli, &files);
    if (!err)
        err = program(&work);
    if (!err)
        err = verify(&work);
    if (!err)
        err = leave(&work);
    if (cli->flags & CLI_JSON)
        write_json(&work);
    cli_files_finish(&files);
    return err;
}
