/* SPDX-License-Identifier: MIT */
/* probed verify */
#include "cli/cli.h"
#include "cli/files.h"
#include "flash/content.h"

struct work {
    struct cli *cli;
    const struct image *image;
};

static void show_progress(void *user, size_t done)
{
    const struct work *work = user;

    display_progress(&work->cli->display, "verifying", done, work->image->bytes);
}

enum err cli_verify_image(struct cli *cli, const struct image *image)
{
    struct work work = {cli, image};
    enum err err = flash_image_verify(cli->session.target, image, show_progress, &work);

    if (!err)
        display_say(&cli->display, "verify: read back, identical");
    return err;
}

/* Where there is no such memory is no difference. */
static enum err verify(struct cli *cli, const struct cli_files *files)
{
    struct flash_image_places places;
    enum err err = flash_image_places(cli->session.target, &files->all, &places);

    if (!err && places.flash > 0 && target_chip(cli->session.target)->readout_protected)
        err = job_fail(&cli->job, ERR_PROTECTED, "the flash is protected against reading");
    return err ? err : cli_verify_image(cli, &files->all);
}

enum err cli_verify(struct cli *cli)
{
    struct cli_files files;
    enum err err = cli_files_load(cli, &files);

    if (!err)
        err = cli_connect(cli);
    if (!err)
        err = verify(cli, &files);
    if (!err && cli->flags & CLI_JSON)
        cli_files_json(&files, &cli->json);
    cli_files_finish(&files);
    return err ? err : cli_leave_running(cli);
}
