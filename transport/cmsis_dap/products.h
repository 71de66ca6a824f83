/* SPDX-License-Identifier: MIT */
/* Probes that are known by their USB ids: for the udev rules, for those that may not be opened and
 * so tell no name, and for what is known of their firmware. All others are found by their names. */
#ifndef PROBED_CMSIS_DAP_PRODUCTS_H
#define PROBED_CMSIS_DAP_PRODUCTS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    /* Its replies come late, or mixed up, when several packets are under way. */
    CMSIS_QUIRK_ONE_PACKET = 1,
};

struct cmsis_product {
    uint16_t vid, pid;
    const char *name;
    uint32_t quirks;
    uint16_t well_from; /* the release (bcdDevice) that has none of them any more; 0: all have */
};

/* The last one has no name. */
extern const struct cmsis_product cmsis_products[];

/* NULL: not one that is known. */
const struct cmsis_product *cmsis_product(uint16_t vid, uint16_t pid);
/* CMSIS_QUIRK_*. */
uint32_t cmsis_quirks(uint16_t vid, uint16_t pid, uint16_t release);
/* Whether a name of a product or of an interface is that of such a probe. */
bool cmsis_named(const char *name);

#endif
