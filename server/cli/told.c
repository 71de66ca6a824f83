/* SPDX-License-Identifier: MIT */
#include "cli/told.h"

#include <string.h>

#include "cli/cli_table.h"
#include "cli/debug.h"

static const char other_servers[] = "openocd|pyocd|st-util|ST-LINK_gdbserver";

/* What stands in no table: read before any of them is. */
static const struct option_told of_daemon = {
    .name = "--as",
    .value = other_servers,
    .help = "stand in for another server: the words behind are its command line"};
static const struct option_told of_debug = {
    .name = "--gdb-path", .value = "GDB", .help = DEBUG_GDB_PATH};

bool told_tool(size_t index, struct told_tool *tool)
{
    if (index > cli_command_count)
        return false;
    if (index == 0) {
        *tool = (struct told_tool){"debug", DEBUG_USAGE, DEBUG_HELP, debug_text, 0};
        return true;
    }
    const struct cli_command *command = &cli_commands[index - 1];

    *tool = (struct told_tool){command->name, command->usage, command->help, command->text,
                               command->flags};
    return true;
}

bool told_find(const char *name, struct told_tool *tool)
{
    for (size_t i = 0; told_tool(i, tool); i++)
        if (strcmp(tool->name, name) == 0)
            return true;
    return false;
}

static bool told_own(const struct told_tool *tool, struct option_told *told)
{
    bool debugs = tool && tool->text == debug_text;

    *told = debugs ? of_debug : of_daemon;
    return debugs || !tool;
}

bool told_option(const struct told_tool *tool, size_t index, struct option_told *told)
{
    size_t own = 0;

    if (tool) {
        if (cli_flag_told(index, tool->flags, told))
            return true;
        for (struct option_told one; cli_flag_told(own, tool->flags, &one);)
            own++;
    }
    if (told_own(tool, told)) {
        if (index == own)
            return true;
        own++;
    }
    return options_told(index - own, tool != NULL, told);
}
