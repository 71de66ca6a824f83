/* SPDX-License-Identifier: MIT */
/* Option bytes of the STM32F1 and what they say: read and write protection (PM0075, 2.4, 2.5).
 * Each is a half-word: the value and, above it, its complement. */
#include <string.h>

#include "base/bytes.h"
#include "sim/board/board_internal.h"

enum { RDP = 0, USER = 2, DATA0 = 4, DATA1 = 6, WRP0 = 8, RDP_OPEN = 0xA5 };
enum { SIZE_REGISTER = 0x7E0, UNIQUE_ID = 0x7E8 };
#define OBR_OPTERR (1u << 0)

static void put_option(struct sim_flash *flash, uint32_t offset, uint8_t value)
{
    put_le16(&flash->options[offset], (uint16_t)(value | (uint8_t)~value << 8));
}

void sim_options_erase(struct sim_flash *flash)
{
    memset(flash->options, 0xFF, sizeof flash->options);
}

void sim_options_factory(struct sim_flash *flash)
{
    static const uint8_t unique_id[12] = {0x33, 0xFF, 0x6B, 0x06, 0x4D, 0x48,
                                          0x39, 0x33, 0x38, 0x12, 0x05, 0x43};

    for (uint32_t offset = 0; offset < SIM_OPTION_SIZE; offset += 2)
        put_option(flash, offset, 0xFF);
    put_option(flash, RDP, RDP_OPEN);
    memcpy(&flash->system[UNIQUE_ID], unique_id, sizeof unique_id);
}

/* A byte whose complement is wrong counts as erased; OPTERR tells, unless both are erased. */
static uint8_t loaded(const struct sim_flash *flash, uint32_t offset, bool *error)
{
    uint16_t half = get_le16(&flash->options[offset]);
    uint8_t value = (uint8_t)half;

    if ((half >> 8) == (uint8_t)~value)
        return value;
    if (half != 0xFFFF)
        *error = true;
    return 0xFF;
}

void sim_options_load(struct sim_board *board, bool power_on)
{
    struct sim_flash *flash = &board->chip.flash;
    bool error = false;
    bool was = flash->obr & SIM_FLASH_OBR_RDPRT;
    bool protects = loaded(flash, RDP, &error) != RDP_OPEN;
    uint32_t user = loaded(flash, USER, &error) & 7u;
    uint32_t data0 = loaded(flash, DATA0, &error), data1 = loaded(flash, DATA1, &error);

    /* Protection starts with any reset, but ends with power only. */
    if (protects || (was && !power_on))
        flash->obr = SIM_FLASH_OBR_RDPRT;
    else
        flash->obr = 0;
    flash->obr |= user << 2 | 0x1Fu << 5 | data0 << 10 | data1 << 18;
    flash->wrpr = 0;
    for (unsigned i = 0; i < 4; i++)
        flash->wrpr |= (uint32_t)loaded(flash, WRP0 + 2 * i, &error) << 8 * i;
    flash->obr |= error ? OBR_OPTERR : 0;
}

bool sim_option_program(struct sim_board *board, uint32_t offset, uint8_t value)
{
    struct sim_flash *flash = &board->chip.flash;
    bool lifts = offset == RDP && value == RDP_OPEN && sim_flash_protected(board);

    put_option(flash, offset, value);
    if (lifts)
        memset(flash->main, 0xFF, sizeof flash->main);
    return lifts;
}

/* In a protected chip it reads 0; clones and a fault say what they like. */
void sim_flash_update_size(struct sim_board *board)
{
    uint16_t size = SIM_FLASH_SIZE / 1024;

    if (board->faults.flash_size_set)
        size = board->faults.flash_size;
    else if (sim_flash_protected(board))
        size = 0;
    put_le16(&board->chip.flash.system[SIZE_REGISTER], size);
}

void sim_options_set_protection(struct sim_board *board, bool protect)
{
    put_option(&board->chip.flash, RDP, protect ? 0xFF : RDP_OPEN);
    sim_options_load(board, true);
    sim_flash_update_size(board);
    sim_map_update_windows(board);
}
