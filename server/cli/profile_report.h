/* SPDX-License-Identifier: MIT */
/* Samples of the PC as people read them: by function and line, as folded stacks for flame graphs,
 * as a flame graph itself. A sample says where the core was, not who called: a stack is a function
 * with those that were inlined into it above. */
#ifndef PROBED_CLI_PROFILE_REPORT_H
#define PROBED_CLI_PROFILE_REPORT_H

#include <stdio.h>

#include "image/debug_info.h"
#include "trace/pc_histogram.h"

/* A place in the source, with all samples that fell there. */
struct profile_row {
    char *function; /* the innermost */
    char *place;    /* "file.c:12", or an address */
    char *stack;    /* "outermost;..;innermost;file.c:12" */
    uint64_t count;
};

struct profile_report {
    struct profile_row *rows; /* by stack */
    size_t count;
    uint64_t samples, asleep, unknown;
};

/* False: out of memory. *report is to be freed in any case. */
bool profile_report_make(const struct pc_histogram *histogram, const struct debug_info *info,
                         struct profile_report *report);
void profile_report_free(struct profile_report *report);

/* The functions, most of the time first, and their lines. Names are made fit for a terminal. */
void profile_print_table(const struct profile_report *report, FILE *out);
/* A line a stack: what flame graph programs read. */
void profile_print_folded(const struct profile_report *report, FILE *out);
/* profile_svg.c */
void profile_print_svg(const struct profile_report *report, const char *title, FILE *out);

#endif
