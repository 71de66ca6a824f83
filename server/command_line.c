/* SPDX-License-Identifier: MIT */
#include "command_line.h"

#include <string.h>

#include "cli.h"
#include "daemon_text.h"

static bool done(int *code, int value)
{
    *code = value;
    return false;
}

static bool parse_own(struct command_line *line, int argc, const char *const argv[], int *code)
{
    char why[240];

    if (cli_is_called(argc, argv))
        return done(code, cli_main(argc, argv));
    if (!options_parse(&line->options, argc, argv, why, sizeof why)) {
        fprintf(stderr, "probed: error: %s\n", why);
        return done(code, DAEMON_USAGE);
    }
    if (!line->options.help && !line->options.version)
        return true;
    if (line->options.help) {
        options_print_help(stdout);
        cli_print_commands(stdout);
    } else {
        puts("probed " PROBED_VERSION);
    }
    return done(code, DAEMON_OK);
}

static bool parse_others(struct command_line *line, int argc, const char *const argv[], int *code)
{
    char why[320];

    switch (personality_parse(line->personality, argc, argv, &line->options, &line->texts, why,
                              sizeof why)) {
    case PERSONALITY_SERVE:
        return true;
    case PERSONALITY_DONE:
        return done(code, DAEMON_OK);
    case PERSONALITY_WRONG:
        break;
    }
    fprintf(stderr, "probed as %s: error: %s\n", argv[0], why);
    return done(code, DAEMON_FAILED);
}

/* --as NAME in front replaces argv[0]. */
static bool parse_as(struct command_line *line, int argc, const char *const argv[], int *code)
{
    const char *name = argc > 2 ? argv[2] : "";

    line->personality = personality_find(name);
    if (line->personality)
        return parse_others(line, argc - 2, argv + 2, code);
    fprintf(stderr, "probed: error: --as: there is no '%s'; it can stand in for ", name);
    personality_print_names(stderr);
    fputc('\n', stderr);
    return done(code, DAEMON_USAGE);
}

bool command_line_parse(struct command_line *line, int argc, const char *const argv[], int *code)
{
    *line = (struct command_line){0};
    if (argc < 1)
        return done(code, DAEMON_USAGE);
    line->personality = personality_find(argv[0]);
    if (line->personality)
        return parse_others(line, argc, argv, code);
    if (argc > 1 && strcmp(argv[1], "--as") == 0)
        return parse_as(line, argc, argv, code);
    if (argc > 1 && strcmp(argv[1], "debug") == 0)
        return line->debugs = debug_command_run(&line->debug, argc, argv, &line->options, code);
    return parse_own(line, argc, argv, code);
}

void command_line_ready(void *user, const char *service, const struct endpoint *endpoint)
{
    struct command_line *line = user;
    char text[ENDPOINT_PATH + 64];

    if (line->personality) {
        personality_ready(line->personality, service, endpoint);
        return;
    }
    if (line->debugs) {
        debug_command_ready(&line->debug);
        return;
    }
    daemon_ready_line(service, endpoint, text, sizeof text);
    fprintf(stderr, "%s\n", text);
    fflush(stderr);
}

int command_line_end(const struct command_line *line, int code)
{
    if (code != DAEMON_NO_TARGET)
        return code;
    if (line->personality)
        personality_failed(line->personality);
    return DAEMON_FAILED;
}

void command_line_finish(struct command_line *line)
{
    if (line->debugs)
        debug_command_finish(&line->debug);
    texts_finish(&line->texts);
}
