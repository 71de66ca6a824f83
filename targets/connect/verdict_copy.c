/* SPDX-License-Identifier: MIT */
/* What copies of the ST-LINK/V2 often show, by weight: by people who opened one. No software can
 * prove it, and most of them work. */
#include <string.h>

#include "base/buf.h"
#include "connect/verdict_internal.h"

enum { WORTH_A_WORD = 3, SERIAL_DIGITS = 24 };

static bool has_no_reading(const struct measurements *m)
{
    return m->vtref_count == 0;
}

/* 24 digits; of copies many repeat one of a few, which end alike. */
static bool has_odd_serial(const struct measurements *m)
{
    static const char *const ends[] = {"4D4E00", "4B4E00", "303030303030"};
    const char *serial = m->probe.serial;

    if (strlen(serial) != SERIAL_DIGITS)
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(serial + SERIAL_DIGITS - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static bool has_old_firmware(const struct measurements *m)
{
    return strncmp(m->probe.firmware, "V2J17", 5) == 0;
}

/* Theirs drives the STM8's line instead. */
static bool has_dead_reset(const struct measurements *m)
{
    return m->nrst_tested && !m->nrst_works;
}

/* Its own 3.3 V: there though nobody answers. */
static bool has_own_voltage(const struct measurements *m)
{
    bool like_its_own = m->vtref_count > 0;

    for (unsigned i = 0; i < m->vtref_count; i++)
        like_its_own &= m->vtref_mv[i] >= 3100 && m->vtref_mv[i] <= 3350;
    return like_its_own && !m->reached && !m->dpidr;
}

static const struct {
    bool (*holds)(const struct measurements *m);
    unsigned weight;
    const char *what;
} hints[] = {
    {has_no_reading, 3, "it does not measure VTref"},
    {has_odd_serial, 2, "its serial number is like those of copies"},
    {has_old_firmware, 1, "firmware V2J17"},
    {has_dead_reset, 1, "its RST does not reset the chip"},
    {has_own_voltage, 1, "VTref reads 3.3 V though nobody answers"},
};

bool verdict_probe_is_like_a_copy(const struct measurements *m)
{
    unsigned weight = 0;

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        weight += hints[i].holds(m) ? hints[i].weight : 0;
    return weight >= WORTH_A_WORD;
}

void verdict_put_copy_hints(const struct measurements *m, struct buf *out)
{
    const char *between = "";

    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].holds(m)) {
            buf_printf(out, "%s%s", between, hints[i].what);
            between = ", ";
        }
}
