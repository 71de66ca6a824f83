/* SPDX-License-Identifier: MIT */
/* Write protection by ranges of pages, a register each: the first page in its low half, the last in
 * its high one, and none if the first is behind the last; pure. */
#include <string.h>

#include "flash/option_ranges.h"

enum { HALF = 16, PAGES = 256 };

static bool contains(const struct option_block *block, uint32_t word)
{
    return block->bit >= (word & block->page_bits) &&
           block->bit <= (word >> HALF & block->page_bits);
}

bool option_range_protected(const struct option_block *block, const uint32_t *registers)
{
    for (unsigned i = 0; i < block->ranges; i++)
        if (contains(block, registers[block->reg + i]))
            return true;
    return false;
}

static void take(const struct option_block *block, const uint32_t *registers, bool pages[PAGES])
{
    struct option_block page = *block;

    for (unsigned i = 0; i < PAGES; i++) {
        page.bit = (uint8_t)i;
        pages[i] = i <= block->page_bits && option_range_protected(&page, registers);
    }
}

static uint32_t word_of(uint32_t old, uint32_t bits, uint32_t first, uint32_t last)
{
    return (old & ~(bits | bits << HALF)) | first | last << HALF;
}

/* False: there are more ranges than registers. Registers too many get none. */
static bool give(const struct option_block *block, const bool pages[PAGES], uint32_t *registers)
{
    uint32_t *word = &registers[block->reg], bits = block->page_bits;
    unsigned used = 0;

    for (unsigned i = 0, first; i <= bits; i++) {
        if (!pages[i])
            continue;
        for (first = i; i < bits && pages[i + 1];)
            i++;
        if (used == block->ranges)
            return false;
        word[used] = word_of(word[used], bits, first, i);
        used++;
    }
    for (; used < block->ranges; used++)
        word[used] = word_of(word[used], bits, bits, 0);
    return true;
}

bool option_range_set(const struct option_block *block, unsigned count, bool on,
                      uint32_t *registers)
{
    uint32_t before[OPTION_REGISTERS_MAX];
    bool pages[PAGES];

    memcpy(before, registers, sizeof before);
    take(block, registers, pages);
    for (unsigned i = 0; i < count && block->bit + i < PAGES; i++)
        pages[block->bit + i] = on;
    if (give(block, pages, registers))
        return true;
    memcpy(registers, before, sizeof before);
    return false;
}
