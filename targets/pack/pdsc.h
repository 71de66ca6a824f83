/* SPDX-License-Identifier: MIT */
/* The description of a CMSIS-Pack (.pdsc): chips, their memories and flash algorithms. Pure: from
 * its text. Source: Open-CMSIS-Pack specification, "/package/devices element".
 *
 * Devices stand in families and sub-families, and may have variants; what is said of one of these
 * goes for all in it, and the nearest counts. */
#ifndef PROBED_PDSC_H
#define PROBED_PDSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/job.h"

enum { PDSC_NAME = 64, PDSC_PATH = 256, PDSC_MEMORIES_MAX = 32, PDSC_ALGORITHMS_MAX = 16 };

struct pdsc_memory {
    char name[PDSC_NAME];
    uint32_t start, size;
    bool writable;
};

struct pdsc_algorithm {
    char path[PDSC_PATH]; /* in the pack, as it says it */
    uint32_t start, size;
    bool has_ram;
    uint32_t ram_start, ram_size; /* 0: to the end of where it is */
    bool is_default;
};

struct pdsc_chip {
    char name[PDSC_NAME]; /* as the pack has it */
    struct pdsc_memory memories[PDSC_MEMORIES_MAX];
    size_t memory_count;
    struct pdsc_algorithm algorithms[PDSC_ALGORITHMS_MAX];
    size_t algorithm_count;
};

/* Calls `visit` with the name of every chip, in the pack's order. `file` for sentences. ERR_FILE.
 */
enum err pdsc_names(struct job *job, const char *file, const char *text, size_t size,
                    void (*visit)(void *user, const char *name), void *user);
/* The chip of this name, whatever the case; what is printed on it may say more than its name in the
 * pack (STM32F103C8T6: STM32F103C8). ERR_FILE: what is wrong with it; ERR_ARGUMENT: the pack has no
 * such chip, and which are alike. */
enum err pdsc_find(struct job *job, const char *file, const char *text, size_t size,
                   const char *name, struct pdsc_chip *chip);

#endif
