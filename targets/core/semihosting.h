/* SPDX-License-Identifier: MIT */
/* Semihosting: the console calls of Arm's "Semihosting for AArch32 and AArch64" (ABI 2.0).
 * BKPT 0xAB with the call number in R0 and its argument in R1; the result goes to R0, and pc behind
 * it. The program's text goes where target_set_text() says. Worker thread. */
#ifndef PROBED_SEMIHOSTING_H
#define PROBED_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/visible.h"
#include "core/stop_filter.h"

/* A core's. All zero: on, nothing said yet. */
struct semihosting {
    bool off;                     /* BKPT 0xAB is an ordinary one */
    int error;                    /* what SYS_ERRNO gets */
    uint64_t warned;              /* bit per call number */
    char begun[VISIBLE_SEQUENCE]; /* the last character of its text, if not all there */
    size_t begun_length;
};

/* A call is served where the core ran or was stepped to it; where it was halted, once the core has
 * gone on. SYS_EXIT makes the stop STOP_EXIT. */
extern const struct stop_filter semihosting_filter;

#endif
