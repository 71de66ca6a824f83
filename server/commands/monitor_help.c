/* SPDX-License-Identifier: MIT */
/* help: made from the table. */
#include <stdio.h>
#include <string.h>

#include "monitor_commands.h"
#include "nearest.h"

enum { HELP_COLUMN = 34 };

static void print_command(struct monitor *monitor, const struct monitor_command *command)
{
    char left[120];

    int length = snprintf(left, sizeof left, "%s %s", command->name, command->usage);
    job_print(monitor->job, "%-*s%s%*s %s\n", HELP_COLUMN, left, length > HELP_COLUMN ? "\n" : "",
              length > HELP_COLUMN ? HELP_COLUMN : 0, "", command->help);
}

static void print_alias(struct monitor *monitor, const struct monitor_alias *alias)
{
    job_print(monitor->job, "%-*s the same as", HELP_COLUMN, alias->name);
    for (size_t i = 0; alias->means[i]; i++)
        job_print(monitor->job, " %s", alias->means[i]);
    job_print(monitor->job, "\n");
}

/* Aliases are shown to those who ask for them. */
enum err monitor_help(struct monitor *monitor, int argc, const char *const argv[])
{
    char beginning[64] = "";
    size_t length = 0, shown = 0;

    for (int i = 1; i < argc && length < sizeof beginning; i++)
        length += (size_t)snprintf(beginning + length, sizeof beginning - length, "%s%s",
                                   i > 1 ? " " : "", argv[i]);
    length = strlen(beginning);
    for (size_t i = 0; i < monitor_command_count; i++)
        if (strncmp(monitor_commands[i].name, beginning, length) == 0) {
            print_command(monitor, &monitor_commands[i]);
            shown++;
        }
    for (size_t i = 0; i < monitor_alias_count && length > 0; i++)
        if (strncmp(monitor_aliases[i].name, beginning, length) == 0) {
            print_alias(monitor, &monitor_aliases[i]);
            shown++;
        }
    if (shown > 0)
        return ERR_OK;
    const char *meant =
        nearest(beginning, monitor_commands, monitor_command_count, sizeof *monitor_commands);
    return job_fail(monitor->job, ERR_ARGUMENT, "no command begins with '%s'%s%s%s; help lists all",
                    beginning, meant ? "; did you mean " : "", meant ? meant : "",
                    meant ? "?" : "");
}
