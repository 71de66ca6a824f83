/* SPDX-License-Identifier: MIT */
/* The table of tools, and what is made from it: dispatch, the reading of a call, help. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "cli/advice.h"
#include "cli/cli_table.h"
#include "cli/debug.h"
#include "cli/many.h"
#include "cli/result.h"
#include "cli/series.h"
#include "cli/signals.h"
#include "commands/monitor.h"
#include "options/other_tools.h"
#include "options/path_pattern.h"
#include "session/recording.h"
#include "suggest.h"

/* --- help --- */

static const char *space_before(const char *words)
{
    return words[0] ? " " : "";
}

void cli_print_commands(FILE *out)
{
    fputs("\ncommands, instead of serving gdb (probed COMMAND --help teaches each):\n", out);
    options_print_pair(out, "debug " DEBUG_USAGE, DEBUG_HELP);
    for (size_t i = 0; i < cli_command_count; i++) {
        char left[80];

        snprintf(left, sizeof left, "%s %s", cli_commands[i].name, cli_commands[i].usage);
        options_print_pair(out, left, cli_commands[i].help);
    }
}

static void print_help(FILE *out, const struct cli_command *command)
{
    fprintf(out, "probed %s%s%s: %s\n\n%s\noptions:\n", command->name, space_before(command->usage),
            command->usage, command->help, command->text);
    cli_print_flags(out, command->flags);
    options_print_tools(out);
}

/* --- one call --- */

#define LOST_HINT                                                                              \
    "look at the target's power and at the wires (GND, SWDIO, SWCLK; short ones are better), " \
    "then "                                                                                    \
    "the same command again: what is right already is not written twice"

/* What helps often enough to be said after an error of this kind. */
static const struct {
    enum err err;
    const char *hint;
    enum {
        ALWAYS,
        LOST,
        LOCKED,
        LATE
    } when; /* only if the target answered before: connecting has advice
             * of its own; only if its flash is read-protected; only if --timeout passed */
} hints[] = {
    {ERR_NO_TARGET, LOST_HINT, LOST},
    {ERR_POWER, LOST_HINT, LOST},
    {ERR_RESET_LOST, LOST_HINT, LOST},
    {ERR_WAIT, LOST_HINT, LOST},
    {ERR_PARITY, LOST_HINT, LOST},
    {ERR_NO_PROBE,
     "a cable that carries data (many only charge), another USB port; if lsusb "
     "shows the probe, install examples/udev/60-probed.rules; a virtual machine, "
     "WSL or container must be handed the device; --sim needs no probe",
     ALWAYS},
    {ERR_TIMEOUT, "a longer --timeout: what is right already is not written twice", LATE},
    {ERR_CANCELLED, "the same command again: what is right already is not written twice", ALWAYS},
    {ERR_PROBE_GONE, "plug the probe in again and repeat the command", ALWAYS},
    {ERR_PROTECTED,
     "`probed unlock`, which erases the flash; then perhaps switch the board's power off and on",
     LOCKED},
    {ERR_VERIFY,
     "the command again, with shorter wires and (if the probe has more than one) a lower --speed; "
     "if it stays, the flash is worn or written by somebody else",
     ALWAYS},
};

/* Nothing that is done to a probe or a board changes a record. */
static const char *hint_for_record(enum err err)
{
    return err == ERR_PROBE_GONE ? "the command and the options with which it was recorded" : NULL;
}

static bool is_due(const struct cli *cli, unsigned when)
{
    return when == ALWAYS || (when == LOST     ? cli->met
                              : when == LOCKED ? cli->locked
                                               : cli->expired);
}

static const char *hint_for(const struct cli *cli, enum err err)
{
    if (probe_is_recorded(&cli->session.info))
        return hint_for_record(err);
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].err == err && !cli->declined && is_due(cli, hints[i].when))
            return hints[i].hint;
    return NULL;
}

static void write_log(void *user, enum log_level level, const char *line)
{
    display_clear(user);
    log_write_stderr(NULL, level, line);
}

static enum err open_wire_log(struct cli *cli)
{
    const char *why;

    if (!cli->options.wire_log)
        return ERR_OK;
    cli->misused = path_pattern_names(cli->options.wire_log);
    if (cli->misused)
        return job_fail(&cli->job, ERR_ARGUMENT,
                        "--wire-log %.100s: " PATH_PATTERN_NAME " is for a daemon's boards; this "
                        "writes one file",
                        cli->options.wire_log);
    cli->wire = recording_open(&cli->options, cli->options.wire_log, &why);
    return cli->wire
               ? ERR_OK
               : job_fail(&cli->job, ERR_FILE, "--wire-log %s: %s", cli->options.wire_log, why);
}

/* Only what went wrong, or may have. */
static void be_quiet(struct cli *cli)
{
    cli->display.quiet = true;
    if (cli->log.level > LOG_WARN)
        cli->log.level = LOG_WARN;
}

/* A program's time is the board's (run.c). */
static enum err read_limit(struct cli *cli, uint64_t *us)
{
    *us = 0;
    return cli->command->flags & CLI_NOT_RUN ? ERR_OK
                                             : cli_seconds(cli, "--timeout", cli->timeout, us);
}

/* It was not a person that ended it. */
static enum err blame_limit(struct cli *cli, enum err err)
{
    char text[sizeof cli->job.text];

    if (err != ERR_CANCELLED || !cli->expired)
        return err;
    snprintf(text, sizeof text, "%s", job_text(&cli->job, err));
    job_clear(&cli->job);
    return job_fail(&cli->job, ERR_TIMEOUT, "not done within --timeout %.20s: %.700s", cli->timeout,
                    text);
}

static enum err run(struct cli *cli)
{
    struct cli_signals signals = {.job = &cli->job};
    enum err wrong = read_limit(cli, &signals.limit_us);

    if (wrong)
        return wrong;
    if (!cli_signals_start(&signals))
        return job_fail(&cli->job, ERR_NO_MEMORY, "no thread to be had");
    enum err err = open_wire_log(cli);
    if (!err)
        err = many_is_meant(cli)     ? many(cli)
              : series_is_meant(cli) ? series(cli)
                                     : cli->command->run(cli);
    cli_close(cli);
    cli->expired = cli_signals_stop(&signals);
    if (cli->wire)
        fclose(cli->wire);
    return blame_limit(cli, err);
}

static int answer(struct cli *cli)
{
    if (cli->options.help)
        print_help(stdout, cli->command);
    else
        puts("probed " PROBED_VERSION);
    return CLI_OK;
}

/* The sentence names commands that the user can type here. */
static void translate(struct cli *cli, enum err err)
{
    char text[sizeof cli->job.text];

    advice_for_shell(job_text(&cli->job, err), cli->argc, cli->argv, text, sizeof text);
    job_clear(&cli->job);
    job_fail(&cli->job, err, "%s", text);
}

/* The exit code. */
static int conclude(struct cli *cli, enum err err)
{
    const char *hint = err && !cli->misused ? hint_for(cli, err) : NULL;
    int code = err ? result_code(cli, err) : cli->code;
    char advice[600];

    display_clear(&cli->display);
    if (err && cli->misused)
        cli_add_board(cli);
    else if (err)
        translate(cli, err);
    if (hint)
        hint = advice_for_shell(hint, cli->argc, cli->argv, advice, sizeof advice);
    result_end(cli, err, code, hint);
    if (err)
        display_error(&cli->display, job_text(&cli->job, err), hint);
    return code;
}

static int call(struct cli *cli, int argc, const char *const argv[])
{
    display_init(&cli->display, stderr);
    cli->log = (struct log){.level = LOG_INFO, .write = write_log, .user = &cli->display};
    job_init(&cli->job, &cli->log);
    enum err err = cli_read_call(cli, argc, argv);

    if (!err && cli_only_asks(cli))
        return answer(cli);
    if (!result_begin(cli, argc, argv))
        return conclude(cli, job_fail(&cli->job, ERR_NO_MEMORY, "out of memory"));
    cli->log.level = cli->options.log_level;
    if (cli->flags & CLI_QUIET)
        be_quiet(cli);
    if (!err && cli->options.sim_by_environment)
        log_line(&cli->log, LOG_INFO, "PROBED_SIM is set: the simulated board is used, no probe");
    return conclude(cli, err ? err : run(cli));
}

/* --- no tool --- */

static bool is_monitor_command(const char *word)
{
    size_t length = strlen(word);

    for (size_t i = 0; i < monitor_command_count; i++) {
        const char *name = monitor_commands[i].name;

        if (strncmp(name, word, length) == 0 && (name[length] == '\0' || name[length] == ' '))
            return true;
    }
    return false;
}

static int no_such_command(const char *word)
{
    const char *ours = other_tools_command(word);
    const char *meant = suggest(word, cli_commands, cli_command_count, sizeof *cli_commands);
    char why[300];

    if (ours)
        snprintf(why, sizeof why, "there is no command '%.60s': %s", word, ours);
    else if (meant)
        snprintf(why, sizeof why, "unknown command '%.60s'; did you mean probed %s?", word, meant);
    else if (is_monitor_command(word))
        snprintf(why, sizeof why,
                 "'%.60s' is a monitor command: probed -c '%.60s ..' -c shutdown, or in telnet",
                 word, word);
    else
        snprintf(why, sizeof why, "unknown command '%.60s'; see probed --help%s", word,
                 options_is_file(word) ? ": probed flash writes a file, probed debug debugs it"
                                       : "");
    log_say(stderr, "probed", LOG_ERROR, why);
    return CLI_USAGE;
}

bool cli_is_tool(const char *word)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, word) == 0)
            return true;
    return false;
}

int cli_main(int argc, const char *const argv[])
{
    for (size_t i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].name, argv[1]) != 0)
            continue;
        struct cli *cli = calloc(1, sizeof *cli);

        if (!cli)
            return CLI_FAILED;
        cli->command = &cli_commands[i];
        int code = call(cli, argc, argv);
        free(cli);
        return code;
    }
    return no_such_command(argv[1]);
}
