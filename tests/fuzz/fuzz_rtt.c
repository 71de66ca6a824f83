/* SPDX-License-Identifier: MIT */
/* Any bytes as a control block: what is believed of them lies in RAM, and the pieces of a ring
 * stay in it, whatever its offsets are. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "trace/rtt_block.h"

#define RAM 0x20000000u
#define RAM_SIZE 0x5000u

static bool holds(const void *user, uint32_t address, uint32_t length)
{
    (void)user;
    return address >= RAM && address - RAM < RAM_SIZE && length <= RAM_SIZE - (address - RAM);
}

static const struct rtt_ram ram = {.holds = holds};

static void check_span(const struct rtt_channel *channel, const struct rtt_span *span,
                       uint32_t length, uint32_t limit)
{
    assert(length <= limit && length < channel->size);
    assert(span->length[0] + span->length[1] == length);
    assert(span->next < channel->size);
    for (int i = 0; i < 2; i++)
        assert(span->length[i] == 0 ||
               (span->address[i] >= channel->buffer &&
                span->address[i] - channel->buffer < channel->size &&
                span->length[i] <= channel->size - (span->address[i] - channel->buffer) &&
                holds(NULL, span->address[i], span->length[i])));
}

static void check_channel(const uint8_t *bytes, uint32_t limit)
{
    struct rtt_channel channel;
    struct rtt_span filled, room;

    rtt_channel_get(bytes, &channel);
    if (!rtt_channel_good(&channel, &ram))
        return;
    assert(holds(NULL, channel.buffer, channel.size));
    uint32_t have = rtt_filled(&channel, UINT32_MAX, &filled);
    uint32_t free = rtt_free(&channel, UINT32_MAX, &room);
    check_span(&channel, &filled, have, UINT32_MAX);
    check_span(&channel, &room, free, UINT32_MAX);
    assert(have + free == channel.size - 1);
    assert(filled.next == channel.write);
    check_span(&channel, &filled, rtt_filled(&channel, limit, &filled), limit);
    check_span(&channel, &room, rtt_free(&channel, limit, &room), limit);
}

/* Seeds have no NUL: a byte stands for the one before it. */
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static uint8_t data[1 << 16];

    size = size < sizeof data ? size : sizeof data;
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(input[i] - 1);
    static const uint8_t id[RTT_ID] = "SEGGER RTT";
    uint8_t bytes[RTT_HEADER] = {0};
    unsigned up = 0, down = 0;
    size_t at = rtt_find_id(data, size, id);

    assert(at == size || (at + RTT_ID <= size && memcmp(data + at, id, RTT_ID) == 0));
    memcpy(bytes, data, size < sizeof bytes ? size : sizeof bytes);
    if (rtt_header(bytes, id, RAM + RAM_SIZE - 200, &ram, &up, &down))
        assert(up + down > 0 && RTT_HEADER + (up + down) * RTT_DESCRIPTOR <= 200);
    for (size_t i = 0; i + RTT_DESCRIPTOR <= size; i += 4)
        check_channel(data + i, (uint32_t)(i + 1));
    return 0;
}

/* An id, counts, descriptors in RAM. */
#define ID "TFHHFS!SUU\1\1\1\1\1\1"
#define CHANNEL(size, write, read) \
    "\1\1\1\1"                     \
    "\1\1\1\x21" size write read "\1\1\1\1"
const char *const fuzz_seeds[] = {
    ID "\2\1\1\1\2\1\1\1", CHANNEL("\x11\1\1\1", "\4\1\1\1", "\6\1\1\1"),
    ID "\2\1\1\1\2\1\1\1" CHANNEL("\1\x05\1\1", "\1\3\1\1", "\x10\1\1\1")
        CHANNEL("\3\1\1\1", "\2\1\1\1", "\1\1\1\1"),
    NULL};
