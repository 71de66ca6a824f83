/* SPDX-License-Identifier: MIT */
#include "connect/reset_loop.h"

#include <stdio.h>

#include "connect/verdict_internal.h"

/* As the doctor ranks it. Who saw the loop kept the debug port, so that power was not away. */
void reset_loop_say(uint32_t flags, char *text, size_t size)
{
    const struct measurements measured = {.reset_flags_known = true,
                                          .reset_flags = flags & ~(uint32_t)MEASURED_POWER_ON};
    const struct cause *cause = verdict_likeliest(&measured, VERDICT_RESET_LOOP);

    snprintf(text, size,
             "the chip resets again and again: %s; %s ('reset halt', in gdb 'monitor reset halt', "
             "halts it before its program begins)",
             cause->what, cause->next);
}
