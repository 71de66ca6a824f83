/* SPDX-License-Identifier: MIT */
#include "core/fpb.h"

#define V1_ENABLE 1u
#define V1_COMP 0x1FFFFFFCu
#define V1_REPLACE_LOWER 0x40000000u
#define V1_REPLACE_UPPER 0x80000000u
#define V1_REPLACE_BOTH 0xC0000000u
#define V1_LIMIT 0x20000000u

void fpb_init(struct fpb *fpb, uint32_t fp_ctrl)
{
    /* NUM_CODE is split: bits 14:12 above bits 7:4. */
    unsigned count = (fp_ctrl >> 8 & 0x70) | (fp_ctrl >> 4 & 0xF);

    *fpb = (struct fpb){.revision = (uint8_t)(fp_ctrl >> 28)};
    fpb->count = (uint8_t)(count < FPB_MAX ? count : FPB_MAX);
}

bool fpb_can_reach(const struct fpb *fpb, uint32_t address)
{
    return fpb->count > 0 && (fpb->revision > 0 || address < V1_LIMIT);
}

uint32_t fpb_encode(const struct fpb *fpb, uint32_t address)
{
    if (fpb->revision > 0)
        return (address & ~1u) | 1u;
    return (address & V1_COMP) | V1_ENABLE | (address & 2 ? V1_REPLACE_UPPER : V1_REPLACE_LOWER);
}

/* The part of a comparator value that two breakpoints must share to share the comparator. */
static uint32_t key_of(const struct fpb *fpb, uint32_t value)
{
    return fpb->revision > 0 ? value : value & ~V1_REPLACE_BOTH;
}

uint32_t fpb_without(const struct fpb *fpb, uint32_t value, uint32_t address)
{
    uint32_t at = fpb_encode(fpb, address);

    if (!fpb_can_reach(fpb, address) || key_of(fpb, value) != key_of(fpb, at))
        return value;
    value &= ~(at & V1_REPLACE_BOTH);
    return fpb->revision == 0 && value & V1_REPLACE_BOTH ? value : 0;
}

static bool place(const struct fpb *fpb, uint32_t value, const uint32_t *before, uint32_t *slots)
{
    size_t free_slot = FPB_MAX;

    for (size_t i = 0; i < fpb->count; i++)
        if (slots[i] && key_of(fpb, slots[i]) == key_of(fpb, value)) {
            slots[i] |= value;
            return true;
        }
    for (size_t i = 0; i < fpb->count; i++) {
        if (slots[i])
            continue;
        if (before[i] && key_of(fpb, before[i]) == key_of(fpb, value)) {
            slots[i] = value;
            return true;
        }
        /* A comparator that was empty before is the better choice: nobody needs it back. */
        if (free_slot == FPB_MAX || (before[free_slot] && !before[i]))
            free_slot = i;
    }
    if (free_slot == FPB_MAX)
        return false;
    slots[free_slot] = value;
    return true;
}

size_t fpb_plan(const struct fpb *fpb, const uint32_t *addresses, size_t count, uint32_t *slots)
{
    uint32_t before[FPB_MAX];
    size_t placed = 0;

    for (size_t i = 0; i < FPB_MAX; i++) {
        before[i] = slots[i];
        slots[i] = 0;
    }
    for (size_t i = 0; i < count; i++)
        placed += place(fpb, fpb_encode(fpb, addresses[i]), before, slots);
    return placed;
}
