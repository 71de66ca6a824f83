/* SPDX-License-Identifier: MIT */
/* argv, options, daemon, exit code. */
#include <signal.h>
#include <stdio.h>

#include "cli.h"
#include "daemon.h"

static void print_ready(void *user, const char *service, const struct endpoint *endpoint)
{
    char line[ENDPOINT_PATH + 64];

    (void)user;
    daemon_ready_line(service, endpoint, line, sizeof line);
    fprintf(stderr, "%s\n", line);
    fflush(stderr);
}

int main(int argc, char **argv)
{
    struct options options;
    struct daemon *daemon;
    char why[240];

    if (cli_is_called(argc, (const char *const *)argv))
        return cli_main(argc, (const char *const *)argv);
    if (!options_parse(&options, argc, (const char *const *)argv, why, sizeof why)) {
        fprintf(stderr, "probed: error: %s\n", why);
        return DAEMON_USAGE;
    }
    if (options.help) {
        options_print_help(stdout);
        cli_print_commands(stdout);
        return DAEMON_OK;
    }
    if (options.version) {
        puts("probed " PROBED_VERSION);
        return DAEMON_OK;
    }
    signal(SIGPIPE, SIG_IGN); /* a client that is gone is an error of its write, not our end */

    const struct daemon_setup setup = {
        .options = &options,
        .log = {.level = options.log_level, .write = log_write_stderr},
        .ready = print_ready,
        .signals = true,
    };
    int code = daemon_create(&setup, &daemon);
    if (code != DAEMON_OK)
        return code;
    code = daemon_run(daemon);
    daemon_destroy(daemon);
    return code;
}
