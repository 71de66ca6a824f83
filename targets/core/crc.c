/* SPDX-License-Identifier: MIT */
/* gdb's qCRC over target memory (gdb manual, "General Query Packets"). */
#include "base/crc32.h"
#include "core/crc_by_core.h"
#include "core/memory.h"

/* Up to a word's beginning, or a block. */
static enum err add_over_wire(struct core *core, uint32_t address, size_t length, uint32_t *crc,
                              size_t *done)
{
    uint8_t block[4096];
    size_t limit = address & 3 ? 4 - (address & 3) : sizeof block;
    size_t n = length < limit ? length : limit;
    enum err err = memory_read(core, address, block, n, NULL);

    if (err)
        return err;
    *crc = crc32_add(*crc, block, n);
    *done = n;
    return ERR_OK;
}

enum err target_crc(struct target *target, uint32_t address, size_t length, uint32_t *crc)
{
    struct core *core = target->core;
    bool by_core = true;
    enum err err = ERR_OK;

    *crc = CRC32_START;
    if (address + (uint64_t)length > 1ull << 32)
        return job_fail(target->job, ERR_ARGUMENT, "0x%08x and %zu bytes run past 0xffffffff",
                        address, length);
    while (length > 0 && !err) {
        size_t done = 0;
        if (by_core && !(address & 3)) {
            err = crc_by_core(core, address, length, crc, &done);
            by_core = done > 0;
        }
        if (!err && !done)
            err = add_over_wire(core, address, length, crc, &done);
        address += (uint32_t)done;
        length -= done;
        if (!err && length > 0)
            err = job_checkpoint(target->job);
    }
    return err;
}
