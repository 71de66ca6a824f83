/* SPDX-License-Identifier: MIT */
/* The table of tools, with what their --help teaches. */
#ifndef PROBED_CLI_TABLE_H
#define PROBED_CLI_TABLE_H

#include "cli/cli.h"

extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

#endif
