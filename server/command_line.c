/* SPDX-License-Identifier: MIT */
#include "command_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/manual.h"
#include "daemon_text.h"
#include "options/probe_choice.h"

static bool done(int *code, int value)
{
    *code = value;
    return false;
}

static bool wrong(int *code, int value, const char *name, const char *why)
{
    log_say(stderr, name, LOG_ERROR, why);
    return done(code, value);
}

/* --- the daemon --- */

static bool print_help(int *code)
{
    options_print_help(stdout);
    cli_print_commands(stdout);
    return done(code, DAEMON_OK);
}

static bool print_version(int *code)
{
    puts("probed " PROBED_VERSION);
    return done(code, DAEMON_OK);
}

/* A file of commands is read when its turn comes; that it is not there is said before the target is
 * touched. */
static bool files_are_there(const struct options *options, int *code)
{
    for (size_t i = 0; i < options->command_count; i++) {
        const char *path = options->commands[i];
        char why[300];
        struct stat status;
        int file = options->command_is_file[i] ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;

        if (!options->command_is_file[i])
            continue;
        snprintf(why, sizeof why, "-f %.200s: %s", path,
                 file < 0 ? strerror(errno) : "is not a file of commands");
        bool there = file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
        if (file >= 0)
            close(file);
        if (!there)
            return wrong(code, DAEMON_FAILED, "probed", why);
    }
    return true;
}

static void tell_of_environment(const struct options *options)
{
    if (options->sim_by_environment && options->log_level >= LOG_INFO)
        log_say(stderr, "probed", LOG_INFO,
                "PROBED_SIM is set: the simulated board is used, no probe");
}

static bool parse_daemon(struct command_line *line, int argc, const char *const argv[], int *code)
{
    char why[240];

    if (!options_parse(&line->options, argc, argv, why, sizeof why))
        return wrong(code, DAEMON_USAGE, "probed", why);
    if (line->options.help)
        return print_help(code);
    if (line->options.version)
        return print_version(code);
    tell_of_environment(&line->options);
    return files_are_there(&line->options, code);
}

/* --- other servers --- */

static bool parse_others(struct command_line *line, int argc, const char *const argv[], int *code)
{
    char why[320], name[64];

    switch (compat_parse(line->compat, argc, argv, &line->options, &line->pool, why, sizeof why)) {
    case COMPAT_SERVE:
        return true;
    case COMPAT_DONE:
        return done(code, DAEMON_OK);
    case COMPAT_WRONG:
        break;
    }
    compat_full_name(line->compat, name, sizeof name);
    return wrong(code, DAEMON_FAILED, name, why);
}

/* probed's own options in front of --as say what the other's command line has no word for; they
 * count more. */
static bool take_own(struct command_line *line, int argc, const char *const argv[], int *code)
{
    struct options *options = &line->options;
    size_t theirs = options->probe_count;
    char why[240];

    for (int i = 1; i < argc; i++) {
        switch (options_take(&line->options, argc, argv, &i, why, sizeof why)) {
        case OPTION_TAKEN:
            continue;
        case OPTION_WRONG:
            return wrong(code, DAEMON_USAGE, "probed", why);
        case OPTION_UNKNOWN:
            snprintf(why, sizeof why,
                     "%.60s in front of --as: only options of all tools may stand there", argv[i]);
            return wrong(code, DAEMON_USAGE, "probed", why);
        }
    }
    if (options->probe_count > theirs) {
        options->probe_count -= theirs;
        memmove(options->probes, options->probes + theirs,
                options->probe_count * sizeof *options->probes);
    }
    if (options->sim)
        options->probe_count = 0; /* the command line means the probe that it replaces */
    return options_one_probe(options, why, sizeof why) || wrong(code, DAEMON_USAGE, "probed", why);
}

/* --as NAME at argv[at]: what follows is NAME's command line. */
static bool parse_as(struct command_line *line, int argc, const char *const argv[], int at,
                     int *code)
{
    bool joined = argv[at][4] == '=';
    const char *name = joined ? argv[at] + 5 : at + 1 < argc ? argv[at + 1] : "";
    int first = joined ? at : at + 1;

    line->compat = compat_find(name);
    if (!line->compat) {
        char why[240];

        snprintf(why, sizeof why, "--as: there is no '%.60s'; it can stand in for %s", name,
                 compat_names());
        return wrong(code, DAEMON_USAGE, "probed", why);
    }
    return parse_others(line, argc - first, argv + first, code) && take_own(line, at, argv, code);
}

/* --- tools --- */

static bool is_as(const char *word)
{
    return strcmp(word, "--as") == 0 || strncmp(word, "--as=", 5) == 0;
}

/* The first word that is neither an option nor an option's value, or --as; argc: there is none. */
static int find_first_word(int argc, const char *const argv[])
{
    int at = 1;

    for (; at < argc && argv[at][0] == '-' && !is_as(argv[at]); at++)
        options_skip(argc, argv, &at);
    return at < argc ? at : argc;
}

/* The tool's name first, its options behind it, wherever they stood. */
static bool sort_words(struct command_line *line, int argc, const char *const argv[], int at)
{
    line->words = calloc((size_t)argc + 1, sizeof *line->words);
    if (!line->words)
        return false;
    line->words[0] = argv[0];
    line->words[1] = argv[at];
    for (int from = 1, to = 2; from < argc; from++)
        if (from != at)
            line->words[to++] = argv[from];
    return true;
}

/* `probed help info` is `probed info --help`. */
static bool parse_help(struct command_line *line, int argc, int *code)
{
    const char *const help[] = {line->words[0], line->words[2], "--help"};

    if (argc < 3 || line->words[2][0] == '-' || strcmp(help[1], "help") == 0 ||
        strcmp(help[1], "version") == 0)
        return print_help(code);
    if (strcmp(help[1], "debug") == 0)
        return debug_command_run(&line->debug, 3, help, &line->options, code);
    return done(code, cli_main(3, help));
}

/* An option that nobody knows in front of it: the word may be its value. */
static bool is_in_doubt(const char *const argv[], int at)
{
    bool known = true;

    for (int i = 1; i < at; i++)
        known &= argv[i][0] != '-' || options_known(argv[i]);
    return !known || strcmp(argv[at - 1], "--sim") == 0;
}

static bool parse_tool(struct command_line *line, int argc, const char *const argv[], int at,
                       int *code)
{
    const char *name = argv[at];

    if (!sort_words(line, argc, argv, at))
        return wrong(code, DAEMON_FAILED, "probed", "out of memory");
    if (strcmp(name, "help") == 0)
        return parse_help(line, argc, code);
    if (strcmp(name, "version") == 0)
        return print_version(code);
    if (strcmp(name, "debug") == 0)
        return line->debugs =
                   debug_command_run(&line->debug, argc, line->words, &line->options, code);
    if (!cli_is_tool(name) && is_in_doubt(argv, at))
        return parse_daemon(line, argc, argv, code); /* it complains of the first */
    return done(code, cli_main(argc, line->words));
}

/* Words of completion's and the man pages' own, before any of ours is looked for among them. */
static bool is_asked_by_scripts(int argc, const char *const argv[])
{
    if (argc > 2 && strcmp(argv[1], "complete") == 0)
        complete_print(stdout, argc - 2, argv + 2);
    else if (argc == 3 && strcmp(argv[1], "manual") == 0)
        return manual_print(stdout, argv[2]);
    else
        return false;
    return true;
}

bool command_line_parse(struct command_line *line, int argc, const char *const argv[], int *code)
{
    *line = (struct command_line){0};
    if (argc < 1)
        return done(code, DAEMON_USAGE);
    line->compat = compat_find(argv[0]);
    if (line->compat)
        return parse_others(line, argc, argv, code);
    if (is_asked_by_scripts(argc, argv))
        return done(code, DAEMON_OK);
    int at = find_first_word(argc, argv);
    if (at == argc)
        return parse_daemon(line, argc, argv, code);
    if (is_as(argv[at]))
        return parse_as(line, argc, argv, at, code);
    return parse_tool(line, argc, argv, at, code);
}

void command_line_ready(void *user, const char *name, const char *service,
                        const struct endpoint *endpoint)
{
    struct command_line *line = user;
    char text[ENDPOINT_PATH + PROBE_SELECTOR + 64];

    if (line->compat) {
        compat_ready(line->compat, service, endpoint);
        return;
    }
    if (line->debugs) {
        debug_command_ready(&line->debug);
        return;
    }
    daemon_ready_line(name, service, endpoint, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    fflush(stderr);
}

int command_line_end(const struct command_line *line, int code)
{
    if (code != DAEMON_NO_TARGET)
        return code;
    if (line->compat)
        compat_failed(line->compat);
    return DAEMON_FAILED;
}

void command_line_finish(struct command_line *line)
{
    if (line->debugs)
        debug_command_finish(&line->debug);
    string_pool_finish(&line->pool);
    free(line->words);
}
