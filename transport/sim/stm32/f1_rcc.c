/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32F1 (RM0008, chapter 7), for rcc.c. */
#include "sim/stm32/rcc_internal.h"

enum { CR = 0x00, CFGR = 0x04, CIR = 0x08, BDCR = 0x20, CSR = 0x24, HSI_KHZ = 8000 };
enum { SW_HSI, SW_HSE, SW_PLL };
#define CFGR_PLLSRC (1u << 16)
#define CFGR_PLLXTPRE (1u << 17)
#define CSR_PORRSTF (1u << 27)

static uint32_t pll_khz(const struct sim_board *board)
{
    uint32_t cfgr = sim_rcc_register(board, CFGR), multiplier = (cfgr >> 18 & 15) + 2;
    uint32_t input = HSI_KHZ / 2;

    if (cfgr & CFGR_PLLSRC)
        input = cfgr & CFGR_PLLXTPRE ? board->model->hse_khz / 2 : board->model->hse_khz;
    return input * (multiplier > 16 ? 16 : multiplier);
}

static const struct sim_rcc_family family = {
    .cr = CR,
    .cfgr = CFGR,
    .bdcr = BDCR,
    .csr = CSR,
    .cr_reset = 0x00000083,
    .cr_writable = 0x010D00F9, /* PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION */
    .oscillators = {SIM_RCC_HSI(SW_HSI, HSI_KHZ), SIM_RCC_HSE(SW_HSE),
                    SIM_RCC_PLL(SW_PLL, pll_khz)},
    .sw_bits = 2,
    .cfgr_writable = 0x077FFFF3,
    .hpre = 4,
    .ppre1 = 8,
    .ppre2 = 11,
    .bdcr_writable = 0x00008305,
    .csr_remove = 1u << 24,
    .csr_flags = 0xFC000000,
    .causes = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF, SIM_RCC_CAUSES},
    .rtc_hse_divider = 128,
    .adcpre = 14,
    .cir = CIR,
    .lsi_hz = 40000,
};
const struct sim_rcc_kind sim_f1_rcc = SIM_RCC(family);
