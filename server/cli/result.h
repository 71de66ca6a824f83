/* SPDX-License-Identifier: MIT */
/* What a call leaves for programs: its exit code, and with --json one object on standard output,
 * whatever happened. A tool adds members of its own to cli->json while it works; what all have
 * (docs/json.md) is added here, and all of it is written at the end, in one go. */
#ifndef PROBED_CLI_RESULT_H
#define PROBED_CLI_RESULT_H

#include "cli/cli.h"

/* By what went wrong; a tool with CLI_NOT_RUN has one code for all of it. */
int result_code(const struct cli *cli, enum err err);
/* Opens the object if the call asks for one, however wrong it is. False: out of memory. */
bool result_begin(struct cli *cli, int argc, const char *const argv[]);
/* No object: others print some. */
void result_drop(struct cli *cli);
/* Which of the codes of cli.h it is, whatever the tool. */
int result_kind(const struct cli *cli, enum err err);
/* What answered, for the members "probe" and "target"; the session is connected. */
void result_see(struct cli *cli);
/* What went wrong, where the call itself does not fail by it: the first one counts. */
void result_problem(struct cli *cli, enum err err, const char *advice);
/* Closes and writes the object. */
void result_end(struct cli *cli, enum err err, int code, const char *advice);

#endif
