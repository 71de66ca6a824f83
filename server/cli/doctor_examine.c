/* SPDX-License-Identifier: MIT */
/* One examination: what the call allows, what a person is asked and told meanwhile. */
#include "cli/doctor.h"

enum { NO_SUPPLY_MV = 1000 };

static void tell(void *user, const char *what)
{
    struct cli *cli = user;
    char text[DISPLAY_WIDTH];

    snprintf(text, sizeof text, "measuring %s", what);
    display_doing(&cli->display, text);
}

static bool may_reset(void *user, const struct measurements *so_far)
{
    struct cli *cli = user;

    if (so_far->reached)
        return cli_answer(cli, "reset the chip, to see whether NRST arrives? "
                               "Its program starts anew");
    if (so_far->vtref_count && so_far->vtref_mv[0] < NO_SUPPLY_MV)
        return false; /* first things first */
    return cli_answer(cli, "no answer so far: try with NRST held low? The program starts anew");
}

static bool is_said(const struct cli *cli)
{
    return cli->flags & (CLI_ALLOW_RESET | CLI_YES) ||
           cli->options.connect == TARGET_CONNECT_UNDER_RESET;
}

enum err doctor_examine(struct cli *cli, struct examination *examination, enum doctor_reset reset)
{
    const struct doctor_limits limits = {
        .allow_reset = reset != DOCTOR_NO_RESET && is_said(cli),
        .thorough = cli->flags & CLI_THOROUGH,
        .may_reset = reset == DOCTOR_RESET_IF_ASKED ? may_reset : NULL,
        .tell = tell,
        .user = cli,
    };
    enum err err = doctor_measure(cli->session.probe, &limits, &examination->measured);

    display_clear(&cli->display);
    if (!err)
        doctor_view_take(&examination->view, &examination->measured);
    return err;
}
