/* SPDX-License-Identifier: MIT */
/* Any bytes as a program file, read as what they look like and as every format by word: what is
 * taken is in order, does not overlap and is no more than the file can hold. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "image/image_internal.h"

static void check(const struct image *image, size_t size)
{
    size_t bytes = 0;
    uint64_t end = 0;

    for (size_t i = 0; i < image->count; i++) {
        const struct image_segment *segment = &image->segments[i];

        assert(segment->size > 0 && segment->data);
        assert(segment->address >= end);
        end = (uint64_t)segment->address + segment->size;
        assert(end <= UINT64_C(1) << 32);
        bytes += segment->size;
    }
    assert(bytes == image->bytes);
    /* Segments of an ELF file may share its bytes, but it has few. */
    assert(bytes <= (image->format == IMAGE_ELF ? 256 * size : size));
}

static void read_as(const char *name, const uint8_t *data, size_t size, enum image_format format)
{
    struct image image;
    struct job job;

    job_init(&job, NULL);
    enum err err = image_parse(&job, name, data, size, format, 0x08000000, &image);
    assert(err == job.err);
    if (err)
        assert(!image.segments && image.count == 0 && job.text[0]);
    else
        check(&image, size);
    image_finish(&image);
}

/* The test run's seeds are text: these are written as hexadecimal digits behind a '#'. */
static size_t unpack(const uint8_t *data, size_t size, uint8_t *bytes)
{
    size_t length = 0;

    for (size_t at = 1; at + 1 < size; at += 2) {
        if (image_hex((const char *)data + at, 2, bytes + length, 1) != 1)
            return length;
        length++;
    }
    return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[4096];
    bool packed = size > 0 && size <= sizeof bytes && data[0] == '#';

    if (packed)
        size = unpack(data, size, bytes);
    data = packed ? bytes : data;
    read_as("a", data, size, IMAGE_AUTO);
    read_as("a.bin", data, size, IMAGE_AUTO);
    for (enum image_format format = IMAGE_ELF; format <= IMAGE_BINARY; format++)
        read_as("a", data, size, format);
    return 0;
}

#define ELF                                                                           \
    "#7f454c46010101000000000000000000" /* identification */                          \
    "02002800010000000100000834000000"  /* executable, Arm, entry, program headers */ \
    "000000000002000534002000010028000000"                                            \
    "0000"                             /* flags, sizes and counts */                  \
    "01000000000000000000000800000008" /* load all of it */                           \
    "64000000640000000500000004000000"                                                \
    "0050002009000008feffffe700000000"
#define DFU_END "ffff11df83041a0155464410deadbeef"

const char *const fuzz_seeds[] = {
    ":020000040800F2\n:0400000001020304F2\n:00000001FF\n:020000040801F1\n:0400000005060708E2\n"
    ":00000001FF\n",
    "S00600004844521B\nS1050010AABB85\nS2060800001122BE\nS30708000010334469\nS9030000FC\n",
    ELF,
    "#5546320a57515d9e002000000000000810000000000000000100000072"
    "10e25e"
    "00112233445566778899",
    "#4466755365011f01000001"
    "546172676574" DFU_END,
    "#0050002009000008" DFU_END,
    "#504b0304",
    "text\n",
    NULL};
