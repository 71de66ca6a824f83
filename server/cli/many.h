/* SPDX-License-Identifier: MIT */
/* One tool on several boards at once: a process of its own a board, whose lines are passed on with
 * the board's name in front, but for those of JSON, which name it themselves. One thread. */
#ifndef PROBED_CLI_MANY_H
#define PROBED_CLI_MANY_H

#include "cli/cli.h"

/* The call names several probes, or all, and the tool can do with that. */
bool many_is_meant(const struct cli *cli);
/* cli->code is the largest of all. */
enum err many(struct cli *cli);

#endif
