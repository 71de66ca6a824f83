/* SPDX-License-Identifier: MIT */
/* The option bytes of the STM32L0 and L1 and what they say (RM0376, 3.4 and 3.8; RM0038, 3.7):
 * words of a half-word and its complement. The first one says who may read, the second one what
 * the user chose, then follow write protection's; those of the fourth register stand apart. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/l0_flash_internal.h"

enum { PROTECTION = 0x00, USER = 0x04, WRP = 0x08, WRP4 = 0x80, WORD = 4 };
enum { OPEN = 0xAA, SEALED = 0xCC };
#define RDP 0x000000FFu
#define SPRMOD (1u << 8)
#define SECTOR 4096u /* that a bit of WRPR keeps */
#define SR_OPTVERR (1u << 11)

static uint8_t *option_bytes(const struct sim_board *board)
{
    return sim_memory_bytes(board, SIM_OPTIONS);
}

static void store(struct sim_board *board, uint32_t offset, uint32_t half)
{
    put_le32(&option_bytes(board)[offset], half | (~half & 0xFFFF) << 16);
}

/* Where both halves disagree it counts as erased: read protection of level 1. */
static uint32_t loaded(const struct sim_board *board, uint32_t offset)
{
    uint32_t word = get_le32(&option_bytes(board)[offset]);
    struct sim_flash *flash = board->flash->state;

    if ((word >> 16) == (~word & 0xFFFF))
        return word & 0xFFFF;
    flash->sr |= SR_OPTVERR;
    return 0;
}

static uint32_t wrp_at(unsigned word)
{
    enum { FOURTH = 2 * (SIM_L0_WRPRS - 1) };

    return word < FOURTH ? WRP + word * WORD : WRP4 + (word - FOURTH) * WORD;
}

void sim_l0_options_factory(struct sim_board *board)
{
    const struct sim_l0_family *family = sim_l0_family(board);

    sim_memory_fill(board, SIM_FLASH, 0);
    sim_memory_fill(board, SIM_EEPROM, 0);
    store(board, PROTECTION, OPEN);
    store(board, USER, family->factory_user);
    for (unsigned i = 0; i < family->wrp_words; i++)
        store(board, wrp_at(i), 0);
}

void sim_l0_options_load(struct sim_board *board, bool power_on)
{
    const struct sim_l0_family *family = sim_l0_family(board);
    struct sim_l0_flash *flash = board->flash->state;
    bool loads = sim_flash_launched(board) || power_on;

    if (!loads)
        return;
    flash->optr = (loaded(board, PROTECTION) | loaded(board, USER) << 16) & family->optr;
    memset(flash->wrpr, 0, sizeof flash->wrpr);
    for (unsigned i = 0; i < family->wrp_words; i++)
        flash->wrpr[i / 2] |= loaded(board, wrp_at(i)) << 16 * (i % 2);
}

bool sim_l0_is_protected(const struct sim_board *board)
{
    const struct sim_l0_flash *flash = board->flash->state;

    return (flash->optr & RDP) != OPEN;
}

bool sim_l0_is_sealed(const struct sim_board *board)
{
    const struct sim_l0_flash *flash = board->flash->state;

    return (flash->optr & RDP) == SEALED;
}

/* With SPRMOD a bit that is clear protects, against reading, too, which is not modelled. */
bool sim_l0_write_protected(const struct sim_board *board, uint32_t offset)
{
    const struct sim_l0_flash *flash = board->flash->state;
    uint32_t sector = offset / SECTOR;
    bool bit = flash->wrpr[sector / 32] >> sector % 32 & 1;

    return bit != ((flash->optr & SPRMOD) != 0) || !sim_flash_accessible(board);
}

bool sim_l0_option_program(struct sim_board *board, uint32_t offset, uint32_t value)
{
    bool ends = offset == PROTECTION && (value & RDP) == OPEN && sim_l0_is_protected(board);

    put_le32(&option_bytes(board)[offset], value);
    if (!ends)
        return false;
    sim_memory_fill(board, SIM_FLASH, 0);
    sim_memory_fill(board, SIM_EEPROM, 0);
    return true;
}

/* As by magic. */
static void put(struct sim_board *board, uint32_t offset, uint16_t value)
{
    store(board, offset, value);
    sim_l0_options_load(board, true);
    sim_windows_update(board);
}

void sim_l0_set_protection(struct sim_board *board, bool protect)
{
    put(board, PROTECTION, protect ? 0 : OPEN);
}

void sim_l0_seal(struct sim_board *board)
{
    put(board, PROTECTION, SEALED);
}

void sim_l0_protect_writing(struct sim_board *board, bool protect)
{
    put(board, wrp_at(0), protect ? 3 : 0);
}

bool sim_l0_protects_writing(const struct sim_board *board)
{
    return loaded(board, wrp_at(0));
}
