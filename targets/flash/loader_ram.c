/* SPDX-License-Identifier: MIT */
#include "flash/loader_ram.h"

#include <stdlib.h>

#include "base/bytes.h"

uint32_t loader_stride(const struct loader *loader)
{
    return loader->controller->geometry.block_size + LOADER_TRAILER;
}

static uint32_t slot_start(const struct loader *loader, unsigned slot)
{
    return loader->ring + slot * loader_stride(loader);
}

uint32_t loader_slot_end(const struct loader *loader, unsigned slot)
{
    return slot_start(loader, slot) + loader_stride(loader);
}

void loader_ram_lend(struct loader *loader, uint32_t borrowed)
{
    loader->borrowed = borrowed;
    loader->target->core->lent =
        (struct lent_ram){loader->area, loader->area_size, borrowed, loader->saved};
}

enum err loader_borrow(struct loader *loader, uint32_t end)
{
    uint32_t from = loader->borrowed;

    if (end <= from)
        return ERR_OK;
    ops_read(&loader->target->core->ops, loader->area + from, 4, loader->saved + from,
             (end - from) / 4);
    enum err err = core_flush(loader->target->core);
    if (!err)
        loader_ram_lend(loader, end);
    return err;
}

enum err loader_ram_begin(struct loader *loader)
{
    loader->saved =
        malloc(loader->area_size + loader->controller->geometry.block_size + LOADER_TRAILER);
    if (!loader->saved)
        return job_fail(loader->target->job, ERR_NO_MEMORY, "out of memory");
    loader->block = loader->saved + loader->area_size;
    loader->used = loader->sum_end;
    loader->returned = 0;
    loader->given_back = false;
    enum err err = loader_borrow(loader, loader->sum_end);
    if (err) { /* nothing to put back */
        free(loader->saved);
        loader->saved = NULL;
    }
    return err;
}

void loader_finish(struct loader *loader)
{
    if (!loader->saved)
        return;
    target_drop_caches(loader->target);
    loader->target->core->lent = (struct lent_ram){0};
    free(loader->saved);
    loader->saved = NULL;
    loader->borrowed = 0;
}

/* The end of what is borrowed and not as it was. Checksums' results stand in the ring, too. */
static uint32_t touched(const struct loader *loader)
{
    uint32_t end = loader->used < loader->borrowed ? loader->used : loader->borrowed;

    for (unsigned slot = loader->controller->geometry.block_count; slot-- > 0;) {
        if (end <= slot_start(loader, slot))
            continue;
        if (!(loader->returned >> slot & 1))
            break;
        end = slot_start(loader, slot);
    }
    return end < loader->sum_end ? loader->sum_end : end;
}

void loader_programmed(struct loader *loader)
{
    if (!loader->saved)
        return;
    loader->borrowed = touched(loader);
    loader->given_back = true;
}

bool loader_ram_queue(struct loader *loader, uint32_t step, uint32_t *borrowed)
{
    uint32_t from = loader->given_back ? touched(loader) : loader->borrowed, end;

    if (loader->given_back)
        end = from - loader->sum_end < step ? loader->sum_end : from - step;
    else
        end = loader->area_size - from < step ? loader->area_size : from + step;
    *borrowed = end;
    if (end > from)
        ops_read(&loader->target->core->ops, loader->area + from, 4, loader->saved + from,
                 (end - from) / 4);
    else
        ops_write(&loader->target->core->ops, loader->area + end, 4, loader->saved + end,
                  (from - end) / 4);
    return end != from;
}

void loader_ram_queue_slot(struct loader *loader, unsigned slot)
{
    uint32_t start = slot_start(loader, slot);

    ops_write(&loader->target->core->ops, loader->area + start, 4, loader->saved + start,
              loader_stride(loader) / 4);
}

void loader_ram_queue_back(struct loader *loader)
{
    ops_write(&loader->target->core->ops, loader->area, 4, loader->saved, touched(loader) / 4);
}

/* --- the ring --- */

unsigned loader_slot_of(const struct loader *loader, uint32_t block)
{
    return (block - loader->first) % loader->controller->geometry.block_count;
}

uint32_t loader_trailer(const struct loader *loader, unsigned slot)
{
    return loader->area + loader_slot_end(loader, slot) - LOADER_TRAILER;
}

uint32_t loader_order_of(const struct loader *loader, uint32_t block)
{
    return loader_trailer(loader, loader_slot_of(loader, block)) + LOADER_ORDER;
}

static uint16_t number_of(uint32_t order)
{
    return (uint16_t)(order >> 16);
}

static bool is_under_way(const struct loader *loader, unsigned slot)
{
    for (uint32_t block = loader->done + 1; block <= loader->handed; block++)
        if (loader_slot_of(loader, block) == slot)
            return true;
    return false;
}

/* The routine looks there next, and must not take what the program has there for an order. */
static bool looks_like_next(const struct loader *loader, unsigned slot)
{
    uint32_t next = loader->handed + 1;

    return slot == loader_slot_of(loader, next) &&
           number_of(get_le32(loader->saved + loader_order_of(loader, next) - loader->area)) ==
               (uint16_t)next;
}

unsigned loader_slot_to_return(const struct loader *loader)
{
    unsigned count = loader->controller->geometry.block_count;
    uint32_t end = loader->used < loader->borrowed ? loader->used : loader->borrowed;

    for (unsigned slot = 0; slot < count; slot++)
        if (!(loader->returned >> slot & 1) && loader_slot_end(loader, slot) <= end &&
            !is_under_way(loader, slot) && !looks_like_next(loader, slot))
            return slot;
    return count;
}

/* What the program has in slots that are not borrowed yet, the routine must not take for orders: a
 * chance of one in 65536 a slot, against which all is borrowed at once. */
static enum err see_other_slots(struct loader *loader)
{
    uint32_t orders[LOADER_BLOCKS_MAX] = {0};
    unsigned count = loader->controller->geometry.block_count;
    bool doubtful = false;

    for (unsigned slot = 1; slot < count; slot++)
        if (loader_slot_end(loader, slot) > loader->borrowed)
            ops_read32(&loader->target->core->ops, loader_trailer(loader, slot) + LOADER_ORDER,
                       &orders[slot]);
    enum err err = core_flush(loader->target->core);
    for (unsigned slot = 1; slot < count; slot++)
        doubtful |= number_of(orders[slot]) == (uint16_t)(loader->first + slot);
    return !err && doubtful ? loader_borrow(loader, loader->area_size) : err;
}

enum err loader_make_room(struct loader *loader)
{
    bool starts = !loader->programming;
    uint32_t block = loader->handed + 1;

    if (starts)
        loader->first = block;
    uint32_t end = loader_slot_end(loader, loader_slot_of(loader, block));
    enum err err = loader_borrow(loader, end);
    if (!err && starts)
        err = see_other_slots(loader);
    /* Trailers of those that are borrowed are cleared. */
    loader->used = starts ? loader->borrowed : loader->used > end ? loader->used : end;
    return err;
}
