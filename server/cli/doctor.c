/* SPDX-License-Identifier: MIT */
/* probed doctor */
#include "cli/doctor.h"
#include "cli/result.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* --- telling --- */

static struct doctor_picture picture_of(const struct cli *cli,
                                        const struct examination *examination)
{
    return (struct doctor_picture){&examination->measured, &examination->view, cli->board};
}

static void show(const struct cli *cli, const struct examination *examination)
{
    const struct doctor_picture picture = picture_of(cli, examination);
    bool colour = log_coloured(stdout);

    doctor_view_print(&examination->view, colour, stdout);
    doctor_picture_print(&picture, colour, reads_utf8(), stdout);
    fflush(stdout);
}

static enum err save_picture(struct cli *cli, const struct examination *examination)
{
    const struct doctor_picture picture = picture_of(cli, examination);
    FILE *file = fopen(cli->svg, "we");

    if (file)
        doctor_picture_svg(&picture, file);
    bool written = file && fflush(file) == 0;
    if (!written)
        job_fail(&cli->job, ERR_FILE, "--svg %s: %s", cli->svg, strerror(errno));
    if (file)
        fclose(file);
    return cli->job.err;
}

static enum err say(struct cli *cli, const struct examination *examination, bool measured)
{
    if (cli->flags & CLI_JSON)
        doctor_json(examination, &cli->json);
    else if (cli->flags & CLI_REPORT)
        doctor_report(cli, examination, stdout);
    else
        show(cli, examination);
    if (cli->svg && !measured)
        return job_fail(&cli->job, ERR_FILE, "--svg %s: not drawn, since nothing was measured",
                        cli->svg);
    return cli->svg ? save_picture(cli, examination) : ERR_OK;
}

/* That there is no probe to measure with is what is wrong, too. */
static enum err say_opening(struct cli *cli, enum err err)
{
    struct examination examination;

    cli->declined = err == ERR_CANCELLED; /* nothing was begun that could be ended */
    if (!doctor_view_opening(cli, err, &examination))
        return err;
    result_problem(cli, err, NULL);
    cli->code = result_code(cli, err);
    job_clear(&cli->job);
    return say(cli, &examination, false);
}

enum err cli_doctor(struct cli *cli)
{
    struct examination examination = {0};
    enum err err = check_call(cli);
    bool well = false;

    cli->code = CLI_FAILED;
    if (!err)
        err = cli_open(cli);
    if (!err)
        err = doctor_examine(cli, &examination,
                             may_ask(cli) ? DOCTOR_RESET_IF_ASKED : DOCTOR_RESET_IF_SAID);
    if (err)
        return say_opening(cli, err);
    well = doctor_view_healthy(&examination.view);
    err = say(cli, &examination, true);
    if (!err && cli->flags & CLI_WATCH)
        err = doctor_watch(cli, &examination, stdout, &well);
    cli->code = well ? CLI_OK : CLI_FAILED;
    return err;
}
