/* SPDX-License-Identifier: MIT */
#include "trace/itm.h"

enum {
    SYNC_ZEROS = 5,     /* whole bytes of the 47 zero bits */
    ZEROS_LONGEST = 16, /* more are a line that is slower than it is read */
    SYNC_END = 0x80,
    HEADER_OVERFLOW = 0x70,
    SIZE_MASK = 0x03, /* 0: no source packet; 1, 2, 3: 1, 2, 4 bytes */
    SOURCE_HARDWARE = 0x04,
    SOURCE_SHIFT = 3,
    CONTINUES = 0x80,
    EXTENSION = 0x08,
    EXTENSION_OF_DWT = 0x04,
    GLOBAL_LOW = 0x94,
    GLOBAL_HIGH = 0xB4,
    LONG_TIME = 0xC0,
    GROUP_BITS = 7,
    PORTS_A_PAGE = 32,
    LONGEST_TIME = 4, /* bytes behind the header */
    LONGEST_LOW = 4,
    LONGEST_HIGH = 6,
    LONGEST_EXTENSION = 4,
    LOW_CHANGES_SHIFT = 26,
};
/* Discriminators of hardware source packets. */
enum {
    DWT_EVENTS = 0,
    DWT_EXCEPTION = 1,
    DWT_PC = 2,
    DWT_DATA_PC = 8,
    DWT_DATA_VALUE = 16,
    DWT_END = 24
};

void itm_init(struct itm_decoder *decoder, void (*found)(void *user, const struct itm_packet *),
              void *user)
{
    *decoder = (struct itm_decoder){.found = found, .user = user};
}

bool itm_is_between(const struct itm_decoder *decoder)
{
    return !decoder->continued && decoder->wanted == 0 && !decoder->loose;
}

static void give(struct itm_decoder *decoder, struct itm_packet packet)
{
    decoder->packets++;
    decoder->found(decoder->user, &packet);
}

static void give_bad(struct itm_decoder *decoder, uint8_t byte)
{
    decoder->bad++;
    decoder->found(decoder->user, &(struct itm_packet){.kind = ITM_BAD, .value = byte});
}

/* --- whole packets --- */

static void give_data(struct itm_decoder *decoder, unsigned discriminator)
{
    bool is_value = discriminator >= DWT_DATA_VALUE, odd = discriminator & 1;
    struct itm_packet packet = {
        .source = discriminator >> 1 & 3, .size = decoder->got, .value = decoder->value};
    unsigned fits = is_value ? decoder->got : odd ? 2 : 4;

    packet.kind =
        is_value ? (odd ? ITM_DATA_WRITE : ITM_DATA_READ) : (odd ? ITM_DATA_ADDRESS : ITM_DATA_PC);
    if (decoder->got == fits)
        give(decoder, packet);
    else
        give_bad(decoder, decoder->header);
}

static void give_pc(struct itm_decoder *decoder)
{
    if (decoder->got == 4)
        give(decoder, (struct itm_packet){.kind = ITM_PC, .value = decoder->value});
    else if (decoder->got == 1 && decoder->value == 0)
        give(decoder, (struct itm_packet){.kind = ITM_ASLEEP});
    else if (decoder->got == 1 && decoder->value == 0xFF)
        give(decoder, (struct itm_packet){.kind = ITM_PROHIBITED});
    else
        give_bad(decoder, decoder->header);
}

static void give_exception(struct itm_decoder *decoder)
{
    unsigned event = decoder->value >> 12 & 3;

    if (decoder->got == 2 && event != 0)
        give(decoder, (struct itm_packet){.kind = ITM_EXCEPTION,
                                          .event = (enum itm_event)event,
                                          .value = decoder->value & 0x1FF});
    else
        give_bad(decoder, decoder->header);
}

static void give_hardware(struct itm_decoder *decoder)
{
    unsigned discriminator = decoder->header >> SOURCE_SHIFT;

    if (discriminator == DWT_EVENTS && decoder->got == 1)
        give(decoder, (struct itm_packet){.kind = ITM_EVENTS, .value = decoder->value & 0x3F});
    else if (discriminator == DWT_EXCEPTION)
        give_exception(decoder);
    else if (discriminator == DWT_PC)
        give_pc(decoder);
    else if (discriminator >= DWT_DATA_PC && discriminator < DWT_END)
        give_data(decoder, discriminator);
    else
        give_bad(decoder, decoder->header);
}

static void end_source(struct itm_decoder *decoder)
{
    if (decoder->header & SOURCE_HARDWARE)
        give_hardware(decoder);
    else
        give(decoder, (struct itm_packet){.kind = ITM_SOFTWARE,
                                          .source = (uint8_t)(decoder->page * PORTS_A_PAGE +
                                                              (decoder->header >> SOURCE_SHIFT)),
                                          .size = decoder->got,
                                          .value = decoder->value});
}

static void end_continued(struct itm_decoder *decoder)
{
    uint64_t low = (1u << LOW_CHANGES_SHIFT) - 1;

    if (decoder->header == GLOBAL_LOW)
        give(decoder, (struct itm_packet){.kind = ITM_GLOBAL_TIME,
                                          .changed = decoder->value > low,
                                          .value = decoder->value & low});
    else if (decoder->header == GLOBAL_HIGH)
        give(decoder, (struct itm_packet){.kind = ITM_GLOBAL_HIGH, .value = decoder->value});
    else if ((decoder->header & LONG_TIME) == LONG_TIME && !(decoder->header & 0x0F))
        give(decoder, (struct itm_packet){.kind = ITM_TIME,
                                          .late = decoder->header & 0x30,
                                          .value = decoder->value});
    /* Extensions that mean nothing to us are passed over. */
}

/* --- bytes --- */

static unsigned longest(uint8_t header)
{
    if (header == GLOBAL_LOW)
        return LONGEST_LOW;
    if (header == GLOBAL_HIGH)
        return LONGEST_HIGH;
    return header & EXTENSION ? LONGEST_EXTENSION : LONGEST_TIME;
}

static void begin_continued(struct itm_decoder *decoder, bool known, uint8_t byte)
{
    decoder->continued = known;
    if (!known)
        give_bad(decoder, byte);
}

/* A header that is none of a source: protocol packets, by their lower four bits. */
static void begin_protocol(struct itm_decoder *decoder, uint8_t byte)
{
    if (byte == HEADER_OVERFLOW)
        give(decoder, (struct itm_packet){.kind = ITM_OVERFLOW});
    else if (byte & EXTENSION && byte & CONTINUES)
        decoder->continued = true;
    else if (byte & EXTENSION && !(byte & EXTENSION_OF_DWT))
        decoder->page = byte >> 4 & 7;
    else if (byte & EXTENSION)
        ; /* one of DWT's without a payload */
    else if (byte & 0x0F)
        begin_continued(decoder, byte == GLOBAL_LOW || byte == GLOBAL_HIGH, byte);
    else if (byte & CONTINUES)
        begin_continued(decoder, (byte & LONG_TIME) == LONG_TIME, byte);
    else
        give(decoder, (struct itm_packet){.kind = ITM_TIME, .value = byte >> 4});
}

static void begin(struct itm_decoder *decoder, uint8_t byte)
{
    static const uint8_t sizes[] = {0, 1, 2, 4};

    decoder->header = byte;
    decoder->got = 0;
    decoder->value = 0;
    decoder->wanted = sizes[byte & SIZE_MASK];
    if (byte == 0)
        decoder->loose = true;
    else if (decoder->wanted == 0)
        begin_protocol(decoder, byte);
}

static void take_group(struct itm_decoder *decoder, uint8_t byte)
{
    decoder->value |= (uint64_t)(byte & ~CONTINUES & 0xFF) << GROUP_BITS * decoder->got++;
    if (!(byte & CONTINUES)) {
        decoder->continued = false;
        end_continued(decoder);
    } else if (decoder->got == longest(decoder->header)) {
        decoder->continued = false;
        give_bad(decoder, byte);
    }
}

static void take(struct itm_decoder *decoder, uint8_t byte)
{
    if (decoder->continued) {
        take_group(decoder, byte);
    } else if (decoder->wanted > 0) {
        decoder->value |= (uint64_t)byte << 8 * decoder->got++;
        if (--decoder->wanted == 0)
            end_source(decoder);
    } else {
        begin(decoder, byte);
    }
}

/* So many zeros are nothing but the beginning of one, whatever the packet before it was taken for:
 * four are the most that a payload has. */
static bool ends_sync(const struct itm_decoder *decoder, uint8_t byte)
{
    return decoder->zeros >= SYNC_ZEROS && byte == SYNC_END;
}

static void synchronise(struct itm_decoder *decoder)
{
    decoder->wanted = 0;
    decoder->continued = decoder->loose = false;
    decoder->page = 0;
    give(decoder, (struct itm_packet){.kind = ITM_SYNC});
}

/* Zeros that no sync packet came of, or will. */
static void judge_loose(struct itm_decoder *decoder, uint8_t byte)
{
    if (decoder->loose && (byte != 0 || decoder->zeros >= ZEROS_LONGEST)) {
        decoder->loose = byte == 0;
        give_bad(decoder, 0);
    }
}

void itm_feed(struct itm_decoder *decoder, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (ends_sync(decoder, bytes[i])) {
            synchronise(decoder);
        } else {
            judge_loose(decoder, bytes[i]);
            take(decoder, bytes[i]);
        }
        decoder->zeros = bytes[i] == 0 ? decoder->zeros + 1 : 0;
    }
}
