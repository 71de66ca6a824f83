/* SPDX-License-Identifier: MIT */
/* Options and tools as one table, for what is made from all of them: completion, man pages. Pure.
 */
#ifndef PROBED_CLI_TOLD_H
#define PROBED_CLI_TOLD_H

#include "cli/cli.h"

/* One call of the program; NULL everywhere stands for the daemon. */
struct told_tool {
    const char *name, *usage, *help, *text;
    unsigned flags;
};

/* The tools, one after the other; false: no more. */
bool told_tool(size_t index, struct told_tool *tool);
bool told_find(const char *name, struct told_tool *tool);
/* Its options, one after the other. */
bool told_option(const struct told_tool *tool, size_t index, struct option_told *told);

#endif
