/* SPDX-License-Identifier: MIT */
/* What looks at a stop before anyone hears of it: a program's semihosting call, say, is none to
 * whoever waits for one.
 *
 * Whoever finds that the core stands asks once, whatever the core was doing, and does as the
 * verdict says. A filter is a row of the table in stop_filters.c. Worker thread. */
#ifndef PROBED_STOP_FILTER_H
#define PROBED_STOP_FILTER_H

#include "target.h"

struct core;

/* What the stop is the end of. */
enum stop_of {
    STOP_OF_RUN,  /* whoever waits for it polls */
    STOP_OF_STEP, /* or of a step over a range. Also before one, of a BKPT that is at pc */
    STOP_OF_HALT, /* somebody wants the core to stand */
};

enum stop_verdict {
    VERDICT_STOP,   /* it is one, as `stop` says by now */
    VERDICT_SERVED, /* nobody hears of it: the core goes on, past what stopped it if the filter has
                       not moved pc itself */
    VERDICT_LATER,  /* it is the filter's, but not now: the core stands where it stood. STOP_OF_RUN:
                       it counts as running, and the next poll asks again. Others: told as what it
                       is the end of, asked again when the core has gone on from here */
};

struct stop_filter {
    const char *name;
    /* Looks at `stop`, in which the core stands, registers cached. *verdict is VERDICT_STOP, which
     * stays if the stop is none of the filter's business; `stop` may become another one, but is
     * left alone with the other verdicts. Must not wait in a STOP_OF_RUN (VERDICT_LATER is for
     * that), nor do anything to the target in a STOP_OF_HALT; else long work calls
     * job_checkpoint(). After an error, ERR_CANCELLED above all, pc is where it was. */
    enum err (*look)(struct core *core, enum stop_of of, struct target_stop *stop,
                     enum stop_verdict *verdict);
};

/* The first that does not say VERDICT_STOP decides; NULL ends the table. */
extern const struct stop_filter *const stop_filters[];

/* Asks them. With VERDICT_STOP core->stop becomes `stop`. */
enum err stop_filter_ask(struct core *core, enum stop_of of, struct target_stop *stop,
                         enum stop_verdict *verdict);

#endif
