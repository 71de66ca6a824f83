/* SPDX-License-Identifier: MIT */
/* The flash controller of the medium-density STM32F1 (PM0075; RM0008, 3.3.3). */
#include <string.h>

#include "base/bytes.h"
#include "sim/board/board_internal.h"

#define KEY1 0x45670123u
#define KEY2 0xCDEF89ABu
#define CR_PG (1u << 0)
#define CR_PER (1u << 1)
#define CR_MER (1u << 2)
#define CR_OPTPG (1u << 4)
#define CR_OPTER (1u << 5)
#define CR_STRT (1u << 6)
#define CR_LOCK (1u << 7)
#define CR_OPTWRE (1u << 9)
#define CR_ERRIE (1u << 10)
#define CR_EOPIE (1u << 12)
#define CR_WRITABLE (CR_PG | CR_PER | CR_MER | CR_OPTPG | CR_OPTER | CR_LOCK | CR_ERRIE | CR_EOPIE)
#define SR_CLEARABLE (SIM_FLASH_SR_PGERR | SIM_FLASH_SR_WRPRTERR | SIM_FLASH_SR_EOP)
#define ACR_RESET 0x30u
#define ACR_PRFTBE (1u << 4)
enum {
    ACR = 0x00,
    KEYR = 0x04,
    OPTKEYR = 0x08,
    SR = 0x0C,
    CR = 0x10,
    AR = 0x14,
    OBR = 0x1C,
    WRPR = 0x20,

    FLASH_IRQ = 4,
    FLASH_START = 0x08000000,
    PAGES = SIM_FLASH_SIZE / SIM_PAGE_SIZE,
    /* Data sheet, table 29: t_prog 52.5 us typical, t_ERASE and t_ME 20 ms minimum. */
    PROGRAM_TENTH_US = 525,
    ERASE_TENTH_US = 200000,
};

void sim_flash_begin(struct sim_board *board, uint64_t tenths_us)
{
    struct sim_flash *flash = &board->chip.flash;

    flash->sr |= SIM_FLASH_SR_BSY;
    flash->busy_until_ps = sim_now_ps(board) + tenths_us * (SIM_PS_PER_US / 10);
    sim_map_update_windows(board);
}

static void update_irq(struct sim_board *board)
{
    const struct sim_flash *flash = &board->chip.flash;
    bool error = flash->sr & (SIM_FLASH_SR_PGERR | SIM_FLASH_SR_WRPRTERR);

    sim_cpu_irq(board->cpu, FLASH_IRQ,
                (error && flash->cr & CR_ERRIE) ||
                    (flash->sr & SIM_FLASH_SR_EOP && flash->cr & CR_EOPIE));
}

static uint64_t sync(struct sim_board *board, unsigned unit, uint64_t now_ps)
{
    struct sim_flash *flash = &board->chip.flash;

    if (flash->busy_until_ps == 0)
        return SIM_NEVER;
    if (flash->busy_until_ps > now_ps)
        return flash->busy_until_ps;
    flash->busy_until_ps = 0;
    flash->sr = (flash->sr & ~SIM_FLASH_SR_BSY) | SIM_FLASH_SR_EOP;
    flash->cr &= ~CR_STRT;
    sim_map_update_windows(board);
    update_irq(board);
    return SIM_NEVER;
}

/* --- protection --- */

bool sim_flash_protected(const struct sim_board *board)
{
    return board->chip.flash.obr & SIM_FLASH_OBR_RDPRT;
}

/* Code in main flash, when booted from there, is the only one that level 1 trusts (PM0075, 2.4.1).
 */
static bool trusted(const struct sim_board *board)
{
    uint32_t pc = board->cpu->r[15];
    bool in_flash = pc < SIM_FLASH_SIZE || pc - FLASH_START < SIM_FLASH_SIZE;

    return !board->chip.debugger && in_flash && !board->chip.boots_system;
}

bool sim_flash_readable(const struct sim_board *board)
{
    return !sim_flash_protected(board) || trusted(board);
}

bool sim_page_write_protected(const struct sim_board *board, uint32_t page)
{
    enum { PAGES_A_BIT = 4, ALWAYS_WITH_RDP = 4 };

    if (!(board->chip.flash.wrpr & 1u << page / PAGES_A_BIT))
        return true;
    return sim_flash_protected(board) && (page < ALWAYS_WITH_RDP || !trusted(board));
}

/* --- erase and program --- */

static void fail(struct sim_board *board, uint32_t bit)
{
    board->chip.flash.sr |= bit;
    board->chip.flash.cr &= ~CR_STRT;
    update_irq(board);
}

static void erase_page(struct sim_board *board)
{
    struct sim_flash *flash = &board->chip.flash;
    uint32_t offset = flash->ar - FLASH_START;

    if (offset >= SIM_FLASH_SIZE || sim_page_write_protected(board, offset / SIM_PAGE_SIZE)) {
        fail(board, SIM_FLASH_SR_WRPRTERR);
        return;
    }
    memset(&flash->main[offset & ~(uint32_t)(SIM_PAGE_SIZE - 1)], 0xFF, SIM_PAGE_SIZE);
    sim_flash_begin(board, ERASE_TENTH_US);
}

/* Write protection keeps the whole chip; that of read protection alone does not (PM0075, 2.4.1). */
static void erase_all(struct sim_board *board)
{
    struct sim_flash *flash = &board->chip.flash;

    if (flash->wrpr != UINT32_MAX) {
        fail(board, SIM_FLASH_SR_WRPRTERR);
        return;
    }
    memset(flash->main, 0xFF, sizeof flash->main);
    sim_flash_begin(board, ERASE_TENTH_US);
}

static void start(struct sim_board *board)
{
    struct sim_flash *flash = &board->chip.flash;

    if (flash->cr & CR_MER) {
        erase_all(board);
    } else if (flash->cr & CR_PER) {
        erase_page(board);
    } else if (flash->cr & CR_OPTER && flash->cr & CR_OPTWRE) {
        sim_options_erase(flash);
        sim_flash_begin(board, ERASE_TENTH_US);
    } else {
        flash->cr &= ~CR_STRT;
    }
}

bool sim_flash_write(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    struct sim_flash *flash = &board->chip.flash;
    uint8_t *cell = &flash->main[offset];

    /* Without PG the manual is silent; the chip answers with a bus error. */
    if (width != 2 || (flash->cr & (CR_PG | CR_LOCK)) != CR_PG)
        return false;
    if (sim_page_write_protected(board, offset / SIM_PAGE_SIZE)) {
        fail(board, SIM_FLASH_SR_WRPRTERR);
    } else if (get_le16(cell) != 0xFFFF && value != 0) {
        fail(board, SIM_FLASH_SR_PGERR);
    } else {
        put_le16(cell, (uint16_t)value);
        sim_flash_begin(board, PROGRAM_TENTH_US);
    }
    return true;
}

bool sim_option_write(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    struct sim_flash *flash = &board->chip.flash;

    if (width != 2 || (flash->cr & (CR_OPTPG | CR_OPTWRE | CR_LOCK)) != (CR_OPTPG | CR_OPTWRE))
        return false;
    if (get_le16(&flash->options[offset]) != 0xFFFF) {
        fail(board, SIM_FLASH_SR_PGERR);
        return true;
    }
    bool lifts = sim_option_program(board, offset, (uint8_t)value);
    sim_flash_begin(board, lifts ? ERASE_TENTH_US + PROGRAM_TENTH_US : PROGRAM_TENTH_US);
    return true;
}

/* --- registers --- */

/* Any wrong word, and any word once unlocked, blocks the controller until the next reset and is a
 * bus error (PM0075, 2.3.1). True: the key was right. */
static bool take_key(uint8_t *step, bool *blocked, bool unlocked, uint32_t value)
{
    uint32_t expected = *step == 0 ? KEY1 : KEY2;

    if (*blocked || unlocked || value != expected) {
        *blocked = true;
        return false;
    }
    (*step)++;
    return true;
}

static bool write_keyr(struct sim_flash *flash, uint32_t value)
{
    if (!take_key(&flash->key_step, &flash->locked_until_reset, !(flash->cr & CR_LOCK), value)) {
        flash->cr |= CR_LOCK;
        return false;
    }
    if (flash->key_step == 2) {
        flash->key_step = 0;
        flash->cr &= ~CR_LOCK;
    }
    return true;
}

static bool write_optkeyr(struct sim_flash *flash, uint32_t value)
{
    if (!take_key(&flash->option_key_step, &flash->options_locked_until_reset,
                  flash->cr & CR_OPTWRE, value)) {
        flash->cr &= ~CR_OPTWRE;
        return false;
    }
    if (flash->option_key_step == 2) {
        flash->option_key_step = 0;
        flash->cr |= CR_OPTWRE;
    }
    return true;
}

/* OPTWRE can only be cleared by writing, LOCK only set. Locked or busy, CR does not listen. */
static void write_cr(struct sim_board *board, uint32_t value)
{
    struct sim_flash *flash = &board->chip.flash;

    if (flash->cr & CR_LOCK || flash->sr & SIM_FLASH_SR_BSY)
        return;
    flash->cr = (value & CR_WRITABLE) | (flash->cr & value & CR_OPTWRE) | (value & CR_STRT);
    if (value & CR_LOCK)
        flash->cr &= ~CR_OPTWRE;
    update_irq(board);
    if (value & CR_STRT && !(value & CR_LOCK))
        start(board);
}

static bool read(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value)
{
    const struct sim_flash *flash = &board->chip.flash;

    switch (offset) {
    case ACR:
        *value = flash->acr;
        break;
    case SR:
        *value = flash->sr;
        break;
    case CR:
        *value = flash->cr;
        break;
    case OBR:
        *value = flash->obr;
        break;
    case WRPR:
        *value = flash->wrpr;
        break;
    default: /* the rest is write-only */
        *value = 0;
    }
    return true;
}

static bool write(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value)
{
    struct sim_flash *flash = &board->chip.flash;

    switch (offset) {
    case ACR: /* PRFTBS follows PRFTBE */
        flash->acr = (value & 0x1F) | (value & ACR_PRFTBE) << 1;
        return true;
    case KEYR:
        return write_keyr(flash, value);
    case OPTKEYR:
        return write_optkeyr(flash, value);
    case SR:
        flash->sr &= ~(value & SR_CLEARABLE);
        update_irq(board);
        return true;
    case CR:
        write_cr(board, value);
        return true;
    case AR:
        if (!(flash->sr & SIM_FLASH_SR_BSY))
            flash->ar = value;
        return true;
    default:
        return true;
    }
}

/* A reset ends an operation under way; OBR and WRPR follow from sim_options_load(). */
static void reset(struct sim_board *board, unsigned unit)
{
    struct sim_flash *flash = &board->chip.flash;

    flash->acr = ACR_RESET;
    flash->sr = 0;
    flash->cr = CR_LOCK;
    flash->ar = 0;
    flash->key_step = flash->option_key_step = 0;
    flash->locked_until_reset = flash->options_locked_until_reset = false;
    flash->busy_until_ps = 0;
    update_irq(board);
}

void sim_flash_factory(struct sim_board *board)
{
    struct sim_flash *flash = &board->chip.flash;

    memset(flash->main, 0xFF, sizeof flash->main);
    memset(flash->system, 0xFF, sizeof flash->system);
    sim_preloaded_bootloader(flash->system);
    sim_options_factory(flash);
}

const struct sim_device sim_device_flash = {read, write, reset, sync};
