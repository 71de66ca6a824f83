/* SPDX-License-Identifier: MIT */
/* The flash of the STM32H7 (RM0433, chapter 4; data sheet DS12110, 6.3.11): two banks, each with a
 * controller of its own, that work at the same time. A store goes to a flash word of 256 bits,
 * which is programmed once it is full, with its ECC: a second time only all zeros. One more may
 * wait in the queue. The CRC unit is not there. */
#include <string.h>

#include "base/bytes.h"
#include "sim/stm32/h7_flash_internal.h"

#define SR_BSY (1u << 0)
#define SR_WBNE (1u << 1)
#define SR_EOP (1u << 16)
#define SR_WRPERR (1u << 17)
#define SR_PGSERR (1u << 18)
#define SR_STRBERR (1u << 19)
#define SR_INCERR (1u << 21)
#define SR_DBECCERR (1u << 26)
#define CR_PG (1u << 1)
#define CR_SER (1u << 2)
#define CR_BER (1u << 3)
#define CR_PSIZE(cr) ((cr) >> 4 & 3)
#define CR_SNB(cr) ((cr) >> 8 & 7)

/* By PSIZE: 8, 16, 32, 64 bits at once. */
static const uint32_t program_ns[] = {290000, 180000, 130000, 100000};
static const uint64_t sector_ns[] = {2000000000, 1800000000, 1100000000, 1000000000};
static const uint64_t bank_ns[] = {13000000000, 8000000000, 6000000000, 5000000000};

static struct sim_h7_flash *flash_of(const struct sim_board *board)
{
    return board->flash->state;
}

static uint32_t bank_size(const struct sim_board *board)
{
    return sim_memory_row(board->chip, SIM_FLASH)->size / SIM_H7_BANKS;
}

static unsigned number_of(const struct sim_board *board, const struct sim_h7_bank *bank)
{
    return bank != &flash_of(board)->banks[0];
}

/* Where its cells are in the flash as it is seen: a swap exchanges them, not the controllers. */
static uint32_t seen_at(const struct sim_board *board, const struct sim_h7_bank *bank)
{
    return number_of(board, bank) != sim_h7_swapped(board) ? bank_size(board) : 0;
}

static struct sim_h7_bank *bank_at(const struct sim_board *board, uint32_t offset)
{
    unsigned seen = offset >= bank_size(board);

    return &flash_of(board)->banks[seen != sim_h7_swapped(board)];
}

static uint8_t *bytes_of(const struct sim_board *board, const struct sim_h7_bank *bank)
{
    return &sim_memory_bytes(board, SIM_FLASH)[seen_at(board, bank)];
}

void sim_h7_update_irq(struct sim_board *board)
{
    const struct sim_h7_bank *banks = flash_of(board)->banks;

    sim_part_irq(board->flash, 0,
                 ((banks[0].sr & banks[0].cr) | (banks[1].sr & banks[1].cr)) & SIM_H7_SR_FLAGS);
}

void sim_h7_fail(struct sim_board *board, struct sim_h7_bank *bank, uint32_t errors)
{
    bank->sr |= errors;
    bank->cr &= ~SIM_H7_CR_START;
    sim_h7_update_irq(board);
}

/* --- busy --- */

/* Behind what is under way. */
void sim_h7_begin(struct sim_board *board, struct sim_h7_bank *bank, uint64_t ns)
{
    uint64_t now = sim_now_ps(board);

    bank->sr |= SR_BSY | SIM_H7_SR_QW;
    bank->busy_until_ps =
        (bank->busy_until_ps > now ? bank->busy_until_ps : now) + ns * SIM_PS_PER_NS;
    sim_parts_touched(board);
    sim_windows_update(board);
}

static void end(struct sim_board *board, struct sim_h7_bank *bank)
{
    bank->busy_until_ps = 0;
    bank->sr &= ~(SR_BSY | SIM_H7_SR_QW);
    bank->cr &= ~SIM_H7_CR_START;
    if (bank->cr & SR_EOP) /* EOPIE */
        bank->sr |= SR_EOP;
    sim_windows_update(board);
    sim_h7_update_irq(board);
}

static uint64_t next_of(uint64_t until, uint64_t next)
{
    return until && until < next ? until : next;
}

uint64_t sim_h7_sync(struct sim_part *part, uint64_t now_ps)
{
    struct sim_h7_flash *flash = part->state;
    uint64_t next = SIM_NEVER;

    for (unsigned i = 0; i < SIM_H7_BANKS; i++) {
        struct sim_h7_bank *bank = &flash->banks[i];

        if (bank->busy_until_ps && bank->busy_until_ps <= now_ps)
            end(part->board, bank);
        next = next_of(bank->busy_until_ps, next);
    }
    if (flash->options_until_ps && flash->options_until_ps <= now_ps)
        flash->options_until_ps = 0;
    return next_of(flash->options_until_ps, next);
}

/* Of either, for who would look at both. */
static uint64_t busy_until(const struct sim_board *board)
{
    const struct sim_h7_bank *banks = flash_of(board)->banks;

    return banks[0].busy_until_ps > banks[1].busy_until_ps ? banks[0].busy_until_ps
                                                           : banks[1].busy_until_ps;
}

/* Who reads waits until the bank is through; who writes, until there is room in the queue. */
static uint64_t stalls_until(const struct sim_board *board, uint32_t offset, bool read)
{
    const struct sim_h7_bank *bank = bank_at(board, offset);
    uint64_t queued = program_ns[CR_PSIZE(bank->cr)] * SIM_PS_PER_NS;

    if (read || bank->cr & SIM_H7_CR_START || bank->busy_until_ps < queued)
        return bank->busy_until_ps;
    return bank->busy_until_ps - queued;
}

/* --- ECC --- */

static void set_broken(struct sim_board *board, uint32_t word, bool on)
{
    struct sim_h7_flash *flash = flash_of(board);
    uint8_t *byte = &flash->broken[word / 8], bit = (uint8_t)(1u << word % 8);

    if ((*byte & bit) != 0)
        flash->broken_words--;
    *byte = (uint8_t)(on ? *byte | bit : *byte & ~bit);
    flash->broken_words += on;
}

/* Two errors in a flash word cannot be corrected: the bus says so (4.7.8). */
static bool read_fails(struct sim_board *board, uint32_t offset)
{
    struct sim_h7_bank *bank = bank_at(board, offset);
    uint32_t word = offset / SIM_H7_WORD;

    if (!(flash_of(board)->broken[word / 8] >> word % 8 & 1))
        return false;
    bank->far = offset % bank_size(board) / SIM_H7_WORD;
    sim_h7_fail(board, bank, SR_DBECCERR);
    return true;
}

static void spoil(struct sim_board *board, uint32_t offset)
{
    set_broken(board, offset / SIM_H7_WORD, true);
    sim_windows_update(board);
}

static bool any_fails(const struct sim_board *board)
{
    return flash_of(board)->broken_words > 0;
}

static uint32_t word_number(const struct sim_board *board, const struct sim_h7_bank *bank,
                            uint32_t offset)
{
    return (seen_at(board, bank) + offset) / SIM_H7_WORD;
}

/* --- erase (4.3.10) --- */

static bool any_protected(const struct sim_board *board, const struct sim_h7_bank *bank,
                          uint32_t start, uint32_t size)
{
    if (!sim_flash_accessible(board))
        return true;
    for (uint32_t at = start; at < start + size; at += 256)
        if (sim_h7_write_protected(board, number_of(board, bank), at))
            return true;
    return false;
}

static void erase(struct sim_board *board, struct sim_h7_bank *bank, uint32_t start, uint32_t size,
                  uint64_t ns)
{
    if (any_protected(board, bank, start, size)) {
        sim_h7_fail(board, bank, SR_WRPERR);
        return;
    }
    memset(&bytes_of(board, bank)[start], 0xFF, size);
    for (uint32_t at = start; at < start + size; at += SIM_H7_WORD)
        set_broken(board, word_number(board, bank, at), false);
    sim_h7_begin(board, bank, ns);
}

void sim_h7_erase_bank(struct sim_board *board, struct sim_h7_bank *bank)
{
    erase(board, bank, 0, bank_size(board), bank_ns[CR_PSIZE(bank->cr)]);
}

void sim_h7_start(struct sim_board *board, struct sim_h7_bank *bank)
{
    uint32_t cr = bank->cr, sector = board->chip->page_size, psize = CR_PSIZE(cr);

    if (cr & CR_BER)
        sim_h7_erase_bank(board, bank);
    else if (cr & CR_SER && CR_SNB(cr) < bank_size(board) / sector)
        erase(board, bank, CR_SNB(cr) * sector, sector, sector_ns[psize]);
    else
        sim_h7_fail(board, bank, SR_PGSERR);
}

/* --- program (4.3.9) --- */

static bool all_are(const uint8_t *bytes, uint8_t value)
{
    unsigned i = 0;

    while (i < SIM_H7_WORD && bytes[i] == value)
        i++;
    return i == SIM_H7_WORD;
}

void sim_h7_program(struct sim_board *board, struct sim_h7_bank *bank)
{
    uint8_t *cell = &bytes_of(board, bank)[bank->word];
    bool again = !all_are(cell, 0xFF) && !all_are(bank->bytes, 0);

    for (unsigned i = 0; i < SIM_H7_WORD; i++)
        cell[i] &= bank->bytes[i];
    if (again)
        set_broken(board, word_number(board, bank, bank->word), true);
    bank->filling = false;
    bank->sr &= ~SR_WBNE;
    sim_h7_begin(board, bank, program_ns[CR_PSIZE(bank->cr)]);
}

static uint32_t errors_of(const struct sim_board *board, const struct sim_h7_bank *bank,
                          uint32_t offset)
{
    if (!(bank->cr & CR_PG) || bank->cr & SIM_H7_CR_LOCK || bank->sr & SR_INCERR)
        return SR_PGSERR;
    if (sim_h7_write_protected(board, number_of(board, bank), offset))
        return SR_WRPERR;
    if (bank->filling && offset / SIM_H7_WORD * SIM_H7_WORD != bank->word)
        return SR_INCERR;
    return 0;
}

static void fill(struct sim_board *board, struct sim_h7_bank *bank, uint32_t offset, unsigned width,
                 uint32_t value)
{
    uint32_t at = offset % SIM_H7_WORD, mask = ((1u << width) - 1) << at;

    if (!bank->filling) {
        memset(bank->bytes, 0xFF, sizeof bank->bytes);
        bank->written = 0;
        bank->word = offset - at;
    }
    bank->filling = true;
    bank->sr |= SR_WBNE;
    if (bank->written & mask)
        sim_h7_fail(board, bank, SR_STRBERR);
    bank->written |= mask;
    for (unsigned i = 0; i < width; i++)
        bank->bytes[at + i] = (uint8_t)(value >> 8 * i);
    if (bank->written == UINT32_MAX)
        sim_h7_program(board, bank);
}

static bool write_memory(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                         unsigned width, uint32_t value)
{
    struct sim_h7_bank *bank = bank_at(board, offset);

    if (kind != SIM_FLASH || !sim_flash_accessible(board))
        return false;
    offset %= bank_size(board);
    uint32_t errors = errors_of(board, bank, offset);
    if (!errors) {
        fill(board, bank, offset, width, value);
        return true;
    }
    bank->filling = false;
    bank->sr &= ~SR_WBNE;
    sim_h7_fail(board, bank, errors);
    return true;
}

const struct sim_flash_kind sim_h7_flash = {
    .device = &sim_device_h7_flash,
    .factory = sim_h7_options_factory,
    .load_options = sim_h7_options_load,
    .is_protected = sim_h7_is_protected,
    .is_sealed = sim_h7_is_sealed,
    .set_protection = sim_h7_set_protection,
    .readable = sim_flash_accessible,
    .user_options = sim_h7_user_options,
    .busy_until = busy_until,
    .stalls_until = stalls_until,
    .read_fails = read_fails,
    .any_fails = any_fails,
    .spoil = spoil,
    .write = write_memory,
};
