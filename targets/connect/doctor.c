/* SPDX-License-Identifier: MIT */
/* The decision procedure, step by step. */
#include "connect/doctor.h"

#include "connect/doctor_internal.h"

static enum err go_through(struct doctor *doctor)
{
    static enum err (*const steps[])(struct doctor *) = {
        doctor_measure_supply, doctor_measure_wire, doctor_measure_under_reset, doctor_settle,
        doctor_measure_aps,    doctor_sample_core,  doctor_measure_chip,        doctor_test_nrst,
    };
    enum err err = ERR_OK;

    for (size_t i = 0; i < sizeof steps / sizeof *steps && !err; i++) {
        err = steps[i](doctor);
        if (!err)
            err = job_checkpoint(doctor->job);
    }
    return err;
}

enum err doctor_measure(struct probe *probe, const struct doctor_limits *limits,
                        struct measurements *measured)
{
    struct doctor doctor = {.probe = probe,
                            .job = probe_job(probe),
                            .measured = measured,
                            .allow_reset = limits->allow_reset,
                            .thorough = limits->thorough,
                            .asked_khz = probe_asked_khz(probe)};

    *measured = (struct measurements){.probe = *probe_info(probe)};
    ops_init(&doctor.ops, probe);
    enum err err = go_through(&doctor);
    if (err == ERR_PROBE_GONE)
        return err;
    job_section_begin(doctor.job);
    doctor_restore(&doctor);
    job_section_end(doctor.job);
    return err;
}
