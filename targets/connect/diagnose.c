/* SPDX-License-Identifier: MIT */
#include "connect/diagnose.h"

#include <stdio.h>

#include "chip/chips.h"

enum { DEAD_MV = 1650 }; /* no STM32 runs below */

/* The first rung, or the first that got further: silence says less than anything else. */
const struct rung_finding *diagnose_furthest(const struct findings *findings)
{
    for (size_t i = 0; i < findings->rung_count; i++)
        if (findings->rungs[i].err != ERR_NO_TARGET)
            return &findings->rungs[i];
    return &findings->rungs[0];
}

const char *diagnose_told(const struct findings *findings)
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
             diagnose_told(findings));
    return ERR_PROTECTED;
}

bool diagnose_dead(const struct findings *findings)
{
    return !findings->dpidr && findings->vtref_known && findings->vtref_mv < DEAD_MV;
}

enum err diagnose_error(const struct findings *findings)
{
    if (diagnose_dead(findings))
        return ERR_POWER;
    return findings->dpidr ? diagnose_furthest(findings)->err : ERR_NO_TARGET;
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
