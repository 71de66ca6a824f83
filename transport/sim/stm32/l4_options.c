/* SPDX-License-Identifier: MIT */
/* Option bytes of the STM32L4, G4, G0, C0 and U5 (RM0351, RM0440, RM0444, RM0490, 3.4; RM0456,
 * 7.4) and what they say. Registers hold what OPTSTRT programs; what is programmed counts from the
 * next load on, by power or OBL_LAUNCH. In memory they stand in a row here, each with its
 * complement behind it; a second bank's have another place in the chip. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/l4_flash_internal.h"

enum { OPTR, WRP_FIRST = 3, WRP_IN_BANK = 2, SECOND_BANK = 4 /* registers further */ };
enum { WORD = 8 };
#define UNLOCK (1u << 31) /* of WRP, U5: it may be changed */
#define WRP_STRT(word) ((word)&0xFF)
#define WRP_END(word) ((word) >> 16 & 0xFF)
#define OPTR_ESE (1u << 8)
#define SECR_BOOT_LOCK (1u << 16)

const struct sim_l4_family *sim_l4(const struct sim_board *board)
{
    return board->chip->flash->l4;
}

static bool exists(const struct sim_l4_family *family, unsigned i)
{
    return i < SIM_L4_OPTIONS && family->options[i].bits;
}

/* Bits that the chip has not are as delivered. */
uint32_t sim_l4_option_word(const struct sim_board *board, unsigned i, uint32_t value)
{
    uint32_t bits = sim_l4(board)->options[i].bits;

    return (value & bits) | (sim_l4(board)->options[i].factory & ~bits);
}

static uint32_t stored(const struct sim_board *board, unsigned i)
{
    const uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    return get_le32(&bytes[WORD * i]);
}

static void store(struct sim_board *board, unsigned i, uint32_t value)
{
    uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    value = sim_l4_option_word(board, i, value);
    put_le32(&bytes[WORD * i], value);
    put_le32(&bytes[WORD * i + 4], ~value);
}

void sim_l4_options_factory(struct sim_board *board)
{
    const struct sim_l4_family *family = sim_l4(board);

    for (unsigned i = 0; exists(family, i); i++)
        store(board, i, family->options[i].factory);
}

static uint32_t half_of_flash(const struct sim_board *board)
{
    return sim_memory_row(board->chip, SIM_FLASH)->size / 2;
}

static bool swaps(const struct sim_l4_family *family, uint32_t optr)
{
    return family->nswap && optr & family->two_banks && !(optr & family->nswap);
}

static bool swapped_by_option(const struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;

    return swaps(sim_l4(board), flash->in_force[OPTR]);
}

void sim_l4_show_second_first(struct sim_board *board, bool second)
{
    struct sim_l4_flash *flash = board->flash->state;
    bool wanted = second && sim_l4_two_banks(board);

    if (wanted != flash->second_first)
        sim_swap_halves(board);
    flash->second_first = wanted;
}

/* The chip looks at the first word together with its option bytes (RM0444, 3.7.1): those that say
 * where it is. */
static bool is_empty(const struct sim_board *board, uint32_t optr)
{
    bool elsewhere = swaps(sim_l4(board), optr) != swapped_by_option(board);

    return get_le32(&sim_memory_bytes(board, SIM_FLASH)[elsewhere ? half_of_flash(board) : 0]) ==
           UINT32_MAX;
}

void sim_l4_options_load(struct sim_board *board, bool power_on)
{
    const struct sim_l4_family *family = sim_l4(board);
    struct sim_l4_flash *flash = board->flash->state;

    if (!sim_flash_launched(board) && !power_on)
        return;
    if (swaps(family, stored(board, OPTR)) != swapped_by_option(board))
        sim_swap_halves(board);
    for (unsigned i = 0; exists(family, i); i++)
        flash->options[i] = flash->in_force[i] = stored(board, i);
    flash->common.acr &= ~family->empty;
    if (is_empty(board, flash->in_force[OPTR]))
        flash->common.acr |= family->empty;
}

bool sim_l4_option_at(const struct sim_board *board, uint32_t offset, unsigned *i)
{
    const struct sim_l4_family *family = sim_l4(board);

    for (*i = 0; exists(family, *i); ++*i)
        if (family->options[*i].offset == offset)
            return true;
    return false;
}

/* --- programming --- */

bool sim_l4_options_program(struct sim_board *board, bool *erases)
{
    const struct sim_l4_family *family = sim_l4(board);
    const struct sim_l4_flash *flash = board->flash->state;
    uint8_t before = (uint8_t)stored(board, OPTR), after = (uint8_t)flash->options[OPTR];

    if (sim_l4_is_sealed(board))
        return false;
    *erases = before != SIM_L4_RDP_OPEN && after == SIM_L4_RDP_OPEN;
    if (*erases)
        memset(sim_memory_bytes(board, SIM_FLASH), 0xFF, sim_l4_open_flash(board));
    for (unsigned i = 0; exists(family, i); i++)
        store(board, i, flash->options[i]);
    return true;
}

/* As by magic. */
static void put(struct sim_board *board, unsigned i, uint32_t value)
{
    store(board, i, value);
    sim_l4_options_load(board, true);
    sim_windows_update(board);
}

static void put_rdp(struct sim_board *board, uint32_t rdp)
{
    put(board, OPTR, (stored(board, OPTR) & ~0xFFu) | rdp);
}

void sim_l4_set_protection(struct sim_board *board, bool protect)
{
    put_rdp(board, protect ? SIM_L4_RDP_LEVEL_1 : SIM_L4_RDP_OPEN);
}

void sim_l4_seal(struct sim_board *board)
{
    put_rdp(board, SIM_L4_RDP_SEALED);
}

void sim_l4_protect_writing(struct sim_board *board, bool protect)
{
    const struct sim_l4_family *family = sim_l4(board);
    uint32_t factory = family->options[WRP_FIRST].factory;

    put(board, WRP_FIRST, protect ? (factory & UNLOCK) | 3u << 16 : factory);
}

bool sim_l4_protects_writing(const struct sim_board *board)
{
    return sim_l4_write_protected(board, 0, 0);
}

/* --- what is in force --- */

static uint8_t rdp(const struct sim_board *board)
{
    return (uint8_t)sim_l4_optr(board);
}

bool sim_l4_is_protected(const struct sim_board *board)
{
    return rdp(board) != SIM_L4_RDP_OPEN;
}

/* Who locked the boot entry and reads is kept out as well (RM0444, 3.5.6). */
bool sim_l4_is_sealed(const struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;
    unsigned secr = sim_l4(board)->secr;
    bool locked = secr && flash->in_force[secr] & SECR_BOOT_LOCK;

    return rdp(board) == SIM_L4_RDP_SEALED || (locked && sim_l4_is_protected(board));
}

uint32_t sim_l4_user_options(const struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t optr = flash->in_force[OPTR], low_power = optr >> sim_l4(board)->nrst_stop;

    return (optr >> 16 & 1 ? SIM_WDG_SW : 0) | (low_power & 1 ? SIM_NRST_STOP : 0) |
           (low_power & 2 ? SIM_NRST_STDBY : 0);
}

/* All of it until the first load. */
uint32_t sim_l4_open_flash(const struct sim_board *board)
{
    const struct sim_l4_family *family = sim_l4(board);
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t size = sim_memory_row(board->chip, SIM_FLASH)->size;
    uint32_t sfr = flash->in_force[family->secure.sfr], ese = flash->in_force[OPTR] & OPTR_ESE;

    if (!family->secure.sfr || !sfr || (sfr & family->secure.fsd && !ese))
        return size;
    uint32_t open = (sfr & family->secure.sfsa) * board->chip->page_size;
    return open < size ? open : size;
}

/* RM0444, 2.5; RM0434 and RM0453, "Boot configuration": by the pin or an option bit, and not from a
 * flash that was empty. */
enum sim_memory_kind sim_l4_boots(const struct sim_board *board)
{
    const struct sim_l4_family *family = sim_l4(board);
    const struct sim_l4_flash *flash = board->flash->state;
    bool loads = flash->common.launching || board->reset_cause == SIM_CAUSE_POWER;
    uint32_t optr = loads ? stored(board, OPTR) : flash->in_force[OPTR];
    uint32_t secr = loads ? stored(board, family->secr) : flash->in_force[family->secr];
    bool locked = family->secr && secr & SECR_BOOT_LOCK;
    bool empty = loads ? is_empty(board, optr) : flash->common.acr & family->empty;
    bool by_option =
        family->boot.by_pin ? !(optr & family->boot.by_pin) : optr & family->boot.by_option;
    bool boot0 = by_option ? !(optr & family->boot.nboot0) : board->boot0;

    if (locked)
        return SIM_FLASH;
    if (!boot0)
        return empty ? SIM_SYSTEM : SIM_FLASH;
    return optr & family->boot.nboot1 ? SIM_SYSTEM : SIM_RAM;
}

uint32_t sim_l4_optr(const struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;

    return flash->in_force[OPTR];
}

bool sim_l4_two_banks(const struct sim_board *board)
{
    return sim_l4_optr(board) & sim_l4(board)->two_banks;
}

bool sim_l4_swapped(const struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;

    return swapped_by_option(board) || flash->second_first;
}

/* A range that begins behind its end is none. */
bool sim_l4_write_protected(const struct sim_board *board, unsigned bank, uint32_t page)
{
    const struct sim_l4_flash *flash = board->flash->state;
    const uint32_t *wrp = &flash->in_force[WRP_FIRST + SECOND_BANK * bank];
    uint32_t bits = WRP_STRT(sim_l4(board)->options[WRP_FIRST].bits);

    for (unsigned i = 0; i < WRP_IN_BANK; i++)
        if (page >= (WRP_STRT(wrp[i]) & bits) && page <= (WRP_END(wrp[i]) & bits))
            return true;
    return false;
}
