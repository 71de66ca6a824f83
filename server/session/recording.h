/* SPDX-License-Identifier: MIT */
/* The file of --wire-log. */
#ifndef PROBED_RECORDING_H
#define PROBED_RECORDING_H

#include <stdio.h>

#include "options/options.h"

/* Anew, for the caller to close. NULL: *why says why not. One that --probe replay: plays back,
 * however it is written, is refused: the record would be lost. */
FILE *recording_open(const struct options *options, const char *path, const char **why);

#endif
