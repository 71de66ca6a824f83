/* SPDX-License-Identifier: MIT */
/* Measures all there is to be known of why a chip answers or does not, from cheap to intrusive:
 * nothing is erased or written but debug registers, which are put back. */
#ifndef PROBED_DOCTOR_H
#define PROBED_DOCTOR_H

#include "connect/measurements.h"

struct doctor_limits {
    bool allow_reset; /* NRST may be pulled: the program starts anew */
    bool thorough;    /* all clocks with many reads: tens of seconds */
};

/* The probe is open; whether anybody was connected does not matter. Leaves the core running (or as
 * it was, if it was halted), NRST released, the clock as it was asked for. ERR_OK whatever it
 * found: what failed is what was measured. Else ERR_PROBE_GONE or ERR_CANCELLED: the rest is not
 * known then. Without `thorough` at most 5 s on an ST-Link/V2; job_checkpoint() between steps. */
enum err doctor_measure(struct probe *probe, const struct doctor_limits *limits,
                        struct measurements *measured);

#endif
