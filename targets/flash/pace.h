/* SPDX-License-Identifier: MIT */
/* When will the flash be through with what it was given? Learnt while it works: clones differ from
 * the data sheet, and to ask all the time costs a probe's round trip each.
 *
 * Work is counted in units of programming. A moment at which a known amount was just done is an
 * anchor; the next one tells how long a unit takes. Times are the probe clock's, in microseconds.
 */
#ifndef PROBED_PACE_H
#define PROBED_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    uint64_t anchor_us;
    uint32_t unit_ns; /* as learnt, rather too short; 0: nothing is known */
    uint32_t units;   /* done since the anchor */
    bool doubtful;    /* there may have been nothing to do in between */
};

/* Work begins now. */
void pace_begin(struct pace *pace, uint64_t now_us);
/* When `units` more are done at the earliest. */
uint64_t pace_expects_us(const struct pace *pace, uint32_t units);
/* They were done when somebody looked; `waited`: they were not when he looked before. */
void pace_done(struct pace *pace, uint32_t units, bool waited, uint64_t now_us);
/* Work is added now behind the `units` under way, of which it may come too late. */
void pace_goes_on(struct pace *pace, uint32_t units, uint64_t now_us);
/* Nothing was done for so long. */
void pace_stood(struct pace *pace, uint64_t us);

#endif
