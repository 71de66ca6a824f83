/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32L4 (RM0351, chapter 6) and G4 (RM0440, chapter 7), for rcc.c:
 * one has MSI and starts by it, the other starts by HSI16. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    ICSCR = 0x04,
    CFGR = 0x08,
    PLLCFGR = 0x0C,
    PLLSAI2CFGR = 0x14,
    CIER = 0x18,
    AHB1SMENR = 0x68,
    APB2SMENR = 0x80,
    CCIPR = 0x88,
    BDCR = 0x90,
    CSR = 0x94,
    CRRCR = 0x98,
    CCIPR2 = 0x9C,

    HSI16_KHZ = 16000,
};
enum { SW_MSI, SW_HSI16, SW_HSE, SW_PLL };
#define CR_MSIRGSEL (1u << 3)
#define MSIRANGE(cr) ((cr) >> 4 & 15)
enum { MSIRANGE_AT_RESET = 6 };
#define CSR_OBLRSTF (1u << 25)
#define CSR_BORRSTF (1u << 27)

/* Other ranges there are not: hardware keeps them from being written. */
uint32_t sim_rcc_msi_khz(uint32_t range)
{
    static const uint16_t khz[] = {100,  200,  400,   800,   1000,  2000,
                                   4000, 8000, 16000, 24000, 32000, 48000};

    return khz[range < sizeof khz / sizeof *khz ? range : (uint32_t)MSIRANGE_AT_RESET];
}

/* The range counts once it is chosen; before, what CSR says for after Standby, which stays here. */
static uint32_t msi_khz(const struct sim_board *board)
{
    uint32_t cr = sim_rcc_register(board, CR);

    return sim_rcc_msi_khz(cr & CR_MSIRGSEL ? MSIRANGE(cr) : (uint32_t)MSIRANGE_AT_RESET);
}

static uint32_t pll_khz(const struct sim_board *board, uint32_t m_bits)
{
    uint32_t cfg = sim_rcc_register(board, PLLCFGR), m = (cfg >> 4 & m_bits) + 1;
    const uint32_t inputs[] = {0, msi_khz(board), HSI16_KHZ, board->model->hse_khz};
    uint64_t vco = (uint64_t)inputs[cfg & 3] * (cfg >> 8 & 0x7F) / m;

    return (uint32_t)(vco / (2 * ((cfg >> 25 & 3) + 1)));
}

static uint32_t pll_of_l4(const struct sim_board *board)
{
    return pll_khz(board, 7);
}

static uint32_t pll_of_g4(const struct sim_board *board)
{
    return pll_khz(board, 15);
}

#define HSI16                                                                                 \
    {                                                                                         \
        .on = 1u << 8, .ready = 1u << 10, .is_source = true, .sw = SW_HSI16, .khz = HSI16_KHZ \
    }
#define HSE                                                                                    \
    {                                                                                          \
        .on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true \
    }
#define PLL(its_khz)                                                                             \
    {                                                                                            \
        .on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLL, .khz_now = (its_khz) \
    }
#define HSI48                                         \
    {                                                 \
        .reg = CRRCR, .on = 1u << 0, .ready = 1u << 1 \
    }
/* Interrupts are never raised: a clock is ready before one asks. */
#define COMMON                                                                             \
    .cr = CR, .cfgr = CFGR, .bdcr = BDCR, .csr = CSR, .sw_bits = 2, .hpre = 4, .ppre1 = 8, \
    .ppre2 = 11, .bdcr_writable = 0x0300837D, .csr_remove = 1u << 23, .lsi_hz = 32000,     \
    .csr_flags = 0xFF000000,                                                               \
    .causes = {[SIM_CAUSE_POWER] = CSR_BORRSTF | CSR_PINRSTF,                              \
               [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF,                            \
               SIM_RCC_CAUSES}
#define PLAIN                                                                             \
    {CIER, CIER, .writable = 0x000007FF}, {AHB1SMENR, APB2SMENR, .writable = UINT32_MAX}, \
    {                                                                                     \
        CCIPR, CCIPR, .writable = UINT32_MAX                                              \
    }

static const struct sim_rcc_family l4 = {
    COMMON,
    .cr_reset = 0x00000063,
    .cr_writable = 0x150D0BFD, /* PLLSAI2ON.. PLLON, CSSON, HSEBYP, HSEON, HSIASFS.. MSION */
    .oscillators =
        {{.on = 1u << 0, .ready = 1u << 1, .is_source = true, .sw = SW_MSI, .khz_now = msi_khz},
         HSI16,
         HSE,
         PLL(pll_of_l4),
         {.on = 1u << 26, .ready = 1u << 27},  /* PLLSAI1 */
         {.on = 1u << 28, .ready = 1u << 29}}, /* PLLSAI2 */
    .cfgr_writable = 0x7700BFF3,
    .plain = {PLAIN,
              {ICSCR, ICSCR, .reset = 0x10000000, .writable = 0x1F00FF00},
              {PLLCFGR, PLLSAI2CFGR, .reset = 0x00001000, .writable = 0x07737F73}},
};
static const struct sim_rcc_family g4 = {
    COMMON,
    .cr_reset = 0x00000500,
    .cr_writable = 0x010D0300, /* PLLON, CSSON, HSEBYP, HSEON, HSIKERON, HSION */
    .oscillators = {HSI16, HSE, PLL(pll_of_g4), HSI48},
    .cfgr_reset = SW_HSI16,
    .cfgr_writable = 0x7F003FF3,
    .plain = {PLAIN,
              {ICSCR, ICSCR, .reset = 0x40000000, .writable = 0x7F000000},
              {PLLCFGR, PLLCFGR, .reset = 0x00001000, .writable = 0xFF737FF3},
              {CRRCR, CRRCR, .writable = 0x00000001},
              {CCIPR2, CCIPR2, .writable = 0x00300000}},
};
const struct sim_rcc_kind sim_l4_rcc = SIM_RCC(l4);
const struct sim_rcc_kind sim_g4_rcc = SIM_RCC(g4);
