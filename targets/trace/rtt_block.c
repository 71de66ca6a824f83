/* SPDX-License-Identifier: MIT */
#include "trace/rtt_block.h"

#include <string.h>

#include "base/bytes.h"

#define FLAGS_ZERO 0xFF000000u /* what a descriptor always has clear */

size_t rtt_find_id(const uint8_t *bytes, size_t length, const uint8_t id[RTT_ID])
{
    for (size_t at = 0; at + RTT_ID <= length; at += 4)
        if (memcmp(bytes + at, id, RTT_ID) == 0)
            return at;
    return length;
}

bool rtt_header(const uint8_t *bytes, const uint8_t id[RTT_ID], uint32_t address,
                const struct rtt_ram *ram, unsigned *up, unsigned *down)
{
    uint32_t ups = get_le32(bytes + RTT_ID), downs = get_le32(bytes + RTT_ID + 4);

    if (memcmp(bytes, id, RTT_ID) != 0 || address % 4 != 0 || ups > RTT_COUNT_MAX ||
        downs > RTT_COUNT_MAX || ups + downs == 0 ||
        !ram->holds(ram->user, address, RTT_HEADER + (ups + downs) * RTT_DESCRIPTOR))
        return false;
    *up = ups;
    *down = downs;
    return true;
}

void rtt_channel_get(const uint8_t *bytes, struct rtt_channel *channel)
{
    *channel = (struct rtt_channel){
        .name = get_le32(bytes),
        .buffer = get_le32(bytes + 4),
        .size = get_le32(bytes + 8),
        .write = get_le32(bytes + RTT_WRITE_AT),
        .read = get_le32(bytes + RTT_READ_AT),
        .flags = get_le32(bytes + RTT_FLAGS_AT),
    };
}

bool rtt_channel_good(const struct rtt_channel *channel, const struct rtt_ram *ram)
{
    return channel->buffer && channel->size >= 1 && channel->size <= RTT_SIZE_MAX &&
           channel->write < channel->size && channel->read < channel->size &&
           !(channel->flags & FLAGS_ZERO) && ram->holds(ram->user, channel->buffer, channel->size);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* `length` bytes from `offset` on, around the end if need be. */
static uint32_t cut(const struct rtt_channel *channel, uint32_t offset, uint32_t length,
                    struct rtt_span *span)
{
    uint32_t first = least(length, channel->size - offset);

    *span = (struct rtt_span){
        .address = {channel->buffer + offset, channel->buffer},
        .length = {first, length - first},
        .next = offset + length < channel->size ? offset + length : offset + length - channel->size,
    };
    return length;
}

uint32_t rtt_filled(const struct rtt_channel *channel, uint32_t limit, struct rtt_span *span)
{
    uint32_t filled = channel->write >= channel->read
                          ? channel->write - channel->read
                          : channel->size - channel->read + channel->write;

    return cut(channel, channel->read, least(filled, limit), span);
}

uint32_t rtt_free(const struct rtt_channel *channel, uint32_t limit, struct rtt_span *span)
{
    uint32_t room = channel->read > channel->write
                        ? channel->read - channel->write - 1
                        : channel->size - 1 - (channel->write - channel->read);

    return cut(channel, channel->write, least(room, limit), span);
}
