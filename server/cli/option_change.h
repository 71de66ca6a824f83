/* SPDX-License-Identifier: MIT */
/* A change of option bytes by a tool: what will happen is shown, asked, done, read back, and what
 * it takes until it counts is said or done. */
#ifndef PROBED_CLI_OPTION_CHANGE_H
#define PROBED_CLI_OPTION_CHANGE_H

#include "cli/cli.h"
#include "flash/options.h"

struct option_work {
    struct cli *cli;
    struct target *target;
    const struct flash_options *options;
    struct option_state before, wanted; /* the same after option_work_begin() */
};

/* Connects and reads them. ERR_UNSUPPORTED: those of this chip are not known. */
enum err option_work_begin(struct option_work *work, struct cli *cli);
/* From `before` to `wanted`; nothing is done where they are the same, which is said by `already`.
 */
enum err option_work_change(struct option_work *work, const char *already);

#endif
