/* SPDX-License-Identifier: MIT */
/* The table of tools, and what is made from it: dispatch, the reading of a call, help. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli_signals.h"
#include "cli_table.h"
#include "nearest.h"

static const struct {
    const char *name; /* first member: nearest() searches the table */
    unsigned flag;
    const char *help;
} flags[] = {
    {"--json", CLI_JSON, "as JSON, for programs"},
    {"--erase", CLI_ERASE, "erase what else the flash holds, too"},
    {"--verify", CLI_VERIFY, "read everything back over the wire and compare"},
    {"--reset", CLI_RESET, "start the program when all is done"},
};

enum { FLAGS = sizeof flags / sizeof *flags };

/* --- help --- */

static const char *space_before(const char *words)
{
    return words[0] ? " " : "";
}

void cli_print_commands(FILE *out)
{
    fputs("\ncommands, instead of serving gdb (probed COMMAND --help teaches each):\n", out);
    options_print_pair(out, "debug FILE.elf [GDB OPTIONS]",
                       "gdb in this terminal, stopped at main");
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
    for (size_t i = 0; i < FLAGS; i++)
        if (command->flags & flags[i].flag)
            options_print_pair(out, flags[i].name, flags[i].help);
    options_print_tools(out);
}

/* --- reading a call --- */

enum err cli_misuse(struct cli *cli, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cli->misused = true;
    return job_fail(&cli->job, ERR_ARGUMENT, "%s", text);
}

static bool take_flag(struct cli *cli, const char *word)
{
    for (size_t i = 0; i < FLAGS; i++)
        if (cli->command->flags & flags[i].flag && strcmp(word, flags[i].name) == 0) {
            cli->flags |= flags[i].flag;
            return true;
        }
    return false;
}

/* Among the options of all tools and the flags of this one; another's flag is no typing error. */
static const char *nearest_option(const struct cli *cli, const char *word)
{
    const char *names[FLAGS + OPTIONS_TOOLS];
    size_t count = options_tool_names(names);

    for (size_t i = 0; i < FLAGS; i++) {
        if (cli->command->flags & flags[i].flag)
            names[count++] = flags[i].name;
        else if (strcmp(word, flags[i].name) == 0)
            return NULL;
    }
    return nearest(word, names, count, sizeof *names);
}

static enum err unknown_option(struct cli *cli, const char *word)
{
    const char *meant = nearest_option(cli, word);

    if (meant)
        return cli_misuse(cli, "unknown option '%.60s'; did you mean %s? See probed %s --help",
                          word, meant, cli->command->name);
    return cli_misuse(cli, "unknown option '%.60s'; see probed %s --help", word,
                      cli->command->name);
}

static enum err take_option(struct cli *cli, int argc, const char *const argv[], int *at)
{
    char why[240];

    if (take_flag(cli, argv[*at]))
        return ERR_OK;
    switch (options_take(&cli->options, argc, argv, at, why, sizeof why)) {
    case OPTION_TAKEN:
        return ERR_OK;
    case OPTION_WRONG:
        return cli_misuse(cli, "%s", why);
    case OPTION_UNKNOWN:
        break;
    }
    return unknown_option(cli, argv[*at]);
}

static enum err check_words(struct cli *cli)
{
    const struct cli_command *command = cli->command;

    if (cli->options.sim && cli->options.probe_count > 0)
        return cli_misuse(cli, "--sim and --probe exclude each other");
    if (cli->word_count >= command->min_words && cli->word_count <= command->max_words)
        return ERR_OK;
    return cli_misuse(cli, "usage: probed %s%s%s; probed %s --help says more", command->name,
                      space_before(command->usage), command->usage, command->name);
}

/* A lone "-" is a word: standard output, in place of a file. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

static enum err read_call(struct cli *cli, int argc, const char *const argv[])
{
    enum err err = ERR_OK;

    options_init(&cli->options);
    cli->options.connect = cli->command->connect;
    for (int i = 2; i < argc && !err && !cli->options.help; i++) {
        if (is_option(argv[i]))
            err = take_option(cli, argc, argv, &i);
        else if (cli->word_count <= CLI_WORDS)
            cli->words[cli->word_count++] = argv[i];
    }
    return err || cli->options.help ? err : check_words(cli);
}

bool cli_number(const char *word, uint32_t *value)
{
    bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
    uint64_t number = 0, unit = 1;
    size_t digits = strspn(word += hex ? 2 : 0, hex ? "0123456789abcdefABCDEF" : "0123456789");
    const char *behind = word + digits;

    if (digits == 0 || digits > 12)
        return false;
    number = strtoull(word, NULL, hex ? 16 : 10);
    if (*behind == 'k' || *behind == 'K')
        unit = 1024;
    else if (*behind == 'M')
        unit = 1024 * 1024;
    if (behind[unit > 1] != '\0' || number * unit > UINT32_MAX)
        return false;
    *value = (uint32_t)(number * unit);
    return true;
}

enum err cli_range(struct cli *cli, int first, uint32_t *address, uint32_t *length)
{
    const char *const *words = cli->words + first;

    if (!cli_number(words[0], address))
        return cli_misuse(cli, "'%.60s' is no address; one looks like 0x08000000", words[0]);
    if (!cli_number(words[1], length) || *length == 0)
        return cli_misuse(cli, "'%.60s' is no length; one looks like 1024, 0x400, 64k or 1M",
                          words[1]);
    if (*length - 1 > UINT32_MAX - *address)
        return cli_misuse(cli, "%s bytes at %s run past the last address, 0xffffffff", words[1],
                          words[0]);
    return ERR_OK;
}

/* --- one call --- */

#define LOST_HINT                                                                              \
    "look at the target's power and at the wires (GND, SWDIO, SWCLK; short ones are better), " \
    "then "                                                                                    \
    "the same command again: what is right already is not written twice"

/* What helps often enough to be said after an error of this kind. */
static const struct {
    enum err error;
    const char *hint;
    bool lost; /* only if the target answered before: connecting has advice of its own */
} hints[] = {
    {ERR_NO_TARGET, LOST_HINT, true},
    {ERR_POWER, LOST_HINT, true},
    {ERR_RESET_LOST, LOST_HINT, true},
    {ERR_WAIT, LOST_HINT, true},
    {ERR_PARITY, LOST_HINT, true},
    {ERR_NO_PROBE,
     "a cable that carries data (many only charge), another USB port; if lsusb "
     "shows the probe, install examples/udev/60-probed.rules; a virtual machine, "
     "WSL or container must be handed the device; --sim needs no probe",
     false},
    {ERR_CANCELLED, "the same command again: what is right already is not written twice", false},
    {ERR_PROBE_GONE, "plug the probe in again and repeat the command", false},
    {ERR_PROTECTED,
     "without gdb: probed -c 'stm32f1x unlock 0' -c shutdown, then switch the board's power off "
     "and on",
     false},
    {ERR_VERIFY,
     "the command again, with a lower --speed; if it stays, the flash is worn or "
     "written by somebody else",
     false},
};

static const char *hint_for(const struct cli *cli, enum err error)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].error == error && (cli->met || !hints[i].lost))
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
    if (!cli->options.wire_log)
        return ERR_OK;
    cli->wire = fopen(cli->options.wire_log, "we");
    return cli->wire ? ERR_OK
                     : job_fail(&cli->job, ERR_FILE, "--wire-log %s: %s", cli->options.wire_log,
                                strerror(errno));
}

static enum err run(struct cli *cli)
{
    struct cli_signals signals;

    cli->log.level = cli->options.log_level;
    if (!cli_signals_start(&signals, &cli->job))
        return job_fail(&cli->job, ERR_NO_MEMORY, "no thread to be had");
    enum err err = open_wire_log(cli);
    if (!err)
        err = cli->command->run(cli);
    cli_close(cli);
    cli_signals_stop(&signals);
    if (cli->wire)
        fclose(cli->wire);
    /* What was asked for must have arrived: a full disk, a closed pipe. */
    if (fflush(stdout) && !err)
        err = job_fail(&cli->job, ERR_FILE, "standard output: %s", strerror(errno));
    return err;
}

static int call(struct cli *cli, int argc, const char *const argv[])
{
    display_init(&cli->display, stderr);
    cli->log = (struct log){.level = LOG_INFO, .write = write_log, .user = &cli->display};
    job_init(&cli->job, &cli->log);
    enum err err = read_call(cli, argc, argv);

    if (!err && cli->options.help) {
        print_help(stdout, cli->command);
        return CLI_OK;
    }
    if (!err)
        err = run(cli);
    display_clear(&cli->display);
    if (!err)
        return CLI_OK;
    display_error(&cli->display, job_text(&cli->job, err),
                  cli->misused ? NULL : hint_for(cli, err));
    return cli->misused ? CLI_USAGE : CLI_FAILED;
}

static int no_such_command(const char *word)
{
    const char *meant = nearest(word, cli_commands, cli_command_count, sizeof *cli_commands);

    fprintf(stderr, "probed: error: unexpected word '%.60s'; %s%s%s\n", word,
            meant ? "did you mean probed " : "", meant ? meant : "see probed --help",
            meant ? "?" : "");
    return CLI_USAGE;
}

bool cli_is_called(int argc, const char *const argv[])
{
    return argc > 1 && argv[1][0] != '-';
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
