/* SPDX-License-Identifier: MIT */
/* From numbers to signs: thresholds stand in tables at the top. What went wrong on the wire:
 * verdict_errors.c. */
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

/* --- reset --- */

static uint64_t see_reset(const struct measurements *m)
{
    return (m->reset_tried ? S(RESET_TRIED) : 0) |
           (verdict_only_under_reset(m) ? S(UNDER_RESET) : 0) |
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
    const struct chip *row = chip_by_dev_id(m->chip.dev_id);
    bool zeros = row && (row->family == CHIP_L0 || row->family == CHIP_L1);
    uint32_t erased = zeros ? 0 : UINT32_MAX;

    return m->vectors_known && m->vectors[0] == erased && m->vectors[1] == erased;
}

/* A stack in what may be RAM, and a start in what may be code, of Thumb (ARMv7-M ARM, B1.5.3). */
static bool is_program(const struct measurements *m)
{
    uint32_t sp = m->vectors[0], start = m->vectors[1];

    return sp >= 0x10000000 && sp <= 0x40000000 && !(sp & 3) && start & 1 && start < 0x40000000;
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

static uint64_t see_flash(const struct measurements *m)
{
    const struct target_chip *chip = &m->chip;
    const struct chip *row = chip_by_dev_id(chip->dev_id);
    unsigned shift = row && row->flash_size_reg & 2 ? 16 : 0;
    bool zero = m->size_known && !(m->size_register >> shift & 0xFFFF);

    return (chip->readout_protected ? S(PROTECTED) : 0) |
           (m->write_blocks && m->write_protected ? S(WRITE_PROTECTED) : 0) |
           (is_blank(m) ? S(BLANK) : 0) |
           (m->vectors_known && !is_blank(m) && !is_program(m) ? S(NO_PROGRAM) : 0) |
           (has_empty_check(chip) ? S(EMPTY_CHECK) : 0) |
           (chip->flash_size_guessed || is_below_smallest(chip) ? S(SIZE_ODD) : 0) |
           (zero ? S(SIZE_ZERO) : 0);
}

static uint64_t see_chip(const struct measurements *m)
{
    bool elsewhere = m->boots_elsewhere || (m->pc_known && is_in_system_memory(m->pc));

    if (!m->chip_known)
        return m->core_found && m->chip.idcode ? S(UNKNOWN_CHIP) : 0;
    return see_flash(m) | (elsewhere ? S(LOADER_RUNS) : 0) | (m->chip.copy_suspected ? S(COPY) : 0);
}

static uint64_t see_reset_flags(const struct measurements *m)
{
    static const struct {
        unsigned flags;
        enum sign sign;
    } rows[] = {
        {MEASURED_IWDG, SIGN_BY_IWDG},           {MEASURED_WWDG, SIGN_BY_WWDG},
        {MEASURED_LOW_POWER, SIGN_BY_LOW_POWER}, {MEASURED_SOFTWARE, SIGN_BY_SOFTWARE},
        {MEASURED_POWER_ON, SIGN_BY_POWER},      {MEASURED_PIN, SIGN_BY_PIN},
    };
    uint64_t seen = 0;

    for (size_t i = 0; m->reset_flags_known && i < sizeof rows / sizeof *rows; i++)
        seen |= m->reset_flags & rows[i].flags ? UINT64_C(1) << rows[i].sign : 0;
    return seen;
}

/* --- the probe --- */

static uint64_t see_probe(const struct measurements *m)
{
    enum { ST = 0x0483, V2 = 0x3748 };
    const struct probe_info *probe = &m->probe;

    if (probe->vid != ST)
        return 0;
    if (probe->pid == V2)
        return S(V2) | (verdict_probe_is_like_a_copy(m) ? S(LIKE_A_COPY) : 0);
    return probe->pid >= 0x374D && probe->pid != 0x3752 ? S(V3) : 0;
}

uint64_t verdict_signs(const struct measurements *m)
{
    return see_supply(m) | verdict_wire_signs(m) | see_reset(m) | see_core(m) | see_chip(m) |
           see_reset_flags(m) | see_probe(m);
}
