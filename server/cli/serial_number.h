/* SPDX-License-Identifier: MIT */
/* --serial-from FILE@ADDRESS: each board gets a number of its own. The file holds the next one, in
 * decimal; it is counted on, on disk, before a number is used, so that none is given twice, whoever
 * else takes some at the same time and whatever happens behind it: a board that fails has cost its
 * number. `uid@ADDRESS` takes the chip's unique id instead, and needs no file. */
#ifndef PROBED_CLI_SERIAL_NUMBER_H
#define PROBED_CLI_SERIAL_NUMBER_H

#include "cli/files.h"

/* Before anything is taken: the words, and whether the place is one file's, or nobody's. */
enum err serial_number_check(struct cli *cli, struct cli_files *files);
/* The chip is connected: into the bytes that will be programmed, four (little-endian) or twelve. */
enum err serial_number_put(struct cli *cli, struct cli_files *files);

/* The next number of the file, which is counted on. ERR_FILE with a sentence. */
enum err serial_number_take(struct job *job, const char *path, uint32_t *number);

#endif
