/* SPDX-License-Identifier: MIT */
/* Chips that are sold as an STM32 and are none: named from the ids that connecting reads anyway.
 * Pure. A flash larger than the size register says is no sign: most genuine STM32F103x8 have it. */
#ifndef PROBED_COPY_H
#define PROBED_COPY_H

#include "chip/chips.h"

struct copy_ids {
    uint32_t dpidr, cpuid, idcode;
    bool rom_known;
    uint16_t maker, part; /* of the ROM table; JEP106, continuation code in the upper byte */
    bool size_known;
    uint32_t size_word; /* all 32 bits of where the flash size is */
};

/* If the ids contradict what the chip says it is (`chip`; NULL: not in the table): one sentence,
 * what contradicts, whose it likely is, what differs. */
bool copy_suspect(const struct chip *chip, const struct copy_ids *ids, char *text, size_t size);

#endif
