/* SPDX-License-Identifier: MIT */
/* Settings that scripts make: honoured, true already, or refused with the reason. */
#include <stdio.h>
#include <string.h>

#include "commands/monitor_commands.h"

/* --- gdb NAME enable|disable: what is always as one of them says --- */

static const struct {
    const char *name;
    bool on;
    const char *why;
} fixed[] = {
    {"gdb flash_program", true, "gdb's load always programs the flash"},
    {"gdb memory_map", true, "gdb always gets the memory map, or it could not load"},
    {"gdb report_data_abort", true, "memory that cannot be read is always an error for gdb"},
    {"gdb report_register_access_error", true, "a register that cannot be read is always an error"},
    {"gdb target_description", true, "gdb always gets the registers' description"},
};

enum err monitor_gdb_setting(struct monitor *monitor, int argc, const char *const argv[])
{
    bool on;
    size_t i = 0;

    while (strcmp(fixed[i].name, argv[0]) != 0)
        i++;
    if (argc > 1 && !monitor_switch(argv[1], &on))
        return monitor_usage(monitor, argv[0]);
    if (argc > 1 && on != fixed[i].on)
        return job_fail(monitor->job, ERR_UNSUPPORTED, "%s; that cannot be switched off",
                        fixed[i].why);
    if (argc == 1)
        job_print(monitor->job, "%s: %s\n", argv[0], fixed[i].on ? "enable" : "disable");
    return ERR_OK;
}

/* Software breakpoints that gdb sets in RAM become hardware ones; in flash they are anyway. */
enum err monitor_breakpoint_override(struct monitor *monitor, int argc, const char *const argv[])
{
    struct session_options *options = &monitor->session->options;

    if (argc > 1 && strcmp(argv[1], "soft") == 0)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "software breakpoints in flash would wear it out: there they are always "
                        "hardware ones");
    if (argc > 1 && strcmp(argv[1], "hard") != 0 && strcmp(argv[1], "disable") != 0)
        return monitor_usage(monitor, argv[0]);
    if (argc > 1)
        options->hard_breakpoints = strcmp(argv[1], "hard") == 0;
    job_print(monitor->job, "%s\n",
              options->hard_breakpoints ? "force hard breakpoints"
                                        : "breakpoint type is not overridden");
    return ERR_OK;
}

/* The program's escape sequences may clear gdb's screen, rename its window, or worse. */
enum err monitor_console_escapes(struct monitor *monitor, int argc, const char *const argv[])
{
    struct session_options *options = &monitor->session->options;
    bool on = options->console_escapes;

    if (argc > 1 && !monitor_switch(argv[1], &on))
        return monitor_usage(monitor, argv[0]);
    options->console_escapes = on;
    job_print(monitor->job, "escape sequences of the program are %s\n",
              options->console_escapes ? "passed on to gdb's terminal"
                                       : "shown on gdb's console, but for colours");
    return ERR_OK;
}

/* gdb's next step does nothing but fetch the state that monitor commands have changed. */
enum err monitor_gdb_sync(struct monitor *monitor, int argc, const char *const argv[])
{
    (void)argc;
    (void)argv;
    if (!monitor->client)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "gdb_sync is for gdb to say: monitor gdb_sync, then stepi");
    monitor->client->sync = true;
    return ERR_OK;
}

/* --- what is said on the command line --- */

static const struct {
    const char *name, *option;
} at_start[] = {
    {"bindto", "--gdb ADDR:PORT"},
    {"gdb port", "--gdb PORT"},
    {"tcl port", "--help"},
    {"telnet port", "--telnet PORT"},
};

enum err monitor_before_init(struct monitor *monitor, int argc, const char *const argv[])
{
    size_t i = 0;

    (void)argc;
    while (strcmp(at_start[i].name, argv[0]) != 0)
        i++;
    return job_fail(monitor->job, ERR_UNSUPPORTED,
                    "The '%s' command must be used before 'init': it is an option of the command "
                    "line here, probed %s",
                    monitor->typed, at_start[i].option);
}

/* --- the log --- */

enum err monitor_debug_level(struct monitor *monitor, int argc, const char *const argv[])
{
    const struct log *log = monitor->session->log;
    unsigned level = log ? (unsigned)log->level : LOG_INFO;
    uint32_t wanted = level;
    enum err err =
        argc > 1 ? monitor_value(monitor, argv[1], "a level from 0 to 4", 4, &wanted) : ERR_OK;

    if (!err && wanted != level)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "the log's level is chosen at the start: probed --log error|warn|info|"
                        "debug; it is %s, which is %u",
                        log_level_name((enum log_level)level), level);
    if (!err)
        job_print(monitor->job, "debug_level: %u\n", level);
    return err;
}

enum err monitor_log_output(struct monitor *monitor, int argc, const char *const argv[])
{
    if (argc == 1 || strcmp(argv[1], "default") == 0)
        return ERR_OK;
    return job_fail(monitor->job, ERR_UNSUPPORTED,
                    "the log goes to standard error: redirect it at the start, 2>%.60s", argv[1]);
}
