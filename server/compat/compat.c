/* SPDX-License-Identifier: MIT */
#include "compat/compat_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PERSONALITIES = 4 };

static const struct compat *const personalities[PERSONALITIES] = {
    &compat_openocd,
    &compat_pyocd,
    &compat_st_util,
    &compat_stlink_gdbserver,
};

const struct compat *compat_find(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    for (size_t i = 0; i < PERSONALITIES; i++) {
        if (strcmp(personalities[i]->name, name) == 0)
            return personalities[i];
    }
    return NULL;
}

const char *compat_names(void)
{
    return "openocd, pyocd, st-util, ST-LINK_gdbserver";
}

void compat_full_name(const struct compat *compat, char *name, size_t size)
{
    snprintf(name, size, "probed as %s", compat->name);
}

/* --- messages --- */

void compat_warn(const struct compat_reading *reading, const char *format, ...)
{
    char text[240], name[64];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    compat_full_name(reading->compat, name, sizeof name);
    log_say(stderr, name, LOG_WARN, text);
}

bool compat_wrong(struct compat_reading *reading, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reading->why, reading->why_size, format, args);
    va_end(args);
    return false;
}

/* Where clients look for it, unless standard output is gdb's. */
static FILE *stream_of(const struct compat_line *line, const struct endpoint *endpoint)
{
    return line->on_stdout && !endpoint->is_pipe ? stdout : stderr;
}

void compat_ready(const struct compat *compat, const char *service, const struct endpoint *endpoint)
{
    for (size_t i = 0; i < compat->line_count; i++) {
        const struct compat_line *line = &compat->lines[i];
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

void compat_failed(const struct compat *compat)
{
    if (!compat->failed)
        return;
    puts(compat->failed);
    fflush(stdout);
}

static void print_version(const struct compat *compat)
{
    if (compat->version)
        fprintf(stderr, "%s\n", compat->version);
    fprintf(compat->version ? stderr : stdout, "probed " PROBED_VERSION " as %s\n", compat->name);
}

static void print_help(const struct compat *compat)
{
    printf("probed " PROBED_VERSION " as %s: the options that are understood\n\n", compat->name);
    for (size_t i = 0; i < compat->option_count; i++) {
        const struct compat_option *row = &compat->options[i];
        char left[80];

        snprintf(left, sizeof left, "%s%s", row->names,
                 row->value == COMPAT_VALUE      ? " VALUE"
                 : row->value == COMPAT_OPTIONAL ? "[VALUE]"
                                                 : "");
        if (row->set != compat_refuse)
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

static const struct compat_option *find_row(const struct compat *compat, const char *name,
                                            size_t length)
{
    for (size_t i = 0; i < compat->option_count; i++) {
        if (is_named(compat->options[i].names, name, length))
            return &compat->options[i];
    }
    return NULL;
}

/* --- reading --- */

static bool set(struct compat_reading *reading, const struct compat_option *row, const char *name,
                const char *value)
{
    reading->row = row;
    reading->name = name;
    reading->value = value;
    return row->set(reading);
}

/* "-p4242", "-nm": letters, of which the first with a value takes the rest. */
static bool take_letters(struct compat_reading *reading, const char *word)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const char typed[3] = {'-', *letter};
        const struct compat_option *row = find_row(reading->compat, typed, 2);

        if (!row || (row->value == COMPAT_VALUE && !letter[1])) {
            compat_warn(reading, "unknown option %s: ignored", word);
            return true;
        }
        bool last = row->value != COMPAT_NONE;
        if (!set(reading, row, typed, last && letter[1] ? letter + 1 : NULL))
            return false;
        if (last)
            return true;
    }
    return true;
}

static bool take_option(struct compat_reading *reading, int argc, const char *const argv[], int *at)
{
    const char *word = argv[*at];
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    /* Whole words first: -cp is not -c with the value p. */
    const struct compat_option *row = find_row(reading->compat, word, length);

    if (!row && word[1] != '-')
        return take_letters(reading, word);
    if (!row) {
        compat_warn(reading, "unknown option %s: ignored", word);
        return true;
    }
    const char *value = equals ? equals + 1 : NULL;
    if (!value && row->value == COMPAT_VALUE) {
        if (*at + 1 >= argc)
            return compat_wrong(reading, "%s needs a value", word);
        value = argv[++*at];
    }
    return set(reading, row, word, value);
}

static bool take_words(struct compat_reading *reading, int argc, const char *const argv[])
{
    const struct compat *compat = reading->compat;
    int i = 1;

    if (compat->begin && !compat->begin(reading, argc, argv, &i))
        return false;
    for (; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            continue;
        if (argv[i][0] != '-')
            compat_warn(reading, "unexpected word %s: ignored", argv[i]);
        else if (!take_option(reading, argc, argv, &i))
            return false;
    }
    return !compat->finish || reading->help || reading->version || compat->finish(reading);
}

static void set_port(struct endpoint *endpoint, uint16_t port)
{
    *endpoint = (struct endpoint){.address = "127.0.0.1", .port = port, .is_off = port == 0};
}

static void set_defaults(const struct compat *compat, struct options *options)
{
    const char *sim = getenv("PROBED_SIM");

    options_init(options);
    set_port(&options->gdb, compat->port);
    set_port(&options->telnet, compat->telnet_port);
    set_port(&options->tcl, compat->tcl_port);
    options->once = compat->once;
    options->stays_if_extended = compat->stays_if_extended;
    options->needs_target = compat->needs_target;
    options->launches = compat->launches;
    options->strict = compat->strict;
    options->reset_halts = compat->reset_halts;
    options->load_resets = compat->load_resets;
    options->sim = sim && *sim ? sim : NULL;
}

enum compat_outcome compat_parse(const struct compat *compat, int argc, const char *const argv[],
                                 struct options *options, struct string_pool *pool, char *why,
                                 size_t why_size)
{
    struct compat_reading reading = {
        .compat = compat,
        .options = options,
        .pool = pool,
        .why = why,
        .why_size = why_size,
    };

    set_defaults(compat, options);
    if (!take_words(&reading, argc, argv))
        return COMPAT_WRONG;
    if (reading.version)
        print_version(compat);
    else if (reading.help)
        print_help(compat);
    if (reading.version || reading.help)
        return COMPAT_DONE;
    if (options->sim)
        options->probe_count = 0; /* the command line means the probe that it replaces */
    return COMPAT_SERVE;
}
