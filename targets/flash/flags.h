/* SPDX-License-Identifier: MIT */
/* Flags of a status in words: what struct flash_driver.explain is, where nothing more is looked at.
 */
#ifndef PROBED_FLASH_FLAGS_H
#define PROBED_FLASH_FLAGS_H

#include "flash/driver.h"

struct flash_flag {
    uint32_t bits;
    enum err err;
    const char *text; /* behind "0x08001234 " */
};

/* The first of `count` flags that is up in the status (or in what the chip has now, which is
 * cleared); none: the register, by its name, with what it held. */
enum err flash_explain_flags(struct flash_controller *controller, uint32_t status, uint32_t address,
                             const struct flash_flag *flags, size_t count, const char *name);

#endif
