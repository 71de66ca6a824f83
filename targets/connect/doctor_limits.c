/* SPDX-License-Identifier: MIT */
/* What the caller allows, and what the caller hears. */
#include <stdarg.h>
#include <stdio.h>

#include "connect/doctor_internal.h"

bool doctor_may_reset(struct doctor *doctor)
{
    const struct doctor_limits *limits = doctor->limits;

    if (!doctor->allow_reset && !doctor->asked && limits->may_reset) {
        struct clock *clock = probe_clock(doctor->probe);
        uint64_t asked_at = clock_now_us(clock);

        doctor->allow_reset = limits->may_reset(limits->user, doctor->measured);
        doctor->ends_us += clock_now_us(clock) - asked_at;
    }
    doctor->asked = true;
    return doctor->allow_reset;
}

void doctor_tell(const struct doctor *doctor, const char *format, ...)
{
    char text[80];
    va_list args;

    if (!doctor->limits->tell)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    doctor->limits->tell(doctor->limits->user, text);
}
