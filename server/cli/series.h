/* SPDX-License-Identifier: MIT */
/* One tool on one board after another, as a production jig wants it: a board appears, a process of
 * its own does the work, the board is taken away, the next one appears. */
#ifndef PROBED_CLI_SERIES_H
#define PROBED_CLI_SERIES_H

#include "cli/cli.h"

/* --count N or --forever was said. */
bool series_is_meant(const struct cli *cli);
/* A line a board; cli->code is the largest of all. */
enum err series(struct cli *cli);

#endif
