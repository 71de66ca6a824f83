/* SPDX-License-Identifier: MIT */
/* What the program is given by semihosting: `arm semihosting` and its neighbours. */
#include <stdio.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "net/endpoint.h"
#include "semihosting/directory.h"
#include "session/program_port.h"
#include "session/program_side.h"

/* `[enable|disable]`: sets, and says which by `what` in any case. */
static enum err show_switch(struct monitor *monitor, int argc, const char *const argv[],
                            const char *what, void (*set)(struct target *target, bool on),
                            bool (*get)(const struct target *target))
{
    struct target *target;
    bool on;
    enum err err = monitor_target(monitor, &target);

    if (err)
        return err;
    if (argc > 1 && !monitor_switch(argv[1], &on))
        return monitor_usage(monitor, argv[0]);
    if (argc > 1)
        set(target, on);
    job_print(monitor->job, "%s is %s\n", what, get(target) ? "enabled" : "disabled");
    return ERR_OK;
}

enum err monitor_semihosting(struct monitor *monitor, int argc, const char *const argv[])
{
    return show_switch(monitor, argc, argv, "semihosting", target_set_semihosting,
                       target_semihosting);
}

enum err monitor_semihosting_resexit(struct monitor *monitor, int argc, const char *const argv[])
{
    return show_switch(monitor, argc, argv, "semihosting resumable exit", target_set_exit_returns,
                       target_exit_returns);
}

/* Before there is a target, too. */
enum err monitor_semihosting_cmdline(struct monitor *monitor, int argc, const char *const argv[])
{
    char line[SEMI_COMMAND_LINE] = "";
    size_t used = 0;

    for (int i = 1; i < argc && used < sizeof line; i++)
        used +=
            (size_t)snprintf(line + used, sizeof line - used, "%s%s", i > 1 ? " " : "", argv[i]);
    if (used >= sizeof line)
        return job_fail(monitor->job, ERR_ARGUMENT, "a command line has at most %d characters",
                        SEMI_COMMAND_LINE - 1);
    if (argc > 1)
        program_side_set_command_line(monitor->session, line);
    job_print(monitor->job, "semihosting command line is [%s]\n", monitor->session->command_line);
    return ERR_OK;
}

/* Whoever says it lends what is his own: not another's, from a console. */
enum err monitor_semihosting_fileio(struct monitor *monitor, int argc, const char *const argv[])
{
    struct session *session = monitor->session;
    bool on = false;

    if (argc > 1 && !monitor_switch(argv[1], &on))
        return monitor_usage(monitor, argv[0]);
    if (on && (!monitor->client || !monitor->client->ops->ask))
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "the files that the program gets are those of the gdb that lends them: "
                        "'monitor arm semihosting_fileio enable' there; --semihosting-dir DIR "
                        "gives it a directory of this machine");
    if (on && session->lender && session->lender != monitor->client)
        return job_fail(monitor->job, ERR_BUSY, "another gdb lends its files already");
    if (argc > 1)
        program_side_lend(session, on ? monitor->client : NULL);
    job_print(monitor->job, "semihosting fileio is %s\n", session->lender ? "enabled" : "disabled");
    if (on)
        job_print(
            monitor->job,
            "until this gdb leaves, the program on the chip opens, changes and removes files of "
            "this gdb's machine, any that its user may, and reads what is typed here\n");
    return ERR_OK;
}

static enum err redirect_to(struct monitor *monitor, const char *port, unsigned takes)
{
    struct endpoint endpoint = {0};
    char why[160];

    if (!endpoint_parse(port, &endpoint, why, sizeof why))
        return job_fail(monitor->job, ERR_ARGUMENT, "%s", why);
    enum err err = program_port_open(monitor->session, monitor->job, takes, &endpoint);
    if (!err)
        job_print(monitor->job, "Listening on port %u for semihosting connections\n",
                  endpoint.port);
    return err;
}

enum err monitor_semihosting_redirect(struct monitor *monitor, int argc, const char *const argv[])
{
    static const char *const what[] = {"debug", "stdio", "all"};
    size_t takes = argc > 3 ? monitor_choice(argv[3], what, 3) : 2;

    if (argc == 2 && strcmp(argv[1], "disable") == 0)
        return program_port_close(monitor->session, monitor->job);
    if (argc < 3 || strcmp(argv[1], "tcp") != 0 || takes > 2)
        return monitor_usage(monitor, argv[0]);
    return redirect_to(monitor, argv[2], (unsigned)takes + 1);
}

/* Inside what the command line allows: this cannot allow more. */
enum err monitor_semihosting_basedir(struct monitor *monitor, int argc, const char *const argv[])
{
    struct directory *files = monitor->session->options.files;
    char why[300];

    if (!files)
        return job_fail(monitor->job, ERR_UNSUPPORTED,
                        "the program has no files: start probed with --semihosting-dir DIR");
    if (argc > 1 && !directory_enter(files, argv[1], why, sizeof why))
        return job_fail(monitor->job, ERR_ARGUMENT, "%s", why);
    job_print(monitor->job, "semihosting base dir: %s\n", directory_path(files));
    return ERR_OK;
}

enum err monitor_semihosting_user_param(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    (void)argv;
    if (!err)
        job_print(monitor->job, "%s\n", target_user_call_text(target));
    return err;
}
