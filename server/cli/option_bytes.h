/* SPDX-License-Identifier: MIT */
/* The option bytes as `probed info` shows them, by the table of their family: what is in force, not
 * what will be after a reset. */
#ifndef PROBED_OPTION_BYTES_H
#define PROBED_OPTION_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/json.h"
#include "flash/options.h"
#include "target.h"

enum { OPTION_RANGES = 64 };

/* Of flash that cannot be written. */
struct option_range {
    uint32_t start, bytes;
};

struct option_bytes {
    const struct flash_options *options; /* NULL: none are known for this chip */
    struct option_state state;
    bool known; /* else they could not be read */
    struct option_range ranges[OPTION_RANGES];
    unsigned range_count;
    char blocks[200]; /* their numbers: "0-1,5" */
    unsigned protected_blocks, block_count;
};

/* Reads them, the core halted or running; leaves no error in the job. */
void option_bytes_look(struct option_bytes *bytes, struct target *target, struct job *job);
/* The facts "write lock" and "options". */
void option_bytes_print(const struct option_bytes *bytes, FILE *out);
/* Every one on a line: name, what is in force, what there is. Not known: nothing. */
void option_bytes_list(const struct flash_options *options, const struct target *target,
                       const struct option_state *state, FILE *out);
/* "write_protected" and "option_bytes"; null: not known. */
void option_bytes_json(const struct option_bytes *bytes, struct json *json);

/* "options": each with its number, in force and stored. */
void option_bytes_values_json(const struct flash_options *options, const struct option_state *state,
                              struct json *json);
/* "changes": what is not as before. */
void option_bytes_changes_json(const struct flash_options *options, const struct target *target,
                               const uint32_t *before, const uint32_t *after, struct json *json);

#endif
