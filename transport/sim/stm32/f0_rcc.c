/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32F0 (RM0091, chapter 6) and the STM32F3 (RM0364, chapter 9),
 * for rcc.c: the F1's with a divider before the PLL, and other oscillators. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    CFGR = 0x04,
    CIR = 0x08,
    BDCR = 0x20,
    CSR = 0x24,
    CFGR2 = 0x2C,
    CFGR3 = 0x30,
    CR2 = 0x34,

    HSI_KHZ = 8000,
    HSI48_KHZ = 48000,
};
enum { SW_HSI, SW_HSE, SW_PLL, SW_HSI48 };
enum { PLLSRC_HSI_HALF, PLLSRC_HSI, PLLSRC_HSE, PLLSRC_HSI48 };
#define CSR_OBLRSTF (1u << 25)
#define CSR_PORRSTF (1u << 27)

/* Parts with one bit of PLLSRC have the upper one. */
static uint32_t pll_khz(const struct sim_board *board)
{
    const uint32_t khz[] = {HSI_KHZ / 2, HSI_KHZ, board->model->hse_khz, HSI48_KHZ};
    uint32_t cfgr = sim_rcc_register(board, CFGR), source = cfgr >> 15 & 3;
    uint32_t multiplier = (cfgr >> 18 & 15) + 2;
    uint32_t divider = (sim_rcc_register(board, CFGR2) & 15) + 1;
    uint32_t input = khz[source] / (source == PLLSRC_HSI_HALF ? 1 : divider);

    return input * (multiplier > 16 ? 16 : multiplier);
}

#define IN_CR SIM_RCC_HSI(SW_HSI, HSI_KHZ), SIM_RCC_HSE(SW_HSE), SIM_RCC_PLL(SW_PLL, pll_khz)
#define PLAIN                                \
    {CFGR2, CFGR2, .writable = 0x000001FF},  \
    {                                        \
        CFGR3, CFGR3, .writable = 0x03FF03FF \
    }
#define COMMON                                                                                    \
    .cr = CR, .cfgr = CFGR, .bdcr = BDCR, .csr = CSR, .cr_reset = 0x00000083,                     \
    .cr_writable = 0x010D00F9, /* PLLON, CSSON, HSEBYP, HSEON, HSITRIM, HSION */                  \
        .sw_bits = 2, .hpre = 4, .ppre1 = 8, .bdcr_writable = 0x0000831D, .csr_remove = 1u << 24, \
    .csr_flags = 0xFE800000,                                                                      \
    .causes = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF,                                     \
               [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF,                                   \
               SIM_RCC_CAUSES},                                                                   \
    .rtc_hse_divider = 32, .cir = CIR, .lsi_hz = 40000

static const struct sim_rcc_family f0 = {
    COMMON,
    .oscillators = {IN_CR,
                    {.reg = CR2, .on = 1u << 0, .ready = 1u << 1, .flag = 5}, /* HSI14 */
                    {.reg = CR2,
                     .on = 1u << 16,
                     .ready = 1u << 17,
                     .is_source = true,
                     .sw = SW_HSI48,
                     .khz = HSI48_KHZ,
                     .flag = 6}},
    .cfgr_writable = 0xFF7FC7F3,
    .ppre2 = 8, /* there is one APB */
    .plain = {PLAIN, {CR2, CR2, .reset = 0x00000080, .writable = 0x000100FD}},
};
static const struct sim_rcc_family f3 = {
    COMMON, .oscillators = {IN_CR}, .cfgr_writable = 0xF7FFBFF3, .ppre2 = 11, .plain = {PLAIN},
};
const struct sim_rcc_kind sim_f0_rcc = SIM_RCC(f0);
const struct sim_rcc_kind sim_f3_rcc = SIM_RCC(f3);
