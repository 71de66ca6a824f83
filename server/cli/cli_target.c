/* SPDX-License-Identifier: MIT */
/* From the options of a call to a probe and its target. */
#include <string.h>
#include <unistd.h>

#include "cli/result.h"
#include "options/pack_words.h"
#include "session/discovery.h"

enum { AWAIT_US = 200000 };

static enum err find_probe(void *user, struct probe_info *info, struct job *job)
{
    struct cli *cli = user;
    const struct options *options = &cli->options;
    enum err err = discovery_find(options->probes, options->probe_count, info, job);

    cli->misused = err == ERR_ARGUMENT; /* which of them: only the user knows */
    return err;
}

/* There must be somebody who reads what to do. */
static enum target_connect ladder_of(const struct cli *cli)
{
    enum target_connect said = cli->options.connect;
    bool attended = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !(cli->flags & CLI_QUIET);

    return said == TARGET_CONNECT_LADDER && attended ? TARGET_CONNECT_ATTENDED : said;
}

static enum err init_session(struct cli *cli)
{
    const struct options *options = &cli->options;
    struct probe_info info = {0};
    struct session_options session_options = {
        .connect = ladder_of(cli),
        .speed_khz = options->speed_khz,
        .vtref_mv = options->vtref_mv,
        .flash_size = options->flash_size,
    };

    enum err err = pack_of_options(options, &cli->job, &cli->pack);
    if (err) {
        cli->misused = err == ERR_ARGUMENT;
        return err;
    }
    session_options.description = pack_description(cli->pack);
    if (options->sim && probe_sim_info(options->sim, &info, &cli->job) != ERR_OK) {
        cli->misused = true;
        return cli->job.err;
    }
    if (!options->sim) {
        session_options.find = find_probe;
        session_options.find_user = cli;
    }
    session_init(&cli->session, &cli->log, &session_options, &info, cli->wire);
    return ERR_OK;
}

enum err cli_open(struct cli *cli)
{
    enum err err = init_session(cli);

    if (err)
        return err;
    session_enter(&cli->session, &cli->job); /* all that follows is one job */
    err = session_open(&cli->session, &cli->job);
    cli->useless = err && err != ERR_FILE && err != ERR_CANCELLED;
    return err;
}

/* What to do now, in lines. */
static void tell(void *user, const char *text, size_t length)
{
    display_say(user, "%.*s", (int)strcspn(text, "\n"), text);
}

/* A jig: somebody is about to plug one in. */
static bool is_awaited(const struct cli *cli, enum err err)
{
    int kind = result_kind(cli, err);

    return cli->flags & CLI_WAIT && err && !job_cancelled(&cli->job) &&
           (kind == CLI_NO_PROBE || kind == CLI_NO_TARGET);
}

static enum err reach(struct cli *cli)
{
    enum err err = cli->session.probe ? ERR_OK : cli_open(cli);

    if (err)
        return err;
    cli->job.output = tell;
    cli->job.user = &cli->display;
    err = session_connect_anyhow(&cli->session, &cli->job);
    cli->job.output = NULL;
    cli->met = !err;
    if (!err)
        result_see(cli);
    cli->locked = !err && target_chip(cli->session.target)->readout_protected;
    return err;
}

enum err cli_reach(struct cli *cli)
{
    enum log_level level = cli->log.level;
    enum err err = reach(cli);

    if (is_awaited(cli, err))
        display_say(&cli->display, "waiting for a board: %s", job_text(&cli->job, err));
    while (is_awaited(cli, err)) {
        cli_close(cli);
        job_clear(&cli->job);
        cli->useless = false;
        clock_sleep_us(clock_real(), AWAIT_US);
        cli->log.level = LOG_ERROR; /* what a try says is said of each */
        err = reach(cli);
    }
    cli->log.level = level;
    if (err && cli->flags & CLI_WAIT && job_cancelled(&cli->job)) {
        job_clear(&cli->job);
        return job_fail(&cli->job, ERR_CANCELLED, "no board came");
    }
    return err;
}

enum err cli_connect(struct cli *cli)
{
    bool first = !cli->met;
    enum err err = cli_reach(cli);

    if (!err && first && target_chip(cli->session.target)->warning[0])
        log_line(&cli->log, LOG_WARN, "%s", target_chip(cli->session.target)->warning);
    return err;
}

void cli_close(struct cli *cli)
{
    if (cli->session.depth > 0)
        session_leave(&cli->session, NULL);
    session_finish(&cli->session);
    pack_close(cli->pack);
}

/* `err` is what came of letting the core go. */
static enum err forgive_silence(struct cli *cli, enum err err)
{
    if (err != ERR_NO_TARGET)
        return err;
    job_clear(&cli->job);
    if (cli->options.connect == TARGET_CONNECT_UNDER_RESET)
        display_say(&cli->display, "the program runs, and the chip no longer answers: it switches "
                                   "SWD off, or sleeps deeply; until another program is in the "
                                   "flash, only --connect under-reset gets in");
    else
        display_say(&cli->display, "the chip no longer answers: does its program switch SWD off, "
                                   "or sleep deeply? --connect under-reset gets in");
    return ERR_OK;
}

enum err cli_leave_running(struct cli *cli)
{
    struct target *target = cli->session.target;

    if (cli->options.connect == TARGET_CONNECT_ATTACH || target_state(target) != TARGET_HALTED ||
        target_last_stop(target)->reason != STOP_RESET)
        return ERR_OK;
    return forgive_silence(cli, session_resume(&cli->session, &cli->job));
}

/* The reset took place; whether a program runs is another question. */
static enum err say_start(struct cli *cli, const char *trouble)
{
    struct target *target = cli->session.target;

    if (target_locked_up(target))
        return job_fail(&cli->job, ERR_LOCKUP, "reset, but no program runs: %s", trouble);
    if (trouble[0])
        log_line(&cli->log, LOG_WARN, "%s", trouble);
    display_say(&cli->display, "reset: the core %s",
                target_state(target) == TARGET_HALTED     ? "is halted"
                : target_state(target) == TARGET_IN_RESET ? "is held in reset"
                                                          : "runs");
    return ERR_OK;
}

static bool caught_fault(const struct target *target)
{
    return target_state(target) == TARGET_HALTED && target_last_stop(target)->reason == STOP_FAULT;
}

enum err cli_start_program(struct cli *cli)
{
    char trouble[400] = "", after[400];
    enum err err = session_reset(&cli->session, &cli->job, TARGET_RESET_RUN);

    if (!err)
        err = session_look_at_start(&cli->session, &cli->job, trouble, sizeof trouble);
    if (err || !caught_fault(cli->session.target))
        return err ? forgive_silence(cli, err) : say_start(cli, trouble);
    /* As without a debugger, the fault goes to the program's own handler. */
    err = session_resume(&cli->session, &cli->job);
    if (!err)
        err = session_look_at_start(&cli->session, &cli->job, after, sizeof after);
    return err ? forgive_silence(cli, err) : say_start(cli, after[0] ? after : trouble);
}
