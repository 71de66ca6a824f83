/* SPDX-License-Identifier: MIT */
/* What the doctor found, as people read it: a line a measurement, then what is wrong, what can have
 * caused it and what to do next. For the command line and for consoles alike. */
#ifndef PROBED_DOCTOR_VIEW_H
#define PROBED_DOCTOR_VIEW_H

#include <stdio.h>

#include "connect/verdict.h"

struct doctor_view {
    struct doctor_line lines[DOCTOR_LINES_MAX]; /* in the order in which they are read */
    size_t line_count;
    struct verdict verdicts[VERDICTS_MAX]; /* the first to mend first */
    size_t count;
    enum doctor_wire_state wires[DOCTOR_WIRES];
};

/* What the measurements say. */
void doctor_view_take(struct doctor_view *view, const struct measurements *measured);
/* Nothing is to be mended; there may be remarks. */
bool doctor_view_healthy(const struct doctor_view *view);
/* Lines no wider than a terminal. */
void doctor_view_print(const struct doctor_view *view, bool colour, FILE *out);

#endif
