/* SPDX-License-Identifier: MIT */
/* From numbers to signs. All thresholds stand in this file. */
#include "connect/verdict_internal.h"

#include "chip/chips.h"

/* VTref, in millivolts. An STM32 runs from 1.65 or 1.71 V on (an F1 from 2.0 V), its VDD is 3.6 V
 * at most (data sheets, "General operating conditions"); an open sense pin reads up to 0.2 V, a
 * chip that is fed through its pins 0.3 to 1.5 V (measured by those who asked in forums). Flash of
 * F2, F4, F7 programs words from 2.7 V on (RM0090, table "Program/erase parallelism"). */
static const struct {
    enum sign sign;
    uint32_t below_mv;
} voltages[] = {
    {SIGN_NO_VOLTAGE, 300}, {SIGN_ODD_VOLTAGE, 1650},  {SIGN_1V8, 2000},
    {SIGN_WEAK, 2700},      {SIGN_GOOD_VOLTAGE, 3700}, {SIGN_TOO_HIGH, UINT32_MAX},
};

enum {
    SAG_MV = 300, /* a regulator that gives way; an ST-Link reads to some 10 mV */
    /* Of MEASURED_SAMPLES looks that found a reset: one may have been somebody's finger. */
    LOOP_RESETS = 2,
    /* Garbled by chance so many times one after the other: noise would have to be one in two. */
    ALWAYS_TRIES = 4,
    ENOUGH_READS = 50,
    ENOUGH_PORT_READS = 12,
    ERRORS_MIN = 2,
    SIGMAS = 4,
};

#define CSW_DEVICE_EN (1u << 6)     /* IHI 0031, C2.6.4 */
#define SYSTEM_MEMORY_F1_ETC 0x1FFu /* upper twelve bits of an address in it */
#define SYSTEM_MEMORY_H5_ETC 0x0BFu

/* --- supply --- */

static uint32_t smallest(const struct measurements *m, bool largest)
{
    uint32_t best = m->vtref_mv[0];

    for (unsigned i = 1; i < m->vtref_count; i++)
        if (largest ? m->vtref_mv[i] > best : m->vtref_mv[i] < best)
            best = m->vtref_mv[i];
    return best;
}

uint32_t verdict_vtref(const struct measurements *m)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < m->vtref_count; i++)
        sum += m->vtref_mv[i];
    if (m->vtref_count < 3)
        return m->vtref_count ? (uint32_t)(sum / m->vtref_count) : 0;
    return (uint32_t)(sum - smallest(m, false) - smallest(m, true));
}

static uint64_t see_supply(const struct measurements *m)
{
    unsigned row = 0;

    if (!m->vtref_count)
        return 0;
    while (verdict_vtref(m) >= voltages[row].below_mv)
        row++;
    bool sags = smallest(m, true) - smallest(m, false) > SAG_MV;
    return UINT64_C(1) << voltages[row].sign | (sags ? S(SAGS) : 0);
}

/* --- the wire --- */

struct wire_errors verdict_errors(const struct speed_measured *speed)
{
    const struct tally *connects = &speed->connects, *reads = &speed->reads;

    return (struct wire_errors){
        .tries = connects->tries + reads->tries,
        .good = connects->good + reads->good,
        .lost = connects->silent + reads->silent,
        .garbled = connects->garbled + reads->garbled + reads->repeats,
        .refused = connects->refused + reads->refused,
    };
}

static unsigned error_count(const struct speed_measured *speed)
{
    struct wire_errors errors = verdict_errors(speed);

    return errors.lost + errors.garbled;
}

static bool all_core_reads_good(const struct speed_measured *speed)
{
    return speed->reads.tries > speed->port.tries && speed->reads.good == speed->reads.tries;
}

static void add(struct wire_errors *sum, const struct speed_measured *speed)
{
    struct wire_errors errors = verdict_errors(speed);

    sum->tries += errors.tries;
    sum->lost += errors.lost;
    sum->garbled += errors.garbled;
}

/* So much better at the slowest clock that it is no chance: some standard deviations fewer errors
 * than as many tries had at the others, and not half of them. */
static bool is_steep(const struct measurements *m)
{
    const struct speed_measured *slowest = &m->speeds[0];
    struct wire_errors others = {0};

    for (unsigned i = 1; i < m->speed_count; i++)
        if (m->speeds[i].khz < slowest->khz)
            slowest = &m->speeds[i];
    for (unsigned i = 0; i < m->speed_count; i++)
        if (&m->speeds[i] != slowest)
            add(&others, &m->speeds[i]);
    if (!slowest->reads.good || !others.tries)
        return false;
    uint64_t found = error_count(slowest), tries = verdict_errors(slowest).tries;
    uint64_t expected = (others.lost + others.garbled) * tries / others.tries;
    return 2 * found < expected &&
           (expected - found) * (expected - found) > SIGMAS * SIGMAS * expected;
}

static void add_tally(struct tally *sum, const struct tally *tally)
{
    sum->tries += tally->tries;
    sum->good += tally->good;
    sum->silent += tally->silent;
    sum->garbled += tally->garbled + tally->repeats;
}

static void add_all(struct speed_measured *sum, const struct speed_measured *speed)
{
    add_tally(&sum->connects, &speed->connects);
    add_tally(&sum->reads, &speed->reads);
    sum->ids += speed->ids;
}

/* A chip that keeps silent without a reset answers cleanly under it; else that tells of the wire,
 * too. */
static struct speed_measured sum_of(const struct measurements *m)
{
    struct speed_measured sum = {0};
    const struct speed_measured *reset = &m->under_reset;

    for (unsigned i = 0; i < m->speed_count; i++)
        add_all(&sum, &m->speeds[i]);
    if (m->reset_tried && (!reset->connects.good || error_count(reset)))
        add_all(&sum, reset);
    return sum;
}

/* An ST-Link that gets a garbled DPIDR says that there was none: where reads tell, they alone
 * count. */
static bool has_lost(const struct speed_measured *sum)
{
    const struct tally *connects = &sum->connects;

    if (sum->reads.tries >= ENOUGH_READS)
        return sum->reads.silent > 0;
    return sum->reads.silent ||
           (connects->silent > 1 && connects->silent > connects->garbled + sum->reads.garbled);
}

/* One packet of hundreds is nobody's fault. */
static uint64_t see_errors(const struct measurements *m)
{
    struct speed_measured sum = sum_of(m);
    unsigned lost = sum.connects.silent + sum.reads.silent;
    unsigned garbled = sum.connects.garbled + sum.reads.garbled;
    unsigned heard = sum.connects.good + sum.reads.good + garbled + sum.ids;

    if (!heard || lost + garbled < ERRORS_MIN)
        return 0;
    return S(ERRORS) | (has_lost(&sum) ? S(LOST) : 0) | (garbled ? S(GARBLED) : 0);
}

/* Two chips answer at once: what both say alike (an id) is read, what they say differently (what
 * their cores do) hardly ever. Noise garbles the one as often as the other. */
static bool differs(const struct tally *port, const struct tally *core)
{
    return port->tries >= ENOUGH_PORT_READS && port->good == port->tries && !port->repeats &&
           core->tries >= ALWAYS_TRIES && 2 * core->garbled > core->tries;
}

/* ..or their ports have two ids, and nothing ever comes of it. */
static bool never_an_id(const struct measurements *m)
{
    unsigned tries = 0, garbled = 0;

    for (unsigned i = 0; i < m->speed_count; i++) {
        tries += m->speeds[i].connects.tries;
        garbled += m->speeds[i].connects.garbled;
    }
    return !m->dpidr && tries >= ALWAYS_TRIES && garbled == tries;
}

static bool collides(const struct measurements *m)
{
    struct tally port = {0}, core = {0};
    bool reads_good = false;

    for (unsigned i = 0; i < m->speed_count; i++) {
        const struct tally *reads = &m->speeds[i].reads, *here = &m->speeds[i].port;
        port.tries += here->tries;
        port.good += here->good;
        port.repeats += here->repeats > 1 ? here->repeats : 0; /* one as it connects */
        core.tries += reads->tries - here->tries;
        core.garbled += reads->garbled - here->garbled;
        reads_good |= all_core_reads_good(&m->speeds[i]);
    }
    return differs(&port, &core) || (reads_good && differs(&port, &m->looks)) || never_an_id(m) ||
           (m->dpidr_changes > 1 && !core.garbled);
}

static uint64_t see_wire(const struct measurements *m)
{
    uint64_t seen = see_errors(m);
    bool steep = is_steep(m);

    for (unsigned i = 0; i < m->speed_count; i++) {
        const struct speed_measured *speed = &m->speeds[i];
        bool clean = speed->reads.good && !error_count(speed);
        seen |= all_core_reads_good(speed) ? S(GOOD_CORE_READS) : 0;
        seen |= clean && (steep || !(seen & S(ERRORS))) ? S(CLEAN) : 0;
    }
    return seen | (m->reached ? S(REACHED) : 0) | (m->dpidr || m->reached ? S(ANSWERED) : 0) |
           (m->speed_count == 1 ? S(ONE_CLOCK) : 0) | (steep ? S(STEEP) : 0) |
           (collides(m) ? S(COLLIDES) : 0);
}

/* --- reset --- */

static uint64_t see_reset(const struct measurements *m)
{
    return (m->reset_tried ? S(RESET_TRIED) : 0) |
           (!m->reached && m->under_reset.reads.good ? S(UNDER_RESET) : 0) |
           (m->awake_tested ? S(AWAKE_TESTED) : 0) | (m->awake_helps ? S(AWAKE_HELPS) : 0) |
           (m->nrst_tested ? m->nrst_works ? S(NRST_WORKS) : S(NRST_DEAD) : 0);
}

/* --- behind the debug port --- */

static uint64_t see_core(const struct measurements *m)
{
    uint64_t seen = m->core_found ? S(CORE) : 0;
    unsigned looks = m->samples;

    for (unsigned ap = 0; ap < MEASURED_APS; ap++)
        if (!m->core_found && m->aps[ap].known && m->aps[ap].idr &&
            !(m->aps[ap].csw & CSW_DEVICE_EN))
            seen |= S(AP_SHUT);
    for (unsigned i = 0; i < m->speed_count; i++)
        seen |= m->speeds[i].first_err == ERR_PROTECTED ? S(AP_SHUT) : 0;
    if (m->power_refused)
        seen |= S(POWER_REFUSED);
    if (!looks)
        return seen;
    return seen | (m->in_reset == looks ? S(HELD) : 0) |
           (m->in_reset + m->was_reset >= LOOP_RESETS && m->in_reset < looks ? S(LOOP) : 0) |
           (m->locked_up * 2 > looks ? S(LOCKUP) : 0) | (m->asleep * 2 > looks ? S(ASLEEP) : 0) |
           (m->halted == looks ? S(HALTED) : 0);
}

/* --- the chip --- */

static bool is_in_system_memory(uint32_t address)
{
    return address >> 20 == SYSTEM_MEMORY_F1_ETC || address >> 20 == SYSTEM_MEMORY_H5_ETC;
}

static bool is_blank(const struct measurements *m)
{
    bool ones = m->vectors[0] == UINT32_MAX && m->vectors[1] == UINT32_MAX;

    return m->vectors_known && (ones || (!m->vectors[0] && !m->vectors[1])); /* 0: L0, L1 */
}

/* Starts ST's loader if the first word of flash is empty ("Empty check": RM0444, RM0490, RM0434,
 * RM0453; of F0 and L4 those that RM0091, 2.5, and RM0394, 2.6, name, and L4+, RM0432). */
static bool has_empty_check(const struct target_chip *chip)
{
    static const uint16_t ids[] = {0x442, 0x445, 0x435, 0x462, 0x464, 0x470, 0x471};
    const struct chip *row = chip_by_dev_id(chip->dev_id);

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (ids[i] == chip->dev_id)
            return true;
    return row && (row->family == CHIP_G0 || row->family == CHIP_C0 || row->family == CHIP_U0 ||
                   row->family == CHIP_WB || row->family == CHIP_WL);
}

/* Less flash than the smallest chip of that id has. */
static bool is_below_smallest(const struct target_chip *chip)
{
    const struct chip *row = chip_by_dev_id(chip->dev_id);

    return row && row->flash_guess_kib && chip->flash_size < 1024u * row->flash_guess_kib;
}

static uint64_t see_chip(const struct measurements *m)
{
    const struct target_chip *chip = &m->chip;

    if (!m->chip_known)
        return m->core_found && chip->idcode ? S(UNKNOWN_CHIP) : 0;
    return (chip->readout_protected ? S(PROTECTED) : 0) | (is_blank(m) ? S(BLANK) : 0) |
           (m->boots_elsewhere || (m->pc_known && is_in_system_memory(m->pc)) ? S(LOADER_RUNS)
                                                                              : 0) |
           (has_empty_check(chip) ? S(EMPTY_CHECK) : 0) |
           (chip->flash_size_guessed || is_below_smallest(chip) ? S(SIZE_ODD) : 0) |
           (chip->copy_suspected ? S(COPY) : 0);
}

static uint64_t see_reset_flags(const struct measurements *m)
{
    static const struct {
        unsigned flags;
        enum sign sign;
    } rows[] = {
        {MEASURED_IWDG, SIGN_BY_IWDG},
        {MEASURED_WWDG, SIGN_BY_WWDG},
        {MEASURED_LOW_POWER, SIGN_BY_LOW_POWER},
        {MEASURED_SOFTWARE, SIGN_BY_SOFTWARE},
        {MEASURED_BROWN_OUT | MEASURED_POWER_ON, SIGN_BY_POWER},
        {MEASURED_PIN, SIGN_BY_PIN},
    };
    uint64_t seen = 0;

    for (size_t i = 0; m->reset_flags_known && i < sizeof rows / sizeof *rows; i++)
        seen |= m->reset_flags & rows[i].flags ? UINT64_C(1) << rows[i].sign : 0;
    return seen;
}

/* --- the probe --- */

static uint64_t see_probe(const struct probe_info *probe)
{
    enum { ST = 0x0483, V2 = 0x3748 };

    if (probe->vid != ST)
        return 0;
    if (probe->pid == V2)
        return S(V2);
    return probe->pid >= 0x374D && probe->pid != 0x3752 ? S(V3) : 0;
}

uint64_t verdict_signs(const struct measurements *m)
{
    return see_supply(m) | see_wire(m) | see_reset(m) | see_core(m) | see_chip(m) |
           see_reset_flags(m) | see_probe(&m->probe);
}
