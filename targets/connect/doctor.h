/* SPDX-License-Identifier: MIT */
/* Measures all there is to be known of why a chip answers or does not, from cheap to intrusive:
 * nothing is erased or written but debug registers, which are put back. */
#ifndef PROBED_DOCTOR_H
#define PROBED_DOCTOR_H

#include "connect/measurements.h"

struct doctor_limits {
    bool allow_reset; /* NRST may be pulled: the program starts anew */
    bool thorough;    /* all clocks with many reads: tens of seconds */
    bool explaining;  /* a connect that failed just now: none is tried for the option bytes */
    /* Where that was not allowed: may it, by what is known so far? Asked at most once, before the
     * first reset; NULL: it may not. */
    bool (*may_reset)(void *user, const struct measurements *so_far);
    /* What is measured now, in a few words; NULL: nobody wants to know. */
    void (*tell)(void *user, const char *what);
    void *user; /* of both */
};

/* The probe is open; whether anybody was connected does not matter. Leaves the core running (or
 * halted, if it was: behind a reset that worked, before its first instruction), its debugging on or
 * off as it was, NRST released if it was pulled here, the clock as it was asked for. ERR_OK
 * whatever it found: what failed is what was measured. Else what keeps the probe itself from being
 * used (ERR_PROBE_GONE, ERR_BUSY, as doctor_judge_opening() knows them), ERR_CANCELLED or
 * ERR_NO_MEMORY: the rest is not known then. Without `thorough` at most 5 s on an ST-Link/V2 but
 * for may_reset(); job_checkpoint() between steps. */
enum err doctor_measure(struct probe *probe, const struct doctor_limits *limits,
                        struct measurements *measured);
/* The same of supply and wire alone, at the one clock that was asked for: some ten milliseconds. */
enum err doctor_glance(struct probe *probe, struct measurements *measured);

#endif
