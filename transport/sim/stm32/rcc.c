/* SPDX-License-Identifier: MIT */
/* Reset and clock control as the families have it in common (RM0008, chapter 7; RM0368, chapter 6):
 * oscillators are ready at once, the core clock follows CFGR, CSR remembers what reset the chip.
 * Where a family has its registers and what its sources give, its table says; peripherals.c has the
 * gates and resets. */
#include <string.h>

#include "sim/stm32/rcc_internal.h"

enum { WORDS = 0x18C / 4, LEAST_KHZ = 512, LSE_HZ = 32768 };
enum { RTC_BY_LSE = 1, RTC_BY_LSI, RTC_BY_HSE };
#define LSION (1u << 0) /* of CSR, as LSEON of BDCR: its ready bit stands above it */
#define BDCR_RTCSEL(bdcr) ((bdcr) >> 8 & 3)
#define BDCR_RTCEN (1u << 15)
#define CIR_ENABLE(flag) (1u << ((flag) + 8))    /* the flags stand in the lowest byte, */
#define CIR_CLEARS(value) ((value) >> 16 & 0xFF) /* and what clears them above the enables */
#define CIR_ENABLES 0x7F00u

struct rcc {
    uint32_t registers[WORDS]; /* by offset / 4 */
    uint32_t sws;              /* the clock in use; CFGR.SW is the one asked for */
};

static const struct sim_rcc_family *family_of(const struct sim_board *board)
{
    return board->chip->rcc->family;
}

static uint32_t sw_mask(const struct sim_rcc_family *family)
{
    return (1u << family->sw_bits) - 1;
}

/* Of the register that tells of resets. */
static uint32_t flags_at(const struct sim_rcc_family *family)
{
    return family->flags_at ? family->flags_at : family->csr;
}

uint32_t sim_rcc_register(const struct sim_board *board, uint32_t offset)
{
    const struct rcc *rcc = board->rcc->state;

    return rcc->registers[offset / 4];
}

/* --- clocks --- */

/* That CFGR.SW means; NULL: none. */
static const struct sim_oscillator *source_of(const struct sim_rcc_family *family, uint32_t sw)
{
    const struct sim_oscillator *oscillator = family->oscillators;

    while (oscillator->on && !(oscillator->is_source && oscillator->sw == sw))
        oscillator++;
    return oscillator->on ? oscillator : NULL;
}

static uint32_t oscillator_khz(const struct sim_board *board,
                               const struct sim_oscillator *oscillator)
{
    if (oscillator->khz_now)
        return oscillator->khz_now(board);
    return oscillator->is_crystal ? board->model->hse_khz : oscillator->khz;
}

/* Never 0: time goes on, whatever the program wrote. Before the first reset SWS may mean no
 * source. */
uint32_t sim_rcc_sysclk_khz(const struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    const struct rcc *rcc = board->rcc->state;
    const struct sim_oscillator *source = source_of(family, rcc->sws);
    uint32_t khz = oscillator_khz(board, source ? source : family->oscillators);

    return khz >= LEAST_KHZ ? khz : LEAST_KHZ;
}

uint32_t sim_rcc_khz(const struct sim_board *board, enum sim_clock clock)
{
    const struct sim_rcc_family *family = family_of(board);
    uint32_t cfgr = sim_rcc_register(board, family->cfgr2 ? family->cfgr2 : family->cfgr);
    uint32_t hclk = sim_hpre_khz(sim_rcc_sysclk_khz(board), cfgr >> family->hpre & 15);

    switch (clock) {
    case SIM_PCLK1:
    case SIM_TIMCLK1:
        return sim_ppre_khz(hclk, cfgr >> family->ppre1 & 7, clock == SIM_TIMCLK1);
    case SIM_ADCCLK:
        return sim_rcc_khz(board, SIM_PCLK2) / (2 * ((cfgr >> family->adcpre & 3) + 1));
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

    if (cause == SIM_CAUSE_POWER) {
        rcc->registers[family->bdcr / 4] = rcc->registers[flags_at(family) / 4] = 0;
        rcc->registers[family->csr / 4] = family->csr_power_on;
    }
    rcc->registers[flags_at(family) / 4] |= family->causes[cause];
}

void sim_rcc_after_stop(struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;

    for (const struct sim_oscillator *each = family->oscillators; each->on; each++)
        if (each != family->oscillators) /* the first is the internal one */
            rcc->registers[family->cr / 4] &= ~(each->on | each->ready);
    rcc->sws = family->cfgr_reset & sw_mask(family);
    rcc->registers[family->cfgr / 4] &= ~sw_mask(family);
    rcc->registers[family->cfgr / 4] |= rcc->sws;
    sim_clock_changed(board);
}

static bool hse_runs(const struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    const struct sim_oscillator *each = family->oscillators;

    while (each->on && !each->is_crystal)
        each++;
    return each->on && sim_rcc_register(board, family->cr) & each->ready;
}

static bool lsi_runs(const struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);

    return family->bdcr_lsi ? sim_rcc_register(board, family->bdcr) & family->bdcr_lsi
                            : sim_rcc_register(board, family->csr) & LSION;
}

uint32_t sim_rcc_rtc_hz(const struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    uint32_t bdcr = sim_rcc_register(board, family->bdcr);

    if (!(bdcr & BDCR_RTCEN))
        return 0;
    switch (BDCR_RTCSEL(bdcr)) {
    case RTC_BY_LSE:
        return bdcr & LSION ? LSE_HZ : 0;
    case RTC_BY_LSI:
        return lsi_runs(board) ? family->lsi_hz : 0;
    case RTC_BY_HSE:
        return hse_runs(board) && family->rtc_hse_divider
                   ? board->model->hse_khz * 1000 / family->rtc_hse_divider
                   : 0;
    default:
        return 0;
    }
}

/* --- ready interrupts --- */

static void update_irq(struct sim_board *board)
{
    const struct sim_rcc_family *family = family_of(board);
    uint32_t cir = sim_rcc_register(board, family->cir);

    if (family->cir && board->rcc->row->irq)
        sim_part_irq(board->rcc, 0, cir & cir >> 8 & 0xFF);
}

/* Its flag tells only those who asked for the interrupt (RM0008, 7.3.3). */
static void tell_ready(struct sim_board *board, unsigned flag)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;
    uint32_t *cir = &rcc->registers[family->cir / 4];

    if (!family->cir || !(*cir & CIR_ENABLE(flag)))
        return;
    *cir |= 1u << flag;
    update_irq(board);
}

static void write_cir(struct sim_board *board, uint32_t value)
{
    struct rcc *rcc = board->rcc->state;
    uint32_t *cir = &rcc->registers[family_of(board)->cir / 4];

    *cir = (*cir & 0xFF & ~CIR_CLEARS(value)) | (value & CIR_ENABLES);
    update_irq(board);
}

/* --- oscillators --- */

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
    uint32_t *word = &rcc->registers[(reg ? reg : family->cr) / 4], before = *word;

    if (in_use && in_use->reg == reg)
        value |= in_use->on;
    *word = value & writable;
    for (const struct sim_oscillator *each = family->oscillators; each->on; each++)
        if (each->reg == reg && value & each->on && starts(board, each)) {
            *word |= each->ready;
            if (!(before & each->ready))
                tell_ready(board, each->flag);
        }
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

/* Of the low-speed oscillators that are on, above the bits that say so. */
static uint32_t ready_bits(const struct sim_rcc_family *family, uint32_t offset, uint32_t value)
{
    if (offset == family->csr)
        return family->bdcr_lsi ? 0 : (value & (LSION | family->csr_lse)) << 1;
    return offset == family->bdcr ? (value & (LSION | family->bdcr_lsi)) << 1 : 0;
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
    else
        *value |= ready_bits(family, offset, *value);
    return true;
}

static void write_flags(struct sim_board *board, uint32_t value)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;

    if (value & family->csr_remove)
        rcc->registers[flags_at(family) / 4] &= ~family->csr_flags;
}

static void write_csr(struct sim_board *board, uint32_t value)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;
    uint32_t before = rcc->registers[family->csr / 4], flags;

    if (!family->flags_at)
        write_flags(board, value);
    flags = family->flags_at ? 0 : rcc->registers[family->csr / 4] & family->csr_flags;
    rcc->registers[family->csr / 4] = flags | (value & (LSION | family->csr_backed_up));
    if (value & ~before & LSION)
        tell_ready(board, SIM_LSI_FLAG);
}

/* BDRST holds the backup domain in reset (RM0008, 7.3.9). */
static void write_bdcr(struct sim_board *board, uint32_t value)
{
    const struct sim_rcc_family *family = family_of(board);
    struct rcc *rcc = board->rcc->state;
    uint32_t *bdcr = &rcc->registers[family->bdcr / 4], before = *bdcr;

    if (!sim_backup_writable(board))
        return;
    sim_parts_sync(board); /* the RTC counted by the old clock */
    *bdcr = value & (value & SIM_BDCR_BDRST ? SIM_BDCR_BDRST : family->bdcr_writable);
    if (value & SIM_BDCR_BDRST)
        sim_backup_reset(board);
    if (*bdcr & ~before & LSION)
        tell_ready(board, SIM_LSE_FLAG);
}

/* Bits that are not writable stay as a reset leaves them. */
static uint32_t kept(uint32_t value, uint32_t writable, uint32_t at_reset)
{
    return (value & writable) | (at_reset & ~writable);
}

static void write_plain(struct sim_board *board, const struct sim_rcc_plain *plain, uint32_t offset,
                        uint32_t value)
{
    struct rcc *rcc = board->rcc->state;

    if (offset <= UINT8_MAX) /* one that starts an oscillator is among these */
        write_oscillators(board, (uint8_t)offset, value, plain->writable);
    else
        rcc->registers[offset / 4] = 0;
    rcc->registers[offset / 4] |= kept(value, plain->writable, plain->reset);
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
        rcc->registers[offset / 4] = kept(value, family->cfgr_writable, family->cfgr_reset);
    else if (family->cfgr2 && offset == family->cfgr2)
        rcc->registers[offset / 4] = value & family->cfgr2_writable;
    else if (plain)
        write_plain(board, plain, offset, value);
    follow_switch(board);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    const struct sim_rcc_family *family = family_of(part->board);

    if (sim_gates_write(part->board, offset, value))
        return true;
    if (offset == family->csr)
        write_csr(part->board, value);
    else if (family->flags_at && offset == family->flags_at)
        write_flags(part->board, value);
    else if (offset == family->bdcr)
        write_bdcr(part->board, value);
    else if (family->cir && offset == family->cir)
        write_cir(part->board, value);
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
    uint32_t flags = rcc->registers[flags_at(family) / 4] & family->csr_flags;

    memset(rcc, 0, sizeof *rcc);
    reset_plain(family, rcc);
    rcc->registers[family->cr / 4] = family->cr_reset;
    rcc->registers[family->cfgr / 4] = family->cfgr_reset;
    rcc->registers[family->bdcr / 4] = bdcr;
    rcc->registers[family->csr / 4] = csr & family->csr_backed_up;
    rcc->registers[flags_at(family) / 4] |= flags;
    rcc->sws = family->cfgr_reset & sw_mask(family);
    update_irq(part->board);
}

const struct sim_device sim_device_rcc = {
    .state_size = sizeof(struct rcc),
    .read = read,
    .write = write,
    .reset = reset,
};
