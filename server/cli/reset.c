/* SPDX-License-Identifier: MIT */
/* probed reset */
#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"

/* A program that cannot begin is events. */
static void say_where(struct cli *cli)
{
    const struct target_stop *stop = session_stop(&cli->session);
    bool wrong = stop->misled || stop->reason == STOP_FAULT;

    display_say(&cli->display, "reset: halted at 0x%08" PRIx32 ", before the first instruction%s%s",
                stop->pc, wrong ? ": " : "", wrong ? stop->text : "");
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
    if (!err)
        err = halt ? session_reset(&cli->session, &cli->job, TARGET_RESET_HALT)
                   : cli_start_program(cli);
    if (!err && halt)
        say_where(cli);
    if (!err && cli->flags & CLI_JSON)
        json_text(&cli->json, "state", session_state_name(&cli->session));
    return err;
}
