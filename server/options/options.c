/* SPDX-License-Identifier: MIT */
#include "options/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options/given.h"
#include "options/options_internal.h"
#include "options/other_tools.h"
#include "options/probe_choice.h"
#include "probe/probe.h"
#include "suggest.h"

/* The row of "--name", "--name=value" or "-c". */
static const struct option_row *find_row(const char *word)
{
    size_t length = strcspn(word, "=");

    for (size_t i = 0; i < option_row_count; i++) {
        bool name = strlen(option_rows[i].name) == length &&
                    strncmp(option_rows[i].name, word, length) == 0;
        bool letter = option_rows[i].letter && word[1] == option_rows[i].letter && word[2] == '\0';
        if (name || letter)
            return &option_rows[i];
    }
    return NULL;
}

static const char *suggest_option(const char *word)
{
    return suggest(word, option_rows, option_row_count, sizeof *option_rows);
}

static bool complain_of_option(struct reading *reading, const char *word)
{
    char name[64];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    const char *ours = other_tools_option(name), *meant = ours ? NULL : suggest_option(name);
    if (ours)
        snprintf(reading->why, reading->why_size, "unknown option '%s': here it is %s", name, ours);
    else if (meant)
        snprintf(reading->why, reading->why_size, "unknown option '%s'; did you mean %s?", name,
                 meant);
    else
        snprintf(reading->why, reading->why_size, "unknown option '%s'; see probed --help", name);
    return false;
}

/* A daemon takes no words: this one was meant for --sim, or a tool's name is missing. */
static bool complain_of_word(struct reading *reading, const char *word)
{
    if (!options_wrong_board(reading->options, word, reading->why, reading->why_size))
        snprintf(
            reading->why, reading->why_size, "unexpected word '%.60s'; see probed --help%s", word,
            options_is_file(word) ? ": probed flash writes a file, probed debug debugs it" : "");
    return false;
}

/* Whether the word behind is this option's value. */
static bool takes_next(const struct option_row *row, int argc, const char *const argv[], int at)
{
    if (at + 1 >= argc || row->value == VALUE_NONE)
        return false;
    return row->value == VALUE_NEEDED || probe_sim_named(argv[at + 1]);
}

/* Whether the word has its value behind '='. */
static const char *equals_in(const char *word)
{
    return word[1] == '-' ? strchr(word, '=') : NULL;
}

/* The value in the same word behind '=', or the next word; advances *at over it. */
static bool find_value(struct reading *reading, const struct option_row *row, int argc,
                       const char *const argv[], int *at)
{
    const char *equals = equals_in(argv[*at]);

    reading->name = row->name;
    reading->value = NULL;
    if (equals && row->value == VALUE_NONE) {
        snprintf(reading->why, reading->why_size, "%s takes no value", row->name);
        return false;
    }
    if (equals)
        reading->value = equals + 1;
    else if (takes_next(row, argc, argv, *at))
        reading->value = argv[++*at];
    else if (row->value == VALUE_BOARD)
        reading->options->behind_sim = *at + 1 < argc ? argv[*at + 1] : NULL;
    if (row->value == VALUE_NEEDED && !reading->value) {
        snprintf(reading->why, reading->why_size, "%s needs a value: %s %s", row->name, row->name,
                 row->value_name);
        return false;
    }
    return true;
}

void options_init(struct options *options)
{
    char why[160];

    *options = (struct options){.log_level = LOG_INFO, .connect = TARGET_CONNECT_LADDER};
    endpoint_parse("127.0.0.1:3333", &options->gdb, why, sizeof why);
    endpoint_parse("127.0.0.1:4444", &options->telnet, why, sizeof why);
    options->telnet_optional = true;
    options->tcl.is_off = true;
}

enum options_taken options_take(struct options *options, int argc, const char *const argv[],
                                int *at, char *why, size_t why_size)
{
    struct reading reading = {.options = options, .why = why, .why_size = why_size};
    const struct option_row *row = find_row(argv[*at]);

    if (!row || !row->tools)
        return OPTION_UNKNOWN;
    return find_value(&reading, row, argc, argv, at) && row->set(&reading) ? OPTION_TAKEN
                                                                           : OPTION_WRONG;
}

void options_skip(int argc, const char *const argv[], int *at)
{
    const struct option_row *row = find_row(argv[*at]);

    if (row && !equals_in(argv[*at]) && takes_next(row, argc, argv, *at))
        ++*at;
}

bool options_known(const char *word)
{
    return find_row(word) != NULL;
}

bool options_is_file(const char *word)
{
    return strchr(word, '/') || strchr(word, '.') || access(word, F_OK) == 0;
}

/* As --probe's words may. */
static bool has_name(const char *board, char *why, size_t why_size)
{
    bool has = strchr(board, '@');

    if (has)
        snprintf(why, why_size, "--sim gives no name; --probe sim:%.100s does", board);
    return has;
}

bool options_wrong_board(const struct options *options, const char *word, char *why,
                         size_t why_size)
{
    struct probe_info info;
    struct job job;

    job_init(&job, NULL);
    if (word != options->behind_sim || word[0] == '-' || options_is_file(word) ||
        probe_sim_info(word, &info, &job) == ERR_OK)
        return false;
    if (has_name(word, why, why_size))
        return true;
    snprintf(why, why_size, "--sim: %s", job_text(&job, job.err));
    return true;
}

bool options_settle(struct options *options, char *why, size_t why_size)
{
    const char *sim = getenv("PROBED_SIM");

    if (options->sim && options->probe_count > 0) {
        snprintf(why, why_size, "--sim and --probe exclude each other");
        return false;
    }
    options->sim_by_environment = !options->sim && options->probe_count == 0 && sim && *sim;
    if (options->sim_by_environment)
        options->sim = sim;
    return !options->sim || !has_name(options->sim, why, why_size);
}

bool options_one_probe(const struct options *options, char *why, size_t why_size)
{
    if (options->probe_count <= 1 &&
        (options->probe_count == 0 || !probe_choice_is_all(options->probes[0])))
        return true;
    snprintf(why, why_size, "--probe %s: this serves one board; several are served by probed alone",
             options->probe_count > 1 ? "twice" : "all");
    return false;
}

/* On each station, whichever of them it was said for. */
static bool is_off(const struct endpoint *endpoint, const struct option_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], "off") != 0)
            return false;
    return endpoint->is_off;
}

/* Nobody could reach it, and it has nothing to do. */
static bool is_idle(const struct options *options)
{
    return is_off(&options->gdb, &options->gdb_words) &&
           is_off(&options->telnet, &options->telnet_words) &&
           is_off(&options->tcl, &options->tcl_words) && options->command_count == 0 &&
           !options->help && !options->version;
}

bool options_parse(struct options *options, int argc, const char *const argv[], char *why,
                   size_t why_size)
{
    struct reading reading = {.options = options, .why = why, .why_size = why_size};

    options_init(options);
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-')
            return complain_of_word(&reading, argv[i]);
        const struct option_row *row = find_row(argv[i]);
        if (!row)
            return complain_of_option(&reading, argv[i]);
        if (!find_value(&reading, row, argc, argv, &i) || !row->set(&reading))
            return false;
    }
    if (!options->help && !options->version && !options_take_given(options, why, why_size))
        return false;
    if (is_idle(options)) {
        snprintf(why, why_size, "nothing to do: all ports are off, and there is no -c or -f");
        return false;
    }
    return options_settle(options, why, why_size);
}
