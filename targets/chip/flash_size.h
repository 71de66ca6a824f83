/* SPDX-License-Identifier: MIT */
/* A chip whose size register lies, or says less than is there: somebody who knows says how large
 * its flash is. Reads only. */
#ifndef PROBED_FLASH_SIZE_H
#define PROBED_FLASH_SIZE_H

#include "chip/detect.h"

/* After detect_chip(): `said` bytes instead of what it found, and the map that follows from that.
 * ERR_ARGUMENT if the flash is seen to be smaller: nothing was changed. */
enum err flash_size_override(struct ops *ops, struct target_chip *chip, uint32_t said,
                             struct detect_regions *regions);

#endif
