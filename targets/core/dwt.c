/* SPDX-License-Identifier: MIT */
#include "core/dwt.h"

/* log2 of the largest aligned piece at `address` that is not longer than `length`. */
static uint32_t piece_at(uint32_t address, uint64_t length, uint8_t mask_max)
{
    uint32_t mask = 0;

    while (mask < mask_max && !(address & (1u << mask)) && (2ull << mask) <= length)
        mask++;
    return mask;
}

size_t dwt_cut(uint32_t address, uint32_t length, uint8_t mask_max, struct dwt_slot *pieces,
               size_t room)
{
    uint64_t left = length;
    size_t count = 0;

    for (; left > 0 && count <= room; count++) {
        uint32_t mask = piece_at(address, left, mask_max);
        if (count < room)
            pieces[count] = (struct dwt_slot){.comp = address, .mask = mask};
        address += 1u << mask;
        left -= 1ull << mask;
    }
    return count;
}
