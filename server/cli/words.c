/* SPDX-License-Identifier: MIT */
/* The reading of a call: options, flags and words in any order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/cli_table.h"
#include "options/other_tools.h"
#include "suggest.h"

enum { NO_VALUE = 0 };

static const struct flag {
    const char *name; /* first member: suggest() searches the table */
    unsigned flag;
    const char *help;
    const char *value; /* what it is called in the help; NULL: it has none */
    size_t at;         /* where in struct cli that goes */
} flags[] = {
    {"--json", CLI_JSON, "one JSON object on standard output, also on failure (docs/json.md)", NULL,
     NO_VALUE},
    {"--json-line", CLI_JSON | CLI_JSON_LINE, "the same, all of it in one line", NULL, NO_VALUE},
    {"--quiet", CLI_QUIET, "say nothing but warnings and errors; ask nobody", NULL, NO_VALUE},
    {"--erase", CLI_ERASE, "erase what else the flash holds, too", NULL, NO_VALUE},
    {"--verify", CLI_VERIFY, "read everything back over the wire and compare", NULL, NO_VALUE},
    {"--reset", CLI_RESET, "start the program when all is done", NULL, NO_VALUE},
    {"--yes", CLI_YES, "do not ask", NULL, NO_VALUE},
    {"--options", CLI_OPTIONS, "every option byte, and what it can be", NULL, NO_VALUE},
    {"--irreversible", CLI_IRREVERSIBLE, "what cannot be taken back is meant", NULL, NO_VALUE},
    {"--id", CLI_ID, "behind --irreversible, the chip's device id: it is that one which is meant",
     "DEV_ID", offsetof(struct cli, id)},
    {"--unlock", CLI_UNLOCK, "end read and write protection before, which erases all of it", NULL,
     NO_VALUE},
    {"--wait", CLI_WAIT, "until a probe is plugged in and a board answers", NULL, NO_VALUE},
    {"--count", CLI_COUNT, "so many boards, one after another on the same probe", "N",
     offsetof(struct cli, count)},
    {"--forever", CLI_FOREVER, "board after board, until Ctrl-C", NULL, NO_VALUE},
    {"--serial-from", CLI_SERIAL,
     "the next number of FILE, or the chip's unique id, into the image at ADDRESS",
     "FILE@ADDRESS|uid@ADDRESS", offsetof(struct cli, serial)},
    {"--allow-reset", CLI_ALLOW_RESET, "the chip may be reset: its program starts anew", NULL,
     NO_VALUE},
    {"--thorough", CLI_THOROUGH, "every clock with a thousand reads: tens of seconds", NULL,
     NO_VALUE},
    {"--watch", CLI_WATCH, "look again and again while you move the wires, until Ctrl-C", NULL,
     NO_VALUE},
    {"--report", CLI_REPORT, "to paste: no serial numbers, names or paths", NULL, NO_VALUE},
    {"--board", CLI_BOARD, "which header the picture shows", "NAME", offsetof(struct cli, board)},
    {"--timeout", CLI_TIMEOUT,
     "seconds that all of it may take, else exit code 124; of run: of the board's time", "S",
     offsetof(struct cli, timeout)},
    {"--until", CLI_UNTIL, "end well as soon as the program says this", "TEXT",
     offsetof(struct cli, until)},
    {"--uart", CLI_UART, "what it sends to this serial port, too: auto is the probe's own",
     "auto|DEVICE[@BAUD]", offsetof(struct cli, uart)},
    {"--junit", CLI_JUNIT, "the result as a JUnit file, too", "FILE", offsetof(struct cli, junit)},
    {"--time", CLI_TIME, "for so many seconds, 5 if left out", "S", offsetof(struct cli, time)},
    {"--by-swo", CLI_SWO, "what the chip sends by its SWO pin, PB3, where that is wired", NULL,
     NO_VALUE},
    {"--folded", CLI_FOLDED, "a line a stack, as flame graph programs read them", NULL, NO_VALUE},
    {"--svg", CLI_SVG, "the picture as a file, for a forum", "FILE", offsetof(struct cli, svg)},
};

enum { FLAGS = sizeof flags / sizeof *flags };

void cli_print_flags(FILE *out, unsigned taken)
{
    char left[40];

    for (size_t i = 0; i < FLAGS; i++) {
        const char *value = flags[i].value;

        snprintf(left, sizeof left, "%s%s%s", flags[i].name, value ? " " : "", value ? value : "");
        if (taken & flags[i].flag)
            options_print_pair(out, left, flags[i].help);
    }
}

bool cli_flag_told(size_t index, unsigned taken, struct option_told *told)
{
    for (size_t i = 0; i < FLAGS; i++) {
        if (!(taken & flags[i].flag) || index-- > 0)
            continue;
        *told = (struct option_told){
            .name = flags[i].name, .value = flags[i].value, .help = flags[i].help};
        return true;
    }
    return false;
}

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

/* "--name", or "--name=value" where there may be one. */
static const struct flag *find_flag(const char *word)
{
    for (size_t i = 0; i < FLAGS; i++) {
        size_t length = strlen(flags[i].name);

        if (strncmp(word, flags[i].name, length) == 0 &&
            (word[length] == '\0' || (word[length] == '=' && flags[i].value)))
            return &flags[i];
    }
    return NULL;
}

/* The value behind '=', or the next word, if that is no option; moves *at over it. */
static enum err take_value(struct cli *cli, const struct flag *flag, int argc,
                           const char *const argv[], int *at)
{
    const char *equals = strchr(argv[*at], '=');
    const char **place = (const char **)((char *)cli + flag->at);

    if (!equals && (*at + 1 >= argc || argv[*at + 1][0] == '-'))
        return cli_misuse(cli, "%s needs a value: %s %s", flag->name, flag->name, flag->value);
    if (*place)
        return cli_misuse(cli, "%s twice: one is enough", flag->name);
    *place = equals ? equals + 1 : argv[++*at];
    return **place ? ERR_OK : cli_misuse(cli, "%s: the value is empty", flag->name);
}

static bool is_flag_of_another(const char *word)
{
    return find_flag(word) != NULL;
}

/* Among the options of all tools and the flags of this one. */
static const char *suggest_option(const struct cli *cli, const char *word)
{
    const char *names[FLAGS + OPTIONS_TOOLS];
    size_t count = options_tool_names(names);

    for (size_t i = 0; i < FLAGS; i++)
        if (cli->command->flags & flags[i].flag)
            names[count++] = flags[i].name;
    return suggest(word, names, count, sizeof *names);
}

static enum err unknown_option(struct cli *cli, const char *word)
{
    const char *name = cli->command->name, *ours = other_tools_option(word);

    if (options_known(word))
        return cli_misuse(cli, "%.60s is for serving gdb, not for probed %s; see probed %s --help",
                          word, name, name);
    if (is_flag_of_another(word)) /* no slip */
        return cli_misuse(cli, "%.60s is not for probed %s; see probed %s --help", word, name,
                          name);
    if (ours)
        return cli_misuse(cli, "unknown option '%.60s': here it is %s", word, ours);
    const char *meant = suggest_option(cli, word);
    if (meant)
        return cli_misuse(cli, "unknown option '%.60s'; did you mean %s? See probed %s --help",
                          word, meant, name);
    return cli_misuse(cli, "unknown option '%.60s'; see probed %s --help", word, name);
}

static enum err take_option(struct cli *cli, int argc, const char *const argv[], int *at)
{
    char why[240];

    const struct flag *flag = find_flag(argv[*at]);

    if (flag && cli->command->flags & flag->flag) {
        cli->flags |= flag->flag;
        return flag->value ? take_value(cli, flag, argc, argv, at) : ERR_OK;
    }
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
    char why[240];

    if (!options_settle(&cli->options, why, sizeof why))
        return cli_misuse(cli, "%s", why);
    if (cli->word_count >= command->min_words && cli->word_count <= command->max_words)
        return ERR_OK;
    return cli_misuse(cli, "usage: probed %s%s%s; probed %s --help says more", command->name,
                      command->usage[0] ? " " : "", command->usage, command->name);
}

/* A lone "-" is a word: standard output or input, in place of a file; "-@0x08000000", too. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && word[1] != '@';
}

bool cli_only_asks(const struct cli *cli)
{
    return cli->options.help || cli->options.version;
}

/* All behind "--" is the program's; the first of it the program itself, if it was not named yet: so
 * others who put a program and its words behind a command of their own need not know ours. */
static void take_arguments(struct cli *cli, int count, const char *const words[])
{
    bool named = cli->word_count > 0 || count == 0;

    if (!named)
        cli->words[cli->word_count++] = words[0];
    cli->arguments = named ? words : words + 1;
    cli->argument_count = named ? count : count - 1;
}

enum err cli_read_call(struct cli *cli, int argc, const char *const argv[])
{
    enum err err = ERR_OK;

    cli->argc = argc;
    cli->argv = argv;
    options_init(&cli->options);
    cli->options.connect = cli->command->connect;
    for (int i = 2; i < argc && !err && !cli_only_asks(cli); i++) {
        if (cli->command->flags & CLI_ARGUMENTS && strcmp(argv[i], "--") == 0) {
            take_arguments(cli, argc - i - 1, argv + i + 1);
            break;
        }
        if (is_option(argv[i]))
            err = take_option(cli, argc, argv, &i);
        else if (cli->word_count <= CLI_WORDS)
            cli->words[cli->word_count++] = argv[i];
    }
    return err || cli_only_asks(cli) ? err : check_words(cli);
}

void cli_place_file(struct cli *cli, int place)
{
    int at = -1, files = 0;
    uint32_t number;

    for (int i = 0; i < cli->word_count; i++)
        if (!cli_number(cli->words[i], &number)) {
            at = i;
            files++;
        }
    if (files != 1 || place >= cli->word_count)
        return;
    const char *file = cli->words[at];
    for (; at > place; at--)
        cli->words[at] = cli->words[at - 1];
    for (; at < place; at++)
        cli->words[at] = cli->words[at + 1];
    cli->words[place] = file;
}

enum err cli_seconds(struct cli *cli, const char *option, const char *value, uint64_t *us)
{
    char *end = NULL;
    double seconds = value ? strtod(value, &end) : 0;

    *us = 0;
    if (!value)
        return ERR_OK;
    if (end == value || *end || !(seconds > 0) || seconds > 1e9)
        return cli_misuse(cli, "%s %.60s: seconds are meant, 10 or 0.5", option, value);
    *us = (uint64_t)(seconds * 1e6);
    return ERR_OK;
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

/* The word behind --sim became one of the tool's; if the call is wrong, it may have been meant. */
void cli_add_board(struct cli *cli)
{
    const char *word = cli->options.behind_sim;
    char text[sizeof cli->job.text], why[240];
    uint32_t number;

    if (!word || cli_number(word, &number) ||
        !options_wrong_board(&cli->options, word, why, sizeof why))
        return;
    snprintf(text, sizeof text, "%s", job_text(&cli->job, ERR_ARGUMENT));
    job_clear(&cli->job);
    job_fail(&cli->job, ERR_ARGUMENT, "%.200s (%s)", text, why);
}
