/* SPDX-License-Identifier: MIT */
/* The registers of the STM32H7's flash (RM0433, 4.9): a bank's each, a second bank's 100 further,
 * and those of the option bytes, which are seen beside both. */
#include <string.h>

#include "sim/stm32/h7_flash_internal.h"

#define CR_FW (1u << 6)
#define CR_RESET 0x31u
#define CR_KEPT 0x1FEF873Eu /* interrupts, CRC_EN, SNB, PSIZE, BER, SER, PG */
#define OPTCR_OPTLOCK (1u << 0)
#define OPTCR_OPTSTART (1u << 1)
#define OPTCR_MER (1u << 4)
#define OPTSR_BUSY (1u << 0)
#define OPTSR_CHANGEERR (1u << 30)
enum {
    ACR = 0x00,
    KEYR = 0x04,
    OPTKEYR = 0x08,
    CR = 0x0C,
    SR = 0x10,
    CCR = 0x14,
    OPTCR = 0x18,
    OPTSR_CUR = 0x1C,
    OPTCCR = 0x24,
    BOOT_CUR = 0x40,
    BOOT_PRG = 0x44,
    FAR = 0x60,
    BANK_2 = 0x100, /* registers further */

    ACR_RESET = 0x37,
};
#define OPTIONS_NS 20000000ull
#define ERASE_NS 5000000000ull /* of both banks, at the end of read protection */

static struct sim_h7_flash *flash_of(const struct sim_board *board)
{
    return board->flash->state;
}

/* --- a bank's registers --- */

/* While something is under way, or what is queued, nothing can be chosen. */
static void write_cr(struct sim_board *board, struct sim_h7_bank *bank, uint32_t value)
{
    if (bank->cr & SIM_H7_CR_LOCK || bank->sr & SIM_H7_SR_QW)
        return;
    if (value & SIM_H7_CR_LOCK) {
        bank->cr |= SIM_H7_CR_LOCK;
        return;
    }
    bank->cr = value & (CR_KEPT | SIM_H7_CR_START);
    if (value & CR_FW && bank->filling)
        sim_h7_program(board, bank);
    if (value & SIM_H7_CR_START)
        sim_h7_start(board, bank);
    if (!(bank->sr & SIM_H7_SR_QW))
        bank->cr &= ~SIM_H7_CR_START;
    sim_h7_update_irq(board);
}

static void write_keyr(struct sim_h7_bank *bank, uint32_t value)
{
    static const uint32_t keys[2] = {0x45670123, 0xCDEF89AB};
    bool opens = false;

    if (!sim_key_take(&bank->keys, keys, !(bank->cr & SIM_H7_CR_LOCK), value, &opens))
        bank->cr |= SIM_H7_CR_LOCK;
    else if (opens)
        bank->cr &= ~SIM_H7_CR_LOCK;
}

static bool read_bank(const struct sim_h7_bank *bank, uint32_t offset, uint32_t *value)
{
    if (offset == CR)
        *value = bank->cr;
    else if (offset == SR)
        *value = bank->sr;
    else if (offset == FAR)
        *value = bank->far;
    else
        return false;
    return true;
}

static bool write_bank(struct sim_board *board, struct sim_h7_bank *bank, uint32_t offset,
                       uint32_t value)
{
    if (offset == KEYR)
        write_keyr(bank, value);
    else if (offset == CR)
        write_cr(board, bank, value);
    else if (offset == CCR)
        bank->sr &= ~(value & SIM_H7_SR_FLAGS);
    else
        return false;
    sim_h7_update_irq(board);
    return true;
}

/* --- option bytes --- */

/* There is one register, seen twice. */
static void write_optkeyr(struct sim_h7_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool opens = false;

    if (!sim_key_take(&flash->option_keys, keys, !(flash->optcr & OPTCR_OPTLOCK), value, &opens))
        flash->optcr |= OPTCR_OPTLOCK;
    else if (opens)
        flash->optcr &= ~OPTCR_OPTLOCK;
}

static void start_options(struct sim_board *board)
{
    struct sim_h7_flash *flash = flash_of(board);
    bool erases = false;

    flash->refused = !sim_h7_options_program(board, &erases);
    memcpy(flash->options, flash->in_force, sizeof flash->options);
    flash->options_until_ps = sim_now_ps(board) + (erases ? ERASE_NS : OPTIONS_NS) * SIM_PS_PER_NS;
    for (unsigned i = 0; i < SIM_H7_BANKS && erases; i++)
        sim_h7_begin(board, &flash->banks[i], ERASE_NS);
    sim_parts_touched(board);
    sim_windows_update(board);
}

static void write_optcr(struct sim_board *board, uint32_t value)
{
    struct sim_h7_flash *flash = flash_of(board);

    if (flash->optcr & OPTCR_OPTLOCK || flash->options_until_ps)
        return;
    if (value & OPTCR_OPTSTART)
        start_options(board);
    for (unsigned i = 0; i < SIM_H7_BANKS && value & OPTCR_MER; i++)
        sim_h7_erase_bank(board, &flash->banks[i]);
    flash->optcr |= value & OPTCR_OPTLOCK;
}

static bool read_common(const struct sim_h7_flash *flash, uint32_t offset, uint32_t *value)
{
    if (offset == ACR)
        *value = flash->acr;
    else if (offset == OPTCR)
        *value = flash->optcr;
    else
        return false;
    return true;
}

static void read_option(const struct sim_h7_flash *flash, uint32_t offset, uint32_t *value)
{
    enum sim_h7_option which;

    if (sim_h7_option_at(offset, false, &which))
        *value = flash->options[which];
    else if (sim_h7_option_at(offset, true, &which))
        *value = flash->in_force[which];
    if (offset == OPTSR_CUR)
        *value |=
            (flash->options_until_ps ? OPTSR_BUSY : 0) | (flash->refused ? OPTSR_CHANGEERR : 0);
}

static void write_option(struct sim_h7_flash *flash, uint32_t offset, uint32_t value)
{
    enum sim_h7_option which;

    if (sim_h7_option_at(offset, false, &which) && !(flash->optcr & OPTCR_OPTLOCK) &&
        !flash->options_until_ps)
        flash->options[which] = sim_h7_option_word(which, flash->options[which], value);
}

/* --- registers --- */

/* Those of both banks are seen again beside the second one's (ACR to BOOT). */
static uint32_t unmirror(uint32_t offset)
{
    uint32_t first = offset - BANK_2;
    bool shared = first == ACR || first == OPTKEYR || (first >= OPTCR && first <= OPTCCR) ||
                  first == BOOT_CUR || first == BOOT_PRG;

    return offset >= BANK_2 && shared ? first : offset;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_h7_flash *flash = part->state;
    uint32_t own = unmirror(offset);

    *value = 0;
    if (!read_common(flash, own, value) &&
        !read_bank(&flash->banks[offset >= BANK_2], offset % BANK_2, value))
        read_option(flash, own, value);
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_h7_flash *flash = part->state;
    uint32_t own = unmirror(offset);

    if (own == ACR)
        flash->acr = value & 0x3F;
    else if (own == OPTKEYR)
        write_optkeyr(flash, value);
    else if (own == OPTCR)
        write_optcr(part->board, value);
    else if (own == OPTCCR)
        flash->refused = flash->refused && !(value & OPTSR_CHANGEERR);
    else if (!write_bank(part->board, &flash->banks[offset >= BANK_2], offset % BANK_2, value))
        write_option(flash, own, value);
    return true;
}

/* A reset ends what is under way; option bytes stay as they were loaded. */
static void reset(struct sim_part *part)
{
    struct sim_h7_flash *flash = part->state;

    flash->acr = ACR_RESET;
    flash->optcr = OPTCR_OPTLOCK;
    flash->option_keys = (struct sim_keys){0};
    flash->refused = false;
    flash->options_until_ps = 0;
    for (unsigned i = 0; i < SIM_H7_BANKS; i++)
        flash->banks[i] = (struct sim_h7_bank){.cr = CR_RESET};
    sim_h7_update_irq(part->board);
}

const struct sim_device sim_device_h7_flash = {
    .state_size = sizeof(struct sim_h7_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_h7_sync,
    .always_on = true,
};
