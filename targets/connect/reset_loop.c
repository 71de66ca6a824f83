/* SPDX-License-Identifier: MIT */
#include "connect/reset_loop.h"

#include <stdio.h>

#include "connect/verdict_internal.h"

/* In the order of the doctor's rule. The pin is pulled low by the chip's own resets, too; and who
 * saw the loop kept the debug port, so that power was not away. */
static const struct {
    uint32_t flags;
    const struct cause *cause;
} rows[] = {
    {MEASURED_IWDG, &cause_iwdg},
    {MEASURED_WWDG, &cause_wwdg},
    {MEASURED_LOW_POWER, &cause_low_power_reset},
    {MEASURED_SOFTWARE, &cause_software_reset},
    {MEASURED_PIN, &cause_nrst_pulled},
};

void reset_loop_say(uint32_t flags, char *text, size_t size)
{
    const struct cause *cause = &cause_reset_unknown;

    for (size_t i = sizeof rows / sizeof *rows; i-- > 0;)
        if (flags & rows[i].flags)
            cause = rows[i].cause;
    snprintf(text, size,
             "the chip resets again and again: %s; %s ('reset halt', in gdb 'monitor reset halt', "
             "halts it before its program begins)",
             cause->what, cause->next);
}
