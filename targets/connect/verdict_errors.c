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
    /* Clean by chance beside reads half of which are garbled: not once in thousands of boards,
     * though a read of the core is of several packets, and one of the port of one. */
    ENOUGH_PORT_READS = 48,
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

static unsigned core_repeats(const struct speed_measured *speed)
{
    return speed->reads.repeats - speed->port.repeats;
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

/* Silence before a reset, with answers under it, is not the wire's doing; what goes wrong among
 * these is. */
static struct wire_errors all_errors(const struct measurements *m)
{
    struct wire_errors sum = errors_without_reset(m);
    struct wire_errors reset = verdict_errors(m, &m->under_reset);

    if (verdict_only_under_reset(m))
        return reset;
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

/* Tries of one kind are of as many packets at each clock; those of another one are not. */
enum { CONNECTS, PORT_READS, CORE_READS, ALL, KINDS };
struct kind {
    unsigned tries, errors;
};

static void add_kind(struct kind *kind, unsigned tries, unsigned errors)
{
    kind->tries += tries;
    kind->errors += errors;
}

static unsigned errors_of(const struct tally *tally, bool refusals)
{
    return tally->silent + tally->garbled + tally->repeats + (refusals ? tally->refused : 0);
}

static void add_kinds(const struct measurements *m, const struct speed_measured *speed,
                      struct kind kinds[KINDS])
{
    bool refusals = refused_by_chance(m, speed) > 0;
    unsigned connects = errors_of(&speed->connects, refusals);
    unsigned port = errors_of(&speed->port, refusals), reads = errors_of(&speed->reads, refusals);

    add_kind(&kinds[CONNECTS], speed->connects.tries, connects);
    add_kind(&kinds[PORT_READS], speed->port.tries, port);
    add_kind(&kinds[CORE_READS], core_reads(speed), reads - port);
    add_kind(&kinds[ALL], speed->connects.tries + speed->reads.tries, connects + reads);
}

/* How many errors there were at the slowest clock if it were like the others. */
static double expected_errors(const struct kind slowest[KINDS], const struct kind others[KINDS])
{
    double expected = 0;

    for (unsigned i = 0; i < ALL; i++) {
        const struct kind *like = others[i].tries ? &others[i] : &others[ALL];
        expected += (double)slowest[i].tries * like->errors / like->tries;
    }
    return expected;
}

/* So much better at the slowest clock that it is no chance; and not half of the errors. */
static bool is_steep(const struct measurements *m)
{
    const struct speed_measured *slowest = slowest_of(m);
    struct kind here[KINDS] = {0}, others[KINDS] = {0};

    for (unsigned i = 0; i < m->speed_count; i++)
        add_kinds(m, &m->speeds[i], &m->speeds[i] == slowest ? here : others);
    if (!slowest->reads.good || !others[ALL].tries)
        return false;
    double found = here[ALL].errors, expected = expected_errors(here, others);
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

/* ..or the core's id is the same as well, at once, and all else of it is not. */
static bool has_an_id_alone(const struct measurements *m)
{
    for (unsigned i = 0; i < m->speed_count; i++)
        if (all_core_reads_good(&m->speeds[i]) && !core_repeats(&m->speeds[i]))
            return never_goes(&m->looks) || never_goes(&m->detections) ||
                   never_goes(&m->vector_reads);
    return false;
}

/* DPIDR's part numbers are BA to BE (Arm's debug ports), its version is 1 or more: one of version
 * 0 has no such register (IHI 0031, B2.2.5). */
static bool is_nobodys_port(uint32_t dpidr)
{
    uint32_t part = dpidr >> 20 & 0xFF, version = dpidr >> 12 & 0xF;

    return dpidr && (dpidr & 0xFFF) == ARM_PORT && (part < 0xBA || part > 0xBE || !version);
}

/* A core's id that is another one each time is the wire's; one that has no power reads 0. */
static bool is_nobodys_core(const struct measurements *m)
{
    unsigned good = 0;

    for (unsigned i = 0; i < m->speed_count; i++)
        good += core_reads_good(&m->speeds[i]);
    return m->strange_cpuid && m->strange_cpuid != UINT32_MAX && !m->core_found && !good;
}

/* ..or ids that are read without an error belong to nobody: two that were laid over each other. */
static bool is_nobodys_id(const struct measurements *m)
{
    return is_nobodys_port(m->dpidr) || is_nobodys_core(m);
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
