/* SPDX-License-Identifier: MIT */
/* argv, options, daemon, exit code. */
#include <signal.h>

#include "command_line.h"

static int serve(struct command_line *line)
{
    struct daemon *daemon;
    const struct daemon_setup setup = {
        .options = &line->options,
        .log = {.level = line->options.log_level, .write = log_write_stderr},
        .ready = command_line_ready,
        .user = line,
        .signals = true,
    };
    int code = daemon_create(&setup, &daemon);

    if (code == DAEMON_OK)
        code = daemon_run(daemon);
    daemon_destroy(daemon);
    return code;
}

int main(int argc, char **argv)
{
    struct command_line line;
    int code;

    signal(SIGPIPE, SIG_IGN); /* a client that is gone is an error of its write, not our end */
    if (command_line_parse(&line, argc, (const char *const *)argv, &code))
        code = command_line_end(&line, serve(&line));
    command_line_finish(&line);
    return code;
}
