/* SPDX-License-Identifier: MIT */
/* What went wrong on the wire, and whether that depends on the clock: counts, and how many of them
 * chance explains. */
#include "connect/verdict_internal.h"

#define CHANCE 0.05

enum {
    ARM_PORT = 0x477, /* designer and bit 0 of DPIDR (IHI 0031, B2.2.5) */
    /* One packet of hundreds is nobody's fault. */
    ERRORS_MIN = 2,
    /* A slow clock is better than others if as many tries had so many standard deviations more
     * errors there: not even noise that comes in bursts does that. */
    SIGMAS = 4,
    /* Garbled by chance so many times one after the other: noise would have to be one in two. */
    ALWAYS_TRIES = 4,
    ENOUGH_READS = 50, /* where each in fifty packets is lost, one is among them */
    /* Clean by chance beside reads half of which are garbled: one time in thirty. */
    ENOUGH_PORT_READS = 12,
};

/* --- counting --- */

static unsigned core_reads_good(const struct speed_measured *speed)
{
    return speed->reads.good - speed->port.good;
}

static unsigned core_reads(const struct speed_measured *speed)
{
    return speed->reads.tries - speed->port.tries;
}

static bool all_core_reads_good(const struct speed_measured *speed)
{
    return core_reads(speed) && speed->reads.good == speed->reads.tries;
}

/* What was refused is the wire's doing if it was not, another time: an error that stuck. */
static unsigned refused_by_chance(const struct measurements *m, const struct speed_measured *speed)
{
    unsigned good = 0;

    for (unsigned i = 0; i < m->speed_count; i++)
        good += core_reads_good(&m->speeds[i]);
    return good ? speed->connects.refused + speed->reads.refused : 0;
}

struct wire_errors verdict_errors(const struct measurements *m, const struct speed_measured *speed)
{
    const struct tally *connects = &speed->connects, *reads = &speed->reads;

    return (struct wire_errors){
        .tries = connects->tries + reads->tries,
        .lost = connects->silent + reads->silent,
        .garbled =
            connects->garbled + reads->garbled + reads->repeats + refused_by_chance(m, speed),
        .lost_reads = reads->silent,
        .reads = reads->tries,
        .heard = connects->good + connects->garbled + reads->good + reads->garbled + speed->ids,
    };
}

static unsigned error_count(const struct measurements *m, const struct speed_measured *speed)
{
    struct wire_errors errors = verdict_errors(m, speed);

    return errors.lost + errors.garbled;
}

static void add(struct wire_errors *sum, const struct wire_errors *errors)
{
    sum->tries += errors->tries;
    sum->lost += errors->lost;
    sum->garbled += errors->garbled;
    sum->lost_reads += errors->lost_reads;
    sum->reads += errors->reads;
    sum->heard += errors->heard;
}

static struct wire_errors errors_without_reset(const struct measurements *m)
{
    struct wire_errors sum = {0};

    for (unsigned i = 0; i < m->speed_count; i++) {
        struct wire_errors errors = verdict_errors(m, &m->speeds[i]);
        add(&sum, &errors);
    }
    return sum;
}

/* Nobody was heard without a reset, and that is no chance by how often connecting failed under it:
 * a wire that loses most packets may let one through at that moment. */
bool verdict_only_under_reset(const struct measurements *m)
{
    const struct tally *connects = &m->under_reset.connects;
    struct wire_errors before = errors_without_reset(m);
    double chance = 1;

    if (m->reached || !m->under_reset.reads.good || before.heard)
        return false;
    for (unsigned i = 0; i < before.lost; i++)
        chance *= (double)(connects->tries - connects->good) / connects->tries;
    return chance < CHANCE;
}

/* Silence before a reset, with answers under it, is not the wire's doing. */
static struct wire_errors all_errors(const struct measurements *m)
{
    struct wire_errors sum = errors_without_reset(m);
    struct wire_errors reset = verdict_errors(m, &m->under_reset);

    if (verdict_only_under_reset(m))
        return (struct wire_errors){0};
    add(&sum, &reset);
    return sum;
}

/* --- by clock --- */

static const struct speed_measured *slowest_of(const struct measurements *m)
{
    const struct speed_measured *slowest = &m->speeds[0];

    for (unsigned i = 1; i < m->speed_count; i++)
        if (m->speeds[i].khz < slowest->khz)
            slowest = &m->speeds[i];
    return slowest;
}

/* So much better at the slowest clock that it is no chance; and not half of the errors. */
static bool is_steep(const struct measurements *m)
{
    const struct speed_measured *slowest = slowest_of(m);
    struct wire_errors others = {0};

    for (unsigned i = 0; i < m->speed_count; i++) {
        struct wire_errors errors = verdict_errors(m, &m->speeds[i]);
        if (&m->speeds[i] != slowest)
            add(&others, &errors);
    }
    if (!slowest->reads.good || !others.tries)
        return false;
    uint64_t found = error_count(m, slowest), tries = verdict_errors(m, slowest).tries;
    uint64_t expected = (others.lost + others.garbled) * tries / others.tries;
    return 2 * found < expected &&
           (expected - found) * (expected - found) > SIGMAS * SIGMAS * expected;
}

/* --- lost, garbled --- */

/* An ST-Link that gets a garbled DPIDR says that there was none: where reads tell, they alone
 * count. */
static bool has_lost(const struct wire_errors *sum)
{
    if (sum->reads >= ENOUGH_READS)
        return sum->lost_reads > 0;
    return sum->lost_reads || (sum->lost > 1 && sum->lost > sum->garbled);
}

static uint64_t see_errors(const struct measurements *m)
{
    struct wire_errors sum = all_errors(m);

    if (!sum.heard || sum.lost + sum.garbled < ERRORS_MIN)
        return 0;
    return S(ERRORS) | (has_lost(&sum) ? S(LOST) : 0) | (sum.garbled ? S(GARBLED) : 0);
}

/* --- two chips --- */

/* Two chips answer at once: what both say alike (an id) is read, what they say differently (what
 * their cores do) hardly ever. Noise garbles the one as often as the other. */
static bool differs(const struct tally *port, const struct tally *core)
{
    return port->tries >= ENOUGH_PORT_READS && port->good == port->tries && !port->repeats &&
           core->tries >= ALWAYS_TRIES && 2 * core->garbled > core->tries;
}

/* ..or the ids of their ports differ, and nothing ever comes of it. */
static bool never_an_id(const struct measurements *m)
{
    unsigned tries = 0, garbled = 0;

    for (unsigned i = 0; i < m->speed_count; i++) {
        tries += m->speeds[i].connects.tries;
        garbled += m->speeds[i].connects.garbled;
    }
    return !m->dpidr && tries >= ALWAYS_TRIES && garbled == tries;
}

static bool never_goes(const struct tally *tally)
{
    return tally->tries >= ALWAYS_TRIES && !tally->good && !tally->refused;
}

/* ..or the core's id is the same as well, and all else of it is not. */
static bool has_an_id_alone(const struct measurements *m)
{
    for (unsigned i = 0; i < m->speed_count; i++)
        if (all_core_reads_good(&m->speeds[i]))
            return never_goes(&m->looks) || never_goes(&m->detections) ||
                   never_goes(&m->vector_reads);
    return false;
}

/* ..or ids that are read without an error belong to nobody: two that were laid over each other.
 * DPIDR's part numbers are BA to BE (Arm's debug ports); a core that has no power reads 0. */
static bool is_nobodys_id(const struct measurements *m)
{
    uint32_t part = m->dpidr >> 20 & 0xFF;
    bool strange_port = m->dpidr && (m->dpidr & 0xFFF) == ARM_PORT && (part < 0xBA || part > 0xBE);

    return strange_port || (m->strange_cpuid && m->strange_cpuid != UINT32_MAX && !m->core_found);
}

static bool collides(const struct measurements *m)
{
    struct tally port = {0}, core = {0};

    for (unsigned i = 0; i < m->speed_count; i++) {
        const struct tally *reads = &m->speeds[i].reads, *here = &m->speeds[i].port;
        port.tries += here->tries;
        port.good += here->good;
        port.repeats += here->repeats > 1 ? here->repeats : 0; /* one as it connects */
        core.tries += reads->tries - here->tries;
        core.garbled += reads->garbled - here->garbled;
    }
    return differs(&port, &core) || has_an_id_alone(m) || never_an_id(m) || is_nobodys_id(m) ||
           (m->dpidr_changes > 1 && !core.garbled);
}

uint64_t verdict_wire_signs(const struct measurements *m)
{
    uint64_t seen = see_errors(m);
    bool steep = is_steep(m);

    for (unsigned i = 0; i < m->speed_count; i++) {
        const struct speed_measured *speed = &m->speeds[i];
        bool clean = speed->reads.good && !error_count(m, speed);
        seen |= all_core_reads_good(speed) ? S(GOOD_CORE_READS) : 0;
        seen |= clean && (steep || !(seen & S(ERRORS))) ? S(CLEAN) : 0;
    }
    return seen | (m->reached ? S(REACHED) : 0) | (m->dpidr || m->reached ? S(ANSWERED) : 0) |
           (m->speed_count == 1 ? S(ONE_CLOCK) : 0) | (steep ? S(STEEP) : 0) |
           (collides(m) ? S(COLLIDES) : 0);
}
