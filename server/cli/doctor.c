/* SPDX-License-Identifier: MIT */
/* probed doctor */
#include "cli/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NO_SUPPLY_MV = 1000 };

/* --- the call --- */

static enum err check_call(struct cli *cli)
{
    unsigned output = cli->flags & (CLI_JSON | CLI_REPORT | CLI_WATCH);
    char why[200];

    if (output & (output - 1))
        return cli_misuse(cli, "of --json, --report and --watch one at a time");
    if (cli->board && !doctor_board_known(cli->board, why, sizeof why))
        return cli_misuse(cli, "--board: %s", why);
    return ERR_OK;
}

static bool may_ask(const struct cli *cli)
{
    return !(cli->flags & CLI_JSON) && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* The terminal knows no more than these do. */
static bool reads_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);

        if (value && value[0])
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

/* --- measuring --- */

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

enum err doctor_examine(struct cli *cli, struct examination *examination, bool ask)
{
    const struct doctor_limits limits = {
        .allow_reset = cli->flags & (CLI_ALLOW_RESET | CLI_YES) ||
                       cli->options.connect == TARGET_CONNECT_UNDER_RESET,
        .thorough = cli->flags & CLI_THOROUGH,
        .may_reset = ask ? may_reset : NULL,
        .tell = tell,
        .user = cli,
    };
    enum err err = doctor_measure(cli->session.probe, &limits, &examination->measured);

    display_clear(&cli->display);
    if (!err)
        doctor_view_take(&examination->view, &examination->measured);
    return err;
}

/* --- telling --- */

static void show(const struct cli *cli, const struct examination *examination)
{
    bool colour = log_coloured(stdout);

    doctor_view_print(&examination->view, colour, stdout);
    doctor_picture_print(cli, examination, colour, reads_utf8(), stdout);
    fflush(stdout);
}

static enum err say(struct cli *cli, const struct examination *examination)
{
    if (cli->flags & CLI_JSON)
        doctor_json(examination, stdout);
    else if (cli->flags & CLI_REPORT)
        doctor_report(cli, examination, stdout);
    else
        show(cli, examination);
    cli->told = cli->flags & CLI_JSON;
    return cli->svg ? doctor_picture_save(cli, examination) : ERR_OK;
}

enum err cli_doctor(struct cli *cli)
{
    struct examination examination = {0};
    enum err err = check_call(cli);
    bool well = false;

    if (!err)
        err = cli_open(cli);
    if (!err)
        err = doctor_examine(cli, &examination, may_ask(cli));
    if (!err) {
        well = doctor_view_healthy(&examination.view);
        err = say(cli, &examination);
    }
    if (!err && cli->flags & CLI_WATCH)
        err = doctor_watch(cli, &examination, stdout, &well);
    cli->unwell = !well;
    cli->declined = err == ERR_CANCELLED; /* nothing was begun that could be ended */
    return err;
}
