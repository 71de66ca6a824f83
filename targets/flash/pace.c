/* SPDX-License-Identifier: MIT */
#include "flash/pace.h"

/* A look may come so much behind the moment itself. To be early costs another look, to be late
 * costs time with every block: so it is taken off what was measured. The further apart the anchors,
 * the less it matters. */
enum { LATE_US = 2000 };

void pace_begin(struct pace *pace, uint64_t now_us)
{
    pace->anchor_us = now_us;
    pace->units = 0;
    pace->doubtful = false;
}

uint64_t pace_expects_us(const struct pace *pace, uint32_t units)
{
    return pace->anchor_us + ((uint64_t)pace->units + units) * pace->unit_ns / 1000;
}

void pace_done(struct pace *pace, uint32_t units, bool waited, uint64_t now_us)
{
    uint64_t took_us = now_us - pace->anchor_us;

    pace->units += units;
    if (!waited)
        return;
    if (!pace->doubtful && pace->units && took_us > LATE_US)
        pace->unit_ns = (uint32_t)((took_us - LATE_US) * 1000 / pace->units);
    pace_begin(pace, now_us);
}

void pace_goes_on(struct pace *pace, uint32_t units, uint64_t now_us)
{
    pace->doubtful |= now_us >= pace_expects_us(pace, units);
}

void pace_stood(struct pace *pace, uint64_t us)
{
    pace->anchor_us += us;
}
