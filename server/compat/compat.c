/* SPDX-License-Identifier: MIT */
#include "compat/compat_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PERSONALITIES = 4 };

static const struct personality *const personalities[PERSONALITIES] = {
    &personality_openocd,
    &personality_pyocd,
    &personality_st_util,
    &personality_stlink_gdbserver,
};

const struct personality *personality_find(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    for (size_t i = 0; i < PERSONALITIES; i++) {
        if (strcmp(personalities[i]->name, name) == 0)
            return personalities[i];
    }
    return NULL;
}

const char *personality_names(void)
{
    return "openocd, pyocd, st-util, ST-LINK_gdbserver";
}

void personality_full_name(const struct personality *personality, char *name, size_t size)
{
    snprintf(name, size, "probed as %s", personality->name);
}

/* --- messages --- */

void personality_warn(const struct personality_reading *reading, const char *format, ...)
{
    char text[240], name[64];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    personality_full_name(reading->personality, name, sizeof name);
    log_say(stderr, name, LOG_WARN, text);
}

bool personality_wrong(struct personality_reading *reading, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reading->why, reading->why_size, format, args);
    va_end(args);
    return false;
}

/* Where clients look for it, unless standard output is gdb's. */
static FILE *stream_of(const struct personality_line *line, const struct endpoint *endpoint)
{
    return line->on_stdout && !endpoint->is_pipe ? stdout : stderr;
}

void personality_ready(const struct personality *personality, const char *service,
                       const struct endpoint *endpoint)
{
    for (size_t i = 0; i < personality->line_count; i++) {
        const struct personality_line *line = &personality->lines[i];
        FILE *out = stream_of(line, endpoint);

        if (strcmp(line->service, service) != 0)
            continue;
        if (line->after)
            fprintf(out, "%s%u%s\n", line->before, endpoint->port, line->after);
        else
            fprintf(out, "%s\n", line->before);
        fflush(out);
    }
}

void personality_failed(const struct personality *personality)
{
    if (!personality->failed)
        return;
    puts(personality->failed);
    fflush(stdout);
}

static void print_version(const struct personality *personality)
{
    if (personality->version)
        fprintf(stderr, "%s\n", personality->version);
    fprintf(personality->version ? stderr : stdout, "probed " PROBED_VERSION " as %s\n",
            personality->name);
}

static void print_help(const struct personality *personality)
{
    printf("probed " PROBED_VERSION " as %s: the options that are understood\n\n",
           personality->name);
    for (size_t i = 0; i < personality->option_count; i++) {
        const struct personality_option *row = &personality->options[i];
        char left[80];

        snprintf(left, sizeof left, "%s%s", row->names,
                 row->value == PERSONALITY_VALUE      ? " VALUE"
                 : row->value == PERSONALITY_OPTIONAL ? "[VALUE]"
                                                      : "");
        if (row->set != personality_refuse)
            options_print_pair(stdout, left, row->text);
    }
    puts("\nprobed --sim --as NAME, or PROBED_SIM=bluepill in the environment, takes a\n"
         "simulated board instead of a probe.");
}

/* --- finding an option's row --- */

/* Is `name` (of `length`) one of the spellings in names? */
static bool is_named(const char *names, const char *name, size_t length)
{
    while (*names) {
        size_t size = strcspn(names, " ");

        if (size == length && strncmp(names, name, size) == 0)
            return true;
        names += size + strspn(names + size, " ");
    }
    return false;
}

static const struct personality_option *find_row(const struct personality *personality,
                                                 const char *name, size_t length)
{
    for (size_t i = 0; i < personality->option_count; i++) {
        if (is_named(personality->options[i].names, name, length))
            return &personality->options[i];
    }
    return NULL;
}

/* --- reading --- */

static bool set(struct personality_reading *reading, const struct personality_option *row,
                const char *name, const char *value)
{
    reading->row = row;
    reading->name = name;
    reading->value = value;
    return row->set(reading);
}

/* "-p4242", "-nm": letters, of which the first with a value takes the rest. */
static bool take_letters(struct personality_reading *reading, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const char typed[3] = {'-', *letter};
        const struct personality_option *row = find_row(reading->personality, typed, 2);

        if (!row || (row->value == PERSONALITY_VALUE && !letter[1])) {
            personality_warn(reading, "unknown option %s: ignored", word);
            return true;
        }
        bool last = row->value != PERSONALITY_NONE;
        if (!set(reading, row, typed, last && letter[1] ? letter + 1 : NULL))
            return false;
        if (last)
            return true;
    }
    return true;
}

static bool take_option(struct personality_reading *reading, int argc, const char *const argv[],
                        int *at)
{
    const char *word = argv[*at];
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    /* Whole words first: -cp is not -c with the value p. */
    const struct personality_option *row = find_row(reading->personality, word, length);

    if (!row && word[1] != '-')
        return take_letters(reading, word);
    if (!row) {
        personality_warn(reading, "unknown option %s: ignored", word);
        return true;
    }
    const char *value = equals ? equals + 1 : NULL;
    if (!value && row->value == PERSONALITY_VALUE) {
        if (*at + 1 >= argc)
            return personality_wrong(reading, "%s needs a value", word);
        value = argv[++*at];
    }
    return set(reading, row, word, value);
}

static bool take_words(struct personality_reading *reading, int argc, const char *const argv[])
{
    const struct personality *personality = reading->personality;
    int i = 1;

    if (personality->begin && !personality->begin(reading, argc, argv, &i))
        return false;
    for (; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            continue;
        if (argv[i][0] != '-')
            personality_warn(reading, "unexpected word %s: ignored", argv[i]);
        else if (!take_option(reading, argc, argv, &i))
            return false;
    }
    return !personality->finish || reading->help || reading->version ||
           personality->finish(reading);
}

static void set_port(struct endpoint *endpoint, uint16_t port)
{
    *endpoint = (struct endpoint){.address = "127.0.0.1", .port = port, .is_off = port == 0};
}

static void set_defaults(const struct personality *personality, struct options *options)
{
    const char *sim = getenv("PROBED_SIM");

    options_init(options);
    set_port(&options->gdb, personality->port);
    set_port(&options->telnet, personality->telnet_port);
    set_port(&options->tcl, personality->tcl_port);
    options->once = personality->once;
    options->stays_if_extended = personality->stays_if_extended;
    options->needs_target = personality->needs_target;
    options->strict = personality->strict;
    options->reset_halts = personality->reset_halts;
    options->load_resets = personality->load_resets;
    options->sim = sim && *sim ? sim : NULL;
}

enum personality_outcome personality_parse(const struct personality *personality, int argc,
                                           const char *const argv[], struct options *options,
                                           struct texts *texts, char *why, size_t why_size)
{
    struct personality_reading reading = {
        .personality = personality,
        .options = options,
        .texts = texts,
        .why = why,
        .why_size = why_size,
    };

    set_defaults(personality, options);
    if (!take_words(&reading, argc, argv))
        return PERSONALITY_WRONG;
    if (reading.version)
        print_version(personality);
    else if (reading.help)
        print_help(personality);
    if (reading.version || reading.help)
        return PERSONALITY_DONE;
    if (options->sim)
        options->probe_count = 0; /* the command line means the probe that it replaces */
    return PERSONALITY_SERVE;
}
