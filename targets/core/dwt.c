/* SPDX-License-Identifier: MIT */
#include "core/dwt.h"

#include <string.h>

/* DWT_FUNCTION of Armv8-M: MATCH, ACTION, DATAVSIZE; ID. */
#define ACTION_DEBUG_EVENT (1u << 4)
#define DATAVSIZE(log2) ((log2) << 10)
#define MATCH_DATA_LIMIT 7u
#define ID_LIMIT (1u << 31)
enum { WORD_LOG2 = 2 };

static const uint32_t functions_of_masks[] = {
    [WATCH_WRITE] = 6,
    [WATCH_READ] = 5,
    [WATCH_ACCESS] = 7,
};
static const uint32_t matches_of_pairs[] = {
    [WATCH_WRITE] = 5,
    [WATCH_READ] = 6,
    [WATCH_ACCESS] = 4,
};

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

uint8_t dwt_limits(const uint32_t *functions, unsigned count)
{
    unsigned limits = 0;

    for (unsigned i = 1; i < count; i++)
        limits |= functions[i] & ID_LIMIT ? 1u << i : 0;
    return (uint8_t)limits;
}

static struct dwt_slot *find_free(const struct dwt *dwt, struct dwt_slot *slots)
{
    for (unsigned i = 0; i < dwt->count; i++)
        if (!slots[i].function && !slots[i].linked)
            return &slots[i];
    return NULL;
}

static bool place_pieces(const struct dwt *dwt, const struct dwt_watch *watch, uint8_t mask_max,
                         struct dwt_slot *slots)
{
    struct dwt_slot pieces[DWT_MAX];
    size_t count = dwt_cut(watch->address, watch->length, mask_max, pieces, DWT_MAX);

    for (size_t i = 0; i < count; i++) {
        struct dwt_slot *slot = i < DWT_MAX ? find_free(dwt, slots) : NULL;
        if (!slot)
            return false;
        *slot = pieces[i];
        slot->watchpoint = watch->index;
        slot->function = functions_of_masks[watch->kind];
        if (dwt->kind == DWT_PAIRS)
            slot->function =
                matches_of_pairs[watch->kind] | ACTION_DEBUG_EVENT | DATAVSIZE(pieces[i].mask);
    }
    return true;
}

/* The action of the one that ends the range is that of the other, as Zephyr has it on parts there
 * are. */
static bool place_range(const struct dwt *dwt, const struct dwt_watch *watch,
                        struct dwt_slot *slots)
{
    for (unsigned i = 0; i + 1 < dwt->count; i++) {
        if (slots[i].function || slots[i + 1].function || !(dwt->limits >> (i + 1) & 1))
            continue;
        slots[i] = (struct dwt_slot){.comp = watch->address,
                                     .function = matches_of_pairs[watch->kind] | ACTION_DEBUG_EVENT,
                                     .watchpoint = watch->index};
        slots[i + 1] = (struct dwt_slot){.comp = watch->address + (watch->length - 1),
                                         .function = MATCH_DATA_LIMIT | ACTION_DEBUG_EVENT,
                                         .watchpoint = watch->index};
        return true;
    }
    return false;
}

static bool takes_one(const struct dwt_watch *watch)
{
    struct dwt_slot piece;

    return dwt_cut(watch->address, watch->length, WORD_LOG2, &piece, 1) == 1;
}

/* Ranges first, which need two that stand together. */
static bool plan_pairs(const struct dwt *dwt, const struct dwt_watch *watches, size_t count,
                       struct dwt_slot *slots)
{
    uint32_t placed = 0;

    for (size_t i = 0; i < count; i++)
        if (!takes_one(&watches[i]) && place_range(dwt, &watches[i], slots))
            placed |= 1u << i;
    for (size_t i = 0; i < count; i++)
        if (!(placed >> i & 1) && !place_pieces(dwt, &watches[i], WORD_LOG2, slots))
            return false;
    return true;
}

/* C1.8.2, table C1-14: the value in every lane, DATAVSIZE, and twice the comparator that holds the
 * address, whose own function is none. */
static bool place_value(const struct dwt *dwt, const struct dwt_value *value,
                        struct dwt_slot *slots)
{
    static const uint32_t lanes[] = {0x01010101, 0x00010001, 1};
    enum { HOLDS_THE_ADDRESS = 0 };
    uint32_t size = value->watch.length / 2; /* log2 */

    if (dwt->kind != DWT_MASKS || dwt->count <= DWT_VALUE_COMPARATOR)
        return false;
    slots[HOLDS_THE_ADDRESS] = (struct dwt_slot){.comp = value->watch.address,
                                                 .mask = size,
                                                 .watchpoint = value->watch.index,
                                                 .linked = true};
    slots[DWT_VALUE_COMPARATOR] = (struct dwt_slot){
        .comp = value->value * lanes[size],
        .function = functions_of_masks[value->watch.kind] | DWT_FUNCTION_VALUE | DATAVSIZE(size),
        .watchpoint = value->watch.index};
    return true;
}

bool dwt_plan_with(const struct dwt *dwt, const struct dwt_value *value,
                   const struct dwt_watch *watches, size_t count, struct dwt_slot *slots)
{
    memset(slots, 0, DWT_MAX * sizeof *slots);
    if (value && !place_value(dwt, value, slots))
        return false;
    if (dwt->kind == DWT_PAIRS)
        return plan_pairs(dwt, watches, count, slots);
    for (size_t i = 0; i < count; i++)
        if (!place_pieces(dwt, &watches[i], dwt->mask_max, slots))
            return false;
    return true;
}

bool dwt_plan(const struct dwt *dwt, const struct dwt_watch *watches, size_t count,
              struct dwt_slot *slots)
{
    return dwt_plan_with(dwt, NULL, watches, count, slots);
}
