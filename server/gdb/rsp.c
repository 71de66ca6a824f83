/* SPDX-License-Identifier: MIT */
#include "rsp.h"

#include <string.h>

enum state {
    STATE_IDLE,
    STATE_PAYLOAD,
    STATE_SUM_HIGH,
    STATE_SUM_LOW,
};

enum {
    INTERRUPT = 0x03,
    /* A repeat count travels as a printable character: count + 29 (gdb manual, "Overview"). */
    REPEAT_BIAS = 29,
    REPEAT_MIN = 3, /* fewer cost as much as they save */
    REPEAT_MAX = '~' - REPEAT_BIAS,
};

int rsp_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void rsp_decoder_init(struct rsp_decoder *decoder)
{
    memset(decoder, 0, sizeof *decoder);
}

static void start_packet(struct rsp_decoder *decoder)
{
    decoder->state = STATE_PAYLOAD;
    decoder->length = 0;
    decoder->sum = 0;
    decoder->too_long = false;
    decoder->foreign = 0;
}

/* Remembers the last bytes that belong to no packet: does a web browser speak? */
static enum rsp_event junk_byte(struct rsp_decoder *decoder, char byte)
{
    static const char *const words[] = {"GET ",     "POST ",    "PUT ",    "HEAD ",
                                        "OPTIONS ", "CONNECT ", "DELETE ", "Host:"};

    if (decoder->foreign == sizeof decoder->junk)
        memmove(decoder->junk, decoder->junk + 1, --decoder->foreign);
    decoder->junk[decoder->foreign++] = byte;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);

        if (decoder->foreign >= length &&
            memcmp(decoder->junk + decoder->foreign - length, words[i], length) == 0)
            return RSP_FOREIGN;
    }
    return RSP_NOTHING;
}

/* What a web page makes a browser send may hold packets, but does not begin as gdb does: by a
 * packet, an acknowledgement or an interrupt. */
static bool begins(struct rsp_decoder *decoder, char byte)
{
    decoder->begun |= byte && strchr("$+-\x03", byte);
    return decoder->begun;
}

static enum rsp_event idle_byte(struct rsp_decoder *decoder, char byte)
{
    if (!begins(decoder, byte))
        return RSP_FOREIGN;
    switch (byte) {
    case '$':
        start_packet(decoder);
        return RSP_NOTHING;
    case '+':
        return RSP_ACK;
    case '-':
        return RSP_NACK;
    case INTERRUPT:
        return RSP_INTERRUPT;
    default:
        return junk_byte(decoder, byte);
    }
}

static void payload_byte(struct rsp_decoder *decoder, char byte)
{
    if (byte == '#') {
        decoder->state = STATE_SUM_HIGH;
    } else if (byte == '$') {
        /* Never inside a payload unescaped: the sender gave the old packet up. */
        start_packet(decoder);
    } else if (decoder->too_long || decoder->length == RSP_PACKET_SIZE) {
        decoder->too_long = true;
    } else {
        decoder->packet[decoder->length++] = byte;
        decoder->sum = (uint8_t)(decoder->sum + (uint8_t)byte);
    }
}

static enum rsp_event finish_packet(struct rsp_decoder *decoder, int low)
{
    decoder->state = STATE_IDLE;
    if (decoder->too_long)
        return RSP_TOO_LONG;
    if (low < 0 || decoder->bad_digit || (decoder->expected | low) != decoder->sum)
        return RSP_BAD;
    decoder->packet[decoder->length] = '\0';
    return RSP_PACKET;
}

static enum rsp_event decode_byte(struct rsp_decoder *decoder, char byte)
{
    int digit = rsp_hex_digit(byte);

    switch ((enum state)decoder->state) {
    case STATE_PAYLOAD:
        payload_byte(decoder, byte);
        return RSP_NOTHING;
    case STATE_SUM_HIGH:
        decoder->bad_digit = digit < 0;
        decoder->expected = (uint8_t)(digit < 0 ? 0 : digit << 4);
        decoder->state = STATE_SUM_LOW;
        return RSP_NOTHING;
    case STATE_SUM_LOW:
        return finish_packet(decoder, digit);
    case STATE_IDLE:
    default:
        return idle_byte(decoder, byte);
    }
}

enum rsp_event rsp_decode(struct rsp_decoder *decoder, const char *bytes, size_t length,
                          size_t *used)
{
    for (size_t i = 0; i < length; i++) {
        enum rsp_event event = decode_byte(decoder, bytes[i]);

        if (event != RSP_NOTHING) {
            *used = i + 1;
            return event;
        }
    }
    *used = length;
    return RSP_NOTHING;
}

/* How many repeats of one byte to write at once; '#' and '$' would end a packet, '+' and '-'
 * would look like acknowledgements to careless readers. */
static size_t repeats_to_write(size_t repeats)
{
    if (repeats > REPEAT_MAX)
        repeats = REPEAT_MAX;
    while (repeats >= REPEAT_MIN && strchr("#$+-", (int)repeats + REPEAT_BIAS))
        repeats--;
    return repeats >= REPEAT_MIN ? repeats : 0;
}

void rsp_encode(struct buf *out, const void *payload, size_t length)
{
    const char *from = payload;
    uint8_t sum = 0;

    buf_byte(out, '$');
    size_t start = out->length;
    for (size_t i = 0; i < length;) {
        size_t run = 1;

        while (run <= REPEAT_MAX && i + run < length && from[i + run] == from[i])
            run++;
        size_t repeats = repeats_to_write(run - 1);
        buf_byte(out, (uint8_t)from[i]);
        if (repeats > 0) {
            buf_byte(out, '*');
            buf_byte(out, (uint8_t)(repeats + REPEAT_BIAS));
        }
        i += 1 + repeats;
    }
    for (size_t i = start; i < out->length; i++)
        sum = (uint8_t)(sum + out->data[i]);
    buf_byte(out, '#');
    buf_hex(out, &sum, 1);
}

size_t rsp_unescape(char *data, size_t length)
{
    size_t to = 0;

    for (size_t from = 0; from < length; from++) {
        char byte = data[from];

        if (byte == '}') {
            if (++from == length)
                return SIZE_MAX;
            byte = (char)(data[from] ^ 0x20);
        }
        data[to++] = byte;
    }
    return to;
}

size_t rsp_escape(struct buf *out, const void *data, size_t length, size_t room)
{
    const uint8_t *from = data;
    size_t i;

    for (i = 0; i < length; i++) {
        bool special = from[i] == '#' || from[i] == '$' || from[i] == '}' || from[i] == '*';
        size_t cost = special ? 2 : 1;

        if (cost > room)
            break;
        room -= cost;
        if (special)
            buf_byte(out, '}');
        buf_byte(out, special ? from[i] ^ 0x20 : from[i]);
    }
    return i;
}
