/* SPDX-License-Identifier: MIT */
/* Sectors at the end of the banks of an STM32H5 that hold data: they show elsewhere, as smaller
 * ones that are written by halfwords, and are no flash for programs (RM0481, 7.3.10). */
#ifndef PROBED_DATA_FLASH_H
#define PROBED_DATA_FLASH_H

#include "chip/detect.h"

/* Takes them out of `regions`. One flush, of chips that may have such. */
enum err data_flash_take_out(struct ops *ops, const struct target_chip *chip,
                             struct detect_regions *regions);

#endif
