/* SPDX-License-Identifier: MIT */
/* The host's side of loaders/checksum.S, which says how good it is. */
#ifndef PROBED_CHECKSUM_H
#define PROBED_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* `length` is a multiple of 4. */
static inline uint32_t checksum(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t h = 0xFFFFFFFFu;

    for (size_t i = 0; i < length; i += 4) {
        h = (h ^ get_le32(bytes + i)) * 0x9E3779B1u;
        h ^= h >> 15;
    }
    return h;
}

#endif
