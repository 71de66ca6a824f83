/* SPDX-License-Identifier: MIT */
/* CRC-32/MPEG-2: polynomial 04C11DB7, most significant bit first, nothing inverted at the end; what
 * gdb's qCRC asks for. Start with CRC32_START. */
#ifndef PROBED_CRC32_H
#define PROBED_CRC32_H

#include <stddef.h>
#include <stdint.h>

#define CRC32_START 0xFFFFFFFFu

uint32_t crc32_add(uint32_t crc, const void *data, size_t length);

#endif
