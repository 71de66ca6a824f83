/* SPDX-License-Identifier: MIT */
/* The option bytes of the STM32F4 with one bank, behind OPTCR (RM0368, 3.6): write protection holds
 * as soon as it is programmed, read protection from the next reset on. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/f4_flash_internal.h"

#define OPTCR_OPTLOCK (1u << 0)
#define OPTCR_OPTSTRT (1u << 1)
#define OPTCR_WRITABLE 0x8FFFFFECu /* SPRMOD, nWRP, RDP, USER, BOR_LEV */
#define OPTCR_LOW 0x0000FFECu      /* what the first of the words in memory holds: RDP, USER */
#define OPTCR_NWRP_SHIFT 16
#define NWRP 0xFFFu
#define FACTORY 0x0FFFAAECu
enum { RDP_USER = 0, NWRP_WORD = 8 }; /* offsets of the two half-words */

static uint32_t stored(const struct sim_board *board)
{
    const uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    return get_le16(&bytes[RDP_USER]) | (uint32_t)get_le16(&bytes[NWRP_WORD]) << OPTCR_NWRP_SHIFT;
}

static void store(struct sim_board *board, uint32_t value)
{
    uint8_t *bytes = sim_memory_bytes(board, SIM_OPTIONS);

    put_le16(&bytes[RDP_USER], (uint16_t)(value & OPTCR_LOW));
    put_le16(&bytes[NWRP_WORD], (uint16_t)(value >> OPTCR_NWRP_SHIFT));
}

static uint8_t rdp_of(uint32_t value)
{
    return (uint8_t)(value >> 8);
}

void sim_f4_options_factory(struct sim_board *board)
{
    store(board, FACTORY);
}

void sim_f4_options_load(struct sim_board *board, bool power_on)
{
    struct sim_f4_flash *flash = board->flash->state;
    uint32_t value = stored(board);

    flash->optcr = (value & OPTCR_WRITABLE) | OPTCR_OPTLOCK;
    flash->unprotected = value >> OPTCR_NWRP_SHIFT & NWRP;
    flash->rdp = rdp_of(value);
}

bool sim_f4_is_protected(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return flash->rdp != SIM_F4_RDP_OPEN;
}

bool sim_f4_is_sealed(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return flash->rdp == SIM_F4_RDP_SEALED;
}

bool sim_f4_accessible(const struct sim_board *board)
{
    if (!sim_f4_is_protected(board))
        return true;
    return !board->debugger && !board->debugger_seen && board->booted == SIM_FLASH;
}

/* --- OPTCR --- */

bool sim_f4_optkeyr_write(struct sim_f4_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool opens = false;

    if (!sim_key_take(&flash->common.option_keys, keys, !(flash->optcr & OPTCR_OPTLOCK), value,
                      &opens))
        return false;
    if (opens)
        flash->optcr &= ~OPTCR_OPTLOCK;
    return true;
}

/* Level 2 cannot be left: then nothing can be changed. */
static bool program(struct sim_board *board, bool *erases)
{
    struct sim_f4_flash *flash = board->flash->state;
    uint8_t before = rdp_of(stored(board)), after = rdp_of(flash->optcr);

    if (before == SIM_F4_RDP_SEALED)
        return false;
    *erases = before != SIM_F4_RDP_OPEN && after == SIM_F4_RDP_OPEN;
    if (*erases)
        memset(sim_memory_bytes(board, SIM_FLASH), 0xFF,
               sim_memory_row(board->chip, SIM_FLASH)->size);
    store(board, flash->optcr);
    flash->unprotected = flash->optcr >> OPTCR_NWRP_SHIFT & NWRP;
    return true;
}

bool sim_f4_optcr_write(struct sim_board *board, uint32_t value, bool *erases)
{
    struct sim_f4_flash *flash = board->flash->state;

    if (flash->optcr & OPTCR_OPTLOCK)
        return false;
    flash->optcr = value & (OPTCR_WRITABLE | OPTCR_OPTLOCK);
    return value & OPTCR_OPTSTRT && program(board, erases);
}

void sim_f4_set_protection(struct sim_board *board, bool protect)
{
    uint32_t value = stored(board) & ~0xFF00u;

    store(board, value | (protect ? 0x5500u : SIM_F4_RDP_OPEN << 8));
    sim_f4_options_load(board, true);
    sim_windows_update(board);
}
