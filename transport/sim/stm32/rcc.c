/* SPDX-License-Identifier: MIT */
/* Reset and clock control as the families have it in common (RM0008, chapter 7; RM0368, chapter 6):
 * oscillators are ready at once, the core clock follows CFGR, CSR remembers what reset the chip.
 * Where a family has its registers and what its sources give, its table says; peripherals.c has the
 * gates and resets. */
#include <string.h>

#include "sim/stm32/stm32_internal.h"

enum { WORDS = 0x100 / 4, LEAST_KHZ = 512 };
#define LSION (1u << 0) /* of CSR, as LSEON of BDCR: its ready bit stands above it */

struct rcc {
    uint32_t registers[WORDS]; /* by offset / 4 */
    uint32_t sws;              /* the clock in use; CFGR.SW is the one asked for */
};

static const struct sim_rcc_family *family_of(const struct sim_board *board)
{
    return board->chip->rcc->family;
}

uint32_t sim_rcc_register(const struct sim_board *board, uint32_t offset)
{
    const struct rcc *rcc = board->rcc->state;

    return rcc->registers[offset / 4];
}

/* --- clocks --- */

/* Never 0: time goes on, whatever the program wrote. */
static uint32_t sysclk_khz(const struct sim_board *board)
{
    const struct rcc *rcc = board->rcc->state;
    uint32_t khz = family_of(board)->source_khz(board, rcc->sws);

    return khz >= LEAST_KHZ ? khz : LEAST_KHZ;
}

uint32_t sim_rcc_khz(const struct sim_board *board, enum sim_clock clock)
{
    const struct sim_rcc_family *family = family_of(board);
    uint32_t cfgr = sim_rcc_register(board, family->cfgr);
    uint32_t hclk = sim_hpre_khz(sysclk_khz(board), cfgr >> family->hpre & 15);

    switch (clock) {
    case SIM_PCLK1:
    case SIM_TIMCLK1:
        return sim_ppre_khz(hclk, cfgr >> family->ppre1 & 7, clock == SIM_TIMCLK1);
    case SIM_PCLK2:
    case SIM_TIMCLK2:
        return sim_ppre_khz(hclk, cfgr >> family->ppre2 & 7, clock == SIM_TIMCLK2);
    default:
        return hclk;
    }
}

void sim_rcc_note_reset(struct sim_board *board, enum sim_reset_cause cause)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;

    if (cause == SIM_CAUSE_POWER)
        rcc->registers[family->csr / 4] = rcc->registers[family->bdcr / 4] = 0;
    rcc->registers[family->csr / 4] |= family->causes[cause];
}

void sim_rcc_after_stop(struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;

    for (const struct sim_oscillator *each = family->oscillators; each->on; each++)
        if (each != family->oscillators) /* the first is the internal one */
            rcc->registers[family->cr / 4] &= ~(each->on | each->ready);
    rcc->registers[family->cfgr / 4] &= ~((1u << family->sw_bits) - 1);
    rcc->sws = 0;
    sim_clock_changed(board);
}

/* --- oscillators --- */

/* That CFGR.SW means; NULL: none. */
static const struct sim_oscillator *source_of(const struct sim_rcc_family *family, uint32_t sw)
{
    const struct sim_oscillator *oscillator = family->oscillators;

    while (oscillator->on && !(oscillator->is_source && oscillator->sw == sw))
        oscillator++;
    return oscillator->on ? oscillator : NULL;
}

static uint32_t sw_mask(const struct sim_rcc_family *family)
{
    return (1u << family->sw_bits) - 1;
}

/* A switch waits until its source is ready (RM0008, 7.2.6). */
static void follow_switch(struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;
    uint32_t sw = rcc->registers[family->cfgr / 4] & sw_mask(family);
    const struct sim_oscillator *wanted = source_of(family, sw);

    if (wanted && rcc->registers[(wanted->reg ? wanted->reg : family->cr) / 4] & wanted->ready)
        rcc->sws = sw;
    sim_clock_changed(board);
}

/* A crystal that is not there never becomes ready. */
static bool starts(const struct sim_board *board, const struct sim_oscillator *oscillator)
{
    return !oscillator->is_crystal || board->model->hse_khz != 0;
}

/* An oscillator that the core runs on cannot be switched off. */
static void write_oscillators(struct sim_board *board, uint8_t reg, uint32_t value,
                              uint32_t writable)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;
    const struct sim_oscillator *in_use = source_of(family, rcc->sws);
    uint32_t *word = &rcc->registers[(reg ? reg : family->cr) / 4];

    if (in_use && in_use->reg == reg)
        value |= in_use->on;
    *word = value & writable;
    for (const struct sim_oscillator *each = family->oscillators; each->on; each++)
        if (each->reg == reg && value & each->on && starts(board, each))
            *word |= each->ready;
}

/* --- registers --- */

/* That only keeps what is written; NULL: it is none of these. */
static const struct sim_rcc_plain *find_plain(const struct sim_rcc_family *family, uint32_t offset)
{
    for (const struct sim_rcc_plain *plain = family->plain; plain->writable; plain++)
        if (offset >= plain->first && offset <= plain->last)
            return plain;
    return NULL;
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct sim_rcc_family *family = family_of(part->board);
    const struct rcc *rcc = part->state;

    if (sim_gates_read(part->board, offset, value))
        return true;
    *value = offset / 4 < WORDS ? rcc->registers[offset / 4] : 0;
    if (offset == family->cfgr)
        *value |= rcc->sws << family->sw_bits;
    else if (offset == family->bdcr || offset == family->csr)
        *value |= (*value & LSION) << 1;
    return true;
}

static void write_csr(const struct sim_rcc_family *family, uint32_t *csr, uint32_t value)
{
    uint32_t flags = value & family->csr_remove ? 0 : *csr & family->csr_flags;

    *csr = flags | (value & LSION);
}

/* BDRST holds the backup domain in reset (RM0008, 7.3.9). */
static uint32_t backed_up(const struct sim_rcc_family *family, uint32_t value)
{
    return value & (value & SIM_BDCR_BDRST ? SIM_BDCR_BDRST : family->bdcr_writable);
}

/* What was counted, was by the old clock. */
static void write_clocks(struct sim_board *board, uint32_t offset, uint32_t value)
{
    const struct sim_rcc_family *family = family_of(board);
    const struct sim_rcc_plain *plain = find_plain(family, offset);
    struct rcc *rcc = board->rcc->state;

    sim_parts_sync(board);
    if (offset == family->cr)
        write_oscillators(board, 0, value, family->cr_writable);
    else if (offset == family->cfgr)
        rcc->registers[offset / 4] = value & family->cfgr_writable;
    else if (plain)
        write_oscillators(board, (uint8_t)offset, value, plain->writable);
    follow_switch(board);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    const struct sim_rcc_family *family = family_of(part->board);
    struct rcc *rcc = part->state;

    if (sim_gates_write(part->board, offset, value))
        return true;
    if (offset == family->bdcr)
        rcc->registers[offset / 4] = backed_up(family, value);
    else if (offset == family->csr)
        write_csr(family, &rcc->registers[offset / 4], value);
    else
        write_clocks(part->board, offset, value);
    return true;
}

static void reset_plain(const struct sim_rcc_family *family, struct rcc *rcc)
{
    for (const struct sim_rcc_plain *plain = family->plain; plain->writable; plain++)
        for (unsigned offset = plain->first; offset <= plain->last; offset += 4)
            rcc->registers[offset / 4] = plain->reset;
}

/* The backup domain and what is said of the reset stay; see sim_rcc_note_reset(). */
static void reset(struct sim_part *part)
{
    const struct sim_rcc_family *family = family_of(part->board);
    struct rcc *rcc = part->state;
    uint32_t bdcr = rcc->registers[family->bdcr / 4], csr = rcc->registers[family->csr / 4];

    memset(rcc, 0, sizeof *rcc);
    reset_plain(family, rcc);
    rcc->registers[family->cr / 4] = family->cr_reset;
    rcc->registers[family->cfgr / 4] = family->cfgr_reset;
    rcc->registers[family->bdcr / 4] = bdcr;
    rcc->registers[family->csr / 4] = csr & family->csr_flags;
    rcc->sws = family->cfgr_reset & sw_mask(family);
}

const struct sim_device sim_device_rcc = {
    .state_size = sizeof(struct rcc),
    .read = read,
    .write = write,
    .reset = reset,
};
