/* SPDX-License-Identifier: MIT */
/* The table of monitor commands and what is made from it. */
#include "monitor.h"

#include <stdio.h>
#include <string.h>

#include "monitor_commands.h"
#include "monitor_words.h"
#include "nearest.h"

const struct monitor_command monitor_commands[] = {
    {"halt", "", "stop the core", 0, 0, monitor_halt},
    {"help", "[COMMAND]", "list the commands, or those that begin with COMMAND", 0, 1,
     monitor_help},
    {"mdb", "ADDRESS [COUNT]", "show memory by bytes", 1, 2, monitor_display},
    {"mdh", "ADDRESS [COUNT]", "show memory by half-words", 1, 2, monitor_display},
    {"mdw", "ADDRESS [COUNT]", "show memory by words", 1, 2, monitor_display},
    {"mwb", "ADDRESS VALUE [COUNT]", "write a byte, or COUNT of them", 2, 3, monitor_write},
    {"mwh", "ADDRESS VALUE [COUNT]", "write a half-word, or COUNT of them", 2, 3, monitor_write},
    {"mww", "ADDRESS VALUE [COUNT]", "write a word, or COUNT of them", 2, 3, monitor_write},
    {"reg", "[NAME|NUMBER [VALUE]]", "show all registers or one, or write it", 0, 2, monitor_reg},
    {"reset", "[run|halt|init]",
     "reset the chip: run on (if left out), stop before the first instruction, or stop ready for "
     "flashing",
     0, 1, monitor_reset},
    {"resume", "", "let the core run", 0, 0, monitor_resume},
    {"sim", "WORDS...", "hands on the simulated board: sim help lists what they can do", 1,
     MONITOR_WORDS - 1, monitor_sim},
    {"stats", "", "count what was done since the probe was opened", 0, 0, monitor_stats},
    {"status", "", "what is connected, what the core does, who is here", 0, 0, monitor_status},
    {"step", "", "execute one instruction", 0, 0, monitor_step},
};

const size_t monitor_command_count = sizeof monitor_commands / sizeof *monitor_commands;

static const struct monitor_command *find(const char *name)
{
    for (size_t i = 0; i < monitor_command_count; i++) {
        if (strcmp(monitor_commands[i].name, name) == 0)
            return &monitor_commands[i];
    }
    return NULL;
}

static enum err unknown(struct monitor *monitor, const char *name)
{
    const char *meant =
        nearest(name, monitor_commands, monitor_command_count, sizeof *monitor_commands);

    if (meant)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "unknown command '%.40s'; did you mean %s? help lists all", name, meant);
    return job_fail(monitor->job, ERR_ARGUMENT, "unknown command '%.40s'; help lists all", name);
}

static enum err run_words(struct monitor *monitor, const struct monitor_words *words)
{
    const struct monitor_command *command = find(words->words[0]);
    int behind = words->count - 1;

    if (!command)
        return unknown(monitor, words->words[0]);
    if (behind < command->min_words || behind > command->max_words)
        return job_fail(monitor->job, ERR_ARGUMENT, "usage: %s%s%s", command->name,
                        command->usage[0] ? " " : "", command->usage);
    return command->run(monitor, words->count, words->words);
}

enum err monitor_run(struct monitor *monitor, const char *line)
{
    struct monitor_words words;
    enum err err = ERR_OK;

    while (line && err == ERR_OK) {
        const char *wrong = monitor_split(&line, &words);

        if (wrong)
            return job_fail(monitor->job, ERR_ARGUMENT, "%s", wrong);
        if (words.count > 0)
            err = run_words(monitor, &words);
    }
    return err;
}

enum err monitor_target(struct monitor *monitor, struct target **target)
{
    *target = monitor->unit->target;
    return unit_require(monitor->unit, monitor->job);
}

enum err monitor_help(struct monitor *monitor, int argc, const char *const argv[])
{
    const char *beginning = argc > 1 ? argv[1] : "";
    size_t shown = 0;

    for (size_t i = 0; i < monitor_command_count; i++) {
        const struct monitor_command *command = &monitor_commands[i];
        char left[64];

        if (strncmp(command->name, beginning, strlen(beginning)) != 0)
            continue;
        snprintf(left, sizeof left, "%s %s", command->name, command->usage);
        job_print(monitor->job, "%-28s %s\n", left, command->help);
        shown++;
    }
    return shown > 0 ? ERR_OK : unknown(monitor, beginning);
}
