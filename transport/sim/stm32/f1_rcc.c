/* SPDX-License-Identifier: MIT */
/* Reset and clock control (RM0008, chapter 7): oscillators are ready at once, the core clock
 * follows CFGR, CSR remembers what reset the chip. peripherals.c obeys the gates and resets. */
#include "sim/board/board_internal.h"

enum {
    CR = 0x00,
    CFGR = 0x04,
    APB2RSTR = 0x0C,
    APB1RSTR = 0x10,
    AHBENR = 0x14,
    APB2ENR = 0x18,
    APB1ENR = 0x1C,
    BDCR = 0x20,
    CSR = 0x24,

    HSI_KHZ = 8000,
    HSE_KHZ = 8000, /* the crystal on the board */
};
#define CR_RESET 0x00000083u
#define CR_WRITABLE 0x010D00F9u /* PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION */
#define CR_ONS 0x01010001u      /* each one's ready bit stands above it */
#define CFGR_WRITABLE 0x077FFFF3u
#define CFGR_PLLSRC (1u << 16)
#define CFGR_PLLXTPRE (1u << 17)
#define AHBENR_RESET 0x00000014u
#define BDCR_WRITABLE 0x00018305u
#define BDCR_BDRST (1u << 16)
#define CSR_LSION (1u << 0)
#define CSR_RMVF (1u << 24)
#define CSR_PINRSTF (1u << 26)
#define CSR_PORRSTF (1u << 27)
#define CSR_SFTRSTF (1u << 28)
#define CSR_FLAGS 0xFC000000u

/* What a medium-density chip has of AHBENR, APB2ENR and APB1ENR (RM0008, 7.3.6 to 7.3.8); of
 * APB2RSTR and APB1RSTR too. */
static const uint32_t gates[] = {
    [SIM_AHB] = 0x00000055, [SIM_APB2] = 0x00005E7D, [SIM_APB1] = 0x1AE64807};

enum { SW_HSI = 0, SW_HSE = 1, SW_PLL = 2 };

static uint32_t pll_khz(const struct sim_rcc *rcc)
{
    uint32_t multiplier = (rcc->cfgr >> 18 & 15) + 2;
    uint32_t input = HSI_KHZ / 2;

    if (rcc->cfgr & CFGR_PLLSRC)
        input = rcc->cfgr & CFGR_PLLXTPRE ? HSE_KHZ / 2 : HSE_KHZ;
    return input * (multiplier > 16 ? 16 : multiplier);
}

static uint32_t sysclk_khz(const struct sim_rcc *rcc)
{
    switch (rcc->sws) {
    case SW_PLL:
        return pll_khz(rcc);
    case SW_HSE:
        return HSE_KHZ;
    default:
        return HSI_KHZ;
    }
}

/* HPRE: 2 4 8 16 64 128 256 512; there is no 32. */
uint32_t sim_rcc_hclk_khz(const struct sim_board *board)
{
    const struct sim_rcc *rcc = &board->chip.rcc;
    uint32_t code = rcc->cfgr >> 4 & 15, shift = code & 7;

    if (code < 8)
        return sysclk_khz(rcc);
    return sysclk_khz(rcc) >> (shift < 4 ? shift + 1 : shift + 2);
}

/* PPRE: 2 4 8 16. */
static uint32_t divide_apb(uint32_t khz, uint32_t code)
{
    return code < 4 ? khz : khz >> ((code & 3) + 1);
}

uint32_t sim_rcc_pclk2_khz(const struct sim_board *board)
{
    return divide_apb(sim_rcc_hclk_khz(board), board->chip.rcc.cfgr >> 11 & 7);
}

uint32_t sim_rcc_tim_khz(const struct sim_board *board)
{
    uint32_t code = board->chip.rcc.cfgr >> 8 & 7;
    uint32_t pclk1 = divide_apb(sim_rcc_hclk_khz(board), code);

    return code < 4 ? pclk1 : pclk1 * 2;
}

void sim_rcc_note_reset(struct sim_board *board, enum sim_reset_cause cause)
{
    static const uint32_t flags[] = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF,
                                     [SIM_CAUSE_PIN] = CSR_PINRSTF,
                                     [SIM_CAUSE_SOFTWARE] = CSR_SFTRSTF | CSR_PINRSTF};
    struct sim_rcc *rcc = &board->chip.rcc;

    if (cause == SIM_CAUSE_POWER)
        rcc->csr = rcc->bdcr = 0;
    rcc->csr |= flags[cause];
}

static bool is_ready(const struct sim_rcc *rcc, uint32_t sw)
{
    static const uint32_t ready[] = {[SW_HSI] = 1u << 1, [SW_HSE] = 1u << 17, [SW_PLL] = 1u << 25};

    return sw <= SW_PLL && rcc->cr & ready[sw];
}

/* A switch waits until its source is ready (7.2.6). */
static void follow_switch(struct sim_board *board)
{
    struct sim_rcc *rcc = &board->chip.rcc;

    if (!is_ready(rcc, rcc->cfgr & 3))
        return;
    rcc->sws = rcc->cfgr & 3;
    sim_clock_changed(board, sim_rcc_hclk_khz(board));
}

/* An oscillator that the core runs on cannot be switched off. */
static void write_cr(struct sim_board *board, uint32_t value)
{
    static const uint32_t on[] = {[SW_HSI] = 1u << 0, [SW_HSE] = 1u << 16, [SW_PLL] = 1u << 24};
    struct sim_rcc *rcc = &board->chip.rcc;

    value |= on[rcc->sws];
    rcc->cr = (value & CR_WRITABLE) | (value & CR_ONS) << 1;
    follow_switch(board);
}

static void write_cfgr(struct sim_board *board, uint32_t value)
{
    sim_devices_sync(board); /* what was counted, was by the old clock */
    board->chip.rcc.cfgr = value & CFGR_WRITABLE;
    follow_switch(board);
    sim_clock_changed(board, sim_rcc_hclk_khz(board));
}

static bool read(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t *value)
{
    const struct sim_rcc *rcc = &board->chip.rcc;

    switch (offset) {
    case CR:
        *value = rcc->cr;
        break;
    case CFGR:
        *value = rcc->cfgr | rcc->sws << 2;
        break;
    case APB2RSTR:
        *value = rcc->resets[SIM_APB2];
        break;
    case APB1RSTR:
        *value = rcc->resets[SIM_APB1];
        break;
    case AHBENR:
    case APB2ENR:
    case APB1ENR:
        *value = rcc->enables[(offset - AHBENR) / 4];
        break;
    case BDCR: /* LSERDY follows LSEON */
        *value = rcc->bdcr | (rcc->bdcr & 1) << 1;
        break;
    case CSR:
        *value = rcc->csr | (rcc->csr & CSR_LSION) << 1;
        break;
    default:
        *value = 0;
    }
    return true;
}

static void write_csr(struct sim_rcc *rcc, uint32_t value)
{
    uint32_t flags = value & CSR_RMVF ? 0 : rcc->csr & CSR_FLAGS;

    rcc->csr = flags | (value & CSR_LSION);
}

static void write_resets(struct sim_board *board, enum sim_clock_bus bus, uint32_t value)
{
    board->chip.rcc.resets[bus] = value & gates[bus];
    sim_devices_hold_reset(board);
}

static void write_enables(struct sim_board *board, enum sim_clock_bus bus, uint32_t value)
{
    sim_devices_sync(board); /* what had a clock until now, counted until now */
    board->chip.rcc.enables[bus] = value & gates[bus];
}

/* BDRST holds the backup domain in reset (7.3.9). */
static void write_bdcr(struct sim_rcc *rcc, uint32_t value)
{
    rcc->bdcr = value & (value & BDCR_BDRST ? BDCR_BDRST : BDCR_WRITABLE);
}

static bool write(struct sim_board *board, unsigned unit, uint32_t offset, uint32_t value)
{
    struct sim_rcc *rcc = &board->chip.rcc;

    switch (offset) {
    case CR:
        write_cr(board, value);
        break;
    case CFGR:
        write_cfgr(board, value);
        break;
    case APB2RSTR:
        write_resets(board, SIM_APB2, value);
        break;
    case APB1RSTR:
        write_resets(board, SIM_APB1, value);
        break;
    case AHBENR:
    case APB2ENR:
    case APB1ENR:
        write_enables(board, (offset - AHBENR) / 4, value);
        break;
    case BDCR:
        write_bdcr(rcc, value);
        break;
    case CSR:
        write_csr(rcc, value);
        break;
    default:
        break;
    }
    return true;
}

static void reset(struct sim_board *board, unsigned unit)
{
    struct sim_rcc *rcc = &board->chip.rcc;

    rcc->cr = CR_RESET;
    rcc->cfgr = rcc->sws = 0;
    rcc->enables[SIM_AHB] = AHBENR_RESET;
    rcc->enables[SIM_APB2] = rcc->enables[SIM_APB1] = 0;
    rcc->resets[SIM_APB2] = rcc->resets[SIM_APB1] = 0;
    rcc->csr &= CSR_FLAGS;
}

const struct sim_device sim_device_rcc = {read, write, reset, NULL};
