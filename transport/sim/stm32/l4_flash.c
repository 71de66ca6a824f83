/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32L4 and G4 (RM0351, 3.3 and 3.7; RM0440, 3.3 and 3.7; data sheet
 * DS10198, 6.3.10). Cells are written as double words with their ECC: a second time only all zeros.
 * Both banks are busy when one is. The fast programming of rows is not there: it ends as in a bank
 * that was not mass-erased. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/l4_flash_internal.h"

#define SR_EOP (1u << 0)
#define SR_OPERR (1u << 1)
#define SR_PROGERR (1u << 3)
#define SR_WRPERR (1u << 4)
#define SR_PGAERR (1u << 5)
#define SR_SIZERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_FASTERR (1u << 9)
#define SR_ERRORS 0x0000C3F8u /* OPTVERR, RDERR, FASTERR, MISERR, PGSERR.. PROGERR */
#define SR_BSY (1u << 16)
#define CR_PG (1u << 0)
#define CR_PER (1u << 1)
#define CR_MER1 (1u << 2)
#define CR_PNB(cr) ((cr) >> 3 & 0xFF)
#define CR_BKER (1u << 11)
#define CR_MER2 (1u << 15)
#define CR_STRT (1u << 16)
#define CR_OPTSTRT (1u << 17)
#define CR_FSTPG (1u << 18)
#define CR_EOPIE (1u << 24)
#define CR_ERRIE (1u << 25)
#define CR_OBL_LAUNCH (1u << 27)
#define CR_OPTLOCK (1u << 30)
#define CR_LOCK (1u << 31)
#define CR_KEPT 0x07048FFFu /* RDERRIE, ERRIE, EOPIE, FSTPG, MER2, BKER, PNB, MER1, PER, PG */
#define CR_STARTS (CR_STRT | CR_OPTSTRT)
enum {
    ACR = 0x00,
    KEYR = 0x08,
    OPTKEYR = 0x0C,
    SR = 0x10,
    CR = 0x14,

    UNIT = 8, /* bytes that are programmed at once */
    PROGRAM_NS = 81690,
    PAGE_ERASE_NS = 22020000,
    MASS_ERASE_NS = 22130000,
    OPTIONS_NS = 25000000, /* an erase and a few double words */
};

static uint32_t flash_size(const struct sim_board *board)
{
    return sim_memory_row(board->chip, SIM_FLASH)->size;
}

static uint32_t bank_size(const struct sim_board *board)
{
    return flash_size(board) / (sim_l4_two_banks(board) ? 2 : 1);
}

static bool is_protected_at(const struct sim_board *board, uint32_t offset)
{
    uint32_t size = bank_size(board);

    return !sim_flash_accessible(board) ||
           sim_l4_write_protected(board, offset / size, offset % size / board->chip->page_size);
}

/* --- erase (3.3.5, 3.3.6) --- */

static bool any_protected(const struct sim_board *board, uint32_t start, uint32_t size)
{
    for (uint32_t at = start; at < start + size; at += board->chip->page_size)
        if (is_protected_at(board, at))
            return true;
    return false;
}

static void erase(struct sim_board *board, uint32_t start, uint32_t size, uint64_t ns)
{
    if (any_protected(board, start, size)) {
        sim_flash_fail(board, SR_WRPERR);
        return;
    }
    memset(&sim_memory_bytes(board, SIM_FLASH)[start], 0xFF, size);
    sim_flash_begin(board, ns);
}

/* Bits of the page's number that the chip has not do not count. */
static void erase_page(struct sim_board *board, uint32_t cr)
{
    bool second = cr & CR_BKER && sim_l4_two_banks(board);
    uint32_t page = CR_PNB(cr) & sim_l4(board)->page_bits, size = board->chip->page_size;

    if (page * size >= bank_size(board))
        sim_flash_fail(board, SR_PGSERR);
    else
        erase(board, (second ? bank_size(board) : 0) + page * size, size, PAGE_ERASE_NS);
}

static void erase_banks(struct sim_board *board, uint32_t cr)
{
    uint32_t size = bank_size(board);
    bool first = cr & CR_MER1, second = cr & CR_MER2 && sim_l4_two_banks(board);

    if (!first && !second)
        sim_flash_fail(board, SR_PGSERR);
    else
        erase(board, first ? 0 : size, first && second ? 2 * size : size, MASS_ERASE_NS);
}

static void start(struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t cr = flash->common.cr, what = cr & (CR_PG | CR_PER | CR_MER1 | CR_MER2 | CR_FSTPG);

    if (flash->common.sr & SR_ERRORS) /* an old one */
        sim_flash_fail(board, SR_PGSERR);
    else if (what == CR_PER)
        erase_page(board, cr);
    else if (what && !(what & ~(CR_MER1 | CR_MER2)))
        erase_banks(board, cr);
    else
        sim_flash_fail(board, SR_PGSERR);
}

static void start_options(struct sim_board *board)
{
    bool erases = false;

    if (!sim_l4_options_program(board, &erases))
        sim_flash_fail(board, SR_WRPERR);
    else
        sim_flash_begin(board, OPTIONS_NS + (erases ? MASS_ERASE_NS : 0));
}

/* --- program (3.3.7) --- */

static bool is_erased(const uint8_t *cell)
{
    return get_le32(cell) == UINT32_MAX && get_le32(cell + 4) == UINT32_MAX;
}

static void program(struct sim_board *board, uint32_t high)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint8_t *cell = &sim_memory_bytes(board, flash->half_of)[flash->half_offset];

    if (!is_erased(cell) && (flash->low || high)) {
        sim_flash_fail(board, SR_PROGERR);
        return;
    }
    put_le32(cell, flash->low);
    put_le32(cell + 4, high);
    sim_flash_begin(board, PROGRAM_NS);
}

static uint32_t errors_of(const struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                          unsigned width)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t cr = flash->common.cr;

    if (cr & CR_FSTPG && !(cr & CR_LOCK))
        return SR_FASTERR | SR_PGAERR | SR_PGSERR;
    if (!(cr & CR_PG) || cr & CR_LOCK || flash->common.sr & SR_ERRORS)
        return SR_PGSERR;
    if (width != 4)
        return SR_SIZERR;
    if (flash->half ? kind != flash->half_of || offset != flash->half_offset + 4 : offset % UNIT)
        return SR_PGAERR;
    return kind == SIM_FLASH && is_protected_at(board, offset) ? SR_WRPERR : 0;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    struct sim_l4_flash *flash = board->flash->state;

    if (kind == SIM_OPTIONS) /* only by their registers */
        return false;
    if (kind == SIM_FLASH && !sim_flash_accessible(board))
        return false;
    uint32_t errors = errors_of(board, kind, offset, width);
    if (errors) {
        flash->half = false;
        sim_flash_fail(board, errors);
    } else if (flash->half) {
        flash->half = false;
        program(board, value);
    } else {
        flash->half = true;
        flash->half_of = kind;
        flash->half_offset = offset;
        flash->low = value;
    }
    return true;
}

/* --- registers --- */

/* OPTLOCK follows LOCK; both are taken off by keys alone. */
static void take_cr(struct sim_l4_flash *flash, uint32_t value)
{
    uint32_t locks = flash->common.cr & CR_OPTLOCK;

    if (value & CR_LOCK)
        locks |= CR_LOCK | CR_OPTLOCK;
    flash->common.cr = (value & (CR_KEPT | CR_STRT | CR_OPTLOCK)) | locks;
}

/* A write while it is busy waits on the bus; the AHB-AP asked before. */
static void write_cr(struct sim_part *part, uint32_t value)
{
    struct sim_l4_flash *flash = part->state;
    struct sim_board *board = part->board;

    sim_flash_wait(board);
    if (flash->common.cr & CR_LOCK)
        return;
    take_cr(flash, value);
    sim_flash_update_irq(board);
    bool options = !(flash->common.cr & CR_OPTLOCK);
    if (value & CR_OBL_LAUNCH && options) {
        sim_flash_launch(board);
    } else if (value & CR_OPTSTRT && options) {
        start_options(board);
    } else if (flash->common.cr & CR_STRT && !(value & CR_LOCK)) {
        start(board);
    }
    if (!(flash->common.sr & SR_BSY))
        flash->common.cr &= ~CR_STARTS;
}

/* A key for the option bytes while the controller is locked is an error, too. */
static bool write_optkeyr(struct sim_l4_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool open = flash->common.cr & CR_LOCK || !(flash->common.cr & CR_OPTLOCK), opens = false;

    if (!sim_key_take(&flash->common.option_keys, keys, open, value, &opens))
        return false;
    if (opens)
        flash->common.cr &= ~CR_OPTLOCK;
    return true;
}

static void write_option(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_l4_flash *flash = part->state;
    unsigned i;

    if (sim_l4_option_at(part->board, offset, &i) && !(flash->common.cr & CR_OPTLOCK) &&
        !(flash->common.sr & SR_BSY))
        flash->options[i] = sim_l4_option_word(part->board, i, value);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_l4_flash *flash = part->state;
    unsigned i;

    if (!sim_flash_read(part, offset, value))
        *value = sim_l4_option_at(part->board, offset, &i) ? flash->options[i] : 0;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    bool ok;

    if (sim_flash_write(part, offset, value, &ok))
        return ok;
    if (offset == OPTKEYR)
        return write_optkeyr(part->state, value);
    if (offset == CR)
        write_cr(part, value);
    else
        write_option(part, offset, value);
    return true;
}

/* Option bytes stay as they were loaded. */
static void reset(struct sim_part *part)
{
    struct sim_l4_flash *flash = part->state;

    sim_flash_reset(part);
    flash->common.cr |= CR_OPTLOCK;
    flash->half = false;
}

static uint32_t user_options(const struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t optr = flash->in_force[0];

    return (optr >> 16 & 1 ? SIM_WDG_SW : 0) | (optr >> 12 & 1 ? SIM_NRST_STOP : 0) |
           (optr >> 13 & 1 ? SIM_NRST_STDBY : 0);
}

/* EOP and OPERR tell only those who asked for the interrupt. */
#define REGISTERS(reset_of_acr, bits_of_acr)                                                    \
    {                                                                                           \
        .acr = ACR, .keyr = KEYR, .sr = SR, .cr = CR, .acr_reset = (reset_of_acr),              \
        .acr_writable = (bits_of_acr), .busy = SR_BSY, .done = SR_EOP, .errors = SR_ERRORS,     \
        .operation_error = SR_OPERR, .start = CR_STARTS, .lock = CR_LOCK, .done_irq = CR_EOPIE, \
        .error_irq = CR_ERRIE, .done_needs_irq = true, .keys = {0x45670123, 0xCDEF89AB},        \
    }
static const struct sim_flash_registers registers_of_l4 = REGISTERS(0x00000600, 0x00007F07);
static const struct sim_flash_registers registers_of_g4 = REGISTERS(0x00040600, 0x00047F0F);

const struct sim_device sim_device_l4_flash = {
    .state_size = sizeof(struct sim_l4_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
};

/* Offset, bits there are, as delivered: OPTR, PCROP1SR, PCROP1ER, WRP1AR, WRP1BR; another bank's.
 */
static const struct sim_l4_family l4 = {
    .page_bits = 0xFF,
    .two_banks = 1u << 21,
    .options = {{0x20, 0x0FBF77FF, 0xFFEFF8AA},
                {0x24, 0x0000FFFF, 0xFFFFFFFF},
                {0x28, 0x8000FFFF, 0x7FFF0000},
                {0x2C, 0x00FF00FF, 0xFF00FFFF},
                {0x30, 0x00FF00FF, 0xFF00FFFF},
                {0x44, 0x0000FFFF, 0xFFFFFFFF},
                {0x48, 0x0000FFFF, 0xFFFF0000},
                {0x4C, 0x00FF00FF, 0xFF00FFFF},
                {0x50, 0x00FF00FF, 0xFF00FFFF}},
};
static const struct sim_l4_family g4_category_2 = {
    .page_bits = 0x3F,
    .options = {{0x20, 0x7F8F77FF, 0xFFEFF8AA},
                {0x24, 0x00007FFF, 0xFFFFFFFF},
                {0x28, 0x80007FFF, 0x7FFF8000},
                {0x2C, 0x007F007F, 0xFF00FFFF},
                {0x30, 0x007F007F, 0xFF00FFFF},
                {0x70, 0x000100FF, 0xFFFEFF00}},
};
#define CONTROLLER(family, its_registers)                                                         \
    {                                                                                             \
        .device = &sim_device_l4_flash, .registers = &(its_registers), .l4 = &(family),           \
        .stalling = {CR}, .factory = sim_l4_options_factory, .load_options = sim_l4_options_load, \
        .is_protected = sim_l4_is_protected, .is_sealed = sim_l4_is_sealed,                       \
        .set_protection = sim_l4_set_protection, .readable = sim_flash_accessible,                \
        .user_options = user_options, .busy_until = sim_flash_busy_until, .write = write_memory,  \
    }
const struct sim_flash_kind sim_l4_flash = CONTROLLER(l4, registers_of_l4);
const struct sim_flash_kind sim_g4_flash = CONTROLLER(g4_category_2, registers_of_g4);
