/* SPDX-License-Identifier: MIT */
#include "trace/pc_histogram.h"

#include <stdlib.h>

enum { FIRST = 1024, MOST = 1 << 20 };

/* Its place, or the empty one where it belongs; there is one. */
static struct pc_count *place_of(const struct pc_histogram *histogram, uint32_t pc)
{
    size_t at = (size_t)(pc >> 1) * 2654435761u % histogram->capacity;

    while (histogram->items[at].count && histogram->items[at].pc != pc)
        at = (at + 1) % histogram->capacity;
    return &histogram->items[at];
}

static bool grow(struct pc_histogram *histogram)
{
    struct pc_histogram larger = {.capacity =
                                      histogram->capacity ? 2 * histogram->capacity : FIRST};

    if (larger.capacity > MOST)
        return false;
    larger.items = calloc(larger.capacity, sizeof *larger.items);
    if (!larger.items)
        return false;
    for (size_t i = 0; i < histogram->capacity; i++)
        if (histogram->items[i].count)
            *place_of(&larger, histogram->items[i].pc) = histogram->items[i];
    free(histogram->items);
    histogram->items = larger.items;
    histogram->capacity = larger.capacity;
    return true;
}

bool pc_histogram_add(struct pc_histogram *histogram, uint32_t pc)
{
    if (2 * (histogram->used + 1) > histogram->capacity && !grow(histogram))
        return false;
    struct pc_count *place = place_of(histogram, pc & ~1u);
    histogram->used += place->count == 0;
    place->pc = pc & ~1u;
    place->count++;
    histogram->samples++;
    return true;
}

void pc_histogram_free(struct pc_histogram *histogram)
{
    free(histogram->items);
    *histogram = (struct pc_histogram){0};
}
