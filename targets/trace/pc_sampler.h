/* SPDX-License-Identifier: MIT */
/* Samples of where the core is, by reading DWT_PCSR while it runs: it does not notice (DDI 0403,
 * C1.8.5; DDI 0419, C1.6.5). They come at times drawn by lot, so that no loop of the program keeps
 * step with them. Worker thread. */
#ifndef PROBED_PC_SAMPLER_H
#define PROBED_PC_SAMPLER_H

#include "base/err.h"
#include "trace/pc_histogram.h"

struct target;

struct pc_sampler {
    uint64_t lot;     /* of the next pause */
    bool tells_sleep; /* the register reads as all ones while the core sleeps; else DHCSR tells */
    bool slept;       /* DHCSR said so once */
    unsigned zeros;   /* in a row, from the first on: the core has no such register */
    bool proved;      /* it has */
};

void pc_sampler_init(struct pc_sampler *sampler, uint64_t seed);
/* One more. ERR_UNSUPPORTED with a sentence if the core has no such register;
 * ERR_BUSY: it stands; ERR_NO_MEMORY; the wire's. */
enum err pc_sample(struct pc_sampler *sampler, struct target *target,
                   struct pc_histogram *histogram);

#endif
