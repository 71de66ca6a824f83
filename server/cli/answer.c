/* SPDX-License-Identifier: MIT */
/* A question at the terminal. */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

enum { LOOK_MS = 100 };

/* A line from the terminal; Ctrl-C ends the wait. */
static bool read_line(const struct cli *cli, char *line, size_t size)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

    while (!job_cancelled(&cli->job))
        if (poll(&in, 1, LOOK_MS) > 0)
            return fgets(line, (int)size, stdin) != NULL;
    return false;
}

bool cli_type(struct cli *cli, const char *question, char *line, size_t size)
{
    display_clear(&cli->display);
    fputs(question, stderr);
    fflush(stderr);
    if (!read_line(cli, line, size)) {
        fputc('\n', stderr); /* behind an end of file, or ^C */
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    return true;
}

bool cli_answer(struct cli *cli, const char *question)
{
    char answer[16] = "", asked[200];

    snprintf(asked, sizeof asked, "%s [y/N] ", question);
    if (!cli_type(cli, asked, answer, sizeof answer))
        return false;
    return answer[0] == 'y' || answer[0] == 'Y';
}

enum err cli_consent(struct cli *cli, const char *question)
{
    if (cli->flags & CLI_YES)
        return ERR_OK;
    if (!isatty(STDIN_FILENO) || cli->flags & CLI_QUIET)
        return cli_misuse(cli, "nobody is there to be asked: say --yes if that is meant; nothing "
                               "was changed");
    if (cli_answer(cli, question))
        return ERR_OK;
    cli->declined = !job_cancelled(&cli->job);
    return job_fail(&cli->job, ERR_CANCELLED, "nothing was changed");
}
