/* SPDX-License-Identifier: MIT */
#include "gdb/register_bytes.h"

void register_bytes_put(struct buf *out, const struct target_register *reg, uint64_t value)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    buf_hex(out, bytes, reg->bits / 8);
}

void register_bytes_put_unknown(struct buf *out, const struct target_register *reg)
{
    for (int digit = 0; digit < reg->bits / 4; digit++)
        buf_byte(out, 'x');
}

uint64_t register_bytes_value(const char *bytes, size_t length)
{
    uint64_t value = 0;

    while (length-- > 0)
        value = value << 8 | (uint8_t)bytes[length];
    return value;
}
