/* SPDX-License-Identifier: MIT */
/* The chip's unique id: three words that no other chip of its kind has. */
#ifndef PROBED_CLI_UNIQUE_ID_H
#define PROBED_CLI_UNIQUE_ID_H

#include "cli/cli.h"

/* In the order of their addresses. False: a chip whose place of it is not known, or that keeps it
 * to itself; no error stays in the job. */
bool unique_id_read(struct cli *cli, uint32_t uid[UNIQUE_ID_WORDS]);
/* "0123abcd-0123abcd-0123abcd" to `text`, and returns it. */
enum { UNIQUE_ID_TEXT = 32 };
const char *unique_id_text(const uint32_t uid[UNIQUE_ID_WORDS], char text[UNIQUE_ID_TEXT]);

#endif
