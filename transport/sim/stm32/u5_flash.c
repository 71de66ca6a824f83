/* SPDX-License-Identifier: MIT */
/* The flash controller of the STM32U5 (RM0456, 7.3 and 7.9; data sheet DS13737): non-secure
 * registers alone, for TrustZone is off. Cells are quad words with their ECC, which are written
 * once (a second time only all zeros), one by one or eight in a row. Both banks are busy when one
 * is; where option bytes swap them, they are kept here as they are seen. In which voltage range it
 * may be programmed is not modelled. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/u5_flash_internal.h"

#define SR_EOP (1u << 0)
#define SR_OPERR (1u << 1)
#define SR_PROGERR (1u << 3)
#define SR_WRPERR (1u << 4)
#define SR_PGAERR (1u << 5)
#define SR_SIZERR (1u << 6)
#define SR_PGSERR (1u << 7)
#define SR_OPTWERR (1u << 13)
#define SR_ERRORS 0x000020F8u /* OPTWERR, PGSERR.. PROGERR */
#define SR_BSY (1u << 16)
#define SR_WDW (1u << 17)
#define CR_PG (1u << 0)
#define CR_PER (1u << 1)
#define CR_MER1 (1u << 2)
#define CR_PNB(cr) ((cr) >> 3 & 0xFF)
#define CR_BKER (1u << 11)
#define CR_BWR (1u << 14)
#define CR_MER2 (1u << 15)
#define CR_STRT (1u << 16)
#define CR_OPTSTRT (1u << 17)
#define CR_EOPIE (1u << 24)
#define CR_ERRIE (1u << 25)
#define CR_OBL_LAUNCH (1u << 27)
#define CR_OPTLOCK (1u << 30)
#define CR_LOCK (1u << 31)
#define CR_KEPT 0x0300CFFFu /* ERRIE, EOPIE, MER2, BWR, BKER, PNB, MER1, PER, PG */
#define CR_STARTS (CR_STRT | CR_OPTSTRT)
enum {
    ACR = 0x00,
    NSKEYR = 0x08,
    OPTKEYR = 0x10,
    NSSR = 0x20,
    NSCR = 0x28,

    QUAD = 4, /* words that are programmed at once, */
    ROW = SIM_U5_ROW,
    PROGRAM_NS = 118000,
    BURST_NS = 8 * 48000,
    PAGE_ERASE_NS = 1500000,
    OPTIONS_NS = 10000000, /* as it may be */
};
static uint32_t flash_size(const struct sim_board *board)
{
    return sim_memory_row(board->chip, SIM_FLASH)->size;
}

static uint32_t bank_size(const struct sim_board *board)
{
    return flash_size(board) / (sim_l4_two_banks(board) ? 2 : 1);
}

/* The bank that is seen at an offset, or where one is seen: it is the same. */
static unsigned swap(const struct sim_board *board, unsigned bank)
{
    const struct sim_u5_flash *flash = board->flash->state;

    return flash->swapped && sim_l4_two_banks(board) ? !bank : bank;
}

static bool is_protected_at(const struct sim_board *board, uint32_t offset)
{
    uint32_t size = bank_size(board);

    return !sim_flash_accessible(board) ||
           sim_l4_write_protected(board, swap(board, offset / size),
                                  offset % size / board->chip->page_size);
}

/* --- erase (7.3.6) --- */

static bool any_protected(const struct sim_board *board, uint32_t start, uint32_t size)
{
    for (uint32_t at = start; at < start + size; at += board->chip->page_size)
        if (is_protected_at(board, at))
            return true;
    return false;
}

static void erase(struct sim_board *board, uint32_t start, uint32_t size)
{
    if (any_protected(board, start, size)) {
        sim_flash_fail(board, SR_WRPERR);
        return;
    }
    memset(&sim_memory_bytes(board, SIM_FLASH)[start], 0xFF, size);
    sim_ecc_written(board, start, size);
    sim_flash_begin(board, (uint64_t)size / board->chip->page_size * PAGE_ERASE_NS);
}

/* Bits of the page's number that the chip has not do not count. */
static void erase_page(struct sim_board *board, uint32_t cr)
{
    bool second = cr & CR_BKER && sim_l4_two_banks(board);
    uint32_t page = CR_PNB(cr) & sim_l4(board)->page_bits, size = board->chip->page_size;

    if (page * size >= bank_size(board))
        sim_flash_fail(board, SR_PGSERR);
    else
        erase(board, swap(board, second) * bank_size(board) + page * size, size);
}

/* A flash that is one bank takes both bits (7.3.6). */
static void erase_banks(struct sim_board *board, uint32_t cr)
{
    uint32_t size = bank_size(board), both = CR_MER1 | CR_MER2;
    bool all = (cr & both) == both;

    if (all)
        erase(board, 0, flash_size(board));
    else if (sim_l4_two_banks(board))
        erase(board, swap(board, !(cr & CR_MER1)) * size, size);
    else
        sim_flash_fail(board, SR_PGSERR);
}

static void start(struct sim_board *board)
{
    const struct sim_u5_flash *flash = board->flash->state;
    uint32_t cr = flash->l4.common.cr;
    uint32_t what = cr & (CR_PG | CR_PER | CR_MER1 | CR_MER2 | CR_BWR);

    if (flash->l4.common.sr & SR_ERRORS) /* an old one */
        sim_flash_fail(board, SR_PGSERR);
    else if (what == CR_PER)
        erase_page(board, cr);
    else if (what && !(what & ~(CR_MER1 | CR_MER2)))
        erase_banks(board, cr);
    else
        sim_flash_fail(board, SR_PGSERR);
}

/* --- program (7.3.7) --- */

static bool is_erased(const uint8_t *cell)
{
    for (unsigned i = 0; i < QUAD; i++)
        if (get_le32(cell + 4 * i) != UINT32_MAX)
            return false;
    return true;
}

static bool is_zero(const uint32_t words[QUAD])
{
    return !(words[0] | words[1] | words[2] | words[3]);
}

static bool takes(const uint8_t *cells, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i += QUAD)
        if (!is_erased(cells + 4 * i) && !is_zero(words + i))
            return false;
    return true;
}

static void program(struct sim_board *board)
{
    struct sim_u5_flash *flash = board->flash->state;
    uint8_t *cells = &sim_memory_bytes(board, flash->kind)[flash->offset];
    unsigned count = flash->count;

    flash->count = 0;
    if (!takes(cells, flash->words, count)) {
        sim_flash_fail(board, SR_PROGERR);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        put_le32(cells + 4 * i, flash->words[i]);
    if (flash->kind == SIM_FLASH)
        sim_ecc_written(board, flash->offset, 4 * count);
    sim_flash_begin(board, count == ROW ? BURST_NS : PROGRAM_NS);
}

static unsigned wanted_words(const struct sim_u5_flash *flash)
{
    return flash->l4.common.cr & CR_BWR ? ROW : QUAD;
}

static uint32_t errors_of(const struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                          unsigned width)
{
    const struct sim_u5_flash *flash = board->flash->state;
    uint32_t cr = flash->l4.common.cr;

    if (!(cr & CR_PG) || cr & CR_LOCK || flash->l4.common.sr & SR_ERRORS)
        return SR_PGSERR;
    if (width != 4)
        return SR_SIZERR;
    if (flash->count ? kind != flash->kind || offset != flash->offset + 4 * flash->count
                     : offset % (4 * wanted_words(flash)))
        return SR_PGAERR;
    return kind == SIM_FLASH && is_protected_at(board, offset) ? SR_WRPERR : 0;
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    struct sim_u5_flash *flash = board->flash->state;

    if (kind == SIM_FLASH && !sim_flash_accessible(board))
        return false;
    uint32_t errors = errors_of(board, kind, offset, width);
    if (errors) {
        flash->count = 0;
        sim_flash_fail(board, errors);
        return true;
    }
    if (!flash->count) {
        flash->kind = kind;
        flash->offset = offset;
    }
    flash->words[flash->count++] = value;
    if (flash->count == wanted_words(flash))
        program(board);
    return true;
}

static void start_options(struct sim_board *board)
{
    uint32_t pages = flash_size(board) / board->chip->page_size;
    bool erases = false;

    if (sim_u5_options_program(board, &erases))
        sim_flash_begin(board, OPTIONS_NS + (erases ? (uint64_t)pages * PAGE_ERASE_NS : 0));
    else
        sim_flash_fail(board, SR_OPTWERR);
}

/* --- registers --- */

/* OPTLOCK follows LOCK; both are taken off by keys alone. */
static void take_cr(struct sim_flash *flash, uint32_t value)
{
    uint32_t locks = flash->cr & CR_OPTLOCK;

    if (value & CR_LOCK)
        locks |= CR_LOCK | CR_OPTLOCK;
    flash->cr = (value & (CR_KEPT | CR_STRT | CR_OPTLOCK)) | locks;
}

/* A write while it is busy waits on the bus; the AHB-AP asked before. */
static void write_cr(struct sim_part *part, uint32_t value)
{
    struct sim_u5_flash *flash = part->state;
    struct sim_flash *common = &flash->l4.common;
    struct sim_board *board = part->board;

    sim_flash_wait(board);
    if (common->cr & CR_LOCK)
        return;
    take_cr(common, value);
    sim_flash_update_irq(board);
    bool options = !(common->cr & CR_OPTLOCK);
    if (value & CR_OBL_LAUNCH && options) {
        sim_flash_launch(board);
    } else if (value & CR_OPTSTRT && options) {
        start_options(board);
    } else if (common->cr & CR_STRT && !(value & CR_LOCK)) {
        start(board);
    }
    if (!(common->sr & SR_BSY))
        common->cr &= ~CR_STARTS;
}

/* A key for the option bytes while the controller is locked is an error, too. */
static bool write_optkeyr(struct sim_flash *flash, uint32_t value)
{
    static const uint32_t keys[2] = {0x08192A3B, 0x4C5D6E7F};
    bool open = flash->cr & CR_LOCK || !(flash->cr & CR_OPTLOCK), opens = false;

    if (!sim_key_take(&flash->option_keys, keys, open, value, &opens))
        return false;
    if (opens)
        flash->cr &= ~CR_OPTLOCK;
    return true;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_u5_flash *flash = part->state;
    unsigned i;

    if (!sim_flash_read(part, offset, value))
        *value = sim_l4_option_at(part->board, offset, &i) ? flash->l4.options[i] : 0;
    else if (offset == NSSR && flash->count)
        *value |= SR_WDW;
    return true;
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    bool ok;

    if (sim_flash_write(part, offset, value, &ok))
        return ok;
    if (offset == OPTKEYR)
        return write_optkeyr(part->state, value);
    if (offset == NSCR)
        write_cr(part, value);
    else
        sim_u5_option_write(part->board, offset, value);
    return true;
}

/* Option bytes stay as they were loaded. */
static void reset(struct sim_part *part)
{
    struct sim_u5_flash *flash = part->state;

    sim_flash_reset(part);
    flash->l4.common.cr |= CR_OPTLOCK;
    flash->count = 0;
}

const struct sim_device sim_device_u5_flash = {
    .state_size = sizeof(struct sim_u5_flash),
    .read = read,
    .write = write,
    .reset = reset,
    .sync = sim_flash_sync,
    .always_on = true,
};

/* EOP and OPERR tell only those who asked for the interrupt. */
static const struct sim_flash_registers registers = {
    .acr = ACR,
    .keyr = NSKEYR,
    .sr = NSSR,
    .cr = NSCR,
    .acr_reset = 0x00000001,
    .acr_writable = 0x0000790F,
    .busy = SR_BSY,
    .done = SR_EOP,
    .errors = SR_ERRORS,
    .operation_error = SR_OPERR,
    .start = CR_STARTS,
    .lock = CR_LOCK,
    .done_irq = CR_EOPIE,
    .error_irq = CR_ERRIE,
    .done_needs_irq = true,
    .keys = {0x45670123, 0xCDEF89AB},
    .ecc =
        {.unit = 4 * QUAD, .first = 0x30, .banks = true, .bank = 1u << 21, .irq_enable = 1u << 24},
};

/* Offset, bits there are, as delivered. */
static const struct sim_l4_family u57 = {
    .page_bits = 0x7F,
    .two_banks = 1u << 21,
    .nrst_stop = 12,
    .options = {[SIM_U5_OPTR] = {0x40, 0xFFFFF7FF, 0x1FEFF8AA},
                [SIM_U5_SECWM1R1] = {0x50, 0x007F007F, 0xFFFFFF80},
                [SIM_U5_SECWM1R2] = {0x54, 0x807F0000, 0x0F80FFFF},
                [SIM_U5_WRP1AR] = {0x58, 0x807F007F, 0xFF80FFFF},
                [SIM_U5_WRP1BR] = {0x5C, 0x807F007F, 0xFF80FFFF},
                [SIM_U5_SECWM2R1] = {0x60, 0x007F007F, 0xFFFFFF80},
                [SIM_U5_SECWM2R2] = {0x64, 0x807F0000, 0x0F80FFFF},
                [SIM_U5_WRP2AR] = {0x68, 0x807F007F, 0xFF80FFFF},
                [SIM_U5_WRP2BR] = {0x6C, 0x807F007F, 0xFF80FFFF},
                [SIM_U5_FIRST_BOOT] = {0x44, 0xFFFFFF80, 0x0800007F},
                [SIM_U5_FIRST_BOOT + 1] = {0x48, 0xFFFFFF80, 0x0BF9007F},
                [SIM_U5_SECBOOTADD0R] = {0x4C, 0xFFFFFF81, 0x0C00007C}},
};
const struct sim_flash_kind sim_u5_flash = {
    .device = &sim_device_u5_flash,
    .registers = &registers,
    .l4 = &u57,
    .stalling = {NSCR},
    .factory = sim_l4_options_factory,
    .load_options = sim_u5_options_load,
    .is_protected = sim_l4_is_protected,
    .is_sealed = sim_l4_is_sealed,
    .set_protection = sim_l4_set_protection,
    .seal = sim_l4_seal,
    .protect_writing = sim_l4_protect_writing,
    .protects_writing = sim_l4_protects_writing,
    .readable = sim_flash_accessible,
    .user_options = sim_l4_user_options,
    .busy_until = sim_flash_busy_until,
    .write = write_memory,
};
