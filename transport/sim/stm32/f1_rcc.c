/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32F1 (RM0008, chapter 7), for rcc.c. */
#include "sim/stm32/stm32_internal.h"

enum { CR = 0x00, CFGR = 0x04, CIR = 0x08, BDCR = 0x20, CSR = 0x24, HSI_KHZ = 8000 };
enum { SW_HSI, SW_HSE, SW_PLL };
#define CFGR_PLLSRC (1u << 16)
#define CFGR_PLLXTPRE (1u << 17)
#define CSR_PINRSTF (1u << 26)
#define CSR_PORRSTF (1u << 27)
#define CSR_SFTRSTF (1u << 28)
#define CSR_IWDGRSTF (1u << 29)
#define CSR_WWDGRSTF (1u << 30)
#define CSR_LPWRRSTF (1u << 31)

static uint32_t pll_khz(const struct sim_board *board)
{
    uint32_t cfgr = sim_rcc_register(board, CFGR), multiplier = (cfgr >> 18 & 15) + 2;
    uint32_t input = HSI_KHZ / 2;

    if (cfgr & CFGR_PLLSRC)
        input = cfgr & CFGR_PLLXTPRE ? board->model->hse_khz / 2 : board->model->hse_khz;
    return input * (multiplier > 16 ? 16 : multiplier);
}

static uint32_t source_khz(const struct sim_board *board, uint32_t sw)
{
    return sw == SW_PLL ? pll_khz(board) : sw == SW_HSE ? board->model->hse_khz : HSI_KHZ;
}

static const struct sim_rcc_family family = {
    .cr = CR,
    .cfgr = CFGR,
    .bdcr = BDCR,
    .csr = CSR,
    .cr_reset = 0x00000083,
    .cr_writable = 0x010D00F9, /* PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION */
    .oscillators =
        {{.on = 1u << 0, .ready = 1u << 1, .is_source = true, .sw = SW_HSI, .flag = 2},
         {.on = 1u << 16,
          .ready = 1u << 17,
          .is_source = true,
          .sw = SW_HSE,
          .is_crystal = true,
          .flag = 3},
         {.on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLL, .flag = 4}},
    .sw_bits = 2,
    .cfgr_writable = 0x077FFFF3,
    .hpre = 4,
    .ppre1 = 8,
    .ppre2 = 11,
    .bdcr_writable = 0x00008305,
    .csr_remove = 1u << 24,
    .csr_flags = 0xFC000000,
    .causes = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF,
               [SIM_CAUSE_PIN] = CSR_PINRSTF,
               [SIM_CAUSE_SOFTWARE] = CSR_SFTRSTF | CSR_PINRSTF,
               [SIM_CAUSE_IWDG] = CSR_IWDGRSTF | CSR_PINRSTF,
               [SIM_CAUSE_WWDG] = CSR_WWDGRSTF | CSR_PINRSTF,
               [SIM_CAUSE_LOW_POWER] = CSR_LPWRRSTF | CSR_PINRSTF},
    .source_khz = source_khz,
    .rtc_hse_divider = 128,
    .adcpre = 14,
    .cir = CIR,
    .lsi_hz = 40000,
};
const struct sim_rcc_kind sim_f1_rcc = SIM_RCC(family);
