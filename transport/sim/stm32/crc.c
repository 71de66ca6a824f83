/* SPDX-License-Identifier: MIT */
/* The CRC unit of F1, F2, F4 and L1 (RM0008, chapter 4): CRC-32 of whole words. */
#include "base/bytes.h"
#include "base/crc32.h"
#include "sim/stm32/stm32_internal.h"

enum { DR = 0x00, IDR = 0x04, CR = 0x08 };
#define CR_RESET (1u << 0)

struct crc {
    uint32_t dr, idr;
};

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct crc *crc = part->state;

    *value = offset == DR ? crc->dr : offset == IDR ? crc->idr : 0;
    return true;
}

/* The highest bit of the word comes first. */
static void add(struct crc *crc, uint32_t word)
{
    uint8_t bytes[4];

    put_le32(bytes, __builtin_bswap32(word));
    crc->dr = crc32_add(crc->dr, bytes, sizeof bytes);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct crc *crc = part->state;

    if (offset == DR)
        add(crc, value);
    else if (offset == IDR)
        crc->idr = value & 0xFF;
    else if (offset == CR && value & CR_RESET)
        crc->dr = CRC32_START;
    return true;
}

static void reset(struct sim_part *part)
{
    *(struct crc *)part->state = (struct crc){.dr = CRC32_START};
}

const struct sim_device sim_device_crc = {
    .state_size = sizeof(struct crc),
    .read = read,
    .write = write,
    .reset = reset,
};
