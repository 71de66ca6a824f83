/* SPDX-License-Identifier: MIT */
/* What scripts are made with: echo sleep version init shutdown exit; and what is not there. */
#include <string.h>

#include "commands/monitor_commands.h"

enum { SLICE_US = 10000, SLEEP_MAX_MS = 24 * 3600 * 1000, CODE_MAX = 255 };

/* Of any length: job_print() has a limit. */
static void print_word(struct monitor *monitor, const char *word)
{
    enum { PIECE = 500 };

    for (size_t left = strlen(word); left > 0;) {
        size_t part = left < PIECE ? left : PIECE;

        job_print(monitor->job, "%.*s", (int)part, word);
        word += part;
        left -= part;
    }
}

enum err monitor_echo(struct monitor *monitor, int argc, const char *const argv[])
{
    bool line = argc < 2 || strcmp(argv[1], "-n") != 0;

    for (int i = line ? 1 : 2; i < argc; i++) {
        print_word(monitor, argv[i]);
        if (i + 1 < argc)
            job_print(monitor->job, " ");
    }
    if (line)
        job_print(monitor->job, "\n");
    return ERR_OK;
}

/* On the probe's clock; those who wait for the core are not forgotten. */
enum err monitor_sleep(struct monitor *monitor, int argc, const char *const argv[])
{
    uint32_t ms;
    enum err err = monitor_value(monitor, argv[1], "a number of milliseconds", SLEEP_MAX_MS, &ms);

    if (argc > 2 && strcmp(argv[2], "busy") != 0)
        return monitor_usage(monitor, argv[0]);
    for (uint64_t left = UINT64_C(1000) * ms; !err && left > 0;) {
        uint64_t part = left < SLICE_US ? left : SLICE_US;

        clock_sleep_us(monitor_clock(monitor), part);
        left -= part;
        if (session_wants_poll(monitor->session))
            session_poll(monitor->session, monitor->job);
        err = job_checkpoint(monitor->job);
    }
    return err;
}

enum err monitor_version(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    job_print(monitor->job, "probed " PROBED_VERSION "\n");
    return ERR_OK;
}

enum err monitor_init(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;

    (void)argc;
    (void)argv;
    return monitor_target(monitor, &target);
}

enum err monitor_shutdown(struct monitor *monitor, int argc, const char *const argv[])
{
    uint32_t code = 0;

    if (argc > 1 && strcmp(argv[1], "error") == 0)
        code = 1;
    else if (argc > 1 &&
             monitor_value(monitor, argv[1], "error or an exit code", CODE_MAX, &code) != ERR_OK)
        return ERR_ARGUMENT;
    job_print(monitor->job, "shutdown command invoked\n");
    monitor->outcome = MONITOR_SHUTDOWN;
    monitor->exit_code = (int)code;
    return ERR_OK;
}

enum err monitor_exit(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    monitor->outcome = MONITOR_EXIT;
    return ERR_OK;
}

/* An OK without the function would be a lie. */
enum err monitor_not_yet(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    return job_fail(monitor->job, ERR_UNSUPPORTED, "%s: not yet: this version does not have it",
                    strchr(argv[0], ' ') ? argv[0] : monitor->typed);
}
