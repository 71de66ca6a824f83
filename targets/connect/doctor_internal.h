/* SPDX-License-Identifier: MIT */
/* What the doctor's files share: doctor.c goes through the steps; doctor_wire.c takes supply and
 * wire, doctor_core.c access ports, core and chip, doctor_reset.c what a reset tells. */
#ifndef PROBED_DOCTOR_INTERNAL_H
#define PROBED_DOCTOR_INTERNAL_H

#include "chip/dbgmcu.h"
#include "connect/doctor.h"
#include "probe/ops.h"

/* DDI 0403, C1.6 and B3.2. */
#define DOCTOR_CPUID 0xE000ED00u
#define DOCTOR_DFSR 0xE000ED30u
#define DOCTOR_DFSR_VCATCH (1u << 3)
#define DOCTOR_DHCSR 0xE000EDF0u
#define DOCTOR_DHCSR_KEY 0xA05F0000u
#define DOCTOR_DHCSR_C_DEBUGEN (1u << 0)
#define DOCTOR_DHCSR_S_HALT (1u << 17)
#define DOCTOR_DHCSR_S_SLEEP (1u << 18)
#define DOCTOR_DHCSR_S_LOCKUP (1u << 19)
#define DOCTOR_DHCSR_S_RETIRE_ST (1u << 24)
#define DOCTOR_DHCSR_S_RESET_ST (1u << 25)
#define DOCTOR_DEMCR 0xE000EDFCu
#define DOCTOR_DEMCR_VC_CORERESET (1u << 0)

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
void doctor_count(struct tally *tally, enum err err);
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
