/* SPDX-License-Identifier: MIT */
/* gdb's qCRC over target memory (gdb manual, "General Query Packets"). */
#include "core/core.h"

#include "base/crc32.h"

enum err target_crc(struct target *target, uint32_t address, size_t length, uint32_t *crc)
{
    uint8_t block[4096];

    *crc = CRC32_START;
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
        *crc = crc32_add(*crc, block, n);
        address += (uint32_t)n;
        length -= n;
    }
    return ERR_OK;
}
