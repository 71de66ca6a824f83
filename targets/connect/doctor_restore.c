/* SPDX-License-Identifier: MIT */
/* Everything of ours off the chip: core, comparators, ST's debug register. What the wire swallowed
 * is done again; where the program has taken the debug port away meanwhile, under reset. */
#include "connect/doctor_internal.h"

enum { TRIES = 2 };

/* Debugging that was off goes off last: C_HALT is nobody's without it (DDI 0403, C1.6.2). */
static void queue_core_back(struct doctor *doctor)
{
    bool debugged = doctor->dhcsr & DHCSR_C_DEBUGEN;

    if (doctor->catching || doctor->tracing)
        ops_write32(&doctor->ops, DEMCR, doctor->demcr);
    if (!doctor->catching)
        return;
    ops_write32(&doctor->ops, DHCSR, doctor_control_bits(doctor));
    if (!debugged)
        ops_write32(&doctor->ops, DHCSR, DHCSR_KEY);
}

/* Comparators of the watch unit answer only while DEMCR.TRCENA is set (C1.8.1): it is there if any
 * was kept. */
static void queue_kept(struct doctor *doctor)
{
    for (unsigned i = 0; i < doctor->kept_count; i++)
        ops_write32(&doctor->ops, doctor->kept[i].address, doctor->kept[i].value);
}

static bool put_back(struct doctor *doctor, const struct dbgmcu *was)
{
    job_clear(doctor->job);
    queue_core_back(doctor);
    queue_kept(doctor);
    enum err err = ops_flush(&doctor->ops);
    if (err)
        return err == ERR_PROBE_GONE;
    doctor->dbgmcu = *was;
    err = dbgmcu_restore(&doctor->dbgmcu, &doctor->ops);
    return err == ERR_PROBE_GONE || dbgmcu_is_back(was, &doctor->ops);
}

/* Where a program sleeps or takes the debug port away nothing is sure but before it runs; ST's
 * register can be written there, too (RM0008, 31.16.3: "by the debugger under system reset"). */
static bool put_back_under_reset(struct doctor *doctor, const struct dbgmcu *was)
{
    uint32_t dpidr;

    job_clear(doctor->job);
    enum err err = probe_connect(doctor->probe, PROBE_CONNECT_UNDER_RESET, &dpidr);
    return !err && put_back(doctor, was);
}

void doctor_restore(struct doctor *doctor)
{
    const struct dbgmcu was = doctor->dbgmcu;
    bool changed = doctor->catching || doctor->tracing || doctor->kept_count ||
                   was.control.address || was.clock.address;
    bool done = !changed;

    for (unsigned i = 0; i < TRIES && !done && doctor->pulled && !doctor->measured->reached; i++)
        done = put_back_under_reset(doctor, &was);
    if (doctor->pulled && probe_nrst(doctor->probe, PROBE_NRST_RELEASE) != ERR_OK)
        probe_nrst(doctor->probe, PROBE_NRST_RELEASE);
    for (unsigned i = 0; i < TRIES && !done; i++)
        done = put_back(doctor, &was);
    doctor->measured->left_on = !done;
    probe_set_speed(doctor->probe, doctor->asked_khz, NULL);
    job_clear(doctor->job);
}
