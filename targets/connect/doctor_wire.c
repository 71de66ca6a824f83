/* SPDX-License-Identifier: MIT */
/* What a probe tells without the core: the supply, and how the debug port answers at which clock.
 */
#include "connect/doctor_internal.h"

#include "chip/detect.h"

bool doctor_ends(enum err err)
{
    return err == ERR_PROBE_GONE || err == ERR_CANCELLED || err == ERR_NO_MEMORY ||
           err == ERR_BUSY || err == ERR_PROBE_ACCESS || err == ERR_PROBE_LOADER;
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

void doctor_count(struct tally *tally, enum err err)
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

static void see_dpidr(struct measurements *m, uint32_t dpidr)
{
    m->dpidr_steady |= dpidr == m->dpidr;
    m->dpidr_changes += m->dpidr && dpidr != m->dpidr;
    m->dpidr = dpidr;
}

static void count_read(struct tally *tally, enum err err, uint64_t repeats)
{
    doctor_count(tally, err);
    tally->repeats += (unsigned)repeats;
}

/* The debug port alone, for which the core need not answer; or CPUID, which goes the whole way. */
static enum err read_once(struct doctor *doctor, struct speed_measured *speed, bool port)
{
    struct measurements *m = doctor->measured;
    uint64_t repeats = probe_stats(doctor->probe)->repeats;
    uint32_t id = 0;

    if (port)
        ops_dp_read(&doctor->ops, 0, &id);
    else
        ops_read32(&doctor->ops, SCB_CPUID, &id);
    enum err err = ops_flush(&doctor->ops);
    if (doctor_ends(err))
        return err;
    if (err == ERR_UNSUPPORTED) { /* an old firmware reads memory alone */
        job_clear(doctor->job);
        return ERR_OK;
    }
    if (!port && !err && !detect_is_arm_core(id)) { /* read well, and no core's id: whose is it? */
        m->strange_cpuid = id;
        err = ERR_VERIFY;
    }
    repeats = probe_stats(doctor->probe)->repeats - repeats;
    count_read(&speed->reads, err, repeats);
    if (port)
        count_read(&speed->port, err, repeats);
    job_clear(doctor->job);
    if (port && !err)
        see_dpidr(m, id);
    return ERR_OK;
}

static enum err read_port(struct doctor *doctor, struct speed_measured *speed)
{
    enum err err = ERR_OK;

    for (unsigned i = 0; i < DOCTOR_PORT_READS && !err; i++)
        err = read_once(doctor, speed, true);
    return err;
}

/* Was it the wire? Then the debug port's own register is no better off. */
static enum err read_port_again(struct doctor *doctor, struct speed_measured *speed)
{
    bool all_good = speed->reads.good - speed->port.good == speed->reads.tries - speed->port.tries;

    struct clock *clock = probe_clock(doctor->probe);
    uint64_t end = clock_now_us(clock) + DOCTOR_PORT_US;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < DOCTOR_MORE_PORT_READS && !err && !all_good; i++) {
        if (clock_now_us(clock) > end)
            break;
        err = read_once(doctor, speed, true);
    }
    return err;
}

static enum err rest(struct doctor *doctor, unsigned done, unsigned of)
{
    if (!done || done % DOCTOR_SLICE)
        return ERR_OK;
    doctor_tell(doctor, "the wire at %u kHz: %u of %u reads",
                (unsigned)probe_now_khz(doctor->probe), done, of);
    return job_checkpoint(doctor->job);
}

/* Few are enough of what is always refused, or never answered. */
static bool is_hopeless(const struct speed_measured *speed)
{
    unsigned tries = speed->reads.tries - speed->port.tries;

    return tries >= DOCTOR_FEW_READS && 10 * (speed->reads.good - speed->port.good) < tries;
}

static enum err read_core(struct doctor *doctor, struct speed_measured *speed, unsigned times)
{
    struct clock *clock = probe_clock(doctor->probe);
    uint64_t end = clock_now_us(clock) + DOCTOR_READ_US;
    enum err err = ERR_OK;

    for (unsigned i = 0; i < times && !err && !is_hopeless(speed); i++) {
        if (!doctor->thorough && clock_now_us(clock) > end)
            break;
        err = rest(doctor, i, times);
        if (!err)
            err = read_once(doctor, speed, false);
    }
    return err;
}

static enum err connect_once(struct doctor *doctor, struct speed_measured *speed,
                             enum probe_connect how)
{
    struct measurements *m = doctor->measured;
    uint32_t dpidr = 0;
    enum err err = probe_connect(doctor->probe, how, &dpidr);

    if (doctor_ends(err))
        return err;
    doctor_count(&speed->connects, err);
    if (err && !speed->first_err)
        speed->first_err = err;
    m->power_refused |= err == ERR_POWER;
    speed->ids += dpidr != 0;
    if (dpidr)
        see_dpidr(m, dpidr);
    job_clear(doctor->job);
    return ERR_OK;
}

/* Where somebody is heard now and then it is worth trying longer. */
static bool goes_on_trying(const struct speed_measured *speed)
{
    bool heard = speed->ids || speed->connects.silent < speed->connects.tries;
    bool differs = speed->connects.silent || speed->connects.garbled;

    return !speed->connects.good &&
           speed->connects.tries < (heard && differs ? DOCTOR_MANY_CONNECTS : DOCTOR_CONNECTS);
}

enum err doctor_try_speed(struct doctor *doctor, struct speed_measured *speed,
                          enum probe_connect how)
{
    unsigned reads = doctor->thorough || doctor->errors ? DOCTOR_MANY_READS : DOCTOR_READS;
    enum err err = ERR_OK;

    while (!err && goes_on_trying(speed))
        err = connect_once(doctor, speed, how);
    speed->now_khz = probe_now_khz(doctor->probe);
    if (err || !speed->connects.good)
        return err;
    err = read_port(doctor, speed);
    if (!err && (speed->reads.good || !speed->reads.tries))
        err = read_core(doctor, speed, reads);
    return err ? err : read_port_again(doctor, speed);
}

bool doctor_is_clean(const struct speed_measured *speed)
{
    return speed->connects.good == speed->connects.tries && speed->reads.tries &&
           speed->reads.good == speed->reads.tries && !speed->reads.repeats;
}

/* The port is read well, and what lies behind it never: not the wire's doing, nor the clock's. */
static bool is_refused(const struct speed_measured *speed)
{
    const struct tally *port = &speed->port;

    return port->tries && port->good == port->tries && !port->repeats &&
           speed->reads.refused == speed->reads.tries - port->tries && speed->reads.refused;
}

/* What came of it. Refusals are no errors of the wire. */
static void note_speed(struct doctor *doctor, const struct speed_measured *speed)
{
    struct measurements *m = doctor->measured;
    bool better = speed->reads.good && (!m->reached || doctor_is_clean(speed));

    if (better && (!m->reached || !doctor->clean)) {
        m->good_khz = doctor_is_clean(speed) ? speed->khz : 0;
        doctor->best_khz = speed->khz;
    }
    m->reached |= speed->reads.good > 0;
    doctor->clean |= doctor_is_clean(speed) || is_refused(speed);
    doctor->errors |= !doctor_is_clean(speed);
}

/* The usual one first, not the probe's own choice: an ST-Link's goes down by itself. Slower only
 * while that is not clean, unless all are wanted. */
static const uint32_t few_clocks[] = {1800, 480, 125, 25},
                      all_clocks[] = {4000, 1800, 950, 480, 240, 125, 100, 50, 25};

/* 0: there is no such one any more. */
static uint32_t next_clock(const struct doctor *doctor, unsigned index)
{
    unsigned few = sizeof few_clocks / sizeof *few_clocks;
    unsigned all = sizeof all_clocks / sizeof *all_clocks;

    if (doctor->thorough)
        return index < all ? all_clocks[index] : 0;
    if (!index && doctor->asked_khz)
        return doctor->asked_khz;
    return index < few ? few_clocks[index] : 0;
}

/* One that cannot be had leaves what there is, which now_khz says. */
static enum err set_clock(struct doctor *doctor, uint32_t khz)
{
    enum err err = probe_set_speed(doctor->probe, khz, NULL);

    if (doctor_ends(err))
        return err;
    job_clear(doctor->job);
    return ERR_OK;
}

enum err doctor_measure_wire(struct doctor *doctor)
{
    struct measurements *m = doctor->measured;
    enum err err = ERR_OK;

    for (uint32_t khz; !err && (khz = next_clock(doctor, m->speed_count));) {
        struct speed_measured *speed = &m->speeds[m->speed_count];
        speed->khz = khz;
        err = set_clock(doctor, khz);
        if (!err)
            err = doctor_try_speed(doctor, speed, PROBE_CONNECT_NORMAL);
        m->speed_count++;
        if (err || (err = job_checkpoint(doctor->job)) != ERR_OK)
            break;
        note_speed(doctor, speed);
        if (doctor->glance || probe_one_speed(doctor->probe) || is_refused(speed) ||
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
