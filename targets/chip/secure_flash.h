/* SPDX-License-Identifier: MIT */
/* Flash that another core of the chip keeps for itself, from a page on to the end, and that reads
 * as 0 for all others: of the STM32WB the radio's program, which no tool of ours could bring back.
 * It is no part of the memory map. */
#ifndef PROBED_SECURE_FLASH_H
#define PROBED_SECURE_FLASH_H

#include "chip/detect.h"

/* Takes it out of `regions`, and says in *chip how much it is. `options` is the word that tells of
 * read protection. One flush, of families that may have such a thing. */
enum err secure_flash_take_out(struct ops *ops, struct target_chip *chip, uint32_t options,
                               struct detect_regions *regions);

#endif
