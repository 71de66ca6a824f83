/* SPDX-License-Identifier: MIT */
/* The ROM table that some makers put before the core's own (IHI 0031, chapter D2): one entry, and
 * who made the chip. On the bus of peripherals it takes two of their places. */
#include "sim/stm32/stm32_internal.h"

#define CORES_TABLE 0xE00FF000u
#define PRESENT 3u
enum { FIRST = 0x00, PIDR4 = 0x3D0, LAST = 0x3FC }; /* of the ids: in their place */

static bool read_entry(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    *value = offset == FIRST ? (CORES_TABLE - part->row->base) | PRESENT : 0;
    return true;
}

/* PIDR4 to 7, PIDR0 to 3, CIDR0 to 3: a byte a word. */
static bool read_id(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_rom_table *rom = part->row->facts;
    unsigned maker = rom->designer;
    const uint8_t ids[] = {
        (uint8_t)(maker >> 8),
        0,
        0,
        0,
        (uint8_t)rom->part,
        (uint8_t)((maker & 0xF) << 4 | rom->part >> 8),
        (uint8_t)(1u << 3 | (maker >> 4 & 7)),
        0,
        0x0D,
        0x10,
        0x05,
        0xB1,
    };

    *value = offset >= PIDR4 && offset <= LAST ? ids[(offset - PIDR4) / 4] : 0;
    return true;
}

static bool ignore(struct sim_part *part, uint32_t offset, uint32_t value)
{
    (void)part, (void)offset, (void)value;
    return true;
}

static void reset(struct sim_part *part) {}

#define DEVICE(reads)                                                     \
    {                                                                     \
        .state_size = 1, .read = (reads), .write = ignore, .reset = reset \
    }
const struct sim_device sim_device_rom_table = DEVICE(read_entry),
                        sim_device_rom_ids = DEVICE(read_id);
