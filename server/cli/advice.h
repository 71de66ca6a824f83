/* SPDX-License-Identifier: MIT */
/* Sentences of the deeper layers name commands as gdb takes them (`monitor reset halt`). Who called
 * a tool has a shell before them: they get the tool that does it, with their own words for the
 * probe. */
#ifndef PROBED_CLI_ADVICE_H
#define PROBED_CLI_ADVICE_H

#include <stddef.h>

/* What stands between backticks or quotes is a command if it begins with `monitor` or `probed`.
 * `words` of the call, of which --probe and --sim are kept. Cut off at `size`. Returns `out`. */
const char *advice_for_shell(const char *text, int argc, const char *const argv[], char *out,
                             size_t size);

#endif
