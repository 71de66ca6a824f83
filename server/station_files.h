/* SPDX-License-Identifier: MIT */
/* The files that a station has open as long as it lives: its part of --wire-log, the directory of
 * --semihosting-dir, and what --pack says of its chip. */
#ifndef PROBED_STATION_FILES_H
#define PROBED_STATION_FILES_H

#include <stdio.h>

#include "options/options.h"
#include "station_plan.h"

struct directory;
struct pack;

struct station_files {
    FILE *wire;                  /* NULL: not asked for */
    struct directory *directory; /* as well */
    struct pack *pack;           /* as well */
};

/* False: `log`, which outlives them, has the sentence. */
bool station_files_open(struct station_files *files, const struct options *options,
                        const struct station_plan *plan, const struct log *log);
void station_files_close(struct station_files *files);

#endif
