/* SPDX-License-Identifier: MIT */
/* probed reset */
#include <inttypes.h>
#include <string.h>

#include "cli.h"

/* What the stop says is news only where no program can be. */
static void say_where(struct cli *cli)
{
    const struct target_stop *stop = &cli->unit.stop;
    const struct target_region *region = target_region_at(cli->unit.target, stop->pc);
    bool nowhere = !region || region->kind == REGION_DEVICE;

    display_say(&cli->display, "reset: halted at 0x%08" PRIx32 ", before the first instruction%s%s",
                stop->pc, nowhere ? ": " : "", nowhere ? stop->text : "");
}

enum err cli_reset(struct cli *cli)
{
    bool halt = cli->word_count > 0;

    if (halt && strcmp(cli->words[0], "halt") != 0)
        return cli_misuse(cli,
                          "'%.60s': probed reset lets the program run, probed reset halt stops "
                          "before its first instruction",
                          cli->words[0]);
    enum err err = cli_connect(cli);
    if (!err && !halt)
        return cli_start_program(cli);
    if (!err)
        err = unit_reset(&cli->unit, &cli->job, TARGET_RESET_HALT);
    if (!err)
        say_where(cli);
    return err;
}
