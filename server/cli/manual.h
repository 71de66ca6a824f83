/* SPDX-License-Identifier: MIT */
/* `probed manual NAME`: the man page of "probed", or of "probed-flash" and its like, as scdoc(5)
 * takes it. False: there is no such page, and nothing is printed. */
#ifndef PROBED_CLI_MANUAL_H
#define PROBED_CLI_MANUAL_H

#include <stdbool.h>
#include <stdio.h>

bool manual_print(FILE *out, const char *name);

#endif
