/* SPDX-License-Identifier: MIT */
/* Files for firmware upgrade over USB: the suffix ("USB Device Class Specification for DFU" 1.1,
 * appendix B) behind a plain binary, or behind ST's DfuSe (UM0391, "DFU file format"), whose
 * elements have addresses. */
#include "image/image_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"

/* Offsets from the end. */
enum { SUFFIX = 16, SUFFIX_MARK = 8, SUFFIX_LENGTH = 5, SUFFIX_CRC = 4 };
enum {
    PREFIX = 11, /* "DfuSe", version, size of all before the suffix, targets */
    PREFIX_SIZE = 6,
    PREFIX_TARGETS = 10,
    TARGET = 274, /* "Target", alternate setting, is named, name, size, elements */
    TARGET_SIZE = 266,
    TARGET_ELEMENTS = 270,
    ELEMENT = 8, /* address, size */
};

static enum err wrong(struct image_reader *reader, const char *what)
{
    return job_fail(reader->job, ERR_FILE, "%s: %s", reader->name, what);
}

bool image_is_dfuse(const uint8_t *data, size_t size)
{
    return size >= PREFIX && memcmp(data, "DfuSe\x01", PREFIX_SIZE) == 0;
}

bool image_has_dfu_suffix(const uint8_t *data, size_t size)
{
    return size >= SUFFIX && memcmp(data + size - SUFFIX_MARK, "UFD", 3) == 0 &&
           data[size - SUFFIX_LENGTH] == SUFFIX;
}

/* The polynomial of Ethernet, reflected, without the last inversion. */
static uint32_t crc32_dfu(const uint8_t *data, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return crc;
}

static enum err check_suffix(struct image_reader *reader)
{
    if (!image_has_dfu_suffix(reader->data, reader->size))
        return wrong(reader, "no DFU suffix at its end: not a DFU file, or cut short");
    if (crc32_dfu(reader->data, reader->size - SUFFIX_CRC) !=
        get_le32(reader->data + reader->size - SUFFIX_CRC))
        return wrong(reader, "the checksum of the DFU suffix is wrong: the file is damaged");
    return ERR_OK;
}

enum err image_read_dfu(struct image_reader *reader)
{
    enum err err = check_suffix(reader);

    return err ? err : image_add(reader, 0, reader->data, reader->size - SUFFIX);
}

/* Bytes that are left between `at` and the suffix. */
static size_t left(const struct image_reader *reader, size_t at)
{
    return reader->size - SUFFIX - at;
}

static enum err take_element(struct image_reader *reader, size_t *at)
{
    const uint8_t *element = reader->data + *at;

    if (left(reader, *at) < ELEMENT || get_le32(element + 4) > left(reader, *at) - ELEMENT)
        return wrong(reader, "an element of it does not end inside the file");
    *at += ELEMENT + get_le32(element + 4);
    return image_add(reader, get_le32(element), element + ELEMENT, get_le32(element + 4));
}

static enum err take_target(struct image_reader *reader, size_t *at)
{
    const uint8_t *target = reader->data + *at;
    enum err err = ERR_OK;

    if (left(reader, *at) < TARGET || memcmp(target, "Target", 6) != 0)
        return wrong(reader, "a target prefix is missing");
    *at += TARGET;
    size_t begin = *at;
    for (uint32_t i = 0; i < get_le32(target + TARGET_ELEMENTS) && !err; i++)
        err = take_element(reader, at);
    if (!err && *at - begin != get_le32(target + TARGET_SIZE))
        return wrong(reader, "the elements of a target are not as long as it says");
    return err;
}

enum err image_read_dfuse(struct image_reader *reader)
{
    size_t at = PREFIX;
    enum err err = check_suffix(reader);

    if (!err && (reader->size < PREFIX + SUFFIX ||
                 get_le32(reader->data + PREFIX_SIZE) != reader->size - SUFFIX))
        return wrong(reader, "its length is not what it says");
    for (unsigned i = 0; !err && i < reader->data[PREFIX_TARGETS]; i++)
        err = take_target(reader, &at);
    if (!err && left(reader, at) > 0)
        return wrong(reader, "bytes stand behind its last element");
    return err;
}
