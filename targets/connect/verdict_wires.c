/* SPDX-License-Identifier: MIT */
/* What is known of each wire: what came through made it good; what the first verdict suspects is to
 * be looked at. */
#include "connect/verdict_internal.h"

static void see_lines(uint64_t seen, enum doctor_wire_state wires[DOCTOR_WIRES])
{
    bool answered = seen & (S(ANSWERED) | S(UNDER_RESET));

    if (!answered)
        return;
    wires[DOCTOR_WIRE_SWDIO] = wires[DOCTOR_WIRE_SWCLK] = DOCTOR_WIRE_GOOD;
    wires[DOCTOR_WIRE_GND] = seen & S(ERRORS) ? DOCTOR_WIRE_NOT_SEEN : DOCTOR_WIRE_GOOD;
}

static void see_vtref(uint64_t seen, enum doctor_wire_state *wire)
{
    bool answered = seen & (S(ANSWERED) | S(UNDER_RESET));

    if (seen & (S(GOOD_VOLTAGE) | S(WEAK) | S(1V8)))
        *wire = DOCTOR_WIRE_GOOD;
    else if (seen & S(NO_VOLTAGE))
        *wire = answered ? DOCTOR_WIRE_MISSING : DOCTOR_WIRE_SUSPECT;
    else if (seen & (S(ODD_VOLTAGE) | S(TOO_HIGH)))
        *wire = DOCTOR_WIRE_SUSPECT;
}

static void suspect(const struct verdict *verdict, enum doctor_wire_state wires[DOCTOR_WIRES])
{
    unsigned suspects = 0;

    for (size_t i = 0; i < verdict->count; i++)
        suspects |= verdict->causes[i]->suspects;
    for (unsigned wire = 0; wire < DOCTOR_WIRES; wire++)
        if (suspects >> wire & 1 && wires[wire] != DOCTOR_WIRE_MISSING)
            wires[wire] = DOCTOR_WIRE_SUSPECT;
}

void doctor_wires(const struct measurements *measured, const struct verdict verdicts[],
                  size_t count, enum doctor_wire_state wires[DOCTOR_WIRES])
{
    uint64_t seen = verdict_signs(measured);

    for (unsigned wire = 0; wire < DOCTOR_WIRES; wire++)
        wires[wire] = DOCTOR_WIRE_NOT_SEEN;
    see_lines(seen, wires);
    see_vtref(seen, &wires[DOCTOR_WIRE_VTREF]);
    if (seen & (S(NRST_WORKS) | S(UNDER_RESET)))
        wires[DOCTOR_WIRE_NRST] = DOCTOR_WIRE_GOOD;
    else if (seen & S(NRST_DEAD))
        wires[DOCTOR_WIRE_NRST] = DOCTOR_WIRE_MISSING;
    for (size_t i = 0; i < count && !verdict_is_remark(verdicts[i].class); i++)
        suspect(&verdicts[i], wires);
}
