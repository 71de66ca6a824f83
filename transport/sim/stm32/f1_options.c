/* SPDX-License-Identifier: MIT */
/* Option bytes of the STM32F1, F0 and F3 and what they say: read and write protection (PM0075, 2.4,
 * 2.5; RM0360, chapter 4; RM0366, chapter 4). Each is a half-word: the value and, above it, its
 * complement. */
#include "base/bytes.h"
#include "sim/stm32/f1_flash_internal.h"

enum { RDP = 0, USER = 2, DATA0 = 4, DATA1 = 6, WRP0 = 8 };
#define OBR_OPTERR (1u << 0)
#define OBR_RDPRT (1u << 1)
#define OBR_LEVEL2 (1u << 2)

static uint8_t *option_bytes(const struct sim_board *board)
{
    return sim_memory_bytes(board, SIM_OPTIONS);
}

static uint32_t option_size(const struct sim_board *board)
{
    return sim_memory_row(board->chip, SIM_OPTIONS)->size;
}

static void put_option(struct sim_board *board, uint32_t offset, uint8_t value)
{
    put_le16(&option_bytes(board)[offset], (uint16_t)(value | (uint8_t)~value << 8));
}

void sim_f1_options_erase(struct sim_board *board)
{
    sim_memory_fill(board, SIM_OPTIONS, 0xFF);
}

void sim_f1_options_factory(struct sim_board *board)
{
    for (uint32_t offset = 0; offset < option_size(board); offset += 2)
        put_option(board, offset, 0xFF);
    put_option(board, RDP, sim_fpec(board)->open);
}

bool sim_f1_is_protected(const struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    return flash->obr & OBR_RDPRT;
}

bool sim_f1_is_sealed(const struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    return sim_fpec(board)->sealed && flash->obr & OBR_LEVEL2;
}

/* A byte whose complement is wrong counts as erased; OPTERR tells, unless both are erased. */
static uint8_t loaded(const struct sim_board *board, uint32_t offset, bool *err)
{
    uint16_t half = get_le16(&option_bytes(board)[offset]);
    uint8_t value = (uint8_t)half;

    if ((half >> 8) == (uint8_t)~value)
        return value;
    if (half != 0xFFFF)
        *err = true;
    return 0xFF;
}

static uint32_t protection(const struct sim_board *board, bool power_on, bool *err)
{
    const struct sim_fpec_family *family = sim_fpec(board);
    const struct sim_f1_flash *flash = board->flash->state;
    uint8_t rdp = loaded(board, RDP, err);

    if (family->sealed && rdp == family->sealed)
        return OBR_RDPRT | OBR_LEVEL2;
    if (family->keeps_until_power && !power_on && flash->obr & OBR_RDPRT)
        return OBR_RDPRT;
    return rdp != family->open ? OBR_RDPRT : 0;
}

void sim_f1_options_load(struct sim_board *board, bool power_on)
{
    const struct sim_fpec_family *family = sim_fpec(board);
    struct sim_f1_flash *flash = board->flash->state;
    bool loads = sim_flash_launched(board) || power_on || family->reset_loads, err = false;

    if (!loads)
        return;
    flash->obr = protection(board, power_on, &err) | family->ones |
                 (uint32_t)(loaded(board, USER, &err) & family->user) << family->user_shift |
                 (uint32_t)loaded(board, DATA0, &err) << family->data_shift |
                 (uint32_t)loaded(board, DATA1, &err) << (family->data_shift + 8);
    flash->wrpr = 0;
    for (unsigned i = 0; i < 4; i++)
        flash->wrpr |= (uint32_t)loaded(board, WRP0 + 2 * i, &err) << 8 * i;
    flash->obr |= err ? OBR_OPTERR : 0;
}

bool sim_f1_option_program(struct sim_board *board, uint32_t offset, uint8_t value)
{
    bool lifts = offset == RDP && value == sim_fpec(board)->open && sim_f1_is_protected(board);

    put_option(board, offset, value);
    if (lifts)
        sim_memory_fill(board, SIM_FLASH, 0xFF);
    return lifts;
}

static void in_force_now(struct sim_board *board)
{
    sim_f1_options_load(board, true);
    sim_size_register_update(board);
    sim_windows_update(board);
}

void sim_f1_seal(struct sim_board *board)
{
    put_option(board, RDP, sim_fpec(board)->sealed);
    in_force_now(board);
}

void sim_f1_protect_writing(struct sim_board *board, bool protect)
{
    put_option(board, WRP0, protect ? 0xF0 : 0xFF);
    in_force_now(board);
}

bool sim_f1_protects_writing(const struct sim_board *board)
{
    const struct sim_f1_flash *flash = board->flash->state;

    return flash->wrpr != UINT32_MAX;
}

void sim_f1_set_protection(struct sim_board *board, bool protect)
{
    put_option(board, RDP, protect ? 0xFF : sim_fpec(board)->open);
    in_force_now(board);
}
