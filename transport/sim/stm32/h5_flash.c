/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32H5 (RM0481, 7.3 and 7.11), its non-secure half. Stores fill a
 * buffer of 128 bits, which is programmed with its ECC when it is full; a cell that is not erased
 * gets what no ECC fits: the ones that both have. Both banks are busy when one is. OTP takes
 * half-words. Times: data sheet DS14258, as far as known. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/h5_flash_internal.h"

#define SR_BSY (1u << 0)
#define SR_WBNE (1u << 1)
#define SR_EOP (1u << 16)
#define SR_WRPERR (1u << 17)
#define SR_PGSERR (1u << 18)
#define SR_STRBERR (1u << 19)
#define SR_INCERR (1u << 20)
#define SR_OPTCHANGEERR (1u << 23)
#define SR_ERRORS 0x00FE0000u
#define CR_LOCK (1u << 0)
#define CR_PG (1u << 1)
#define CR_SER (1u << 2)
#define CR_BER (1u << 3)
#define CR_FW (1u << 4)
#define CR_STRT (1u << 5)
#define CR_SNB(cr) ((cr) >> 6 & 0x7F)
#define CR_MER (1u << 15)
#define CR_BKSEL (1u << 31)
#define CR_KEPT 0xA0FF9FCEu /* BKSEL, INV, interrupts, MER, SNB, BER, SER, PG */
#define OPTCR_OPTLOCK (1u << 0)
#define OPTCR_OPTSTRT (1u << 1)
enum {
    ACR = 0x00,
    NSKEYR = 0x04,
    OPTKEYR = 0x0C,
    OPTCR = 0x1C,
    NSSR = 0x20,
    NSCR = 0x28,
    NSCCR = 0x30,

    PROGRAM_NS = 30000,
    SECTOR_ERASE_NS = 2000000,
    BANK_ERASE_NS = 256000000,
    OPTIONS_NS = 5000000,
};

static uint32_t flash_size(const struct sim_board *board)
{
    return sim_memory_row(board->chip, SIM_FLASH)->size;
}

static uint32_t bank_sectors(const struct sim_board *board)
{
    return flash_size(board) / 2 / board->chip->page_size;
}

/* Where a bank of the chip begins in the order of addresses. */
static uint32_t bank_start(const struct sim_board *board, unsigned bank)
{
    return sim_h5_bank_at(board, 0) == bank ? 0 : flash_size(board) / 2;
}

static bool is_shut(const struct sim_board *board, unsigned bank, uint32_t sector)
{
    return sim_h5_write_protected(board, bank, sector) || sim_h5_is_secure(board, bank, sector);
}

/* --- erase (7.3.6) --- */

static bool any_shut(const struct sim_board *board, unsigned bank)
{
    for (uint32_t sector = 0; sector < bank_sectors(board); sector++)
        if (is_shut(board, bank, sector))
            return true;
    return false;
}

static void wipe(struct sim_board *board, uint32_t start, uint32_t size, uint64_t ns)
{
    memset(&sim_memory_bytes(board, SIM_FLASH)[start], 0xFF, size);
    sim_ecc_written(board, start, size);
    sim_flash_begin(board, ns);
}

static void erase_sector(struct sim_board *board, uint32_t cr)
{
    unsigned bank = cr & CR_BKSEL ? 1 : 0;
    uint32_t sector = CR_SNB(cr), size = board->chip->page_size;

    if (sector >= bank_sectors(board))
        sim_flash_fail(board, SR_PGSERR);
    else if (is_shut(board, bank, sector))
        sim_flash_fail(board, SR_WRPERR);
    else
        wipe(board, bank_start(board, bank) + sector * size, size, SECTOR_ERASE_NS);
}

static void erase_bank(struct sim_board *board, uint32_t cr)
{
    unsigned bank = cr & CR_BKSEL ? 1 : 0;

    if (any_shut(board, bank))
        sim_flash_fail(board, SR_WRPERR);
    else
        wipe(board, bank_start(board, bank), flash_size(board) / 2, BANK_ERASE_NS);
}

static void erase_all(struct sim_board *board)
{
    if (any_shut(board, 0) || any_shut(board, 1))
        sim_flash_fail(board, SR_WRPERR);
    else
        wipe(board, 0, flash_size(board), 2 * BANK_ERASE_NS);
}

static void start(struct sim_board *board)
{
    const struct sim_h5_flash *flash = board->flash->state;
    uint32_t cr = flash->common.cr, what = cr & (CR_PG | CR_SER | CR_BER | CR_MER);

    if (flash->common.sr & (SR_ERRORS | SR_WBNE)) /* an old one; a write that waits */
        sim_flash_fail(board, SR_PGSERR);
    else if (what == CR_SER)
        erase_sector(board, cr);
    else if (what == CR_BER)
        erase_bank(board, cr);
    else if (what == CR_MER)
        erase_all(board);
    else
        sim_flash_fail(board, SR_PGSERR);
}

/* --- program (7.3.7) --- */

static void empty_buffer(struct sim_h5_flash *flash)
{
    flash->filled = 0;
    flash->common.sr &= ~SR_WBNE;
}

static bool is_blank(const uint8_t *bytes, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        if (bytes[i] != 0xFF)
            return false;
    return true;
}

static bool is_zero(const uint8_t buffer[SIM_H5_UNIT])
{
    static const uint8_t zeros[SIM_H5_UNIT];

    return memcmp(buffer, zeros, SIM_H5_UNIT) == 0;
}

static void program(struct sim_board *board)
{
    struct sim_h5_flash *flash = board->flash->state;
    uint8_t *cell = &sim_memory_bytes(board, flash->filled_of)[flash->filled_at];
    bool again = !is_blank(cell, SIM_H5_UNIT);

    for (unsigned i = 0; i < SIM_H5_UNIT; i++)
        cell[i] &= flash->buffer[i];
    if (again && !is_zero(flash->buffer))
        sim_ecc_spoil(board, flash->filled_at, false);
    empty_buffer(flash);
    sim_flash_begin(board, PROGRAM_NS);
}

/* FW: ones for what is missing. */
static void force_write(struct sim_board *board)
{
    struct sim_h5_flash *flash = board->flash->state;

    for (unsigned i = 0; i < SIM_H5_UNIT; i++)
        if (!(flash->filled >> i & 1))
            flash->buffer[i] = 0xFF;
    if (flash->filled)
        program(board);
}

static bool is_shut_at(const struct sim_board *board, uint32_t offset)
{
    uint32_t half = flash_size(board) / 2;

    return is_shut(board, sim_h5_bank_at(board, offset / half),
                   offset % half / board->chip->page_size);
}

static uint16_t lanes(uint32_t offset, unsigned width)
{
    return (uint16_t)(((1u << width) - 1) << offset % SIM_H5_UNIT);
}

static uint32_t errors_of(const struct sim_board *board, uint32_t offset, unsigned width)
{
    const struct sim_h5_flash *flash = board->flash->state;

    if (!(flash->common.cr & CR_PG) || flash->common.cr & CR_LOCK || flash->common.sr & SR_ERRORS)
        return SR_PGSERR;
    if (flash->filled && offset / SIM_H5_UNIT * SIM_H5_UNIT != flash->filled_at)
        return SR_INCERR;
    if (flash->filled & lanes(offset, width))
        return SR_STRBERR;
    return is_shut_at(board, offset) ? SR_WRPERR : 0;
}

static void fill(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    struct sim_h5_flash *flash = board->flash->state;

    for (unsigned i = 0; i < width; i++)
        flash->buffer[offset % SIM_H5_UNIT + i] = (uint8_t)(value >> 8 * i);
    flash->filled_of = SIM_FLASH;
    flash->filled_at = offset / SIM_H5_UNIT * SIM_H5_UNIT;
    flash->filled |= lanes(offset, width);
    flash->common.sr |= SR_WBNE;
    if (flash->filled == UINT16_MAX)
        program(board);
}

/* Blocks of 32 half-words, each with a bit that locks it. */
static void write_otp(struct sim_board *board, uint32_t offset, unsigned width, uint32_t value)
{
    const struct sim_h5_flash *flash = board->flash->state;
    uint8_t *cell = &sim_memory_bytes(board, SIM_OTP)[offset];

    if (!(flash->common.cr & CR_PG) || flash->common.cr & CR_LOCK || width != 2 ||
        !is_blank(cell, 2)) {
        sim_flash_fail(board, SR_PGSERR);
    } else if (flash->in_force[SIM_H5_OTPBLR] >> offset / 64 & 1) {
        sim_flash_fail(board, SR_WRPERR);
    } else {
        put_le16(cell, (uint16_t)value);
        sim_flash_begin(board, PROGRAM_NS);
    }
}

/* Sectors that hold data have another place, where they are not simulated. */
static bool holds_data(const struct sim_board *board, uint32_t offset)
{
    uint32_t half = flash_size(board) / 2, sector = offset % half / board->chip->page_size;
    uint32_t data = sim_h5_data_sectors(board, sim_h5_bank_at(board, offset / half));

    return sector >= bank_sectors(board) - data;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    if (kind == SIM_OTP) {
        write_otp(board, offset, width, value);
        return true;
    }
    if (holds_data(board, offset))
        return false;
    uint32_t errors = errors_of(board, offset, width);
    if (errors) {
        empty_buffer(board->flash->state);
        sim_flash_fail(board, errors);
    } else {
        fill(board, offset, width, value);
    }
    return true;
}

/* --- registers --- */

/* A write while it is busy waits on the bus; the AP asked before. */
static void write_cr(struct sim_part *part, uint32_t value)
{
    struct sim_h5_flash *flash = part->state;
    struct sim_board *board = part->board;

    sim_flash_wait(board);
    if (flash->common.cr & CR_LOCK)
        return;
    flash->common.cr = value & (CR_KEPT | CR_STRT | CR_LOCK);
    sim_flash_update_irq(board);
    if (value & CR_FW)
        force_write(board);
    else if (value & CR_STRT && !(value & CR_LOCK))
        start(board);
    if (!(flash->common.sr & SR_BSY))
        flash->common.cr &= ~CR_STRT;
}

static void write_optcr(struct sim_board *board, uint32_t value)
{
    struct sim_h5_flash *flash = board->flash->state;

    if (flash->options_locked)
        return;
    flash->options_locked = value & OPTCR_OPTLOCK;
    if (!(value & OPTCR_OPTSTRT) || flash->options_locked)
        return;
    if (sim_h5_options_program(board))
        sim_flash_begin(board, OPTIONS_NS);
    else
        sim_flash_fail(board, SR_OPTCHANGEERR);
}

static bool write_optkeyr(struct sim_h5_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool opens = false;

    if (!sim_key_take(&flash->common.option_keys, keys, !flash->options_locked, value, &opens))
        return false;
    if (opens)
        flash->options_locked = false;
    return true;
}

/* FLASH_OPTSR_CUR says what is to come; only OPTCR.SWAP_BANK says which bank is where. */
static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_h5_flash *flash = part->state;
    bool asked;
    unsigned i;

    if (offset == OPTCR)
        *value = (flash->in_force[SIM_H5_OPTSR] & SIM_H5_SWAP_BANK) | flash->options_locked;
    else if (sim_h5_option_at(part->board, offset, &i, &asked))
        *value = asked ? flash->asked[i] : flash->stored[i];
    else if (!sim_flash_read(part, offset, value))
        *value = 0;
    return true;
}

static void write_option(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_h5_flash *flash = part->state;
    bool asked;
    unsigned i;

    if (sim_h5_option_at(part->board, offset, &i, &asked) && asked && !flash->options_locked &&
        !(flash->common.sr & SR_BSY))
        flash->asked[i] = sim_h5_option_word(part->board, i, value);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    bool ok = true;

    if (offset == NSCCR)
        offset = NSSR; /* ones clear */
    else if (offset == NSSR)
        return true;
    if (offset == OPTKEYR)
        return write_optkeyr(part->state, value);
    if (offset == NSCR)
        write_cr(part, value);
    else if (offset == OPTCR)
        write_optcr(part->board, value);
    else if (!sim_flash_write(part, offset, value, &ok))
        write_option(part, offset, value);
    return ok;
}

static void reset(struct sim_part *part)
{
    struct sim_h5_flash *flash = part->state;

    sim_flash_reset(part);
    flash->options_locked = true;
    flash->filled = 0;
}

static bool readable(const struct sim_board *board)
{
    return true;
}

static uint32_t user_options(const struct sim_board *board)
{
    const struct sim_h5_flash *flash = board->flash->state;
    uint32_t optsr = flash->in_force[SIM_H5_OPTSR];

    return (optsr >> 3 & 1 ? SIM_WDG_SW : 0) | (optsr >> 6 & 1 ? SIM_NRST_STOP : 0) |
           (optsr >> 7 & 1 ? SIM_NRST_STDBY : 0);
}

static const struct sim_flash_registers registers = {
    .acr = ACR,
    .keyr = NSKEYR,
    .sr = NSSR,
    .cr = NSCR,
    .acr_reset = 0x00000013,
    .acr_writable = 0x0000013F,
    .busy = SR_BSY,
    .done = SR_EOP,
    .errors = SR_ERRORS,
    .start = CR_STRT,
    .lock = CR_LOCK,
    .done_irq = SR_EOP, /* the same bits in both registers */
    .error_irq = SR_ERRORS,
    .done_needs_irq = true,
    .keys = {0x45670123, 0xCDEF89AB},
    .ecc = {.unit = SIM_H5_UNIT,
            .first = 0x100,  /* ECCCORR */
            .second = 0x104, /* ECCDETR */
            .by_kind = true,
            .banks = true,
            .bank = 1u << 22,
            .address_shift = 4,
            .irq_enable = 1u << 25},
};

const struct sim_device sim_device_h5_flash = {
    .state_size = sizeof(struct sim_h5_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};

/* Offset in force, bits there are, as delivered. */
static const struct sim_h5_family h56 = {
    .sectors_a_bit = 4,
    .options = {[SIM_H5_OPTSR] = {0x50, 0xBFF3FFDF, 0x2D30EDF8},
                [SIM_H5_OPTSR2] = {0x70, 0xFF00017C, 0xC3000174},
                [SIM_H5_NSBOOTR] = {0x80, 0xFFFFFFFF, 0x080000C3},
                [SIM_H5_SECBOOTR] = {0x88, 0xFFFFFFFF, 0x0C0000C3},
                [SIM_H5_OTPBLR] = {0x90, 0xFFFFFFFF, 0x00000000},
                [SIM_H5_SECWM1R] = {0xE0, 0x007F007F, 0x0000007F},
                [SIM_H5_SECWM2R] = {0x1E0, 0x007F007F, 0x0000007F},
                [SIM_H5_WRP1R] = {0xE8, 0xFFFFFFFF, 0xFFFFFFFF},
                [SIM_H5_WRP2R] = {0x1E8, 0xFFFFFFFF, 0xFFFFFFFF},
                [SIM_H5_EDATA1R] = {0xF0, 0x00008007, 0x00000000},
                [SIM_H5_EDATA2R] = {0x1F0, 0x00008007, 0x00000000},
                [SIM_H5_HDP1R] = {0xF8, 0x007F007F, 0x00000001},
                [SIM_H5_HDP2R] = {0x1F8, 0x007F007F, 0x00000001}},
};
const struct sim_flash_kind sim_h5_flash = {
    .device = &sim_device_h5_flash,
    .registers = &registers,
    .h5 = &h56,
    .stalling = {NSCR},
    .factory = sim_h5_options_factory,
    .load_options = sim_h5_options_load,
    .is_protected = sim_h5_is_closed,
    .set_protection = sim_h5_set_closed,
    .readable = readable,
    .user_options = user_options,
    .busy_until = sim_flash_busy_until,
    .write = write_memory,
};
