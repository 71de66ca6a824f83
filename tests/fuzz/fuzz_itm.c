/* SPDX-License-Identifier: MIT */
/* Any bytes in any pieces: the packets do not depend on the pieces, and there are no more of them
 * than bytes, but for what a packet that was broken off adds. */
#include <assert.h>

#include "fuzz.h"
#include "trace/itm.h"

/* Strings: their zeros come by mutation. */
const char *const fuzz_seeds[] = {
    "\x01H\x01i\x03"
    "abcd\x70\x02xy\xfbzzzz",
    "\x17\x04\x04\x20\x08\x0e\x0f\x10\xc0\x81\x02\x10",
    "\x94\x81\x82\x83\x1f\xb4\x81\x82\x83\x84\x85\x06\x28\x47\x01\x02\x03\x04\x8d\x41",
    NULL,
};

struct sum {
    struct itm_decoder decoder;
    uint64_t digest, count;
};

static void add(void *user, const struct itm_packet *packet)
{
    struct sum *sum = user;

    assert(packet->size <= 4 && packet->kind <= ITM_BAD);
    sum->count++;
    sum->digest = sum->digest * 31 + (uint64_t)packet->kind;
    sum->digest = sum->digest * 31 + packet->value;
    sum->digest = sum->digest * 31 + packet->source;
}

static struct sum decode(const uint8_t *data, size_t size, size_t piece)
{
    struct sum sum = {0};

    itm_init(&sum.decoder, add, &sum);
    for (size_t at = 0; at < size; at += piece)
        itm_feed(&sum.decoder, data + at, size - at < piece ? size - at : piece);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sum whole = decode(data, size, size ? size : 1), bytes = decode(data, size, 1);
    struct sum pieces = decode(data, size, 7);

    assert(whole.digest == bytes.digest && whole.digest == pieces.digest);
    assert(whole.count == whole.decoder.packets + whole.decoder.bad);
    assert(whole.count <= 2 * size);
    return 0;
}
