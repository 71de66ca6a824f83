/* SPDX-License-Identifier: MIT */
/* help: made from the table of commands, and by subject from one of its own. */
#include <stdio.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "suggest.h"

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

/* --- all of them --- */

/* Stands for those that begin as the flash driver of the chip that was met is called. */
static const char family_words[] = "its family's *";

/* What commands are about, the common ones first. "flash *" stands for all that begin so. */
static const struct {
    const char *title;
    const char *const *names; /* up to a NULL */
} subjects[] = {
    {"the core", (const char *const[]){"halt", "resume", "reset", "step", "reg", "bp", "rbp", "wp",
                                       "rwp", "status", NULL}},
    {"memory", (const char *const[]){"mdw", "mdh", "mdb", "mww", "mwh", "mwb", "dump_image",
                                     "load_image", "verify_image", NULL}},
    {"flash",
     (const char *const[]){"program", "flash write_image", "flash erase_sector",
                           "flash erase_address", "flash info", "flash erase_check", "flash probe",
                           "flash banks", "flash protect", "options", family_words, NULL}},
    {"the probe and the board",
     (const char *const[]){"doctor", "adapter speed", "adapter list", "adapter assert",
                           "adapter deassert", "reset_config", "sim *", NULL}},
    {"how gdb and the core behave",
     (const char *const[]){"arm semihosting", "cortex_m *", "gdb breakpoint_override", NULL}},
    {"what the program says", (const char *const[]){"rtt *", "swo *", NULL}},
    {"this program",
     (const char *const[]){"help", "exit", "shutdown", "version", "stats", "echo", "sleep", NULL}},
};

enum { SUBJECTS = sizeof subjects / sizeof *subjects, COMMANDS_MAX = 256 };

/* Which have been shown. */
struct listing {
    struct monitor *monitor;
    bool shown[COMMANDS_MAX];
};

static bool is_not_yet(size_t command)
{
    return monitor_commands[command].run == monitor_not_yet;
}

static void list_name(struct listing *listing, const char *name)
{
    size_t length = strlen(name);
    bool group = name[length - 1] == '*';

    for (size_t i = 0; i < monitor_command_count && i < COMMANDS_MAX; i++) {
        const char *have = monitor_commands[i].name;
        bool is_meant = group ? strncmp(have, name, length - 1) == 0 || /* "sim" of "sim *" */
                                    (strlen(have) == length - 2 && !strncmp(have, name, length - 2))
                              : strcmp(have, name) == 0;

        if (!is_meant || listing->shown[i] || is_not_yet(i))
            continue;
        print_command(listing->monitor, &monitor_commands[i]);
        listing->shown[i] = true;
    }
}

static void list_family(struct listing *listing)
{
    const struct target *target = listing->monitor->session->target;
    char name[40];

    if (!target)
        return;
    snprintf(name, sizeof name, "%s *", monitor_flash_driver(target));
    list_name(listing, name);
}

/* Those that nobody types by hand, by their names alone. */
static void list_rest(const struct listing *listing, const char *title, bool not_yet)
{
    enum { WIDTH = 78 };
    struct job *job = listing->monitor->job;
    char line[WIDTH + 1];
    size_t used = 0;

    job_print(job, "\n%s:\n", title);
    for (size_t i = 0; i < monitor_command_count && i < COMMANDS_MAX; i++) {
        const char *name = monitor_commands[i].name;

        if (listing->shown[i] || is_not_yet(i) != not_yet)
            continue;
        if (used + strlen(name) + 2 > WIDTH) {
            job_print(job, "%s,\n", line);
            used = 0;
        }
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s", used ? ", " : "", name);
    }
    job_print(job, "%s\n", line);
}

static enum err help_on_all(struct monitor *monitor)
{
    struct listing listing = {.monitor = monitor};

    for (size_t i = 0; i < SUBJECTS; i++) {
        job_print(monitor->job, "%s%s:\n", i > 0 ? "\n" : "", subjects[i].title);
        for (size_t k = 0; subjects[i].names[k]; k++)
            if (subjects[i].names[k] == family_words)
                list_family(&listing);
            else
                list_name(&listing, subjects[i].names[k]);
    }
    list_rest(&listing, "for scripts and clients of other servers", false);
    list_rest(&listing, "not there yet", true);
    job_print(monitor->job, "\nhelp COMMAND explains one, and all that begin so.\n");
    return ERR_OK;
}

/* --- some of them --- */

/* Aliases are shown to those who ask for them. */
enum err monitor_help(struct monitor *monitor, int argc, const char *const argv[])
{
    char beginning[64] = "";
    size_t length = 0, shown = 0;

    if (argc == 1)
        return help_on_all(monitor);
    for (int i = 1; i < argc && length < sizeof beginning; i++)
        length += (size_t)snprintf(beginning + length, sizeof beginning - length, "%s%s",
                                   i > 1 ? " " : "", argv[i]);
    length = strlen(beginning);
    for (size_t i = 0; i < monitor_command_count; i++)
        if (strncmp(monitor_commands[i].name, beginning, length) == 0) {
            print_command(monitor, &monitor_commands[i]);
            shown++;
        }
    for (size_t i = 0; i < monitor_alias_count; i++)
        if (strncmp(monitor_aliases[i].name, beginning, length) == 0) {
            print_alias(monitor, &monitor_aliases[i]);
            shown++;
        }
    if (shown > 0)
        return ERR_OK;
    const char *meant =
        suggest(beginning, monitor_commands, monitor_command_count, sizeof *monitor_commands);
    return job_fail(monitor->job, ERR_ARGUMENT, "no command begins with '%s'%s%s%s; help lists all",
                    beginning, meant ? "; did you mean " : "", meant ? meant : "",
                    meant ? "?" : "");
}
