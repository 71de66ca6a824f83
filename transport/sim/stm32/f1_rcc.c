/* SPDX-License-Identifier: MIT */
/* Reset and clock control (RM0008, chapter 7): oscillators are ready at once, the core clock
 * follows CFGR, CSR remembers what reset the chip. peripherals.c has the gates and resets. */
#include "sim/stm32/stm32_internal.h"

enum {
    CR = 0x00,
    CFGR = 0x04,
    BDCR = 0x20,
    CSR = 0x24,

    HSI_KHZ = 8000,
};
#define CR_RESET 0x00000083u
#define CR_WRITABLE 0x010D00F9u /* PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION */
#define CR_ONS 0x01010001u      /* each one's ready bit stands above it */
#define CFGR_WRITABLE 0x077FFFF3u
#define CFGR_PLLSRC (1u << 16)
#define CFGR_PLLXTPRE (1u << 17)
#define BDCR_WRITABLE 0x00018305u
#define BDCR_BDRST (1u << 16)
#define CSR_LSION (1u << 0)
#define CSR_RMVF (1u << 24)
#define CSR_PINRSTF (1u << 26)
#define CSR_PORRSTF (1u << 27)
#define CSR_SFTRSTF (1u << 28)
#define CSR_FLAGS 0xFC000000u

enum { SW_HSI = 0, SW_HSE = 1, SW_PLL = 2 };

struct rcc {
    uint32_t cr, cfgr, bdcr, csr;
    uint32_t sws; /* the clock in use; CFGR.SW is the one asked for */
};

static uint32_t pll_khz(const struct sim_board *board)
{
    const struct rcc *rcc = board->rcc->state;
    uint32_t multiplier = (rcc->cfgr >> 18 & 15) + 2;
    uint32_t input = HSI_KHZ / 2;

    if (rcc->cfgr & CFGR_PLLSRC)
        input = rcc->cfgr & CFGR_PLLXTPRE ? board->model->hse_khz / 2 : board->model->hse_khz;
    return input * (multiplier > 16 ? 16 : multiplier);
}

static uint32_t sysclk_khz(const struct sim_board *board)
{
    const struct rcc *rcc = board->rcc->state;

    switch (rcc->sws) {
    case SW_PLL:
        return pll_khz(board);
    case SW_HSE:
        return board->model->hse_khz;
    default:
        return HSI_KHZ;
    }
}

static uint32_t clock_khz(const struct sim_board *board, enum sim_clock clock)
{
    const struct rcc *rcc = board->rcc->state;
    uint32_t hclk = sim_hpre_khz(sysclk_khz(board), rcc->cfgr >> 4 & 15);

    switch (clock) {
    case SIM_PCLK1:
    case SIM_TIMCLK1:
        return sim_ppre_khz(hclk, rcc->cfgr >> 8 & 7, clock == SIM_TIMCLK1);
    case SIM_PCLK2:
    case SIM_TIMCLK2:
        return sim_ppre_khz(hclk, rcc->cfgr >> 11 & 7, clock == SIM_TIMCLK2);
    default:
        return hclk;
    }
}

static void note_reset(struct sim_board *board, enum sim_reset_cause cause)
{
    static const uint32_t flags[] = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF,
                                     [SIM_CAUSE_PIN] = CSR_PINRSTF,
                                     [SIM_CAUSE_SOFTWARE] = CSR_SFTRSTF | CSR_PINRSTF};
    struct rcc *rcc = board->rcc->state;

    if (cause == SIM_CAUSE_POWER)
        rcc->csr = rcc->bdcr = 0;
    rcc->csr |= flags[cause];
}

static bool is_ready(const struct rcc *rcc, uint32_t sw)
{
    static const uint32_t ready[] = {[SW_HSI] = 1u << 1, [SW_HSE] = 1u << 17, [SW_PLL] = 1u << 25};

    return sw <= SW_PLL && rcc->cr & ready[sw];
}

/* A switch waits until its source is ready (7.2.6). */
static void follow_switch(struct sim_board *board)
{
    struct rcc *rcc = board->rcc->state;

    if (!is_ready(rcc, rcc->cfgr & 3))
        return;
    rcc->sws = rcc->cfgr & 3;
    sim_clock_changed(board);
}

/* An oscillator that the core runs on cannot be switched off. */
static void write_cr(struct sim_board *board, uint32_t value)
{
    static const uint32_t on[] = {[SW_HSI] = 1u << 0, [SW_HSE] = 1u << 16, [SW_PLL] = 1u << 24};
    struct rcc *rcc = board->rcc->state;

    value |= on[rcc->sws];
    rcc->cr = (value & CR_WRITABLE) | (value & CR_ONS) << 1;
    follow_switch(board);
}

static void write_cfgr(struct sim_board *board, uint32_t value)
{
    struct rcc *rcc = board->rcc->state;

    sim_parts_sync(board); /* what was counted, was by the old clock */
    rcc->cfgr = value & CFGR_WRITABLE;
    follow_switch(board);
    sim_clock_changed(board);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct rcc *rcc = part->state;

    switch (offset) {
    case CR:
        *value = rcc->cr;
        break;
    case CFGR:
        *value = rcc->cfgr | rcc->sws << 2;
        break;
    case BDCR: /* LSERDY follows LSEON */
        *value = rcc->bdcr | (rcc->bdcr & 1) << 1;
        break;
    case CSR:
        *value = rcc->csr | (rcc->csr & CSR_LSION) << 1;
        break;
    default:
        if (!sim_gates_read(part->board, offset, value))
            *value = 0;
    }
    return true;
}

static void write_csr(struct rcc *rcc, uint32_t value)
{
    uint32_t flags = value & CSR_RMVF ? 0 : rcc->csr & CSR_FLAGS;

    rcc->csr = flags | (value & CSR_LSION);
}

/* BDRST holds the backup domain in reset (7.3.9). */
static void write_bdcr(struct rcc *rcc, uint32_t value)
{
    rcc->bdcr = value & (value & BDCR_BDRST ? BDCR_BDRST : BDCR_WRITABLE);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct rcc *rcc = part->state;

    switch (offset) {
    case CR:
        write_cr(part->board, value);
        break;
    case CFGR:
        write_cfgr(part->board, value);
        break;
    case BDCR:
        write_bdcr(rcc, value);
        break;
    case CSR:
        write_csr(rcc, value);
        break;
    default:
        sim_gates_write(part->board, offset, value);
    }
    return true;
}

static void reset(struct sim_part *part)
{
    struct rcc *rcc = part->state;

    rcc->cr = CR_RESET;
    rcc->cfgr = rcc->sws = 0;
    rcc->csr &= CSR_FLAGS;
}

const struct sim_device sim_device_f1_rcc = {sizeof(struct rcc), read, write, reset, NULL, NULL};
const struct sim_rcc_kind sim_f1_rcc = {&sim_device_f1_rcc, clock_khz, note_reset};
