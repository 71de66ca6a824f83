/* SPDX-License-Identifier: MIT */
/* One rung of the ladder: the wire, the access port of the core, and where a reset is part of it
 * the core halted at its vector. For connect.c and by_hand.c. */
#ifndef PROBED_RUNG_H
#define PROBED_RUNG_H

#include "connect/findings.h"
#include "probe/ops.h"

struct climb {
    struct probe *probe;
    struct ops ops;
    struct findings *findings;
    bool may_halt;       /* one that is held in reset when it comes out */
    uint64_t held_until; /* so long a core in reset is waited for; 0: as rung.c sees fit */
    uint32_t khz;        /* asked for before we came; 0: the probe's own choice */
    uint32_t slowed;     /* gone down to; 0: not */
    bool held, caught;   /* caught: the core is to stop after a reset */
};

/* Tries; what came of it is the climb's next finding, and the job's sentence. Whatever happens NRST
 * is released. A core that somebody else holds in reset is waited for: 3 s and halted as it comes
 * up, if it may be, after the job's output asked for the button to be released. */
enum err rung_try(struct climb *climb, enum connect_way way, uint32_t khz);
/* No other rung helps: the probe, or whoever asked, has given up, or NRST is low whatever we do. */
bool rung_is_final(const struct climb *climb, enum err err);

#endif
