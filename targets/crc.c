/* SPDX-License-Identifier: MIT */
/* gdb's qCRC over target memory (gdb manual, "General Query Packets"): CRC-32/MPEG-2. */
#include "cortex_m.h"

#define CRC_POLYNOMIAL 0x04C11DB7u

static uint32_t crc_byte(uint32_t crc, uint8_t byte)
{
    crc ^= (uint32_t)byte << 24;
    for (int bit = 0; bit < 8; bit++)
        crc = crc << 1 ^ (crc & 0x80000000u ? CRC_POLYNOMIAL : 0);
    return crc;
}

enum err target_crc(struct target *target, uint32_t address, size_t length, uint32_t *crc)
{
    uint8_t block[4096];

    *crc = 0xFFFFFFFFu;
    if (address + (uint64_t)length > 1ull << 32)
        return job_fail(target->job, ERR_ARGUMENT, "0x%08x and %zu bytes run past 0xffffffff",
                        address, length);
    while (length > 0) {
        size_t n = length < sizeof block ? length : sizeof block;
        enum err err = target_read(target, address, block, n, NULL);
        if (!err && n < length)
            err = job_checkpoint(target->job);
        if (err)
            return err;
        for (size_t i = 0; i < n; i++)
            *crc = crc_byte(*crc, block[i]);
        address += (uint32_t)n;
        length -= n;
    }
    return ERR_OK;
}
