/* SPDX-License-Identifier: MIT */
/* The ladder of ways onto the wire, gentlest first, and what to say when none leads up. */
#ifndef PROBED_CONNECT_H
#define PROBED_CONNECT_H

#include "probe/probe.h"
#include "target.h"

struct connect_result {
    uint32_t dpidr;
    uint32_t cpuid;
    bool halted;      /* after a reset: the core stands at its vector; else it was not touched */
    bool held;        /* NRST was low without us: the core was halted when it rose */
    bool nrst_open;   /* under reset: NRST does not reach the chip, a software reset was used */
    char advice[200]; /* connected, but: one sentence; else empty */
};

/* NORMAL: as it is; then slower; then under reset. ATTACH: the first two. UNDER_RESET: NRST low
 * first, then the same slower. Leaves NRST released whatever happens. The core is not disturbed
 * but by the rungs under reset, which leave it halted before its first instruction. A core that
 * somebody else holds in reset is waited for; unless ATTACH for 3 s, and it is halted as it
 * comes up, and the job's output asks for the button to be released.
 * On ERR_OK the wire, AP 0 and CPUID answered. Else the job's sentence says what was found on the
 * way (voltage, DPIDR, which rung failed how) and which wire to look at; ERR_POWER: the voltage is
 * too low for any chip. At most a few seconds. */
enum err connect_ladder(struct probe *probe, enum target_connect how,
                        struct connect_result *result);

#endif
