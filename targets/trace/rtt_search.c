/* SPDX-License-Identifier: MIT */
/* Where RTT's control block is. */
#include <string.h>

#include "core/memory.h"
#include "trace/rtt_internal.h"

enum { OVERLAP = RTT_ID - 4 }; /* of slices: an id may stand across their border */

/* --- a place --- */

/* A text of the program's: in its RAM or flash, and only as far as that reaches. */
static uint32_t text_length(const struct target *target, uint32_t address)
{
    const struct target_region *region = address ? target_region_at(target, address) : NULL;

    if (!region || region->kind == REGION_DEVICE || region->kind == REGION_EEPROM)
        return 0;
    uint32_t left = region->size - (address - region->start);
    return left < RTT_NAME - 1 ? left : RTT_NAME - 1;
}

static void make_printable(char *name)
{
    for (; *name; name++)
        if (*name < ' ' || *name > '~')
            *name = '?';
}

static void queue_names(struct core *core, const struct rtt_channel *channels, unsigned count,
                        char (*names)[RTT_NAME])
{
    memset(names, 0, sizeof *names * RTT_CHANNELS);
    for (unsigned i = 0; i < count && i < RTT_CHANNELS; i++) {
        uint32_t length = text_length(core->target, channels[i].name);

        if (length > 0)
            memory_queue_read(core, channels[i].name, names[i], length);
    }
}

/* Names are for people: where they cannot be read there are none. */
enum err rtt_read_names(struct rtt *rtt, struct target *target)
{
    bool refused;

    queue_names(target->core, rtt->up, rtt->up_count, rtt->up_names);
    queue_names(target->core, rtt->down, rtt->down_count, rtt->down_names);
    enum err err = rtt_flush(target->core, &refused);
    for (unsigned i = 0; i < RTT_CHANNELS; i++) {
        if (err || refused)
            rtt->up_names[i][0] = rtt->down_names[i][0] = '\0';
        make_printable(rtt->up_names[i]);
        make_printable(rtt->down_names[i]);
    }
    return err;
}

/* One channel at least must make sense, or it is not one yet, or only looks like one. */
static bool any_good(const struct rtt *rtt, const struct target *target)
{
    const struct rtt_ram ram = rtt_target_ram(target);

    for (unsigned i = 0; i < RTT_CHANNELS; i++)
        if ((i < rtt->up_count && rtt_channel_good(&rtt->up[i], &ram)) ||
            (i < rtt->down_count && rtt_channel_good(&rtt->down[i], &ram)))
            return true;
    return false;
}

enum err rtt_try(struct rtt *rtt, struct core *core, uint32_t address)
{
    const struct rtt_ram ram = rtt_target_ram(core->target);
    uint8_t header[RTT_HEADER];
    bool refused;

    if (address % 4 || !ram.holds(ram.user, address, RTT_HEADER))
        return ERR_OK;
    memory_queue_read(core, address, header, sizeof header);
    enum err err = rtt_flush(core, &refused);
    if (err || refused ||
        !rtt_header(header, rtt->id, address, &ram, &rtt->up_count, &rtt->down_count))
        return err;
    rtt->address = address;
    size_t region = rtt->region;
    uint32_t cursor = rtt->cursor, last = rtt->last;
    rtt->found = true;
    err = rtt_look(rtt, core->target);
    if (!err && rtt->found && any_good(rtt, core->target))
        return rtt_read_names(rtt, core->target);
    rtt->found = false; /* and the search goes on where it was */
    rtt->tried = true;
    rtt->region = region;
    rtt->cursor = cursor;
    rtt->last = last;
    return err;
}

/* --- the search --- */

/* What of a region is to be searched: [*from, *from + *size); false: nothing. */
static bool to_search(const struct rtt *rtt, const struct target_region *region, uint32_t *from,
                      uint32_t *size)
{
    uint64_t start = region->start, end = start + region->size;
    /* Where the block may begin: some give no more than the length of its id. */
    uint64_t said_end = (uint64_t)rtt->start + rtt->size + RTT_HEADER - 1;

    if (rtt->size > 0 && rtt->start > start)
        start = rtt->start;
    if (rtt->size > 0 && said_end < end)
        end = said_end;
    start = (start + 3) & ~UINT64_C(3);
    *from = (uint32_t)start;
    *size = start < end ? (uint32_t)(end - start) : 0;
    return region->kind == REGION_RAM && *size >= RTT_HEADER;
}

/* Moves on to the region in which the search stands; false: it is over. */
static bool stand(struct rtt *rtt, struct target *target, uint32_t *length)
{
    size_t count, slice = memory_slice(target->core);
    const struct target_region *regions = target_regions(target, &count);

    for (; rtt->region < count; rtt->region++, rtt->cursor = 0) {
        uint32_t from, size;

        if (!to_search(rtt, &regions[rtt->region], &from, &size))
            continue;
        if (rtt->cursor < from)
            rtt->cursor = from;
        uint32_t left = size - (rtt->cursor - from);
        if (rtt->cursor - from >= size || left < RTT_HEADER)
            continue;
        *length = left < RTT_SLICE ? left : RTT_SLICE;
        *length = *length < slice ? *length : (uint32_t)slice;
        return true;
    }
    return false;
}

static enum err search_slice(struct rtt *rtt, struct core *core, uint32_t length)
{
    uint32_t cursor = rtt->cursor;
    bool refused;

    memory_queue_read(core, cursor, rtt->data, length & ~3u);
    enum err err = rtt_flush(core, &refused);
    size_t at = err || refused ? length : rtt_find_id(rtt->data, length & ~3u, rtt->id);
    if (at >= (length & ~3u)) {
        rtt->cursor += refused ? length : length - OVERLAP;
        return err;
    }
    rtt->cursor = cursor + (uint32_t)at + 4;
    return rtt_try(rtt, core, cursor + (uint32_t)at);
}

enum err rtt_search(struct rtt *rtt, struct target *target, bool *over)
{
    const uint32_t likely[] = {rtt->symbol, rtt->last};
    enum err err = ERR_OK;
    uint32_t length;

    *over = false;
    if (!rtt->tried) {
        for (int i = 0; i < 2 && !rtt->found && !err; i++)
            if (likely[i] && (rtt->size == 0 || likely[i] - rtt->start < rtt->size))
                err = rtt_try(rtt, target->core, likely[i]);
        rtt->tried = true;
    } else if (stand(rtt, target, &length)) {
        err = search_slice(rtt, target->core, length);
    } else {
        *over = true;
    }
    *over |= rtt->found;
    return err;
}
