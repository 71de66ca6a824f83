/* SPDX-License-Identifier: MIT */
/* The decision procedure, step by step. */
#include "connect/doctor.h"

#include "connect/doctor_internal.h"

static const struct step {
    const char *name;
    enum err (*run)(struct doctor *);
} steps[] = {
    {"the supply", doctor_measure_supply},
    {"the wire", doctor_measure_wire}, /* all that is glanced at */
    {"whether it answers under reset", doctor_measure_under_reset},
    {"access ports", doctor_settle},
    {"access ports", doctor_measure_aps},
    {"what the core does", doctor_sample_core},
    {"the chip", doctor_measure_chip},
    {"its option bytes", doctor_measure_options},
    {"whether NRST arrives", doctor_test_nrst},
};
enum { GLANCES = 2, STEPS = sizeof steps / sizeof *steps };

/* Wires that garble at a slow clock take long: they are what is to be mended first anyway. */
static bool is_late(const struct doctor *doctor)
{
    return !doctor->thorough && clock_now_us(probe_clock(doctor->probe)) > doctor->ends_us;
}

static enum err go_through(struct doctor *doctor)
{
    size_t count = doctor->glance ? GLANCES : STEPS;
    enum err err = ERR_OK;

    doctor->ends_us = clock_now_us(probe_clock(doctor->probe)) + DOCTOR_BUDGET_US;
    for (size_t i = 0; i < count && !err && !is_late(doctor); i++) {
        doctor_tell(doctor, "%s", steps[i].name);
        err = steps[i].run(doctor);
        if (!err)
            err = job_checkpoint(doctor->job);
    }
    return err;
}

static enum err measure(struct doctor *doctor)
{
    *doctor->measured = (struct measurements){.probe = *probe_info(doctor->probe)};
    ops_init(&doctor->ops, doctor->probe);
    enum err err = go_through(doctor);
    doctor->measured->reset_seen |=
        (ops_take_dhcsr_sticky(&doctor->ops) & DHCSR_S_RESET_ST) != 0; /* in waits */
    if (err == ERR_PROBE_GONE)
        return err;
    struct job_failure failure;
    job_set_aside(doctor->job, &failure);
    job_section_begin(doctor->job);
    doctor_restore(doctor);
    job_section_end(doctor->job);
    job_take_back(doctor->job, &failure, "");
    return err;
}

enum err doctor_measure(struct probe *probe, const struct doctor_limits *limits,
                        struct measurements *measured)
{
    struct doctor doctor = {.probe = probe,
                            .job = probe_job(probe),
                            .measured = measured,
                            .limits = limits,
                            .allow_reset = limits->allow_reset,
                            .thorough = limits->thorough,
                            .asked_khz = probe_asked_khz(probe)};

    return measure(&doctor);
}

enum err doctor_glance(struct probe *probe, struct measurements *measured)
{
    static const struct doctor_limits none = {0};
    struct doctor doctor = {.probe = probe,
                            .job = probe_job(probe),
                            .measured = measured,
                            .limits = &none,
                            .glance = true,
                            .asked_khz = probe_asked_khz(probe)};

    return measure(&doctor);
}
