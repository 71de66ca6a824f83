/* SPDX-License-Identifier: MIT */
/* `probed run` on several boards at once: a process of its own a board, whose lines are passed on
 * with the board's name in front. One thread. */
#ifndef PROBED_RUN_MANY_H
#define PROBED_RUN_MANY_H

#include "cli/cli.h"

/* The call names several probes, or all. */
bool run_many_is_meant(const struct cli *cli);
/* cli->code is the largest of all. */
enum err run_many(struct cli *cli);

#endif
