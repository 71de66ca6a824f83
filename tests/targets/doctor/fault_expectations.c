/* SPDX-License-Identifier: MIT */
#include "fault_expectations.h"

#include <string.h>

/* --- what is brought --- */

/* Asleep it is cheap to simulate. */
static const char *const programs[] = {"sleep", NULL};
static const char *const running[] = {"runs", NULL};

/* clang-format off */
const struct fault_row fault_rows[] = {
    {"runs", {NULL}, NULL},
    {"sleep", {NULL}, NULL},
    {"misprint-a-on-b", {NULL}, programs},
    {"swapped", {NULL}, programs},
    {"short", {NULL}, programs},
    {"noack", {NULL}, programs},
    {"locked2", {NULL}, programs},
    {"gnd-open", {NULL}, programs},
    {"two-targets", {NULL}, programs},
    {"noise", {"noise=4", "noise=8", "noise=15", "noise=30"}, programs},
    {"wires", {"wires=140", "wires=200", "wires=300", "wires=450", "wires=600", "wires=900"}, programs},
    {"vtref=0..0.2", {"vtref=0", "vtref=0.1", "vtref=0.2"}, programs},
    {"vtref=0.3..1.5", {"vtref=0.3", "vtref=0.8", "vtref=1.2", "vtref=1.48"}, programs},
    {"vtref=1.8", {"vtref=1.8", "vtref=1.95"}, programs},
    {"vtref=2.4", {"vtref=2.1", "vtref=2.4", "vtref=2.6"}, programs},
    {"vtref=5", {"vtref=4.6", "vtref=5", "vtref=5.2"}, programs},
    {"vtref-open", {NULL}, programs},
    {"vtref-internal", {NULL}, programs},
    {"nrst-open", {NULL}, programs},
    {"nrst-clone", {NULL}, programs},
    {"nrst-low", {NULL}, programs},
    {"swj-off", {NULL}, NULL},
    {"stop", {NULL}, NULL},
    {"standby", {NULL}, NULL},
    {"no-debug-power", {NULL}, programs},
    {"closed", {NULL}, programs},
    {"reset-loop", {NULL}, NULL},
    {"lockup", {NULL}, NULL},
    {"boot0", {NULL}, running},
    {"blank", {NULL}, NULL},
    {"locked", {NULL}, programs},
    {"write-protected", {NULL}, programs},
    {"flash-size", {"flash-size=0", "flash-size=65535", "flash-size=9", "flash-size=26230"}, programs},
    {"clone", {"clone=cks32", "clone=apm32", "clone=gd32", "clone=ch32", "clone=hk32"}, programs},
    {"in-use", {NULL}, programs},
    {"no-permission", {NULL}, programs},
    {"dongle-loader", {NULL}, programs},
    {"dongle-old-firmware", {NULL}, programs},
    {"vanish", {"vanish=1", "vanish=20", "vanish=90", "vanish=400"}, programs},
    {NULL, {NULL}, NULL},
};
/* clang-format on */

static bool is_stlink(const struct patient *patient, const char *name)
{
    return patient->stlink && strcmp(patient->stlink, name) == 0;
}

bool fault_is_impossible(const char *name, const struct patient *patient)
{
    /* Who may open it is the operating system's to say, which the simulated probe alone plays. */
    if (strcmp(name, "no-permission") == 0)
        return patient->stlink;
    /* J11 of a V3 is none of the old ones. */
    return strcmp(name, "dongle-old-firmware") == 0 && is_stlink(patient, "V3");
}

/* --- what tells one case of a fault from another --- */

/* Level shifters that VTref feeds. */
static bool before_a_genuine_v2(const struct patient *patient, const struct visit *visit)
{
    return is_stlink(patient, "V2J43");
}

/* Whether NRST arrives, and whether its program is what keeps a chip silent, shows in a reset. */
static bool no_reset_is_allowed(const struct patient *patient, const struct visit *visit)
{
    return !patient->limits.allow_reset;
}

static bool before_a_v3(const struct patient *patient, const struct visit *visit)
{
    return is_stlink(patient, "V3");
}

static bool no_voltage_is_measured(const struct patient *patient, const struct visit *visit)
{
    return visit->m.vtref_count == 0;
}

/* Below what this chip starts at: nothing else is wrong then, and nothing else can be seen. */
static bool the_chip_is_off(const struct patient *patient, const struct visit *visit)
{
    return !visit->m.reached && !visit->m.dpidr;
}

static unsigned answered(const struct speed_measured *speed)
{
    return speed->connects.good + speed->connects.garbled + speed->connects.refused +
           speed->connects.waited;
}

static bool nothing_got_through(const struct patient *patient, const struct visit *visit)
{
    unsigned count = answered(&visit->m.under_reset);

    for (unsigned i = 0; i < visit->m.speed_count; i++)
        count += answered(&visit->m.speeds[i]);
    return count == 0 && !visit->m.dpidr;
}

static bool nothing_got_through_at_a_good_voltage(const struct patient *patient,
                                                  const struct visit *visit)
{
    return nothing_got_through(patient, visit) &&
           (visit->m.vtref_count == 0 || visit->m.vtref_mv[0] > 2000);
}

static bool is_without_error(const struct speed_measured *speed)
{
    return speed->connects.good == speed->connects.tries && speed->reads.tries > 0 &&
           speed->reads.good == speed->reads.tries && speed->reads.repeats == 0;
}

/* By luck: none of the packets at the first clock was hit. */
static bool no_error_was_met(const struct patient *patient, const struct visit *visit)
{
    return visit->m.speed_count == 1 && is_without_error(&visit->m.speeds[0]);
}

/* By luck, too: each read was answered, if garbled. */
static bool no_read_was_lost_at_a_good_voltage(const struct patient *patient,
                                               const struct visit *visit)
{
    unsigned reads = visit->m.under_reset.reads.tries, lost = visit->m.under_reset.reads.silent;

    for (unsigned i = 0; i < visit->m.speed_count; i++) {
        reads += visit->m.speeds[i].reads.tries;
        lost += visit->m.speeds[i].reads.silent;
    }
    return reads && !lost && (visit->m.vtref_count == 0 || visit->m.vtref_mv[0] > 2000);
}

/* --- what is to be said --- */

#define SUPPLY (CLASS(NO_SUPPLY) | CLASS(ODD_SUPPLY))
#define FINE CLASS(HEALTHY)

/* clang-format off */
static const struct expectation expectations[] = {
    {"runs", NULL, FINE, {NULL}},
    {"sleep", NULL, FINE, {NULL}},
    {"misprint-a-on-b", NULL, CLASS(SILENCE), {"wires"}},
    {"swapped", NULL, CLASS(SILENCE), {"wires"}},
    {"short", NULL, CLASS(SILENCE), {"wires"}},
    {"noack", NULL, CLASS(SILENCE), {"wires", "chip-silent", "power-or-ground"}},
    {"locked2", NULL, CLASS(SILENCE), {"chip-silent"}},
    {"gnd-open", nothing_got_through_at_a_good_voltage, CLASS(SILENCE), {"power-or-ground"}},
    {"gnd-open", nothing_got_through, SUPPLY, {"ground-open"}},
    {"gnd-open", no_read_was_lost_at_a_good_voltage, CLASS(NO_GROUND) | CLASS(NOISE), {"ground-open"}},
    {"gnd-open", NULL, CLASS(NO_GROUND), {"ground-open"}},
    {"two-targets", nothing_got_through, CLASS(SILENCE), {"second-chip", "wires"}},
    {"two-targets", NULL, CLASS(TWO_TARGETS), {"second-chip"}},
    {"noise", no_error_was_met, FINE, {NULL}},
    {"noise", NULL, CLASS(NOISE), {"interference", "long-wires", "ground-open"}},
    {"wires", no_error_was_met, FINE, {NULL}},
    {"wires", NULL, CLASS(SLOW_ONLY), {"long-wires"}},
    {"vtref=0..0.2", no_voltage_is_measured, CLASS(SILENCE), {"power-or-ground"}},
    {"vtref=0..0.2", NULL, SUPPLY, {"unpowered"}},
    {"vtref=0.3..1.5", no_voltage_is_measured, CLASS(SILENCE), {"power-or-ground"}},
    {"vtref=0.3..1.5", NULL, SUPPLY, {"unpowered", "fed-backwards"}},
    {"vtref=1.8", the_chip_is_off, SUPPLY | CLASS(SILENCE), {"unpowered", "fed-backwards", "power-or-ground"}},
    {"vtref=1.8", NULL, FINE, {NULL}},
    {"vtref=2.4", NULL, FINE, {NULL}},
    {"vtref=5", no_voltage_is_measured, FINE, {NULL}},
    {"vtref=5", NULL, CLASS(TOO_HIGH), {"five-volts"}},
    {"vtref-open", no_voltage_is_measured, FINE, {NULL}},
    {"vtref-open", before_a_genuine_v2, SUPPLY, {"vtref-open"}},
    {"vtref-open", NULL, CLASS(VTREF_OPEN), {"vtref-open"}},
    {"vtref-internal", NULL, FINE, {NULL}},
    {"nrst-open", no_reset_is_allowed, FINE, {NULL}},
    {"nrst-open", NULL, CLASS(NRST_OPEN), {"nrst-wire"}},
    {"nrst-clone", no_reset_is_allowed, FINE, {NULL}},
    {"nrst-clone", NULL, CLASS(NRST_OPEN), {"nrst-dongle"}},
    {"nrst-low", NULL, CLASS(NRST_HELD), {"nrst-short", "button", "other-probe"}},
    {"swj-off", no_reset_is_allowed, CLASS(SILENCE), {"chip-silent"}},
    {"swj-off", NULL, CLASS(SWD_OFF), {"swd-off"}},
    {"stop", no_reset_is_allowed, CLASS(SILENCE), {"chip-silent"}},
    {"stop", NULL, CLASS(LOW_POWER), {"low-power", "deep-sleep"}},
    {"standby", no_reset_is_allowed, CLASS(SILENCE), {"chip-silent"}},
    {"standby", NULL, CLASS(LOW_POWER), {"low-power", "deep-sleep"}},
    {"no-debug-power", NULL, CLASS(NO_DEBUG_POWER), {NULL}},
    {"closed", NULL, CLASS(AP_CLOSED), {NULL}},
    {"reset-loop", NULL, CLASS(RESET_LOOP), {"iwdg", "software-reset"}},
    {"lockup", NULL, CLASS(LOCKUP), {NULL}},
    {"boot0", NULL, CLASS(SYSTEM_LOADER), {"boot0"}},
    {"blank", NULL, CLASS(BLANK), {NULL}},
    {"locked", NULL, CLASS(READ_PROTECTED), {NULL}},
    {"write-protected", NULL, CLASS(WRITE_PROTECTED), {NULL}},
    {"flash-size", NULL, CLASS(FLASH_SIZE), {NULL}},
    {"clone", before_a_v3, CLASS(SILENCE), {"chip-silent"}},
    {"clone", NULL, CLASS(COPY), {NULL}},
    {"in-use", NULL, CLASS(PROBE_IN_USE), {"in-use"}},
    {"no-permission", NULL, CLASS(NO_PERMISSION), {"udev"}},
    {"dongle-loader", NULL, CLASS(PROBE_LOADER), {"replug"}},
    {"dongle-old-firmware", NULL, CLASS(PROBE_FIRMWARE), {"old-firmware"}},
    {"vanish", NULL, CLASS(PROBE_GONE), {"loose"}},
};
/* clang-format on */

/* --- two at once: of which the first to mend is first --- */

/* clang-format off */
const struct fault_row fault_pairs[] = {
    {"gnd-open+wires", {"gnd-open,wires=300"}, programs},
    {"locked+clone", {"locked,clone=cks32", "locked,clone=gd32"}, programs},
    {"no power behind vtref-internal", {"vtref=0,vtref-internal"}, NULL},
    {"swapped+nrst-low", {"swapped,nrst-low"}, programs},
    {"short+locked", {"short,locked"}, programs},
    {"swj-off+nrst-open", {"swj-off,nrst-open"}, NULL},
    {"stop+nrst-clone", {"stop,nrst-clone"}, NULL},
    {"stop+locked", {"stop,locked"}, NULL},
    {"swj-off+wires", {"swj-off,wires=300"}, NULL},
    {"wires+locked", {"wires=300,locked"}, programs},
    {"wires+nrst-open", {"wires=300,nrst-open"}, programs},
    {"nrst-low+locked", {"nrst-low,locked"}, programs},
    {"nrst-low+clone", {"nrst-low,clone=apm32"}, programs},
    {"reset-loop+clone", {"reset-loop,clone=ch32"}, NULL},
    {"reset-loop+nrst-open", {"reset-loop,nrst-open"}, NULL},
    {"lockup+write-protected", {"lockup,write-protected"}, NULL},
    {"clone+flash-size", {"clone=gd32,flash-size=0"}, programs},
    {"boot0+clone", {"boot0,clone=cks32"}, running},
    {"vtref=5+locked", {"vtref=5,locked"}, programs},
    {NULL, {NULL}, NULL},
};

static const struct expectation of_pairs[] = {
    {"gnd-open+wires", nothing_got_through_at_a_good_voltage, CLASS(SILENCE), {"power-or-ground"}},
    {"gnd-open+wires", nothing_got_through, SUPPLY, {"ground-open"}},
    {"gnd-open+wires", NULL, CLASS(NO_GROUND), {"ground-open"}},
    {"locked+clone", before_a_v3, CLASS(SILENCE), {"chip-silent"}},
    {"locked+clone", NULL, CLASS(READ_PROTECTED), {NULL}},
    {"no power behind vtref-internal", NULL, CLASS(SILENCE), {"power-or-ground"}},
    {"swapped+nrst-low", NULL, CLASS(SILENCE), {"wires"}},
    {"short+locked", NULL, CLASS(SILENCE), {"wires"}},
    {"swj-off+nrst-open", NULL, CLASS(SILENCE), {"chip-silent"}},
    {"stop+nrst-clone", NULL, CLASS(SILENCE), {"chip-silent"}},
    {"stop+locked", NULL, CLASS(LOW_POWER), {"low-power", "deep-sleep"}},
    {"swj-off+wires", NULL, CLASS(SLOW_ONLY) | CLASS(SWD_OFF) | CLASS(UNDER_RESET), {"long-wires", "swd-off"}},
    {"wires+locked", no_error_was_met, CLASS(READ_PROTECTED), {NULL}},
    {"wires+locked", NULL, CLASS(SLOW_ONLY), {"long-wires"}},
    {"wires+nrst-open", no_error_was_met, CLASS(NRST_OPEN), {"nrst-wire"}},
    {"wires+nrst-open", NULL, CLASS(SLOW_ONLY), {"long-wires"}},
    {"nrst-low+locked", NULL, CLASS(NRST_HELD), {NULL}},
    {"nrst-low+clone", before_a_v3, CLASS(SILENCE), {"chip-silent"}},
    {"nrst-low+clone", NULL, CLASS(NRST_HELD), {NULL}},
    {"reset-loop+clone", before_a_v3, CLASS(SILENCE), {"chip-silent"}},
    {"reset-loop+clone", NULL, CLASS(RESET_LOOP), {"iwdg", "software-reset"}},
    {"reset-loop+nrst-open", NULL, CLASS(RESET_LOOP) | CLASS(NRST_OPEN), {"iwdg", "software-reset", "nrst-wire"}},
    /* Nothing can mend a program while its flash may not be written. */
    {"lockup+write-protected", NULL, CLASS(WRITE_PROTECTED), {NULL}},
    {"clone+flash-size", before_a_v3, CLASS(SILENCE), {"chip-silent"}},
    {"clone+flash-size", NULL, CLASS(FLASH_SIZE) | CLASS(COPY), {NULL}},
    {"boot0+clone", before_a_v3, CLASS(SILENCE), {"chip-silent"}},
    {"boot0+clone", NULL, CLASS(SYSTEM_LOADER), {"boot0"}},
    {"vtref=5+locked", no_voltage_is_measured, CLASS(READ_PROTECTED), {NULL}},
    {"vtref=5+locked", NULL, CLASS(TOO_HIGH), {"five-volts"}},
};
/* clang-format on */

static const struct expectation *find(const struct expectation *list, size_t count,
                                      const char *fault, const struct patient *patient,
                                      const struct visit *visit)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].fault, fault) == 0 && (!list[i].when || list[i].when(patient, visit)))
            return &list[i];
    return NULL;
}

const struct expectation *fault_expected(const char *fault, const struct patient *patient,
                                         const struct visit *visit)
{
    const struct expectation *found =
        find(expectations, sizeof expectations / sizeof *expectations, fault, patient, visit);

    return found ? found
                 : find(of_pairs, sizeof of_pairs / sizeof *of_pairs, fault, patient, visit);
}
