/* SPDX-License-Identifier: MIT */
/* What the files of `probed profile` share: profile.c reads the call and the samples over SWD,
 * profile_swo.c those by SWO. */
#ifndef PROBED_CLI_PROFILE_H
#define PROBED_CLI_PROFILE_H

#include "cli/cli.h"
#include "image/debug_info.h"
#include "trace/pc_histogram.h"

struct profile {
    struct cli *cli;
    uint64_t limit_us, took_us;
    struct debug_info *info;
    struct pc_histogram histogram;
    bool full;    /* of addresses */
    uint64_t lot; /* of what is drawn */
};

/* Samples for as long as was asked for, or until Ctrl-C; the chip is as before. ERR_UNSUPPORTED
 * with a sentence where no SWO comes. */
enum err profile_by_swo(struct profile *profile);

#endif
