/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"

/* The remainders of the sixteen nibbles. */
static const uint32_t nibbles[16] = {
    0x00000000, 0x04C11DB7, 0x09823B6E, 0x0D4326D9, 0x130476DC, 0x17C56B6B, 0x1A864DB2, 0x1E475005,
    0x2608EDB8, 0x22C9F00F, 0x2F8AD6D6, 0x2B4BCB61, 0x350C9B64, 0x31CD86D3, 0x3C8EA00A, 0x384FBDBD,
};

uint32_t crc32_add(uint32_t crc, const void *data, size_t length)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < length; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        crc = crc << 4 ^ nibbles[crc >> 28];
        crc = crc << 4 ^ nibbles[crc >> 28];
    }
    return crc;
}
