/* SPDX-License-Identifier: MIT */
#include "gdb/rsp.h"

#include <string.h>

enum state {
    STATE_IDLE,
    STATE_BREAK,
    STATE_PAYLOAD,
    STATE_SUM_HIGH,
    STATE_SUM_LOW,
};

/* RFC 854. */
#define TELNET_IAC ((char)0xFF)
#define TELNET_BREAK ((char)0xF3)

enum {
    INTERRUPT = 0x03,
    DELETE = 0x7F,
    SYSRQ_G = 'g', /* what Linux wants behind a break to enter its debugger */
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

/* Heads of packets with binary data (gdb manual, "Packets", "General Query Packets"). '%': a
 * hexadecimal number. */
static const char *const binary_heads[] = {"X%,%:", "vFlashWrite:%:", "qSearch:memory:%;%;"};

static bool begins_as(const char *packet, size_t length, const char *head)
{
    size_t at = 0;

    for (; *head; head++) {
        size_t start = at;

        while (*head == '%' && at < length && rsp_hex_digit(packet[at]) >= 0)
            at++;
        if (*head == '%' ? at == start : at == length || packet[at++] != *head)
            return false;
    }
    return true;
}

static bool has_binary_head(const char *packet, size_t length)
{
    for (size_t i = 0; i < sizeof binary_heads / sizeof *binary_heads; i++)
        if (begins_as(packet, length, binary_heads[i]))
            return true;
    return false;
}

/* RFC 9110, 5.6.2, "token"; '#' and '$' end a packet or begin one. */
static bool is_spellable(char byte)
{
    return rsp_hex_digit(byte) >= 0 || (byte >= 'g' && byte <= 'z') ||
           (byte >= 'G' && byte <= 'Z') || (byte && strchr("!%&'*+-.^_`|~", byte));
}

static enum rsp_event start_packet(struct rsp_decoder *decoder)
{
    decoder->state = STATE_PAYLOAD;
    decoder->length = 0;
    decoder->sum = 0;
    decoder->too_long = false;
    decoder->binary = false;
    decoder->spellable = true;
    return RSP_NOTHING;
}

static enum rsp_event idle_byte(struct rsp_decoder *decoder, char byte)
{
    bool after_break = decoder->after_break;

    decoder->after_break = false;
    switch (byte) {
    case '$':
        return start_packet(decoder);
    case '+':
        return RSP_ACK;
    case '-':
        return RSP_NACK;
    case INTERRUPT:
        return RSP_INTERRUPT;
    case TELNET_IAC:
        decoder->state = STATE_BREAK;
        return RSP_NOTHING;
    case SYSRQ_G:
        return after_break ? RSP_NOTHING : RSP_FOREIGN;
    default:
        return RSP_FOREIGN;
    }
}

static enum rsp_event break_byte(struct rsp_decoder *decoder, char byte)
{
    decoder->state = STATE_IDLE;
    decoder->after_break = true;
    return byte == TELNET_BREAK ? RSP_INTERRUPT : RSP_FOREIGN;
}

/* What no packet of text holds, or not that of a client that may be a browser. */
static bool is_foreign(const struct rsp_decoder *decoder, char byte)
{
    return ((uint8_t)byte < ' ' || byte == DELETE || (byte == ' ' && !decoder->known)) &&
           !decoder->binary;
}

static enum rsp_event payload_byte(struct rsp_decoder *decoder, char byte)
{
    if (byte == '#') {
        decoder->state = STATE_SUM_HIGH;
        return RSP_NOTHING;
    }
    if (is_foreign(decoder, byte))
        decoder->binary = has_binary_head(decoder->packet, decoder->length);
    if (byte == '$' || is_foreign(decoder, byte))
        return RSP_FOREIGN;
    decoder->spellable &= is_spellable(byte);
    if (decoder->length == RSP_PACKET_SIZE) {
        decoder->too_long = true;
        return decoder->known ? RSP_NOTHING : RSP_FOREIGN;
    }
    decoder->packet[decoder->length++] = byte;
    decoder->sum = (uint8_t)(decoder->sum + (uint8_t)byte);
    return RSP_NOTHING;
}

static enum rsp_event finish_packet(struct rsp_decoder *decoder, int low)
{
    decoder->state = STATE_IDLE;
    if (decoder->too_long)
        return RSP_TOO_LONG;
    if (low < 0 || decoder->bad_digit || (decoder->expected | low) != decoder->sum)
        return decoder->known ? RSP_BAD : RSP_FOREIGN;
    decoder->packet[decoder->length] = '\0';
    decoder->known |= !decoder->spellable;
    return RSP_PACKET;
}

static enum rsp_event decode_byte(struct rsp_decoder *decoder, char byte)
{
    int digit = rsp_hex_digit(byte);

    switch ((enum state)decoder->state) {
    case STATE_PAYLOAD:
        return payload_byte(decoder, byte);
    case STATE_SUM_HIGH:
        decoder->bad_digit = digit < 0;
        decoder->expected = (uint8_t)(digit < 0 ? 0 : digit << 4);
        decoder->state = STATE_SUM_LOW;
        return RSP_NOTHING;
    case STATE_SUM_LOW:
        return finish_packet(decoder, digit);
    case STATE_BREAK:
        return break_byte(decoder, byte);
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
            while (event == RSP_ACK && i + 1 < length && bytes[i + 1] == '+')
                i++;
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
