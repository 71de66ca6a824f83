/* SPDX-License-Identifier: MIT */
/* Blocks of write protection: which bit keeps which part of the flash; pure. */
#include "flash/option_ranges.h"
#include "flash/options.h"

static const struct target_region *next_flash(const struct target *target,
                                              const struct target_region *before)
{
    size_t count;
    const struct target_region *regions = target_regions(target, &count);

    for (size_t i = before ? (size_t)(before - regions) + 1 : 0; i < count; i++)
        if (regions[i].kind == REGION_FLASH && regions[i].sector_size)
            return &regions[i];
    return NULL;
}

static uint32_t flash_size(const struct target *target)
{
    const struct target_region *region = NULL;
    uint32_t size = 0;

    while ((region = next_flash(target, region)))
        size += region->size;
    return size;
}

/* The byte of flash at `offset`, gaps between its parts not counted. */
static uint32_t address_of(const struct target *target, uint32_t offset)
{
    const struct target_region *region = next_flash(target, NULL);

    while (offset >= region->size) {
        offset -= region->size;
        region = next_flash(target, region);
    }
    return region->start + offset;
}

static bool get_equal(const struct option_blocks *blocks, const struct target *target,
                      uint32_t index, struct option_block *block)
{
    const struct target_region *first = next_flash(target, NULL);
    uint32_t size = flash_size(target);

    if (!first || index >= blocks->most || (uint64_t)index * blocks->size >= size)
        return false;
    uint32_t bit = blocks->shift + index;
    *block = (struct option_block){
        .address = address_of(target, index * blocks->size),
        .size = blocks->size,
        .reg = (uint8_t)(blocks->reg + bit / 32),
        .bit = (uint8_t)(bit % 32),
        .set_protects = blocks->set_protects,
        .pcrop = blocks->pcrop,
    };
    if (index + 1 == blocks->most || size - index * blocks->size < blocks->size)
        block->size = size - index * blocks->size;
    return true;
}

/* Sectors at its end that hold data have theirs, too. */
static uint32_t blocks_of_bank(const struct option_blocks *blocks, const struct target *target,
                               const struct target_region *bank)
{
    uint32_t all = target_chip(target)->flash_size;
    bool two = next_flash(target, next_flash(target, NULL));

    return (all ? two ? all / 2 : all : bank->size) / blocks->size;
}

/* The same, where each bank has a register, and all of its blocks are of this size. */
static bool get_of_bank(const struct option_blocks *blocks, const struct target *target,
                        uint32_t index, struct option_block *block)
{
    const struct target_region *bank = NULL;

    *block = (struct option_block){
        .size = blocks->size, .reg = blocks->reg, .set_protects = blocks->set_protects};
    while ((bank = next_flash(target, bank))) {
        uint32_t in_bank = blocks_of_bank(blocks, target, bank);

        if (index < in_bank) {
            block->address = bank->start + index * blocks->size;
            block->bit = (uint8_t)(blocks->shift + index);
            return true;
        }
        index -= in_bank;
        block->reg++;
    }
    return false;
}

/* Small sectors behind large ones: there the second bank begins. */
static bool begins_bank(const struct target_region *region, const struct target_region *before)
{
    return before && region->sector_size < before->sector_size;
}

static bool ends_bank(const struct target *target, const struct target_region *region)
{
    const struct target_region *next = next_flash(target, region);

    return !next || begins_bank(next, region);
}

/* `number`: of its first sector in the bank. False: the block is not in this region, and *index
 * counts from the next one on. */
static bool get_in_region(const struct option_blocks *blocks, const struct target *target,
                          const struct target_region *region, uint32_t number, uint32_t *index,
                          struct option_block *block)
{
    uint32_t sectors = region->size / region->sector_size;
    uint32_t room = number < blocks->most ? blocks->most - number : 0;
    uint32_t here = sectors < room ? sectors : room;

    if (*index >= here) {
        *index -= here;
        return false;
    }
    block->address = region->start + *index * region->sector_size;
    block->size = region->sector_size;
    block->bit = (uint8_t)(blocks->shift + number + *index);
    if (here < sectors && *index + 1 == here && ends_bank(target, region))
        block->size = region->start + region->size - block->address;
    return true;
}

static bool get_sector(const struct option_blocks *blocks, const struct target *target,
                       uint32_t index, struct option_block *block)
{
    const struct target_region *before = NULL, *region = NULL;
    uint32_t number = 0;

    *block = (struct option_block){.reg = blocks->reg,
                                   .set_protects = blocks->set_protects,
                                   .pcrop = blocks->pcrop,
                                   .first = blocks->reg};
    while ((region = next_flash(target, before))) {
        if (begins_bank(region, before)) {
            block->reg++;
            number = 0;
        }
        if (get_in_region(blocks, target, region, number, &index, block))
            return true;
        number += region->size / region->sector_size;
        before = region;
    }
    return false;
}

static bool has_two_banks(const struct target *target)
{
    const struct target_region *before = NULL, *region = next_flash(target, NULL);

    while (region && !begins_bank(region, before)) {
        before = region;
        region = next_flash(target, region);
    }
    return region != NULL;
}

/* Sector number `index` of the chip. */
static bool find_sector(const struct target *target, uint32_t index, uint32_t *address,
                        uint32_t *size)
{
    const struct target_region *region = NULL;

    while ((region = next_flash(target, region))) {
        uint32_t sectors = region->size / region->sector_size;
        if (index < sectors) {
            *address = region->start + index * region->sector_size;
            *size = region->sector_size;
            return true;
        }
        index -= sectors;
    }
    return false;
}

static bool get_pair(const struct option_blocks *blocks, const struct target *target,
                     uint32_t index, struct option_block *block)
{
    uint32_t first, first_size, second, second_size;

    if (index >= blocks->most || !find_sector(target, 2 * index, &first, &first_size) ||
        !find_sector(target, 2 * index + 1, &second, &second_size))
        return false;
    *block = (struct option_block){.address = first,
                                   .size = first_size + second_size,
                                   .reg = blocks->reg,
                                   .bit = (uint8_t)(blocks->shift + index),
                                   .set_protects = blocks->set_protects};
    return true;
}

/* A page each; a run of pages that follows another one is the other bank. Pages whose number has
 * more bits than the registers (G0Bx as one bank) cannot be protected. */
static bool get_page(const struct option_blocks *blocks, const struct target *target,
                     uint32_t index, struct option_block *block)
{
    const struct target_region *region = next_flash(target, NULL);
    bool one = region && !next_flash(target, region);
    bool second = target_chip(target)->banks_swapped;

    *block = (struct option_block){.ranges = blocks->ranges, .page_bits = blocks->page_bits};
    if (one && blocks->ranges_in_one)
        block->ranges = blocks->ranges_in_one;
    for (; region; region = next_flash(target, region)) {
        uint32_t pages = region->size / region->sector_size;

        if (pages > blocks->page_bits + 1)
            pages = blocks->page_bits + 1;
        if (index < pages) {
            block->address = region->start + index * region->sector_size;
            block->size = region->sector_size;
            block->bit = (uint8_t)index;
            block->reg = (uint8_t)(blocks->reg + (second ? blocks->next_bank : 0));
            return true;
        }
        index -= pages;
        second = !second;
    }
    return false;
}

bool option_block_get(const struct flash_options *options, const struct target *target,
                      uint32_t index, struct option_block *block)
{
    const struct option_blocks *blocks = &options->blocks;

    if (blocks->ranges)
        return get_page(blocks, target, index, block);
    if (blocks->by_bank)
        return get_of_bank(blocks, target, index, block);
    if (blocks->pairs && has_two_banks(target))
        return get_pair(blocks, target, index, block);
    return blocks->size ? get_equal(blocks, target, index, block)
                        : get_sector(blocks, target, index, block);
}

bool option_blocks_hidden(const struct flash_options *options)
{
    return options->hides_in_force && !options->blocks.at_once;
}

uint32_t option_block_count(const struct flash_options *options, const struct target *target)
{
    struct option_block block;
    uint32_t count = 0;

    while (option_block_get(options, target, count, &block))
        count++;
    return count;
}

static bool on_if_set(const struct option_block *block, const uint32_t *registers)
{
    return block->set_protects != ((registers[block->first] & block->pcrop) != 0);
}

bool option_block_protected(const struct option_block *block, const uint32_t *registers)
{
    if (block->ranges)
        return option_range_protected(block, registers);
    return (registers[block->reg] >> block->bit & 1) == on_if_set(block, registers);
}

void option_block_protect(const struct option_block *block, uint32_t *registers, bool on)
{
    uint32_t bit = UINT32_C(1) << block->bit, *word = &registers[block->reg];

    *word = on == on_if_set(block, registers) ? *word | bit : *word & ~bit;
}

/* How many blocks from `index` on, to `last` at most, have the same registers; *block: the first.
 */
static uint32_t run_of(const struct flash_options *options, const struct target *target,
                       uint32_t index, uint32_t last, struct option_block *block)
{
    struct option_block next;
    uint32_t count = 1;

    if (!option_block_get(options, target, index, block))
        return 0;
    while (index + count <= last && option_block_get(options, target, index + count, &next) &&
           next.reg == block->reg)
        count++;
    return count;
}

static enum err set_ranges(struct job *job, const struct flash_options *options,
                           const struct target *target, uint32_t first, uint32_t last, bool on,
                           uint32_t *registers)
{
    struct option_block block;
    uint32_t count;

    for (uint32_t i = first; i <= last; i += count) {
        count = run_of(options, target, i, last, &block);
        if (!count)
            break;
        if (!option_range_set(&block, count, on, registers))
            return job_fail(job, ERR_ARGUMENT,
                            "the chip protects no more than %u ranges of pages in a bank: choose "
                            "pages that lie side by side; nothing was changed",
                            block.ranges);
    }
    return ERR_OK;
}

enum err option_blocks_set(struct job *job, const struct flash_options *options,
                           const struct target *target, uint32_t first, uint32_t last, bool on,
                           uint32_t *registers)
{
    struct option_block block;

    if (options->blocks.ranges)
        return set_ranges(job, options, target, first, last, on, registers);
    for (uint32_t i = first; i <= last && option_block_get(options, target, i, &block); i++)
        option_block_protect(&block, registers, on);
    return ERR_OK;
}
