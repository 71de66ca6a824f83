/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32F2, F4 and F7 (RM0368, 3.8; of two banks: RM0090, 3.9; RM0385,
 * 3.7; data sheets DS9716, 6.3.12, DS10916, 5.3.12). Cells have no ECC: a write only clears bits,
 * and any write may. Of two banks the idle one waits for the busy one, too, which on the chip it
 * does not. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/f4_flash_internal.h"

#define SR_EOP (1u << 0)
#define SR_OPERR (1u << 1)
#define SR_WRPERR (1u << 4)
#define SR_PGAERR (1u << 5)
#define SR_PGPERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_RDERR (1u << 8)
#define SR_BSY (1u << 16)
#define SR_ERRORS (SR_WRPERR | SR_PGAERR | SR_PGPERR | SR_PGSERR | SR_RDERR)
#define CR_PG (1u << 0)
#define CR_SER (1u << 1)
#define CR_MER (1u << 2)
#define CR_STRT (1u << 16)
#define CR_EOPIE (1u << 24)
#define CR_ERRIE (1u << 25)
#define CR_LOCK (1u << 31)
#define CR_MER2 (1u << 15)
#define CR_WRITABLE 0x8300037Fu /* LOCK, ERRIE, EOPIE, PSIZE, SNB, MER, SER, PG */
#define CR_OF_TWO_BANKS (CR_MER2 | CR_SNB_BANK)
#define CR_SNB(cr) ((cr) >> 3 & 15)
#define CR_SNB_BANK (1u << 7)        /* the sector is one of the second bank */
#define CR_PSIZE(cr) ((cr) >> 8 & 3) /* 1 << this: bytes that are programmed at once */
enum {
    ACR = 0x00,
    KEYR = 0x04,
    OPTKEYR = 0x08,
    SR = 0x0C,
    CR = 0x10,
    OPTCR = 0x14,
    OPTCR1 = 0x18,

    SMALL_SECTORS = 4,
    MIDDLE = 4, /* times as large: the fifth */
    LARGE = 8,  /* as large as the first five together */

    OTP_BLOCKS = 16,    /* behind them a lock byte for each */
    PROGRAM_NS = 16000, /* whatever the width */
};

/* --- sectors --- */

struct sector {
    unsigned bank;
    uint32_t number;
    uint32_t start, size; /* start: offset in flash; size 0: there is none */
};

static const struct sim_f4_family *family_of(const struct sim_board *board)
{
    return board->chip->flash->f4;
}

static uint32_t small_sector(const struct sim_board *board)
{
    return family_of(board)->smallest_kib * 1024u;
}

static uint32_t large_sector(const struct sim_board *board)
{
    return LARGE * small_sector(board);
}

static uint32_t bank_size(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return sim_memory_row(board->chip, SIM_FLASH)->size / (flash->two_banks ? 2 : 1);
}

/* Where a bank shows. */
static uint32_t bank_start(const struct sim_board *board, unsigned bank)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return bank != flash->second_first ? bank_size(board) : 0;
}

static struct sector sector_at(const struct sim_board *board, unsigned bank, uint32_t number)
{
    uint32_t small = small_sector(board), large = large_sector(board);
    struct sector sector = {bank, number, number * small, small};

    if (number == SMALL_SECTORS)
        sector.size = MIDDLE * small;
    else if (number > SMALL_SECTORS)
        sector = (struct sector){bank, number, (number - SMALL_SECTORS) * large, large};
    if (sector.start >= bank_size(board))
        sector.size = 0;
    sector.start += bank_start(board, bank);
    return sector;
}

static struct sector sector_of(const struct sim_board *board, uint32_t offset)
{
    unsigned bank = bank_start(board, 0) != offset / bank_size(board) * bank_size(board);
    uint32_t into = offset % bank_size(board);
    uint32_t small = small_sector(board), large = large_sector(board);
    uint32_t number = into < SMALL_SECTORS * small ? into / small
                      : into < large               ? SMALL_SECTORS
                                                   : SMALL_SECTORS + into / large;

    return sector_at(board, bank, number);
}

/* --- erase --- */

/* Wider than the supply allows (3.5.2): nothing is promised of the cells, and no flag tells. Here
 * they stay as they were. */
static bool has_the_voltage(const struct sim_board *board)
{
    static const uint16_t least_mv[] = {1700, 2100, 2700, 0 /* with VPP */};
    const struct sim_f4_flash *flash = board->flash->state;

    return board->faults.vtref_mv >= least_mv[CR_PSIZE(flash->common.cr)];
}

static uint64_t erase_ns(const struct sim_board *board, uint32_t size)
{
    const struct sim_f4_flash *flash = board->flash->state;
    uint32_t large = large_sector(board), times = size > large ? size / large : 1;
    unsigned row = size == small_sector(board) ? 0 : size < large ? 1 : size == large ? 2 : 3;

    return UINT64_C(1000000) * family_of(board)->erase_ms[row][CR_PSIZE(flash->common.cr)] * times;
}

static void erase(struct sim_board *board, uint32_t start, uint32_t size)
{
    if (has_the_voltage(board))
        memset(&sim_memory_bytes(board, SIM_FLASH)[start], 0xFF, size);
    sim_flash_begin(board, erase_ns(board, size));
}

static uint32_t user_options(const struct sim_board *board)
{
    const struct sim_f4_flash *flash = board->flash->state;

    return flash->optcr >> 5 & SIM_USER_OPTIONS;
}

static bool write_protected(const struct sim_board *board, struct sector sector)
{
    const struct sim_f4_flash *flash = board->flash->state;
    bool bit = flash->unprotected[sector.bank] >> sector.number & 1;

    return bit == flash->pcrop || !sim_flash_accessible(board);
}

static bool any_write_protected(const struct sim_board *board, unsigned bank)
{
    struct sector sector;

    for (uint32_t i = 0; (sector = sector_at(board, bank, i)).size; i++)
        if (write_protected(board, sector))
            return true;
    return false;
}

/* Banks: bit 0 the first, bit 1 the second. */
static void erase_banks(struct sim_board *board, unsigned banks)
{
    uint32_t size = bank_size(board);

    for (unsigned bank = 0; bank < 2; bank++)
        if (banks >> bank & 1 && any_write_protected(board, bank)) {
            sim_flash_fail(board, SR_WRPERR);
            return;
        }
    erase(board, banks == 3 ? 0 : bank_start(board, banks == 2), banks == 3 ? 2 * size : size);
}

static void erase_sector(struct sim_board *board, struct sector sector)
{
    if (sector.size == 0 || write_protected(board, sector))
        sim_flash_fail(board, SR_WRPERR);
    else
        erase(board, sector.start, sector.size);
}

static void start(struct sim_board *board)
{
    struct sim_f4_flash *flash = board->flash->state;
    uint32_t cr = flash->common.cr;
    unsigned banks = (cr & CR_MER ? 1 : 0) | (cr & CR_MER2 && flash->two_banks ? 2 : 0);

    if (banks && !(cr & CR_SER))
        erase_banks(board, banks);
    else if (cr & CR_SER && !banks)
        erase_sector(board, sector_at(board, cr & CR_SNB_BANK && flash->two_banks, CR_SNB(cr)));
    else /* neither, or both: nothing happens */
        flash->common.cr &= ~CR_STRT;
}

/* --- program --- */

static uint32_t get(const uint8_t *cell, unsigned width)
{
    return width == 4 ? get_le32(cell) : width == 2 ? get_le16(cell) : *cell;
}

static void clear_bits(uint8_t *cell, unsigned width, uint32_t value)
{
    value &= get(cell, width);
    for (unsigned i = 0; i < width; i++)
        cell[i] = (uint8_t)(value >> 8 * i);
}

static bool otp_locked(const struct sim_board *board, uint32_t offset)
{
    const uint8_t *otp = sim_memory_bytes(board, SIM_OTP);
    uint32_t block = family_of(board)->otp_block, locks = OTP_BLOCKS * block;

    return offset < locks && otp[locks + offset / block] == 0;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    const struct sim_f4_flash *flash = board->flash->state;
    uint32_t errors = 0;

    if (kind == SIM_OPTIONS) /* only by OPTCR */
        return false;
    if (!(flash->common.cr & CR_PG) || flash->common.cr & CR_LOCK)
        errors |= SR_PGSERR;
    if (width != 1u << CR_PSIZE(flash->common.cr))
        errors |= SR_PGPERR;
    if (kind == SIM_FLASH ? write_protected(board, sector_of(board, offset))
                          : otp_locked(board, offset))
        errors |= SR_WRPERR;
    if (errors) {
        sim_flash_fail(board, errors);
        return true;
    }
    if (has_the_voltage(board))
        clear_bits(&sim_memory_bytes(board, kind)[offset], width, value);
    sim_flash_begin(board, PROGRAM_NS);
    return true;
}

/* --- registers --- */

/* A write to CR or OPTCR while the controller is busy waits on the bus (RM0090, 3.9.5); the AHB-AP
 * asked before. */
static void write_cr(struct sim_part *part, uint32_t value)
{
    struct sim_f4_flash *flash = part->state;

    sim_flash_wait(part->board);
    if (flash->common.cr & CR_LOCK)
        return;
    uint32_t more = family_of(part->board)->two_banks ? CR_OF_TWO_BANKS : 0;
    flash->common.cr = value & (CR_WRITABLE | CR_STRT | more);
    sim_flash_update_irq(part->board);
    if (value & CR_STRT && !(value & CR_LOCK))
        start(part->board);
    else
        flash->common.cr &= ~CR_STRT;
}

static void write_optcr(struct sim_part *part, uint32_t value)
{
    const struct sim_board *board = part->board;
    bool erases = false;

    sim_flash_wait(part->board);
    if (!sim_f4_optcr_write(part->board, value, &erases))
        return;
    sim_flash_begin(
        part->board,
        erase_ns(board, small_sector(board)) +
            (erases ? erase_ns(board, sim_memory_row(board->chip, SIM_FLASH)->size) : 0));
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_f4_flash *flash = part->state;

    if (!sim_flash_read(part, offset, value)) /* the rest is write-only */
        *value = offset == OPTCR ? flash->optcr : offset == OPTCR1 ? flash->optcr1 : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    bool ok;

    if (sim_flash_write(part, offset, value, &ok))
        return ok;
    if (offset == OPTKEYR)
        return sim_f4_optkeyr_write(part->state, value);
    if (offset == CR)
        write_cr(part, value);
    else if (offset == OPTCR)
        write_optcr(part, value);
    else if (offset == OPTCR1)
        sim_f4_optcr1_write(part->board, value);
    return true;
}

static void show_second_first(struct sim_board *board, bool second)
{
    struct sim_f4_flash *flash = board->flash->state;
    bool wanted = second && flash->two_banks;

    if (wanted != flash->second_first)
        sim_swap_halves(board);
    flash->second_first = wanted;
}

/* OPTCR follows from the option bytes. */
static void reset(struct sim_part *part)
{
    struct sim_f4_flash *flash = part->state;

    *flash = (struct sim_f4_flash){.second_first = flash->second_first};
    sim_flash_reset(part);
}

/* EOP and OPERR tell only those who asked for the interrupt. */
#define REGISTERS(acr_bits)                                                                       \
    {                                                                                             \
        .acr = ACR, .keyr = KEYR, .sr = SR, .cr = CR, .acr_writable = (acr_bits), .busy = SR_BSY, \
        .done = SR_EOP, .errors = SR_ERRORS, .operation_error = SR_OPERR, .start = CR_STRT,       \
        .lock = CR_LOCK, .done_irq = CR_EOPIE, .error_irq = CR_ERRIE, .done_needs_irq = true,     \
        .keys = {0x45670123, 0xCDEF89AB},                                                         \
    }
static const struct sim_flash_registers registers = REGISTERS(0x1F0F);
static const struct sim_flash_registers f7_registers = REGISTERS(0x0B0F); /* ART for both caches */
const struct sim_device sim_device_f4_flash = {
    .state_size = sizeof(struct sim_f4_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};
/* Milliseconds by PSIZE: typical values. */
static const uint16_t f4_erase_ms[][4] = {
    {400, 300, 250, 230},
    {1200, 700, 550, 490},
    {2000, 1300, 1000, 875},
    {2000, 1300, 1000, 875},
};
static const uint16_t f7_erase_ms[][4] = {
    {400, 250, 200, 180},
    {1100, 650, 500, 450},
    {2000, 1400, 1000, 900},
    {4000, 2750, 2000, 1800},
};
/* Bits of OPTCR: nWRP, RDP, USER, BOR_LEV; F4: SPRMOD; of two banks: DB1M, BFB2; F746: nWRP of
 * eight sectors, IWDG_STOP, IWDG_STDBY, WWDG_SW. */
#define F4_FACTORY .factory = 0x0FFFAAEC, .factory1 = 0x0FFF0000
#define F4_SIZES .smallest_kib = 16, .otp_block = 32, .erase_ms = f4_erase_ms
static const struct sim_f4_family f2 = {.optcr = 0x0FFFFFEC, F4_FACTORY, F4_SIZES};
static const struct sim_f4_family f4 = {.optcr = 0x8FFFFFEC, .pcrop = true, F4_FACTORY, F4_SIZES};
static const struct sim_f4_family f42x = {.optcr = 0xCFFFFFFC,
                                          .optcr1 = 0x0FFF0000,
                                          .two_banks = true,
                                          .pcrop = true,
                                          F4_FACTORY,
                                          F4_SIZES};
static const struct sim_f4_family f74x = {.optcr = 0xC0FFFFFC,
                                          .optcr1 = 0xFFFFFFFF,
                                          .boots = true,
                                          .factory = 0xC0FFAAFC,
                                          .factory1 = 0x00400080,
                                          .smallest_kib = 32,
                                          .otp_block = 64,
                                          .erase_ms = f7_erase_ms};

#define KIND_OF_BANKS(family, the_registers, show)                                               \
    {                                                                                            \
        .device = &sim_device_f4_flash, .registers = &(the_registers), .f4 = &(family),          \
        .stalling = {CR, OPTCR}, .factory = sim_f4_options_factory,                              \
        .load_options = sim_f4_options_load, .is_protected = sim_f4_is_protected,                \
        .is_sealed = sim_f4_is_sealed, .set_protection = sim_f4_set_protection,                  \
        .seal = sim_f4_seal, .protect_writing = sim_f4_protect_writing,                          \
        .protects_writing = sim_f4_protects_writing, .readable = sim_flash_accessible,           \
        .user_options = user_options, .busy_until = sim_flash_busy_until, .write = write_memory, \
        .show_second_first = (show),                                                             \
    }
#define KIND(family, the_registers) KIND_OF_BANKS(family, the_registers, NULL)
const struct sim_flash_kind sim_f2_flash = KIND(f2, registers);
const struct sim_flash_kind sim_f4_flash = KIND(f4, registers);
const struct sim_flash_kind sim_f42x_flash = KIND_OF_BANKS(f42x, registers, show_second_first);
const struct sim_flash_kind sim_f74x_flash = KIND(f74x, f7_registers);
