/* SPDX-License-Identifier: MIT */
/* The option bytes as `probed info` shows them: what is in force, not what will be after a reset.
 * PM0075, 2.4 and 2.5. */
#ifndef PROBED_OPTION_BYTES_H
#define PROBED_OPTION_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/json.h"
#include "target.h"

struct option_bytes {
    bool named;   /* the chip has some that are known here */
    bool known;   /* the rest is; else they could not be read */
    bool pending; /* others are stored, and count from the next reset on */
    uint8_t user; /* bit 0: watchdog by software, 1 and 2: no reset in Stop and Standby mode */
    uint16_t data;
    char write_protected[400]; /* "0x08000000-0x08001fff, .."; empty: nothing */
};

/* Reads them, the core halted or running; leaves no error in the job. */
void option_bytes_look(struct option_bytes *bytes, struct target *target, struct job *job);
/* The facts "write lock" and "options". */
void option_bytes_print(const struct option_bytes *bytes, FILE *out);
/* "write_protected" and "option_bytes"; null: not known. */
void option_bytes_json(const struct option_bytes *bytes, struct json *json);

#endif
