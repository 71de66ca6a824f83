/* SPDX-License-Identifier: MIT */
/* The other core of chips that have two: which, behind which access port, and what holds it back.
 * Pure data. */
#ifndef PROBED_OTHER_CORE_H
#define PROBED_OTHER_CORE_H

#include <stdbool.h>
#include <stdint.h>

struct chip_other_core {
    uint16_t dev_id;
    uint8_t ap;
    bool closed;         /* the maker's own: no debugger reaches it */
    const char *name;    /* "Cortex-M0+" */
    const char *held_by; /* why it does not run after a reset, as a clause */
};

/* NULL: chips of this id have one core. Not all chips of an id need have the other. */
const struct chip_other_core *chip_other_core(uint16_t dev_id);

#endif
