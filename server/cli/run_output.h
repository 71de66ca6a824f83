/* SPDX-License-Identifier: MIT */
/* What the program says on its way to standard output: live, unbuffered, bounded; as it is, but on
 * a terminal nothing that would be executed there (base/visible.h). One thread. */
#ifndef PROBED_RUN_OUTPUT_H
#define PROBED_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RUN_OUTPUT_WAITING = 512 * 1024,
    RUN_OUTPUT_FULL = 32 * 1024,
    RUN_OUTPUT_KEPT = 128 * 1024,
    RUN_UNTIL_SIZE = 256
};

struct run_output {
    int file;
    bool terminal;
    bool broken;      /* its reader is gone, or the disk is full: nothing more can be said */
    int error;        /* errno of that */
    bool at_start;    /* of a line: whatever comes first belongs there */
    bool seen;        /* `until` was said */
    uint64_t total;   /* bytes that came so far */
    uint64_t dropped; /* of them those that had no room */

    const char *until;         /* NULL: nothing is waited for */
    char tail[RUN_UNTIL_SIZE]; /* the end of what was said, for `until` that comes in pieces */
    size_t tail_length;

    size_t kept_length;
    char kept[RUN_OUTPUT_KEPT]; /* the last of what was said, for reports */

    size_t length;
    char waiting[RUN_OUTPUT_WAITING];
};

/* `until` stays the caller's; shorter than RUN_UNTIL_SIZE. */
void run_output_init(struct run_output *output, int file, const char *until);
void run_output_put(struct run_output *output, const char *bytes, size_t length);
/* Writes as much as the reader takes now, without waiting for it. */
void run_output_flush(struct run_output *output);
/* There is so much left that the program should wait. */
bool run_output_is_full(const struct run_output *output);
/* Waits until the reader takes more, at most this long. */
void run_output_wait(const struct run_output *output, int milliseconds);

#endif
