/* SPDX-License-Identifier: MIT */
#include "cli/series.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/own_words.h"
#include "cli/result.h"

enum { LOOK_US = 50000 };

bool series_is_meant(const struct cli *cli)
{
    return cli->flags & (CLI_COUNT | CLI_FOREVER);
}

/* Its code; an end of ours is its end, too. */
static int await(struct cli *cli, pid_t process)
{
    bool ended = false;
    int status;

    while (waitpid(process, &status, WNOHANG) == 0) {
        if (!ended && job_cancelled(&cli->job))
            ended = kill(process, SIGINT) == 0;
        clock_sleep_us(clock_real(), LOOK_US);
    }
    return own_code(status);
}

static enum err do_one(struct cli *cli, int *code)
{
    static const char *const added[] = {"--wait", NULL};
    static const char *const dropped[] = {"--count=", "--forever", "--wait", "--timeout=", NULL};
    const char **words = own_words(cli, added, dropped);
    pid_t process = words ? fork() : -1;

    if (process == 0)
        own_become(words);
    free(words);
    if (process < 0)
        return job_fail(&cli->job, ERR_NO_MEMORY, "no process to be had: %s", strerror(errno));
    *code = await(cli, process);
    return ERR_OK;
}

/* The board is looked at until it does not answer any more. It is not disturbed. */
static enum err await_removal(struct cli *cli)
{
    enum err err = cli_open(cli);

    if (!err)
        err = session_connect(&cli->session, &cli->job);
    while (!err && !job_cancelled(&cli->job)) {
        clock_sleep_us(clock_real(), LOOK_US);
        err = session_measure(&cli->session, &cli->job);
    }
    cli_close(cli);
    cli->useless = false;
    if (job_cancelled(&cli->job))
        return ERR_CANCELLED;
    int kind = result_kind(cli, err);
    if (kind != CLI_NO_PROBE && kind != CLI_NO_TARGET)
        return err;
    job_clear(&cli->job);
    return ERR_OK;
}

static void tell(const struct cli *cli, uint32_t number, int code)
{
    if (cli->flags & CLI_JSON)
        return;
    if (code == CLI_OK)
        printf("board %u: done\n", (unsigned)number);
    else
        printf("board %u: exit code %d\n", (unsigned)number, code);
    fflush(stdout);
}

static enum err one_after_another(struct cli *cli, uint32_t count)
{
    enum err err = ERR_OK;
    int code = CLI_OK;

    cli->options.connect = TARGET_CONNECT_ATTACH; /* to look on */
    for (uint32_t number = 1; !err; number++) {
        err = do_one(cli, &code);
        if (err || job_cancelled(&cli->job))
            break;
        tell(cli, number, code);
        cli->code = code > cli->code ? code : cli->code;
        if (number == count || code == CLI_USAGE)
            break;
        display_say(&cli->display, "take this board away; the next one is waited for");
        err = await_removal(cli);
    }
    if (!job_cancelled(&cli->job))
        return err;
    job_clear(&cli->job); /* that is how --forever ends */
    return cli->flags & CLI_FOREVER ? ERR_OK : job_fail(&cli->job, ERR_CANCELLED, "interrupted");
}

enum err series(struct cli *cli)
{
    uint32_t count = 0;

    if (cli->flags & CLI_COUNT && cli->flags & CLI_FOREVER)
        return cli_misuse(cli, "of --count and --forever one");
    if (cli->flags & CLI_COUNT && (!cli_number(cli->count, &count) || count == 0))
        return cli_misuse(cli, "--count %.60s: a number of boards is meant", cli->count);
    result_drop(cli); /* each board has an object of its own */
    return one_after_another(cli, count);
}
