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

struct option_bytes {
    const struct flash_options *options; /* NULL: none are known for this chip */
    struct option_state state;
    bool known;                /* else they could not be read */
    char write_protected[400]; /* "0x08000000-0x08001fff, .."; empty: nothing */
    char blocks[200];          /* their numbers: "0-1,5" */
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

#endif
