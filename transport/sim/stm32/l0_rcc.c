/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32L0 (RM0367, chapter 7) and L1 (RM0038, chapter 6), for rcc.c:
 * they start by MSI, and what elsewhere is BDCR stands in CSR. */
#include "sim/stm32/rcc_internal.h"

enum { CR = 0x00, ICSCR = 0x04, HSI_KHZ = 16000 }; /* of both */
enum { CFGR = 0x08, CIR = 0x0C, AHBLPENR = 0x28, APB1LPENR = 0x30, CSR = 0x34 };
enum {
    L0_CRRCR = 0x08,
    L0_CFGR = 0x0C,
    L0_CIER = 0x10,
    L0_IOPSMENR = 0x3C,
    L0_CCIPR = 0x4C, /* behind those of the other buses */
    L0_CSR = 0x50,
};
#define L0_CR_HSIDIVEN (1u << 3)
enum { SW_MSI, SW_HSI, SW_HSE, SW_PLL };
#define CFGR_PLLSRC_HSE (1u << 16)
#define CSR_OBLRSTF (1u << 25)
#define CSR_PORRSTF (1u << 27)

/* 65.536 kHz and its doubles. */
static uint32_t msi_khz(const struct sim_board *board)
{
    return (65536u << (sim_rcc_register(board, ICSCR) >> 13 & 7)) / 1000;
}

/* That of the L0 may be divided by 4, for the PLL as well. */
static uint32_t l0_hsi_khz(const struct sim_board *board)
{
    return HSI_KHZ >> (sim_rcc_register(board, CR) & L0_CR_HSIDIVEN ? 2 : 0);
}

static uint32_t pll_khz(const struct sim_board *board, uint32_t cfgr, uint32_t hsi_khz)
{
    static const uint8_t multipliers[16] = {3, 4, 6, 8, 12, 16, 24, 32, 48};
    uint32_t input = cfgr & CFGR_PLLSRC_HSE ? board->model->hse_khz : hsi_khz;

    return input * multipliers[cfgr >> 18 & 15] / ((cfgr >> 22 & 3) + 1);
}

static uint32_t l0_pll_khz(const struct sim_board *board)
{
    return pll_khz(board, sim_rcc_register(board, L0_CFGR), l0_hsi_khz(board));
}

static uint32_t l1_pll_khz(const struct sim_board *board)
{
    return pll_khz(board, sim_rcc_register(board, CFGR), HSI_KHZ);
}

#define MSI                                                                                   \
    {                                                                                         \
        .on = 1u << 8, .ready = 1u << 9, .is_source = true, .sw = SW_MSI, .khz_now = msi_khz, \
        .flag = 5                                                                             \
    }
#define CAUSES                                                          \
    {                                                                   \
        [SIM_CAUSE_POWER] = CSR_PORRSTF | CSR_PINRSTF,                  \
        [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF, SIM_RCC_CAUSES \
    }
#define ICSCR_ROW                                                 \
    {                                                             \
        ICSCR, ICSCR, .reset = 0x0000B000, .writable = 0xFF00FF00 \
    }

/* Interrupts are never raised: a clock is ready before one asks. */
static const struct sim_rcc_family l0 = {
    .cr = CR,
    .cfgr = L0_CFGR,
    .bdcr = L0_CSR,
    .csr = L0_CSR,
    .cr_reset = 0x00000300,
    .cr_writable = 0x013D010B, /* PLLON, RTCPRE, CSSON, HSEBYP, HSEON, MSION, HSIDIVEN, HSIKERON */
    .oscillators =
        {MSI,
         {.on = 1u << 0, .ready = 1u << 2, .is_source = true, .sw = SW_HSI, .khz_now = l0_hsi_khz},
         {.on = L0_CR_HSIDIVEN, .ready = L0_CR_HSIDIVEN << 1},
         SIM_RCC_HSE(SW_HSE),
         SIM_RCC_PLL(SW_PLL, l0_pll_khz),
         {.reg = L0_CRRCR, .on = 1u << 0, .ready = 1u << 1}}, /* HSI48 */
    .sw_bits = 2,
    .cfgr_writable = 0x7FFDBFF3,
    .hpre = 4,
    .ppre1 = 8,
    .ppre2 = 11,
    .csr_remove = 1u << 23,
    .csr_flags = 0xFF000000,
    .csr_backed_up = 0x000F3D00, /* RTCRST, RTCEN, RTCSEL, LSECSSON, LSEDRV, LSEBYP, LSEON */
    .csr_lse = 1u << 8,
    .causes = CAUSES,
    .plain = {ICSCR_ROW,
              {L0_CRRCR, L0_CRRCR, .writable = 0x00000005},
              {L0_CIER, L0_CIER, .writable = 0x000000FF},
              {L0_IOPSMENR, L0_CCIPR - 4, .reset = UINT32_MAX, .writable = UINT32_MAX},
              {L0_CCIPR, L0_CCIPR, .writable = UINT32_MAX}},
    .lsi_hz = 37000,
};
const struct sim_rcc_kind sim_l0_rcc = SIM_RCC(l0);

static const struct sim_rcc_family l1 = {
    .cr = CR,
    .cfgr = CFGR,
    .bdcr = CSR,
    .csr = CSR,
    .cr_reset = 0x00000300,
    .cr_writable = 0x71050101, /* RTCPRE, CSSON, PLLON, HSEBYP, HSEON, MSION, HSION */
    .oscillators = {MSI, SIM_RCC_HSI(SW_HSI, HSI_KHZ), SIM_RCC_HSE(SW_HSE),
                    SIM_RCC_PLL(SW_PLL, l1_pll_khz)},
    .sw_bits = 2,
    .cfgr_writable = 0x77FD3FF3,
    .hpre = 4,
    .ppre1 = 8,
    .ppre2 = 11,
    .csr_remove = 1u << 24,
    .csr_flags = 0xFE000000,
    .csr_backed_up = 0x00C30500, /* RTCRST, RTCEN, RTCSEL, LSEBYP, LSEON */
    .csr_lse = 1u << 8,
    .causes = CAUSES,
    .plain = {ICSCR_ROW, {AHBLPENR, APB1LPENR, .reset = UINT32_MAX, .writable = UINT32_MAX}},
    .cir = CIR,
    .lsi_hz = 37000,
};
const struct sim_rcc_kind sim_l1_rcc = SIM_RCC(l1);
