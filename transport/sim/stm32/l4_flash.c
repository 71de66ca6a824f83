/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32L4, G4, G0, C0, WB and WL (RM0351, RM0440, RM0444 and
 * RM0490, 3.3 and 3.7). Cells are written as double words with their ECC: a second time only all
 * zeros. Both banks are busy when one is. The fast programming of rows is not there: it ends as in
 * a bank that was not mass-erased. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/l4_flash_internal.h"

#define SR_PROGERR (1u << 3)
#define SR_WRPERR (1u << 4)
#define SR_PGAERR (1u << 5)
#define SR_SIZERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_FASTERR (1u << 9)
#define CR_PG (1u << 0)
#define CR_PER (1u << 1)
#define CR_MER1 (1u << 2)
#define CR_PNB(cr) ((cr) >> 3 & 0xFF)
#define CR_MER2 (1u << 15)
#define CR_FSTPG (1u << 18)
#define CR_OBL_LAUNCH (1u << 27)
#define CR_OPTLOCK (1u << 30)
/* An error that stands makes the next operation fail; what is wrong with option bytes does not. */
#define OLD_ERRORS (SIM_L4_ERRORS & ~SIM_L4_OPTVERR)
enum {
    OPTKEYR = 0x0C,
    CR = 0x14,

    UNIT = 8,              /* bytes that are programmed at once */
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

static uint32_t busy_bits(const struct sim_board *board)
{
    return board->chip->flash->registers->busy;
}

/* Where there is a flag for each bank, the other one's stays down. */
static void begin(struct sim_board *board, uint64_t ns, bool first, bool second)
{
    struct sim_l4_flash *flash = board->flash->state;

    sim_flash_begin(board, ns);
    if (busy_bits(board) & SIM_L4_BSY2)
        flash->common.sr &= ~((first ? 0 : SIM_L4_BSY) | (second ? 0 : SIM_L4_BSY2));
}

/* Where a bank shows; and which one shows there. */
static uint32_t bank_start(const struct sim_board *board, bool second)
{
    return second != sim_l4_swapped(board) ? bank_size(board) : 0;
}

static bool is_in_second(const struct sim_board *board, uint32_t offset)
{
    return (offset >= bank_size(board)) != sim_l4_swapped(board);
}

static bool is_protected_at(const struct sim_board *board, uint32_t offset)
{
    uint32_t page = offset % bank_size(board) / board->chip->page_size;

    return !sim_flash_accessible(board) || offset >= sim_l4_open_flash(board) ||
           sim_l4_write_protected(board, is_in_second(board, offset), page);
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
    bool whole = size > bank_size(board), second = is_in_second(board, start);

    if (any_protected(board, start, size)) {
        sim_flash_fail(board, SR_WRPERR);
        return;
    }
    memset(&sim_memory_bytes(board, SIM_FLASH)[start], 0xFF, size);
    sim_ecc_written(board, start, size);
    begin(board, ns, whole || !second, whole || second);
}

/* Bits of the page's number that the chip has not do not count. */
static void erase_page(struct sim_board *board, uint32_t cr)
{
    bool second = cr & sim_l4(board)->bker && sim_l4_two_banks(board);
    uint32_t page = CR_PNB(cr) & sim_l4(board)->page_bits, size = board->chip->page_size;

    if (page * size >= bank_size(board))
        sim_flash_fail(board, SR_PGSERR);
    else
        erase(board, bank_start(board, second) + page * size, size, sim_l4(board)->page_erase_ns);
}

static void erase_banks(struct sim_board *board, uint32_t cr)
{
    uint32_t size = bank_size(board);
    bool first = cr & CR_MER1, second = cr & CR_MER2 && sim_l4_two_banks(board);

    if (!first && !second)
        sim_flash_fail(board, SR_PGSERR);
    else
        erase(board, first && second ? 0 : bank_start(board, second),
              first && second ? 2 * size : size, sim_l4(board)->mass_erase_ns);
}

static void start(struct sim_board *board)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t cr = flash->common.cr, what = cr & (CR_PG | CR_PER | CR_MER1 | CR_MER2 | CR_FSTPG);

    if (flash->common.sr & OLD_ERRORS)
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
        begin(board, OPTIONS_NS + (erases ? sim_l4(board)->mass_erase_ns : 0), true, false);
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
    if (flash->half_of == SIM_FLASH)
        sim_ecc_written(board, flash->half_offset, UNIT);
    bool second = flash->half_of == SIM_FLASH && is_in_second(board, flash->half_offset);
    begin(board, sim_l4(board)->program_ns, !second, second);
}

static uint32_t errors_of(const struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                          unsigned width)
{
    const struct sim_l4_flash *flash = board->flash->state;
    uint32_t cr = flash->common.cr;

    if (cr & CR_FSTPG && !(cr & SIM_L4_CR_LOCK))
        return SR_FASTERR | SR_PGAERR | SR_PGSERR;
    if (!(cr & CR_PG) || cr & SIM_L4_CR_LOCK || flash->common.sr & OLD_ERRORS)
        return SR_PGSERR;
    if (width != 4)
        return SR_SIZERR;
    if (flash->half ? kind != flash->half_of || offset != flash->half_offset + 4 : offset % UNIT)
        return SR_PGAERR;
    return kind == SIM_FLASH && is_protected_at(board, offset) ? SR_WRPERR : 0;
}

/* The controller waits for the second word, with a flag where it has one. */
static void take_half(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                      uint32_t value)
{
    struct sim_l4_flash *flash = board->flash->state;

    flash->half = true;
    flash->half_of = kind;
    flash->half_offset = offset;
    flash->low = value;
    flash->common.sr |= busy_bits(board) & SIM_L4_CFGBSY;
}

static void drop_half(struct sim_board *board)
{
    struct sim_l4_flash *flash = board->flash->state;

    flash->half = false;
    flash->common.sr &= ~SIM_L4_CFGBSY;
}

bool sim_l4_write(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                  unsigned width, uint32_t value)
{
    const struct sim_l4_flash *flash = board->flash->state;

    if (kind == SIM_OPTIONS) /* only by their registers */
        return false;
    if (kind == SIM_FLASH && !sim_flash_accessible(board))
        return false;
    if (flash->common.sr & SIM_L4_PESD)
        return false;
    uint32_t errors = errors_of(board, kind, offset, width);
    bool complete = flash->half && !errors;
    if (complete || errors)
        drop_half(board);
    if (errors)
        sim_flash_fail(board, errors);
    else if (complete)
        program(board, value);
    else
        take_half(board, kind, offset, value);
    return true;
}

/* --- registers --- */

/* OPTLOCK follows LOCK; both are taken off by keys alone. */
static void take_cr(const struct sim_board *board, uint32_t value)
{
    struct sim_l4_flash *flash = board->flash->state;
    uint32_t locks = flash->common.cr & CR_OPTLOCK;

    if (value & SIM_L4_CR_LOCK)
        locks |= SIM_L4_CR_LOCK | CR_OPTLOCK;
    flash->common.cr = (value & (sim_l4(board)->cr_kept | SIM_L4_CR_STRT | CR_OPTLOCK)) | locks;
}

/* Suspended it lets nothing begin; and a mass erase would take what another core keeps. */
static bool refuses(const struct sim_part *part, uint32_t value)
{
    const struct sim_l4_flash *flash = part->state;
    bool keeps = sim_l4_open_flash(part->board) < flash_size(part->board);

    return value & SIM_L4_CR_STARTS && !(flash->common.cr & SIM_L4_CR_LOCK) &&
           (flash->common.sr & SIM_L4_PESD || (keeps && value & CR_MER1));
}

/* A write while it is busy waits on the bus; the AHB-AP asked before. */
static void write_cr(struct sim_part *part, uint32_t value)
{
    struct sim_l4_flash *flash = part->state;
    struct sim_board *board = part->board;

    sim_flash_wait(board);
    if (flash->common.cr & SIM_L4_CR_LOCK)
        return;
    take_cr(board, value);
    sim_flash_update_irq(board);
    bool options = !(flash->common.cr & CR_OPTLOCK);
    if (value & CR_OBL_LAUNCH && options) {
        sim_flash_launch(board);
    } else if (value & SIM_L4_CR_OPTSTRT && options) {
        start_options(board);
    } else if (flash->common.cr & SIM_L4_CR_STRT && !(value & SIM_L4_CR_LOCK)) {
        start(board);
    }
    if (!(flash->common.sr & busy_bits(board)))
        flash->common.cr &= ~SIM_L4_CR_STARTS;
}

/* A key for the option bytes while the controller is locked is an error, too. */
static bool write_optkeyr(struct sim_l4_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool open = flash->common.cr & SIM_L4_CR_LOCK || !(flash->common.cr & CR_OPTLOCK),
         opens = false;

    if (!sim_key_take(&flash->common.option_keys, keys, open, value, &opens))
        return false;
    if (opens)
        flash->common.cr &= ~CR_OPTLOCK;
    return true;
}

/* Once it has something to keep, nobody else says how much. */
static bool is_the_second_cores(const struct sim_board *board, unsigned i)
{
    const struct sim_l4_family *family = sim_l4(board);

    return family->secure.sfr && (i == family->secure.sfr || i == family->secure.srrvr) &&
           sim_l4_open_flash(board) < flash_size(board);
}

static void write_option(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct sim_l4_flash *flash = part->state;
    unsigned i;

    if (sim_l4_option_at(part->board, offset, &i) && !(flash->common.cr & CR_OPTLOCK) &&
        !(flash->common.sr & busy_bits(part->board)) && !is_the_second_cores(part->board, i))
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
    if (offset == CR && refuses(part, value))
        return false;
    if (offset == CR)
        write_cr(part, value);
    else
        write_option(part, offset, value);
    return true;
}

/* Option bytes stay as they were loaded, and so does what was found with them of an empty flash. */
static void reset(struct sim_part *part)
{
    struct sim_l4_flash *flash = part->state;
    uint32_t empty = flash->common.acr & sim_l4(part->board)->empty;

    sim_flash_reset(part);
    flash->common.acr |= empty;
    flash->common.cr |= CR_OPTLOCK;
    flash->half = false;
}

const struct sim_device sim_device_l4_flash = {
    .state_size = sizeof(struct sim_l4_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};
