/* SPDX-License-Identifier: MIT */
/* Any bytes in any pieces: the decoder's events do not depend on the pieces, its packets keep their
 * limits, and what the encoder writes decodes to itself. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "gdb/rsp.h"

/* A sum over all events and packets; acknowledgements in a row count once. */
static uint64_t digest(const char *bytes, size_t length, size_t piece)
{
    struct rsp_decoder *decoder = malloc(sizeof *decoder);
    enum rsp_event last = RSP_NOTHING;
    uint64_t sum = 0;

    rsp_decoder_init(decoder);
    for (size_t at = 0; at < length;) {
        size_t used = 0, chunk = length - at < piece ? length - at : piece;
        enum rsp_event event = rsp_decode(decoder, bytes + at, chunk, &used);

        assert(used >= 1 && used <= chunk);
        at += used;
        bool again = event == RSP_ACK && last == RSP_ACK;
        last = event == RSP_NOTHING ? last : event;
        if (event == RSP_NOTHING || again)
            continue;
        sum = sum * 31 + (uint64_t)event;
        if (event != RSP_PACKET)
            continue;
        assert(decoder->length <= RSP_PACKET_SIZE);
        assert(decoder->packet[decoder->length] == '\0');
        for (size_t i = 0; i < decoder->length; i++)
            sum = sum * 31 + (uint8_t)decoder->packet[i];
    }
    free(decoder);
    return sum;
}

static void check_escapes(const uint8_t *data, size_t size)
{
    char *escaped = malloc(2 * size + 1);
    struct buf out;

    buf_init(&out, escaped, 2 * size);
    assert(rsp_escape(&out, data, size, 2 * size) == size);
    assert(!out.overflow);
    assert(rsp_unescape(escaped, out.length) == size);
    assert(size == 0 || memcmp(escaped, data, size) == 0);
    /* Not escaped by us: as large as it is, so that the sanitizer sees the first byte behind. */
    memcpy(escaped, data, size);
    escaped = realloc(escaped, size ? size : 1);
    size_t length = rsp_unescape(escaped, size);
    assert(length <= size || length == SIZE_MAX);
    free(escaped);
}

/* Without '*' in the frame an encoded packet of binary data decodes to itself. */
static void check_frame(const uint8_t *data, size_t size)
{
    char *frame = malloc(RSP_FRAME_SIZE), *escaped = malloc(RSP_PACKET_SIZE);
    struct rsp_decoder *decoder = malloc(sizeof *decoder);
    struct buf payload, out;
    size_t used;

    buf_init(&payload, escaped, RSP_PACKET_SIZE);
    buf_text(&payload, "X0,0:");
    rsp_escape(&payload, data, size, RSP_PACKET_SIZE - payload.length);
    buf_init(&out, frame, RSP_FRAME_SIZE);
    rsp_encode(&out, escaped, payload.length);
    assert(!out.overflow);
    assert(out.length <= payload.length + 4);
    rsp_decoder_init(decoder);
    assert(rsp_decode(decoder, frame, out.length, &used) == RSP_PACKET);
    assert(used == out.length);
    if (!memchr(frame, '*', out.length))
        assert(decoder->length == payload.length &&
               memcmp(decoder->packet, escaped, payload.length) == 0);
    free(decoder);
    free(escaped);
    free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    uint64_t whole = digest(bytes, size, SIZE_MAX);

    for (size_t piece = 1; piece < 8; piece += 3)
        assert(digest(bytes, size, piece) == whole);
    check_escapes(data, size);
    check_frame(data, size);
    return 0;
}

const char *const fuzz_seeds[] = {
    "$m0,4#fd",    "+$?#3f\x03",         "\xff\xf3+$?#3f\xff\xf3g$g#68",
    "$vCont;c#a8", "GET / HTTP/1.1\r\n", "$X20000000,1:}\x03#00",
    NULL};
