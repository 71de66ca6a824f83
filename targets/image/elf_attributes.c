/* SPDX-License-Identifier: MIT */
/* Which core a program was built for: the public build attributes of an ELF file (Arm, "Addenda to
 * and Errata in the ABI for the Arm Architecture", IHI 0045, 2 and 3). */
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "image/image_internal.h"

enum {
    FORMAT_VERSION = 'A',
    OF_THE_FILE = 1, /* others are of a section or a symbol */
    LENGTH_SIZE = 4,
};

/* 3.3.5: tags, and kinds of values. Those above 32 are text if they are odd. */
enum {
    TAG_CPU_RAW_NAME = 4,
    TAG_CPU_NAME = 5,
    TAG_CPU_ARCH = 6,
    TAG_CPU_ARCH_PROFILE = 7,
    TAG_FP_ARCH = 10,
    TAG_HARD_FP_USE = 27,
    TAG_COMPATIBILITY = 32, /* a number and a text */
    TAGS = 64,
};
enum { SINGLE_PRECISION = 1 }; /* Tag_ABI_HardFP_use */

/* What is left to read. */
struct reader {
    const uint8_t *at, *end;
};

static size_t left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* What does not fit is too large for any tag or value that means something here. */
static uint32_t read_number(struct reader *reader)
{
    uint32_t number = 0;

    for (unsigned shift = 0; left(reader); shift += 7) {
        uint8_t byte = *reader->at++;

        if (shift < 28)
            number |= (byte & 0x7Fu) << shift;
        else if (byte & 0x7F)
            number = UINT32_MAX;
        if (!(byte & 0x80))
            break;
    }
    return number;
}

static void skip_text(struct reader *reader)
{
    const uint8_t *end = memchr(reader->at, 0, left(reader));

    reader->at = end ? end + 1 : reader->end;
}

/* The next part, which begins with its length at `at`; what follows stays in `reader`. An absurd
 * length takes all. */
static struct reader take_part(struct reader *reader, const uint8_t *begin)
{
    size_t size = (size_t)(reader->end - begin), length = get_le32(reader->at);
    struct reader part = {reader->at + LENGTH_SIZE, reader->end};

    if (length <= size && length >= (size_t)(part.at - begin))
        part.end = begin + length;
    reader->at = part.end;
    return part;
}

static void read_values(struct reader reader, uint32_t values[TAGS])
{
    while (left(&reader)) {
        uint32_t tag = read_number(&reader), value = 0;
        bool text = tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME ||
                    (tag > TAG_COMPATIBILITY && tag % 2 == 1);

        if (!text)
            value = read_number(&reader);
        if (text || tag == TAG_COMPATIBILITY)
            skip_text(&reader);
        if (tag < TAGS)
            values[tag] = value;
    }
}

/* Of the vendor "aeabi", whose values are public. */
static void read_vendor(struct reader reader, uint32_t values[TAGS])
{
    static const char aeabi[] = "aeabi";

    if (left(&reader) < sizeof aeabi || memcmp(reader.at, aeabi, sizeof aeabi) != 0)
        return;
    reader.at += sizeof aeabi;
    while (left(&reader) > LENGTH_SIZE) {
        const uint8_t *begin = reader.at;
        uint32_t scope = read_number(&reader);

        if (left(&reader) < LENGTH_SIZE)
            return;
        struct reader part = take_part(&reader, begin);
        if (scope == OF_THE_FILE)
            read_values(part, values);
    }
}

/* Tag_CPU_arch; v7 is M, R or A, as Tag_CPU_arch_profile says. */
static uint8_t core_of(uint32_t architecture, uint32_t profile)
{
    enum { V7 = 10 };
    static const uint8_t cores[] = {
        [11] = IMAGE_V6M,      [12] = IMAGE_V6M, /* v6S-M */
        [13] = IMAGE_V7EM,     [14] = IMAGE_OTHER,    [15] = IMAGE_OTHER,
        [16] = IMAGE_V8M_BASE, [17] = IMAGE_V8M_MAIN, [21] = IMAGE_V8M_MAIN,
    };

    if (architecture == V7)
        return profile == 'M' ? IMAGE_V7M : profile == 'A' || profile == 'R' ? IMAGE_OTHER : 0;
    return architecture < sizeof cores ? cores[architecture] : 0;
}

struct image_needs image_needs_of(const uint8_t *attributes, size_t size)
{
    struct reader reader = {attributes, attributes + size};
    uint32_t values[TAGS] = {0};

    if (!size || *reader.at++ != FORMAT_VERSION)
        return (struct image_needs){0};
    while (left(&reader) > LENGTH_SIZE)
        read_vendor(take_part(&reader, reader.at), values);
    bool fpu = values[TAG_FP_ARCH] != 0;
    return (struct image_needs){
        .core = core_of(values[TAG_CPU_ARCH], values[TAG_CPU_ARCH_PROFILE]),
        .fpu = fpu,
        .doubles = fpu && values[TAG_HARD_FP_USE] != SINGLE_PRECISION,
    };
}
