/* SPDX-License-Identifier: MIT */
/* Breaks an open probe on purpose, for tests: its driver is replaced by a copy whose run() fails at
 * the n-th operation, or at operations a seed chooses. */
#ifndef PROBED_FAULT_H
#define PROBED_FAULT_H

#include "probe/driver.h"

enum fault_kind {
    FAULT_TIMEOUT, /* ERR_TIMEOUT */
    FAULT_NO_ACK,  /* ERR_NO_TARGET */
    FAULT_REFUSED, /* ERR_FAULT */
    FAULT_GARBLED, /* ERR_PARITY */
    FAULT_GONE,    /* ERR_PROBE_GONE, from then on for ever */
};

struct fault_plan {
    enum fault_kind kind;
    uint64_t at;     /* fails at this operation, 1 is the first; 0: by seed */
    uint32_t seed;   /* not 0 */
    uint32_t one_in; /* by seed: how many operations per failure, on average */
    bool calls;      /* connecting, NRST, VTref and changes of speed count as operations, too */

    /* fault.c's own. */
    struct probe_driver driver;
    const struct probe_driver *inner;
    uint64_t seen;
    bool gone;
};

/* `plan` stays the caller's and must outlive the probe. What the broken operation and those behind
 * it ask for does not reach the target; those before it do. */
void fault_wrap(struct probe *probe, struct fault_plan *plan);

#endif
