/* SPDX-License-Identifier: MIT */
/* What reset the chip, by its reset flags (RCC): each stays set until a program clears it, so that
 * the reason of an older reset may stand beside that of the last. */
#ifndef PROBED_RESET_FLAGS_H
#define PROBED_RESET_FLAGS_H

#include "chip/families.h"
#include "probe/ops.h"

enum measured_reset {
    MEASURED_LOW_POWER = 1 << 0,
    MEASURED_WWDG = 1 << 1,
    MEASURED_IWDG = 1 << 2,
    MEASURED_SOFTWARE = 1 << 3,
    MEASURED_POWER_ON = 1 << 4, /* or a brown-out, where one flag stands for both */
    MEASURED_PIN = 1 << 5,
};

/* `*known`: the family's register is known, and could be read; `*flags` then has enum
 * measured_reset bits. One flush; the queue is empty, before and behind. Errors are those of the
 * wire. */
enum err reset_flags_read(struct ops *ops, enum chip_family_id family, bool *known,
                          uint32_t *flags);

#endif
