/* SPDX-License-Identifier: MIT */
/* What the doctor's files share: doctor.c goes through the steps; doctor_wire.c takes supply and
 * wire, doctor_core.c access ports, core and chip, doctor_reset.c what a reset tells. */
#ifndef PROBED_DOCTOR_INTERNAL_H
#define PROBED_DOCTOR_INTERNAL_H

#include "chip/dbgmcu.h"
#include "connect/doctor.h"
#include "core/scs.h"
#include "probe/ops.h"

enum { DOCTOR_CONNECTS = 3, DOCTOR_PORT_READS = 4, DOCTOR_READS = 12, DOCTOR_MANY_READS = 1000 };

struct doctor {
    struct probe *probe;
    struct job *job;
    struct measurements *measured;
    struct ops ops; /* by way of the core's access port */
    bool allow_reset, thorough;
    uint32_t asked_khz, best_khz;
    bool clean;           /* at a clock that was tried */
    struct dbgmcu dbgmcu; /* as it was */
    uint32_t demcr;       /* as it was before that */
    bool debug_on;        /* we switched debugging of the core on */
};

/* No step behind it makes sense. */
bool doctor_ends(enum err err);
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
/* Everything of ours off the chip and the probe; errors do not matter any more. */
void doctor_restore(struct doctor *doctor);

#endif
