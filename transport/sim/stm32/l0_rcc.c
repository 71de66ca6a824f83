/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32L1 (RM0038, chapter 6), for rcc.c: it starts by MSI, and what
 * elsewhere is BDCR stands in CSR. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    ICSCR = 0x04,
    CFGR = 0x08,
    CIR = 0x0C,
    AHBLPENR = 0x28,
    APB1LPENR = 0x30,
    CSR = 0x34,

    HSI_KHZ = 16000,
};
enum { SW_MSI, SW_HSI, SW_HSE, SW_PLL };
#define CFGR_PLLSRC_HSE (1u << 16)
#define CSR_OBLRSTF (1u << 25)
#define CSR_PORRSTF (1u << 27)

/* 65.536 kHz and its doubles. */
static uint32_t msi_khz(const struct sim_board *board)
{
    return (65536u << (sim_rcc_register(board, ICSCR) >> 13 & 7)) / 1000;
}

static uint32_t pll_khz(const struct sim_board *board)
{
    static const uint8_t multipliers[16] = {3, 4, 6, 8, 12, 16, 24, 32, 48};
    uint32_t cfgr = sim_rcc_register(board, CFGR);
    uint32_t input = cfgr & CFGR_PLLSRC_HSE ? board->model->hse_khz : HSI_KHZ;

    return input * multipliers[cfgr >> 18 & 15] / ((cfgr >> 22 & 3) + 1);
}

static const struct sim_rcc_family l1 = {
    .cr = CR,
    .cfgr = CFGR,
    .bdcr = CSR,
    .csr = CSR,
    .cr_reset = 0x00000300,
    .cr_writable = 0x71050101, /* RTCPRE, CSSON, PLLON, HSEBYP, HSEON, MSION, HSION */
    .oscillators = {{.on = 1u << 8,
                     .ready = 1u << 9,
                     .is_source = true,
                     .sw = SW_MSI,
                     .khz_now = msi_khz,
                     .flag = 5},
                    SIM_RCC_HSI(SW_HSI, HSI_KHZ),
                    SIM_RCC_HSE(SW_HSE),
                    SIM_RCC_PLL(SW_PLL, pll_khz)},
    .sw_bits = 2,
    .cfgr_writable = 0x77FD3FF3,
    .hpre = 4,
    .ppre1 = 8,
    .ppre2 = 11,
    .csr_remove = 1u << 24,
    .csr_flags = 0xFE000000,
    .csr_backed_up = 0x00C30500, /* RTCRST, RTCEN, RTCSEL, LSEBYP, LSEON */
    .csr_lse = 1u << 8,
    .causes = {[SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF,
               [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF,
               SIM_RCC_CAUSES},
    .plain = {{ICSCR, ICSCR, .reset = 0x0000B000, .writable = 0xFF00FF00},
              {AHBLPENR, APB1LPENR, .reset = UINT32_MAX, .writable = UINT32_MAX}},
    .cir = CIR,
    .lsi_hz = 37000,
};
const struct sim_rcc_kind sim_l1_rcc = SIM_RCC(l1);
