/* SPDX-License-Identifier: MIT */
/* Each measurement as a line: name, value, what it means. */
#include <stdio.h>

#include "base/buf.h"
#include "chip/detect.h"
#include "connect/verdict_internal.h"

/* One of them after the other; false: this was not measured. */
typedef bool (*line_fn)(const struct measurements *m, uint64_t seen, struct doctor_line *line);

#define VALUE(...) snprintf(line->value, sizeof line->value, __VA_ARGS__)
#define MEANING(...) snprintf(line->meaning, sizeof line->meaning, __VA_ARGS__)

/* --- probe and supply --- */

static bool tell_probe(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "probe";
    VALUE("%s%s%s", m->probe.product, m->probe.firmware[0] ? ", firmware " : "", m->probe.firmware);
    MEANING("%s", seen & S(LIKE_A_COPY) ? "perhaps a copy" : "");
    return m->probe.product[0] != '\0';
}

static bool tell_supply(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    static const struct {
        uint64_t sign;
        const char *meaning;
    } rows[] = {
        {S(NO_VOLTAGE), "no supply, or VTref is not connected"},
        {S(ODD_VOLTAGE), "less than any STM32 runs with: floating, fed backwards, or no ground"},
        {S(1V8), "a 1.8 V board: does the probe bear that?"},
        {S(WEAK), "a chip runs, its flash is programmed in smaller units"},
        {S(GOOD_VOLTAGE), "as it should be"},
        {S(TOO_HIGH), "more than an STM32 bears (3.6 V)"},
    };

    line->name = "VTref";
    if (!m->vtref_count) {
        VALUE("not measured by this probe");
        line->sure = VERDICT_POSSIBLE;
        return true;
    }
    verdict_fill(m, "{vtrefs}", line->value, sizeof line->value);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (seen & rows[i].sign)
            MEANING("%s%s", rows[i].meaning,
                    seen & S(GOOD_VOLTAGE) && seen & S(V2)
                        ? "; many a copied dongle measures its own 3.3 V, which proves nothing"
                        : "");
    line->sure = seen & S(V2) ? VERDICT_PROBABLE : VERDICT_CERTAIN;
    return true;
}

/* --- the wire --- */

static void tell_speed(const struct measurements *m, const struct speed_measured *speed,
                       const char *where, struct doctor_line *line)
{
    struct wire_errors errors = verdict_errors(m, speed);

    const char *repeats = speed->reads.repeats ? " (repeats, too)" : "";
    line->name = where;
    if (speed->khz)
        VALUE("%u kHz: %u of %u tries without an answer, %u garbled%s", speed->khz, errors.lost,
              errors.tries, errors.garbled, repeats);
    else
        VALUE("the probe's own clock: %u of %u tries without an answer, %u garbled%s", errors.lost,
              errors.tries, errors.garbled, repeats);
    MEANING("%s", !speed->connects.good && !errors.heard && speed->first_err == ERR_NO_TARGET
                      ? "nobody answers"
                  : !speed->connects.good ? "somebody answers, but it does not connect"
                  : errors.lost || errors.garbled
                      ? "the wires, the ground or the clock: see the slower ones"
                  : speed->reads.good ? "clean"
                                      : "the debug port answers");
}

static bool tell_under_reset(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    (void)seen;
    tell_speed(m, &m->under_reset, "under reset", line);
    return m->reset_tried;
}

static bool tell_dpidr(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    (void)seen;
    line->name = "DPIDR";
    VALUE("0x%08x", m->dpidr);
    MEANING("%s", m->dpidr_changes ? "not the same each time: no reading" : "read twice alike");
    return m->dpidr != 0;
}

static bool tell_power(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "debug power";
    VALUE("%s", seen & S(POWER_REFUSED) ? "not acknowledged" : "up");
    MEANING("%s", seen & S(POWER_REFUSED) ? "deep sleep, held in reset, or closed" : "");
    return m->dpidr && (m->core_found || m->power_refused);
}

static bool tell_ports(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    size_t used = 0;

    line->name = "access ports";
    for (unsigned ap = 0; ap < MEASURED_APS && used < sizeof line->value; ap++)
        if (m->aps[ap].known && m->aps[ap].idr)
            used += (size_t)snprintf(line->value + used, sizeof line->value - used, "%s%u: 0x%08x",
                                     used ? ", " : "", ap, m->aps[ap].idr);
    MEANING("%s", seen & S(AP_SHUT) ? "closed (CSW.DeviceEn is 0)" : "");
    return used > 0;
}

/* --- the core --- */

static bool tell_core(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    (void)seen;
    line->name = "core";
    VALUE("%s (CPUID 0x%08x, access port %u)", detect_core_name(m->cpuid), m->cpuid, m->core_ap);
    return m->core_found;
}

static bool tell_state(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    static const struct {
        uint64_t sign;
        const char *meaning;
    } rows[] = {
        {S(HELD), "held in reset: NRST is low"},
        {S(LOOP), "resets again and again"},
        {S(LOCKUP), "locked up"},
        {S(HALTED), "halted by a debugger"},
        {S(ASLEEP), "sleeps, as a program does that waits for interrupts"},
    };
    const struct {
        const char *what;
        unsigned count;
    } counts[] = {
        {"running in", m->retired},  {"asleep", m->asleep},     {"halted", m->halted},
        {"locked up", m->locked_up}, {"in reset", m->in_reset}, {"reset since", m->was_reset},
    };
    const char *meaning = "runs", *between = ": ";
    struct buf value;

    for (size_t i = sizeof rows / sizeof *rows; i-- > 0;)
        meaning = seen & rows[i].sign ? rows[i].meaning : meaning;
    line->name = "state";
    buf_init(&value, line->value, sizeof line->value - 1); /* the line was empty */
    buf_printf(&value, "%u looks", m->samples);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].count) {
            buf_printf(&value, "%s%s %u", between, counts[i].what, counts[i].count);
            between = ", ";
        }
    line->value[value.length] = '\0';
    MEANING("%s", meaning);
    return m->samples > 0;
}

static bool tell_pc(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "pc";
    VALUE("0x%08x", m->pc);
    MEANING("%s", seen & S(LOADER_RUNS) ? "in the chip's system memory" : "");
    return m->pc_known;
}

/* --- the chip --- */

static bool tell_chip(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "chip";
    VALUE("%s (id code 0x%08x)", m->chip.name, m->chip.idcode);
    MEANING("%s", seen & S(COPY) ? "its ids contradict each other: a copy?" : "");
    line->sure = seen & S(COPY) ? VERDICT_PROBABLE : VERDICT_CERTAIN;
    return m->chip_known;
}

static bool tell_flash(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "flash";
    VALUE("%u KiB%s", m->chip.flash_size / 1024,
          seen & S(PROTECTED) ? ", read-protected (level 1)" : "");
    MEANING("%s", seen & S(SIZE_ODD) ? "assumed: the size register says what cannot be" : "");
    line->sure = seen & S(SIZE_ODD) ? VERDICT_POSSIBLE : VERDICT_CERTAIN;
    return m->chip_known && m->chip.flash_size;
}

static bool tell_vectors(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "vectors";
    VALUE("0x%08x 0x%08x", m->vectors[0], m->vectors[1]);
    MEANING("%s", seen & S(BLANK)        ? "nothing is programmed"
                  : seen & S(NO_PROGRAM) ? "no program begins so"
                  : m->boots_elsewhere   ? "but something else stands at address 0"
                                         : "a program");
    return m->vectors_known;
}

static bool tell_flags(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    (void)seen;
    line->name = "reset by";
    MEANING("of all since they were cleared");
    return verdict_reset_words(m, line->value, sizeof line->value);
}

static bool tell_nrst(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    line->name = "NRST";
    VALUE("%s", !m->nrst_tested        ? "not tested: that takes a reset, and a wire that works"
                : seen & S(NRST_WORKS) ? "resets the core"
                                       : "does not reset the core");
    MEANING("%s", seen & S(NRST_DEAD) ? "not wired, or not driven by the probe" : "");
    return m->core_found || m->nrst_tested;
}

static bool tell_left(const struct measurements *m, uint64_t seen, struct doctor_line *line)
{
    (void)seen;
    line->name = "left on";
    VALUE("debugging: the chip did not let itself be put back as it was");
    MEANING("switch the board off and on: it may stay awake or stop at a reset until then");
    return m->left_on;
}

/* --- all of them --- */

static bool is_silent(const struct measurements *m, const struct speed_measured *speed)
{
    return speed->khz && !speed->connects.good && !verdict_errors(m, speed).heard;
}

/* Clocks from `first` on at which nobody answered; returns how many. */
static unsigned tell_silent(const struct measurements *m, unsigned first, struct doctor_line *line)
{
    unsigned count = 0;
    struct buf value;

    line->name = "SWD";
    buf_init(&value, line->value, sizeof line->value - 1);
    for (; first + count < m->speed_count && is_silent(m, &m->speeds[first + count]); count++)
        buf_printf(&value, "%s%u", count ? ", " : "", m->speeds[first + count].khz);
    buf_text(&value, " kHz");
    line->value[value.length] = '\0';
    MEANING("%s", "nobody answers at any");
    return count;
}

static size_t tell_speeds(const struct measurements *m, struct doctor_line lines[], size_t size)
{
    size_t count = 0;

    for (unsigned i = 0, same; i < m->speed_count && count<size; i += same> 1 ? same : 1) {
        lines[count] = (struct doctor_line){0};
        same = tell_silent(m, i, &lines[count]);
        if (same < 2)
            tell_speed(m, &m->speeds[i], "SWD", &lines[count]);
        count++;
    }
    return count;
}

static size_t tell(const line_fn fns[], size_t fn_count, const struct measurements *m,
                   struct doctor_line lines[], size_t size)
{
    uint64_t seen = verdict_signs(m);
    size_t count = 0;

    for (size_t i = 0; i < fn_count && count < size; i++) {
        lines[count] = (struct doctor_line){0};
        count += fns[i](m, seen, &lines[count]);
    }
    return count;
}

size_t doctor_lines(const struct measurements *measured, struct doctor_line lines[], size_t size)
{
    static const line_fn before[] = {tell_probe, tell_supply};
    static const line_fn behind[] = {
        tell_under_reset, tell_dpidr, tell_power,   tell_ports, tell_core, tell_state, tell_pc,
        tell_chip,        tell_flash, tell_vectors, tell_flags, tell_nrst, tell_left,
    };

    size_t count = tell(before, sizeof before / sizeof *before, measured, lines, size);
    count += tell_speeds(measured, lines + count, size - count);
    return count +
           tell(behind, sizeof behind / sizeof *behind, measured, lines + count, size - count);
}
