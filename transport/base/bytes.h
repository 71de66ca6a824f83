/* SPDX-License-Identifier: MIT */
/* Byte arrays of any alignment: little-endian numbers in them, the byte order of every target and
 * probe, and whether they are filled. */
#ifndef PROBED_BYTES_H
#define PROBED_BYTES_H

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t get_le16(const void *from)
{
    const uint8_t *b = from;
    return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t get_le32(const void *from)
{
    const uint8_t *b = from;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static inline void put_le16(void *to, uint16_t value)
{
    uint8_t *b = to;
    b[0] = (uint8_t)value;
    b[1] = (uint8_t)(value >> 8);
}

static inline void put_le32(void *to, uint32_t value)
{
    uint8_t *b = to;
    b[0] = (uint8_t)value;
    b[1] = (uint8_t)(value >> 8);
    b[2] = (uint8_t)(value >> 16);
    b[3] = (uint8_t)(value >> 24);
}

/* With nothing but this value; so is what is empty. */
static inline bool is_filled(const uint8_t *bytes, uint32_t length, uint8_t value)
{
    while (length && *bytes == value)
        bytes++, length--;
    return length == 0;
}

#endif
