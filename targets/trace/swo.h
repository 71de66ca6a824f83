/* SPDX-License-Identifier: MIT */
/* TRACESWO of a chip: ITM and DWT made to speak, by one pin, at a rate. All is for the first core.
 * Sections cited are of the Armv7-M Architecture Reference Manual, DDI 0403; pins and clocks:
 * reference manuals, "Debug support". Worker thread; errors are those of the wire. */
#ifndef PROBED_SWO_H
#define PROBED_SWO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct target;

/* A UART bears so much between sender and receiver, in per cent. */
enum { SWO_TOLERANCE = 3 };

struct swo_plan {
    uint32_t clock_hz;      /* what the pin's rate is divided from: the core's clock */
    uint32_t baud;          /* the receiver's */
    uint32_t ports;         /* a bit a stimulus port */
    uint32_t sample_cycles; /* between samples of the PC, about; 0: none */
    bool times, exceptions;
};

/* ERR_UNSUPPORTED with a sentence where there is no such pin: it names what there is instead. */
enum err swo_require(struct target *target);
/* The highest rate up to `limit` that divides the clock; 0: none. */
uint32_t swo_best_baud(uint32_t clock_hz, uint32_t limit);
/* What the pin sends at when it is to send at plan->baud. */
uint32_t swo_pin_baud(const struct swo_plan *plan);
bool swo_fits(const struct swo_plan *plan);
/* The cycles between samples that there will be. */
uint32_t swo_sample_period(uint32_t cycles);

/* Whatever the core does just now. */
enum err swo_set_up(struct target *target, const struct swo_plan *plan);
/* As plan->sample_cycles says now, in one flush; the rest stays. */
enum err swo_set_samples(struct target *target, const struct swo_plan *plan);
/* What the program changed of that since, as a clause for a sentence; empty: nothing. */
enum err swo_check(struct target *target, const struct swo_plan *plan, char *changed, size_t size);
/* ITM and DWT say no more; the pin is given back when the target is left. */
enum err swo_take_down(struct target *target);

/* How fast the core's clock is, measured by two looks at its cycle counter while it runs. */
struct swo_clock {
    uint32_t epoch; /* of the core; 0: the first look is still to come */
    uint32_t cycles;
    uint64_t at_us;
};
/* One look. *hz stays 0 until there are two, far enough apart and the core running between them. It
 * counts no sleep on chips whose clock stops then: a lower bound. */
enum err swo_clock_look(struct swo_clock *clock, struct target *target, uint32_t *hz);

#endif
