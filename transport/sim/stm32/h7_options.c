/* SPDX-License-Identifier: MIT */
/* Option bytes of the STM32H7 (RM0433, 4.4, 4.5 and 4.9) and what they say. Registers to be
 * programmed stand 4 above those in force; OPTSTART programs them, and they count at once, but for
 * SWAP_BANK, which waits for a reset. */
#include <string.h>

#include "sim/stm32/h7_flash_internal.h"

enum { IN_FORCE = 4, UNIT = 256 /* bytes, of an area's begin and end */ };
#define RDP(optsr) ((optsr) >> 8 & 0xFF)
#define SECURITY (1u << 21)
#define SWAP_BANK_OPT (1u << 31)
#define SWAP_BANK (1u << 31) /* of OPTCR */
#define ERASED_WITH_RDP (1u << 31)
#define AREA_START(word) ((word)&0xFFF)
#define AREA_END(word) ((word) >> 16 & 0xFFF)

/* Registers to be programmed: offset, bits that can be written, as delivered. */
static const struct {
    uint16_t offset;
    uint32_t bits, factory;
} options[SIM_H7_OPTIONS] = {
    [SIM_H7_OPTSR] = {0x020, 0xA03EFFDC, 0x0406AAF0},
    [SIM_H7_BOOT] = {0x044, 0xFFFFFFFF, 0x1FF00800},
    [SIM_H7_PRAR1] = {0x02C, 0x8FFF0FFF, 0x000000FF},
    [SIM_H7_SCAR1] = {0x034, 0x8FFF0FFF, 0x000000FF},
    [SIM_H7_WPSN1] = {0x03C, 0x000000FF, 0x000000FF},
    [SIM_H7_PRAR2] = {0x12C, 0x8FFF0FFF, 0x000000FF},
    [SIM_H7_SCAR2] = {0x134, 0x8FFF0FFF, 0x000000FF},
    [SIM_H7_WPSN2] = {0x13C, 0x000000FF, 0x000000FF},
};

static struct sim_h7_flash *flash_of(const struct sim_board *board)
{
    return board->flash->state;
}

void sim_h7_options_factory(struct sim_board *board)
{
    for (unsigned i = 0; i < SIM_H7_OPTIONS; i++)
        flash_of(board)->options[i] = flash_of(board)->in_force[i] = options[i].factory;
}

static void exchange(uint8_t *first, uint8_t *second, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = first[i];
        first[i] = second[i];
        second[i] = byte;
    }
}

/* What is in the cells, and which of them are broken. */
static void swap_banks(struct sim_board *board)
{
    struct sim_h7_flash *flash = flash_of(board);
    size_t size = sim_memory_row(board->chip, SIM_FLASH)->size / SIM_H7_BANKS;
    size_t words = size / SIM_H7_WORD / 8;
    uint8_t *bytes = sim_memory_bytes(board, SIM_FLASH);

    exchange(bytes, bytes + size, size);
    exchange(flash->broken, flash->broken + words, words);
    flash->swapped = !flash->swapped;
}

/* 2.6: the upper half of an address, by the pin BOOT0. */
static uint32_t boots_at(const struct sim_board *board)
{
    uint32_t boot = flash_of(board)->in_force[SIM_H7_BOOT];

    return board->boot0 ? boot & 0xFFFF0000 : boot << 16;
}

void sim_h7_options_load(struct sim_board *board, bool power_on)
{
    struct sim_h7_flash *flash = flash_of(board);
    bool swap = flash->in_force[SIM_H7_OPTSR] & SWAP_BANK_OPT;

    (void)power_on;
    memcpy(flash->options, flash->in_force, sizeof flash->options);
    if (flash->swapped != swap)
        swap_banks(board);
    flash->optcr |= swap ? SWAP_BANK : 0;
    flash->sealed = RDP(flash->in_force[SIM_H7_OPTSR]) == SIM_H7_RDP_SEALED;
    board->bus.initial_vtor = boots_at(board);
}

bool sim_h7_option_at(uint32_t offset, bool current, enum sim_h7_option *which)
{
    unsigned i = 0;

    while (i < SIM_H7_OPTIONS && options[i].offset != offset + (current ? IN_FORCE : 0))
        i++;
    *which = (enum sim_h7_option)i;
    return i < SIM_H7_OPTIONS;
}

uint32_t sim_h7_option_word(enum sim_h7_option which, uint32_t before, uint32_t value)
{
    return (before & ~options[which].bits) | (value & options[which].bits);
}

/* --- programming --- */

static bool is_area(uint32_t word)
{
    return AREA_START(word) <= AREA_END(word);
}

/* Without the end of read protection, an area only grows. */
static bool shrinks(uint32_t before, uint32_t after)
{
    return is_area(before) && (!is_area(after) || AREA_START(after) > AREA_START(before) ||
                               AREA_END(after) < AREA_END(before));
}

static bool is_refused(const struct sim_h7_flash *flash, bool regression)
{
    const uint32_t *now = flash->in_force, *then = flash->options;

    if (RDP(now[SIM_H7_OPTSR]) == SIM_H7_RDP_SEALED)
        return true;
    if (regression)
        return false;
    return shrinks(now[SIM_H7_PRAR1], then[SIM_H7_PRAR1]) ||
           shrinks(now[SIM_H7_PRAR2], then[SIM_H7_PRAR2]) ||
           (now[SIM_H7_OPTSR] & ~then[SIM_H7_OPTSR] & SECURITY);
}

/* Areas that were not to be erased stay (4.5.4): this one keeps its bank as it is. */
static void end_protection(struct sim_board *board)
{
    static const enum sim_h7_option areas[SIM_H7_BANKS] = {SIM_H7_PRAR1, SIM_H7_PRAR2};
    uint32_t size = sim_memory_row(board->chip, SIM_FLASH)->size / SIM_H7_BANKS;

    for (unsigned i = 0; i < SIM_H7_BANKS; i++) {
        uint32_t area = flash_of(board)->in_force[areas[i]];

        if (!is_area(area) || flash_of(board)->options[areas[i]] & ERASED_WITH_RDP)
            memset(&sim_memory_bytes(board, SIM_FLASH)[i == flash_of(board)->swapped ? 0 : size],
                   0xFF, size);
    }
}

bool sim_h7_options_program(struct sim_board *board, bool *erases)
{
    struct sim_h7_flash *flash = flash_of(board);
    uint32_t now = RDP(flash->in_force[SIM_H7_OPTSR]), then = RDP(flash->options[SIM_H7_OPTSR]);

    *erases = now != SIM_H7_RDP_OPEN && then == SIM_H7_RDP_OPEN;
    if (is_refused(flash, *erases))
        return false;
    if (*erases)
        end_protection(board);
    memcpy(flash->in_force, flash->options, sizeof flash->in_force);
    return true;
}

void sim_h7_set_protection(struct sim_board *board, bool protect)
{
    struct sim_h7_flash *flash = flash_of(board);
    uint32_t others = flash->in_force[SIM_H7_OPTSR] & ~0xFF00u;

    flash->in_force[SIM_H7_OPTSR] = others | (protect ? 0x55u : SIM_H7_RDP_OPEN) << 8;
    flash->options[SIM_H7_OPTSR] = flash->in_force[SIM_H7_OPTSR];
    sim_windows_update(board);
}

/* --- what is in force --- */

bool sim_h7_is_protected(const struct sim_board *board)
{
    return RDP(flash_of(board)->in_force[SIM_H7_OPTSR]) != SIM_H7_RDP_OPEN;
}

bool sim_h7_is_sealed(const struct sim_board *board)
{
    return flash_of(board)->sealed;
}

bool sim_h7_swapped(const struct sim_board *board)
{
    return flash_of(board)->swapped;
}

uint32_t sim_h7_user_options(const struct sim_board *board)
{
    uint32_t optsr = flash_of(board)->in_force[SIM_H7_OPTSR];

    return (optsr >> 4 & 1 ? SIM_WDG_SW : 0) | (optsr >> 6 & 1 ? SIM_NRST_STOP : 0) |
           (optsr >> 7 & 1 ? SIM_NRST_STDBY : 0);
}

/* By WRP (0 protects), or because it is PCROP. */
bool sim_h7_write_protected(const struct sim_board *board, unsigned bank, uint32_t offset)
{
    const uint32_t *now = flash_of(board)->in_force;
    uint32_t wpsn = now[bank ? SIM_H7_WPSN2 : SIM_H7_WPSN1];
    uint32_t area = now[bank ? SIM_H7_PRAR2 : SIM_H7_PRAR1];
    bool inside = offset / UNIT >= AREA_START(area) && offset / UNIT <= AREA_END(area);

    return !(wpsn >> offset / board->chip->page_size & 1) || inside;
}
