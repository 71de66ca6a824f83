/* SPDX-License-Identifier: MIT */
#include "connect/diagnose.h"

#include <stdio.h>

#include "chip/chips.h"

static const struct voltage {
    uint32_t below_mv;
    enum err err;
    bool try_nrst; /* the chip could answer: does its firmware keep it from that? */
    const char *advice;
} voltages[] = {
    {300, ERR_POWER, false,
     "the target has no power, or the probe's VTref pin is not connected to its 3.3 V"},
    {1650, ERR_POWER, false,
     "the target is not really powered (fed through its pins?): supply 3.3 V"},
    {2000, ERR_NO_TARGET, true,
     "low (an STM32F1 needs 2.0 V, no STM32 runs below 1.65 V), so supply 3.3 V if the board bears "
     "it, else look at SWDIO, SWCLK and GND"},
    {4000, ERR_NO_TARGET, true,
     "the voltage is fine, so look at SWDIO and SWCLK (swapped? compare with the print on the "
     "circuit boards) and at GND"},
    {UINT32_MAX, ERR_NO_TARGET, false, "5 V do not belong on VTref: connect the target's 3.3 V"},
};

static const struct voltage unknown_voltage = {
    0, ERR_NO_TARGET, true,
    "check power, GND, SWDIO and SWCLK (swapped? compare with the print on the circuit boards)"};

static const struct voltage *voltage_of(const struct findings *findings)
{
    const struct voltage *row = voltages;

    if (!findings->vtref_known)
        return &unknown_voltage;
    while (findings->vtref_mv >= row->below_mv)
        row++;
    return row;
}

static enum err say_silence(const struct findings *findings, char *text, size_t size)
{
    const struct voltage *voltage = voltage_of(findings);
    bool tried_reset = findings->rungs[findings->rung_count - 1].way != WAY_AS_IT_IS;
    char measured[24] = "";

    if (findings->vtref_known)
        snprintf(measured, sizeof measured, "VTref %u.%02u V: ", findings->vtref_mv / 1000,
                 findings->vtref_mv % 1000 / 10);
    snprintf(
        text, size, "no target answers on SWD%s; %s%s%s",
        tried_reset         ? ", nor under reset"
        : voltage->try_nrst ? " (not tried: under reset)"
                            : "",
        measured, voltage->advice,
        tried_reset && voltage->try_nrst
            ? "; if they are right, its program may switch SWD off: connect NRST, too, or hold "
              "the reset button while starting, or set BOOT0 to 1 and reset"
            : "");
    return voltage->err;
}

/* The first rung, or the first that got further: silence says less than anything else. */
static const struct rung_finding *furthest_rung(const struct findings *findings)
{
    for (size_t i = 0; i < findings->rung_count; i++)
        if (findings->rungs[i].err != ERR_NO_TARGET)
            return &findings->rungs[i];
    return &findings->rungs[0];
}

static const char *told_name(const struct findings *findings)
{
    const struct chip *chip = chip_by_dev_id(findings->told);

    return chip ? chip->name : "";
}

/* ST's tools say "perform a discovery using Debug Authentication" then. */
enum err diagnose_shut(const struct findings *findings, char *text, size_t size)
{
    snprintf(text, size,
             "the chip answers, an %s, but its product state (closed or locked) keeps debuggers "
             "from its core: only the chip's own Debug Authentication can open it, if it was "
             "provisioned before it was closed, with the password or certificate of who did that, "
             "by STM32CubeProgrammer",
             told_name(findings));
    return ERR_PROTECTED;
}

enum err diagnose_failure(const struct findings *findings, char *text, size_t size)
{
    const struct rung_finding *rung = furthest_rung(findings);

    if (!findings->dpidr)
        return say_silence(findings, text, size);
    snprintf(text, size, "the debug port answers (DPIDR 0x%08x)%s%s, but: %s%s%s", findings->dpidr,
             findings->told ? " and says it is an " : "", told_name(findings), rung->text,
             rung->err == ERR_PARITY /* which says what helps: the chip is not to blame */
                 ? ""
                 : "; is NRST held low, the chip asleep or locked? Switch its power off and on",
             rung->err != ERR_PARITY &&
                     findings->rungs[findings->rung_count - 1].way == WAY_AS_IT_IS
                 ? ", or connect under reset"
                 : "");
    return rung->err;
}

/* Behind "connected ". The program is not asked why: what it does after a reset nobody has seen. */
#define RESET_TEXT                                                                               \
    "the chip answers only after a reset, so its program switches SWD off or sleeps deeply; it " \
    "is "                                                                                        \
    "halted before its first instruction"
static const char *const ways[] = {
    [WAY_PRE_RESET] = "right after a reset: " RESET_TEXT,
    [WAY_UNDER_RESET] = "under reset: " RESET_TEXT,
    [WAY_BY_HAND] = "by the reset button: NRST does not reach the chip, and " RESET_TEXT,
};

void diagnose_success(const struct findings *findings, char *text, size_t size)
{
    const struct rung_finding *rung = &findings->rungs[findings->rung_count - 1];

    text[0] = '\0';
    if (findings->nrst_open)
        snprintf(text, size,
                 "NRST does not reach the chip: wire it, or press its reset button when the "
                 "firmware locks SWD; a software reset was used");
    else if (findings->held)
        snprintf(text, size,
                 "something else held NRST low (a finger on the reset button?); the core was "
                 "halted when it let go, before its first instruction");
    else if (rung->way != WAY_AS_IT_IS && findings->rungs[0].way == WAY_AS_IT_IS)
        snprintf(text, size, "connected %s", ways[rung->way]);
    else if (rung->khz)
        snprintf(text, size,
                 "connected at %u kHz: the chip answers only at a low SWD speed, so shorten the "
                 "wires, add a ground wire, or choose a lower --speed",
                 (unsigned)rung->khz);
}
