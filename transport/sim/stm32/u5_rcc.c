/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32U5 (RM0456, chapter 11), for rcc.c: it starts by MSIS. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    ICSCR1 = 0x08,
    ICSCR2 = 0x0C,
    ICSCR3 = 0x10,
    CFGR1 = 0x1C,
    CFGR2 = 0x20,
    CFGR3 = 0x24,
    PLL1CFGR = 0x28,
    PLL3CFGR = 0x30,
    PLL1DIVR = 0x34,
    PLL1FRACR = 0x38,
    PLL2DIVR = 0x3C,
    PLL2FRACR = 0x40,
    PLL3DIVR = 0x44,
    PLL3FRACR = 0x48,
    CIER = 0x50,
    AHB1SMENR = 0xB0,
    CCIPR3 = 0xE8,
    BDCR = 0xF0,
    CSR = 0xF4,

    HSI16_KHZ = 16000,
};
enum { SW_MSIS, SW_HSI16, SW_HSE, SW_PLL1 };
#define ICSCR1_MSIRGSEL (1u << 23)
#define MSIS_RANGE(icscr1) ((icscr1) >> 28)
enum { MSIS_RANGE_AT_RESET = 4 };
#define PLL_R_ENABLED (1u << 18)
#define CSR_OBLRSTF (1u << 25)
#define CSR_BORRSTF (1u << 27)

/* The range counts once it is chosen; before, what CSR says for after Standby, which stays here. */
static uint32_t msis_khz(const struct sim_board *board)
{
    static const uint16_t khz[16] = {48000, 24000, 16000, 12000, 4000, 2000, 1333, 1000,
                                     3072,  1536,  1024,  768,   400,  200,  133,  100};
    uint32_t icscr1 = sim_rcc_register(board, ICSCR1);

    return khz[icscr1 & ICSCR1_MSIRGSEL ? MSIS_RANGE(icscr1) : MSIS_RANGE_AT_RESET];
}

/* With a source, and its output R on; the fraction is left out. */
static uint32_t pll1_khz(const struct sim_board *board)
{
    uint32_t cfg = sim_rcc_register(board, PLL1CFGR), div = sim_rcc_register(board, PLL1DIVR);
    const uint32_t inputs[] = {0, msis_khz(board), HSI16_KHZ, board->model->hse_khz};

    if (!(cfg & PLL_R_ENABLED))
        return 0;
    uint64_t vco = (uint64_t)inputs[cfg & 3] * ((div & 0x1FF) + 1) / ((cfg >> 8 & 15) + 1);
    return (uint32_t)(vco / ((div >> 24 & 0x7F) + 1));
}

/* Interrupts are never raised: a clock is ready before one asks. */
static const struct sim_rcc_family u5 = {
    .cr = CR,
    .cfgr = CFGR1,
    .cfgr2 = CFGR2,
    .bdcr = BDCR,
    .csr = CSR,
    .cr_reset = 0x00000035,
    .cr_writable = 0x151D53DB,
    .oscillators =
        {{.on = 1u << 0, .ready = 1u << 2, .is_source = true, .sw = SW_MSIS, .khz_now = msis_khz},
         {.on = 1u << 8, .ready = 1u << 10, .is_source = true, .sw = SW_HSI16, .khz = HSI16_KHZ},
         {.on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true},
         {.on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLL1, .khz_now = pll1_khz},
         {.on = 1u << 4, .ready = 1u << 5},    /* MSIK */
         {.on = 1u << 12, .ready = 1u << 13},  /* HSI48 */
         {.on = 1u << 14, .ready = 1u << 15},  /* SHSI */
         {.on = 1u << 26, .ready = 1u << 27},  /* PLL2 */
         {.on = 1u << 28, .ready = 1u << 29}}, /* PLL3 */
    .sw_bits = 2,
    .cfgr_writable = 0x7F000033,
    .cfgr2_writable = 0x001F777F, /* clocks off by bus, DPRE, PPRE2, PPRE1, HPRE */
    .hpre = 0,
    .ppre1 = 4,
    .ppre2 = 8,
    .bdcr_writable = 0x170093BD,
    .bdcr_lsi = 1u << 26,
    .csr_remove = 1u << 23,
    .csr_power_on = 0x00004400, /* 4 MHz after Standby */
    .csr_backed_up = 0x0000FF00,
    .csr_flags = 0xFE000000,
    .causes = {[SIM_CAUSE_POWER] = CSR_BORRSTF | CSR_PINRSTF,
               [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF,
               SIM_RCC_CAUSES},
    .plain = {{CIER, CIER, .writable = 0x00001FFF},
              {ICSCR1, ICSCR1, .reset = 0x44000000, .writable = 0xFFC00000},
              {ICSCR2, ICSCR3, .reset = 0x00100000, .writable = 0x001FFFFF},
              {CFGR3, CFGR3, .writable = 0x00030070},
              {PLL1CFGR, PLL3CFGR, .writable = 0x0007FF1F},
              {PLL1DIVR, PLL1DIVR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {PLL2DIVR, PLL2DIVR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {PLL3DIVR, PLL3DIVR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {PLL1FRACR, PLL1FRACR, .writable = 0x0000FFF8},
              {PLL2FRACR, PLL3FRACR, .writable = 0x0000FFF8},
              {AHB1SMENR, CCIPR3, .writable = UINT32_MAX}},
    .lsi_hz = 32000,
};
const struct sim_rcc_kind sim_u5_rcc = SIM_RCC(u5);
