/* SPDX-License-Identifier: MIT */
/* What a probe tells without the core: the supply, and how the debug port answers at which clock.
 */
#include "connect/doctor_internal.h"

bool doctor_ends(enum err err)
{
    return err == ERR_PROBE_GONE || err == ERR_CANCELLED || err == ERR_NO_MEMORY;
}

/* --- supply --- */

enum err doctor_measure_supply(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;

    for (unsigned i = 0; i < MEASURED_VTREFS; i++) {
        enum err err = probe_vtref(doctor->probe, &m->vtref_mv[m->vtref_count]);
        if (doctor_ends(err))
            return err;
        m->vtref_count += err == ERR_OK;
        job_clear(doctor->job);
    }
    return ERR_OK;
}

/* --- the wire --- */

static void count(struct tally *tally, enum err err)
{
    tally->tries++;
    switch (err) {
    case ERR_OK:
        tally->good++;
        break;
    case ERR_NO_TARGET:
        tally->silent++;
        break;
    case ERR_PARITY:
        tally->garbled++;
        break;
    case ERR_WAIT:
        tally->waited++;
        break;
    case ERR_FAULT:
        tally->refused++;
        break;
    default:
        tally->other++;
    }
}

/* The debug port alone, for which the core need not answer; or CPUID, which goes the whole way. */
static enum err read_times(struct doctor *doctor, struct tally *reads, bool port, unsigned times)
{
    struct measurements *m = doctor->measured;
    uint32_t id = 0;

    for (unsigned i = 0; i < times; i++) {
        if (i && i % DOCTOR_SLICE == 0) {
            enum err cancelled = job_checkpoint(doctor->job);
            if (cancelled)
                return cancelled;
            doctor_tell(doctor, "the wire at %u kHz: %u of %u reads",
                        (unsigned)probe_now_khz(doctor->probe), i, times);
        }
        uint64_t repeats = probe_stats(doctor->probe)->repeats;
        if (port)
            ops_dp_read(&doctor->ops, 0, &id);
        else
            ops_read32(&doctor->ops, SCB_CPUID, &id);
        enum err err = ops_flush(&doctor->ops);
        if (doctor_ends(err))
            return err;
        count(reads, err);
        reads->repeats += (unsigned)(probe_stats(doctor->probe)->repeats - repeats);
        job_clear(doctor->job);
        m->dpidr_steady |= port && !err && id == m->dpidr;
    }
    return ERR_OK;
}

static enum err connect_once(struct doctor *doctor, struct speed_measured *speed,
                             enum probe_connect how)
{
    struct measurements *m = doctor->measured;
    uint32_t dpidr = 0;
    enum err err = probe_connect(doctor->probe, how, &dpidr);

    if (doctor_ends(err))
        return err;
    count(&speed->connects, err);
    if (err && !speed->first_err)
        speed->first_err = err;
    m->power_refused |= err == ERR_POWER;
    m->dpidr_steady |= dpidr && dpidr == m->dpidr;
    m->dpidr = dpidr ? dpidr : m->dpidr;
    job_clear(doctor->job);
    return ERR_OK;
}

enum err doctor_try_speed(struct doctor *doctor, struct speed_measured *speed,
                          enum probe_connect how)
{
    unsigned reads = doctor->thorough ? DOCTOR_MANY_READS : DOCTOR_READS;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < DOCTOR_CONNECTS && !err && !speed->connects.good; i++)
        err = connect_once(doctor, speed, how);
    if (err || !speed->connects.good)
        return err;
    err = read_times(doctor, &speed->reads, true, DOCTOR_PORT_READS);
    if (!err && speed->reads.good)
        err = read_times(doctor, &speed->reads, false, reads);
    return err;
}

static bool is_clean(const struct speed_measured *speed)
{
    return speed->connects.good == speed->connects.tries && speed->reads.tries &&
           speed->reads.good == speed->reads.tries && !speed->reads.repeats;
}

/* The probe's own choice first; slower only while that is not clean, unless all are wanted. */
enum err doctor_measure_wire(struct doctor *doctor)
{
    static const uint32_t few[] = {0, 480, 125}, all[] = {4000, 1800, 950, 480, 240, 125, 100, 50};
    const uint32_t *list = doctor->thorough ? all : few;
    unsigned count = doctor->thorough ? sizeof all / sizeof *all : sizeof few / sizeof *few;
    struct measurements *m = doctor->measured;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < count && !err; i++) {
        struct speed_measured *speed = &m->speeds[m->speed_count];
        speed->khz = list[i];
        if (list[i] || doctor->thorough)
            err = probe_set_speed(doctor->probe, list[i], NULL);
        if (!err)
            err = doctor_try_speed(doctor, speed, PROBE_CONNECT_NORMAL);
        m->speed_count++;
        if (err || (err = job_checkpoint(doctor->job)) != ERR_OK)
            break;
        bool better = speed->reads.good && (!m->reached || is_clean(speed));
        if (better && (!m->reached || !doctor->clean)) {
            m->good_khz = is_clean(speed) ? list[i] : 0;
            doctor->best_khz = list[i];
        }
        m->reached |= speed->reads.good > 0;
        doctor->clean |= is_clean(speed);
        if (doctor->glance || probe_one_speed(doctor->probe) ||
            (doctor->clean && !doctor->thorough))
            break;
    }
    return err;
}

enum err doctor_settle(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    enum err err = ERR_OK;

    if (m->speed_count > 1)
        err = probe_set_speed(doctor->probe, doctor->best_khz, NULL);
    if (!err && m->reached && m->speed_count > 1)
        err = probe_connect(doctor->probe, PROBE_CONNECT_NORMAL, NULL);
    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}
