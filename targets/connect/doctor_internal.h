/* SPDX-License-Identifier: MIT */
/* What the doctor's files share: doctor.c goes through the steps; doctor_wire.c takes supply and
 * wire, doctor_core.c access ports and core, doctor_chip.c the chip, doctor_reset.c what a reset
 * tells. */
#ifndef PROBED_DOCTOR_INTERNAL_H
#define PROBED_DOCTOR_INTERNAL_H

#include "chip/dbgmcu.h"
#include "connect/doctor.h"
#include "core/scs.h"
#include "probe/ops.h"

enum {
    DOCTOR_CONNECTS = 3,
    DOCTOR_MANY_CONNECTS = 10,
    DOCTOR_PORT_READS = 12,
    DOCTOR_MORE_PORT_READS = 36, /* where those of the core were not all good */
    DOCTOR_FEW_READS = 12,
    DOCTOR_READS = 250, /* finds one garbled packet in 200 */
    DOCTOR_MANY_READS = 1000,
    DOCTOR_READ_US = 500000, /* at one clock, if not thorough */
    DOCTOR_KEPT = 40,
    DOCTOR_SLICE = 50,          /* reads between two checkpoints */
    DOCTOR_PORT_US = 100000,    /* for those of the port that are made again */
    DOCTOR_BUDGET_US = 3400000, /* behind that no step begins: each takes less than two seconds */
};

struct doctor {
    struct probe *probe;
    struct job *job;
    struct measurements *measured;
    struct ops ops; /* by way of the core's access port */
    const struct doctor_limits *limits;
    bool asked, allow_reset, thorough;
    bool glance;      /* the wire at one clock */
    uint64_t ends_us; /* of the probe's clock, by DOCTOR_BUDGET_US; people's time does not count */
    uint32_t asked_khz, best_khz;
    bool clean, errors;    /* at a clock that was tried */
    struct dbgmcu dbgmcu;  /* as it was */
    bool catching, pulled; /* we set a catch at the reset vector; we had NRST low */
    uint32_t demcr, dhcsr; /* as they were before that */
    bool tracing;          /* TRCENA is set for us, which was not: demcr is as it was */
    struct {
        uint32_t address, value; /* a comparator, or the switch of all, that is not 0 */
    } kept[DOCTOR_KEPT];
    unsigned kept_count;
};

/* No step behind it makes sense. */
bool doctor_ends(enum err err);
/* Control bits of DHCSR for a core that shall go on as it was before a reset was to be caught: it
 * stands behind that, too, if it stood. */
static inline uint32_t doctor_control_bits(const struct doctor *doctor)
{
    uint32_t debugged = doctor->dhcsr & DHCSR_C_DEBUGEN ? DHCSR_C_MASKINTS : 0;

    return DHCSR_KEY | DHCSR_C_DEBUGEN | (doctor->dhcsr & debugged) |
           (doctor->dhcsr & DHCSR_S_HALT ? DHCSR_C_HALT : 0);
}
/* A reset would be next: may it? */
bool doctor_may_reset(struct doctor *doctor);
void doctor_tell(const struct doctor *doctor, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void doctor_count(struct tally *tally, enum err err);
/* Connected at once, and nothing was wrong with any read. */
bool doctor_is_clean(const struct speed_measured *speed);
enum err doctor_try_speed(struct doctor *doctor, struct speed_measured *speed,
                          enum probe_connect how);

/* Each is a step: what it needs and what it may do it asks itself. */
enum err doctor_measure_supply(struct doctor *doctor);
enum err doctor_measure_wire(struct doctor *doctor);
/* Back to the fastest clock that is good for the rest. */
enum err doctor_settle(struct doctor *doctor);
enum err doctor_measure_under_reset(struct doctor *doctor);
enum err doctor_test_nrst(struct doctor *doctor);
enum err doctor_measure_aps(struct doctor *doctor);
enum err doctor_sample_core(struct doctor *doctor);
enum err doctor_measure_chip(struct doctor *doctor);
enum err doctor_measure_options(struct doctor *doctor);
/* Everything of ours off the chip and the probe; errors do not matter any more. */
void doctor_restore(struct doctor *doctor);

#endif
