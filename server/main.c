/* SPDX-License-Identifier: MIT */
/* argv, options, daemon, exit code. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

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

/* Closed at the start, the next socket or probe would take its number, and the log would be written
 * into it. In its place stands what fails as a closed one does: a result that nobody gets is not
 * said to be delivered. */
static void fill_standard_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) == -1)
            (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* As in `| head`: who has read enough needs not be told. */
static bool reader_has_left(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO};

    return poll(&output, 1, 0) > 0 && output.revents & POLLERR;
}

/* What was asked for must have arrived: on a full disk it has not. */
static int check_output(int code)
{
    char why[120];

    errno = 0;
    if (code != DAEMON_OK || (fflush(stdout) == 0 && !ferror(stdout)))
        return code; /* what failed has been said */
    if (reader_has_left())
        return DAEMON_FAILED;
    snprintf(why, sizeof why, "standard output: %s",
             errno ? strerror(errno) : "not all of it could be written");
    log_say(stderr, "probed", LOG_ERROR, why);
    return DAEMON_FAILED;
}

int main(int argc, char **argv)
{
    struct command_line line;
    int code;

    fill_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* a client that is gone is an error of its write, not our end */
    if (command_line_parse(&line, argc, (const char *const *)argv, &code))
        code = command_line_end(&line, serve(&line));
    else
        code = check_output(code);
    command_line_finish(&line);
    return code;
}
