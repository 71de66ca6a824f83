/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32F4 (RM0368, chapter 6) and F7 (RM0385, chapter 5), for rcc.c.
 */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    PLLCFGR = 0x04,
    CFGR = 0x08,
    CIR = 0x0C,
    AHB1LPENR = 0x50,
    BDCR = 0x70,
    CSR = 0x74,
    SSCGR = 0x80,
    DCKCFGR2 = 0x94,

    HSI_KHZ = 16000,
};
enum { SW_HSI, SW_HSE, SW_PLL };
#define PLLCFGR_PLLSRC (1u << 22)
#define CSR_BORRSTF (1u << 25)
#define CSR_PORRSTF (1u << 27)

static uint32_t pll_khz(const struct sim_board *board)
{
    uint32_t cfg = sim_rcc_register(board, PLLCFGR), m = cfg & 0x3F;
    uint32_t input = cfg & PLLCFGR_PLLSRC ? board->model->hse_khz : HSI_KHZ;
    uint64_t vco = (uint64_t)input * (cfg >> 6 & 0x1FF) / (m ? m : 1);

    return (uint32_t)(vco / (2 * ((cfg >> 16 & 3) + 1)));
}

#define COMMON                                                                                     \
    .cr = CR, .cfgr = CFGR, .bdcr = BDCR, .csr = CSR, .cr_reset = 0x00000083, .sw_bits = 2,        \
    .cfgr_writable = 0xFFFFFCF3, .hpre = 4, .ppre1 = 10, .ppre2 = 13, .bdcr_writable = 0x00008305, \
    .csr_remove = 1u << 24, .csr_flags = 0xFE000000,                                               \
    .causes = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF | CSR_BORRSTF, SIM_RCC_CAUSES},       \
    .plain = {{PLLCFGR, PLLCFGR, .reset = 0x24003010, .writable = 0x0F437FFF},                     \
              {AHB1LPENR, BDCR - 4, .writable = UINT32_MAX},                                       \
              {SSCGR, DCKCFGR2, .writable = UINT32_MAX}},                                          \
    .cir = CIR, .lsi_hz = 32000
#define PLLI2S                                       \
    {                                                \
        .on = 1u << 26, .ready = 1u << 27, .flag = 5 \
    }
#define PLLSAI                                       \
    {                                                \
        .on = 1u << 28, .ready = 1u << 29, .flag = 6 \
    }

/* CR: PLLI2SON, PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION; F7: PLLSAION. */
static const struct sim_rcc_family family = {
    .cr_writable = 0x050D00F9,
    .oscillators = {SIM_RCC_HSI(SW_HSI, HSI_KHZ), SIM_RCC_HSE(SW_HSE), SIM_RCC_PLL(SW_PLL, pll_khz),
                    PLLI2S},
    COMMON,
};
static const struct sim_rcc_family f7_family = {
    .cr_writable = 0x150D00F9,
    .oscillators = {SIM_RCC_HSI(SW_HSI, HSI_KHZ), SIM_RCC_HSE(SW_HSE), SIM_RCC_PLL(SW_PLL, pll_khz),
                    PLLI2S, PLLSAI},
    COMMON,
};
const struct sim_rcc_kind sim_f4_rcc = SIM_RCC(family);
const struct sim_rcc_kind sim_f7_rcc = SIM_RCC(f7_family);
