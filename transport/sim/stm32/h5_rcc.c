/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32H5 (RM0481, chapter 11), for rcc.c: it starts by HSI, divided
 * by two. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    HSICFGR = 0x10,
    CSICFGR = 0x18,
    CFGR1 = 0x1C,
    CFGR2 = 0x20,
    PLL1CFGR = 0x28,
    PLL3CFGR = 0x30,
    PLL1DIVR = 0x34,
    PLL1FRACR = 0x38,
    PLL2DIVR = 0x3C,
    PLL2FRACR = 0x40,
    PLL3DIVR = 0x44,
    PLL3FRACR = 0x48,
    CIER = 0x50,
    AHB1LPENR = 0xB0,
    CCIPR5 = 0xE8,
    BDCR = 0xF0,
    RSR = 0xF4,

    HSI_KHZ = 64000,
    CSI_KHZ = 4000,
};
enum { SW_HSI, SW_CSI, SW_HSE, SW_PLL1 };
#define RSR_BORRSTF (1u << 27)
#define PLL_P_ENABLED (1u << 16)

/* HSIDIV: 1, 2, 4, 8. */
static uint32_t hsi_khz(const struct sim_board *board)
{
    return HSI_KHZ >> (sim_rcc_register(board, CR) >> 3 & 3);
}

/* With a source, a divider M that lets it through, and its output P on; the fraction is left out.
 */
static uint32_t pll1_khz(const struct sim_board *board)
{
    uint32_t cfg = sim_rcc_register(board, PLL1CFGR), div = sim_rcc_register(board, PLL1DIVR);
    const uint32_t inputs[] = {0, hsi_khz(board), CSI_KHZ, board->model->hse_khz};
    uint32_t m = cfg >> 8 & 0x3F;

    if (!m || !(cfg & PLL_P_ENABLED))
        return 0;
    uint64_t vco = (uint64_t)inputs[cfg & 3] * ((div & 0x1FF) + 1) / m;
    return (uint32_t)(vco / ((div >> 9 & 0x7F) + 1));
}

/* Interrupts are never raised: a clock is ready before one asks. HSIDIVF, beside HSI's ready bit,
 * says that the divider is in use. */
static const struct sim_rcc_family h5 = {
    .cr = CR,
    .cfgr = CFGR1,
    .cfgr2 = CFGR2,
    .bdcr = BDCR,
    .csr = RSR,
    .cr_reset = 0x0000002B,
    .cr_writable = 0x151D151D,
    .oscillators =
        {{.on = 1u << 0, .ready = 0x22, .is_source = true, .sw = SW_HSI, .khz_now = hsi_khz},
         {.on = 1u << 8, .ready = 1u << 9, .is_source = true, .sw = SW_CSI, .khz = CSI_KHZ},
         {.on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true},
         {.on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLL1, .khz_now = pll1_khz},
         {.on = 1u << 12, .ready = 1u << 13},  /* HSI48 */
         {.on = 1u << 26, .ready = 1u << 27},  /* PLL2 */
         {.on = 1u << 28, .ready = 1u << 29}}, /* PLL3 */
    .sw_bits = 3,                              /* SWS is two bits from bit 3 on */
    .cfgr_writable = 0xFFFCBFC3,
    .cfgr2_writable = 0x007B777F, /* clocks off by bus, PPRE3 to PPRE1, HPRE */
    .hpre = 0,
    .ppre1 = 4,
    .ppre2 = 8,
    .bdcr_writable = 0x0700837D,
    .bdcr_lsi = 1u << 26,
    .csr_remove = 1u << 23,
    .csr_flags = 0xFC000000,
    .causes = {[SIM_CAUSE_POWER] = RSR_BORRSTF | CSR_PINRSTF, SIM_RCC_CAUSES},
    .plain = {{CIER, CIER, .writable = 0x000001FF},
              {HSICFGR, CSICFGR, .writable = 0x7F000000},
              {PLL1CFGR, PLL3CFGR, .writable = 0x00073F3F},
              {PLL1DIVR, PLL1DIVR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {PLL2DIVR, PLL2DIVR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {PLL3DIVR, PLL3DIVR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {PLL1FRACR, PLL1FRACR, .writable = 0x0000FFF8},
              {PLL2FRACR, PLL2FRACR, .writable = 0x0000FFF8},
              {PLL3FRACR, PLL3FRACR, .writable = 0x0000FFF8},
              {AHB1LPENR, CCIPR5, .writable = UINT32_MAX}},
    .lsi_hz = 32000,
};
const struct sim_rcc_kind sim_h5_rcc = SIM_RCC(h5);
