/* SPDX-License-Identifier: MIT */
/* What was measured on the way up the ladder: values, no sentences. explain.h says what they mean.
 */
#ifndef PROBED_FINDINGS_H
#define PROBED_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "probe/probe.h"
#include "target.h"

enum { CONNECT_RUNGS = 16 };

/* Gentlest first. */
enum connect_way {
    WAY_AS_IT_IS,    /* whatever runs goes on */
    WAY_PRE_RESET,   /* NRST is pulled and released, then at once in, then a software reset */
    WAY_UNDER_RESET, /* in while NRST is low */
    WAY_BY_HAND,     /* a person presses the board's reset button */
};

struct rung_finding {
    enum connect_way way;
    uint32_t khz;   /* went down to; 0: the speed asked for, or the probe's own choice */
    enum err err;   /* ERR_OK: it led up */
    uint32_t dpidr; /* what the debug port said; 0: nothing */
    char text[200]; /* what the failed operation said, in the words of its layer; else empty */
};

struct findings {
    enum target_connect asked;
    struct rung_finding
        rungs[CONNECT_RUNGS]; /* in the order they were tried; the last led up, or none */
    size_t rung_count;
    uint32_t dpidr, cpuid; /* the last that was read; 0: none */
    uint8_t ap;            /* the access port that leads to the core */
    bool halted;     /* after a reset: the core stands at its vector; else it was not touched */
    bool held;       /* NRST was low without us: the core was halted when it rose */
    bool nrst_open;  /* NRST was pulled, but no vector was caught for it (DFSR.VCATCH): it does not
                        reach the chip, a software reset was used */
    bool reset_seen; /* there was a reset since a debugger looked last, or none ever did */
    uint16_t told;   /* device id that AP 0 told, of a chip whose core is elsewhere; 0: none */
    bool out_of_reach; /* a core may be behind a port that the probe's firmware does not reach */
    bool shut;         /* ..and that the way to its core is shut */
    bool vtref_known;  /* measured only where no rung led up by itself */
    uint32_t vtref_mv;
};

#endif
