/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32F4 (RM0368, chapter 6): oscillators are ready at once, the
 * core clock follows CFGR, CSR remembers what reset the chip. peripherals.c has the gates. */
#include "sim/stm32/stm32_internal.h"

enum {
    CR = 0x00,
    PLLCFGR = 0x04,
    CFGR = 0x08,
    CIR = 0x0C,
    BDCR = 0x70,
    CSR = 0x74,
    LAST = 0x90,

    HSI_KHZ = 16000,
};
#define CR_RESET 0x00000083u
#define CR_WRITABLE 0x050D00F9u /* PLLI2SON, PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION */
#define CR_HSEON (1u << 16)
#define CR_ONS 0x05010001u /* each one's ready bit stands above it */
#define PLLCFGR_RESET 0x24003010u
#define PLLCFGR_PLLSRC (1u << 22)
#define CFGR_WRITABLE 0xFFFFFCF3u
#define CIR_ENABLES                                                              \
    0x00007F00u /* interrupts are never raised: a clock is ready before one asks \
                 */
#define BDCR_WRITABLE 0x00018305u
#define BDCR_BDRST (1u << 16)
#define CSR_LSION (1u << 0)
#define CSR_RMVF (1u << 24)
#define CSR_BORRSTF (1u << 25)
#define CSR_PINRSTF (1u << 26)
#define CSR_PORRSTF (1u << 27)
#define CSR_SFTRSTF (1u << 28)
#define CSR_FLAGS 0xFE000000u

enum { SW_HSI, SW_HSE, SW_PLL };

struct rcc {
    uint32_t cr, pllcfgr, cfgr, cir, bdcr, csr;
    uint32_t sws;             /* the clock in use; CFGR.SW is the one asked for */
    uint32_t plain[LAST / 4]; /* the registers that only keep what is written: LPENR, PLLI2S.. */
};

static uint32_t pll_khz(const struct sim_board *board)
{
    const struct rcc *rcc = board->rcc->state;
    uint32_t cfg = rcc->pllcfgr, m = cfg & 0x3F;
    uint32_t input = cfg & PLLCFGR_PLLSRC ? board->model->hse_khz : HSI_KHZ;
    uint64_t vco = (uint64_t)input * (cfg >> 6 & 0x1FF) / (m ? m : 1);

    return (uint32_t)(vco / (2 * ((cfg >> 16 & 3) + 1)));
}

/* Never 0: time goes on, whatever the program wrote. */
static uint32_t sysclk_khz(const struct sim_board *board)
{
    const struct rcc *rcc = board->rcc->state;
    uint32_t khz = rcc->sws == SW_PLL   ? pll_khz(board)
                   : rcc->sws == SW_HSE ? board->model->hse_khz
                                        : HSI_KHZ;

    return khz >= 512 ? khz : 512;
}

static uint32_t clock_khz(const struct sim_board *board, enum sim_clock clock)
{
    const struct rcc *rcc = board->rcc->state;
    uint32_t hclk = sim_hpre_khz(sysclk_khz(board), rcc->cfgr >> 4 & 15);

    switch (clock) {
    case SIM_PCLK1:
    case SIM_TIMCLK1:
        return sim_ppre_khz(hclk, rcc->cfgr >> 10 & 7, clock == SIM_TIMCLK1);
    case SIM_PCLK2:
    case SIM_TIMCLK2:
        return sim_ppre_khz(hclk, rcc->cfgr >> 13 & 7, clock == SIM_TIMCLK2);
    default:
        return hclk;
    }
}

static void note_reset(struct sim_board *board, enum sim_reset_cause cause)
{
    static const uint32_t flags[] = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF | CSR_BORRSTF,
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

/* A switch waits until its source is ready (6.2.6). */
static void follow_switch(struct sim_board *board)
{
    struct rcc *rcc = board->rcc->state;

    if (is_ready(rcc, rcc->cfgr & 3))
        rcc->sws = rcc->cfgr & 3;
    sim_clock_changed(board);
}

/* An oscillator that the core runs on cannot be switched off; a crystal that is not there never
 * becomes ready. */
static void write_cr(struct sim_board *board, uint32_t value)
{
    static const uint32_t on[] = {[SW_HSI] = 1u << 0, [SW_HSE] = 1u << 16, [SW_PLL] = 1u << 24};
    struct rcc *rcc = board->rcc->state;
    uint32_t ready = CR_ONS;

    if (board->model->hse_khz == 0)
        ready &= ~CR_HSEON;
    value |= on[rcc->sws];
    rcc->cr = (value & CR_WRITABLE) | (value & ready) << 1;
    follow_switch(board);
}

/* What was counted, was by the old clock. */
static void write_clocks(struct sim_board *board, uint32_t offset, uint32_t value)
{
    struct rcc *rcc = board->rcc->state;

    sim_parts_sync(board);
    if (offset == CR)
        write_cr(board, value);
    else if (offset == PLLCFGR)
        rcc->pllcfgr = value & 0x0F437FFF;
    else
        rcc->cfgr = value & CFGR_WRITABLE;
    follow_switch(board);
}

static bool read(struct sim_part *part, uint32_t offset, uint32_t *value)
{
    const struct rcc *rcc = part->state;

    switch (offset) {
    case CR:
        *value = rcc->cr;
        break;
    case PLLCFGR:
        *value = rcc->pllcfgr;
        break;
    case CFGR:
        *value = rcc->cfgr | rcc->sws << 2;
        break;
    case CIR:
        *value = rcc->cir;
        break;
    case BDCR: /* LSERDY follows LSEON */
        *value = rcc->bdcr | (rcc->bdcr & 1) << 1;
        break;
    case CSR:
        *value = rcc->csr | (rcc->csr & CSR_LSION) << 1;
        break;
    default:
        if (!sim_gates_read(part->board, offset, value))
            *value = offset < LAST ? rcc->plain[offset / 4] : 0;
    }
    return true;
}

static void write_csr(struct rcc *rcc, uint32_t value)
{
    uint32_t flags = value & CSR_RMVF ? 0 : rcc->csr & CSR_FLAGS;

    rcc->csr = flags | (value & CSR_LSION);
}

static bool write(struct sim_part *part, uint32_t offset, uint32_t value)
{
    struct rcc *rcc = part->state;

    switch (offset) {
    case CR:
    case PLLCFGR:
    case CFGR:
        write_clocks(part->board, offset, value);
        break;
    case CIR:
        rcc->cir = value & CIR_ENABLES;
        break;
    case BDCR: /* BDRST holds the backup domain in reset */
        rcc->bdcr = value & (value & BDCR_BDRST ? BDCR_BDRST : BDCR_WRITABLE);
        break;
    case CSR:
        write_csr(rcc, value);
        break;
    default:
        if (!sim_gates_write(part->board, offset, value) && offset < LAST)
            rcc->plain[offset / 4] = value;
    }
    return true;
}

static void reset(struct sim_part *part)
{
    struct rcc *rcc = part->state;

    *rcc = (struct rcc){
        .cr = CR_RESET, .pllcfgr = PLLCFGR_RESET, .bdcr = rcc->bdcr, .csr = rcc->csr & CSR_FLAGS};
}

const struct sim_device sim_device_f4_rcc = {sizeof(struct rcc), read, write, reset, NULL, NULL};
const struct sim_rcc_kind sim_f4_rcc = {&sim_device_f4_rcc, clock_khz, note_reset};
