/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32G0 (RM0444, chapter 5) and C0 (RM0490, chapter 6), for rcc.c:
 * one has HSI16 and a PLL, the other HSI48 and none; both divide what comes of it. LSI and LSE are
 * no sources of the system clock here. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    ICSCR = 0x04,
    CFGR = 0x08,
    PLLCFGR = 0x0C,
    CIER = 0x18,
    IOPSMENR = 0x44,
    CCIPR = 0x54,  /* behind those of the other buses */
    CCIPR2 = 0x58, /* G0Bx, G0Cx */
    BDCR = 0x5C,   /* CSR1 of the C0 */
    CSR = 0x60,    /* CSR2 */

    HSI16_KHZ = 16000,
    HSI48_KHZ = 48000,
};
enum { SW_HSISYS, SW_HSE, SW_PLLR };
enum { PLLSRC_HSI16 = 2, PLLSRC_HSE };
#define HSIDIV(cr) ((cr) >> 11 & 7)
#define CSR_OBLRSTF (1u << 25)
#define CSR_PWRRSTF (1u << 27)

static uint32_t hsisys_of_g0(const struct sim_board *board)
{
    return HSI16_KHZ >> HSIDIV(sim_rcc_register(board, CR));
}

static uint32_t hsisys_of_c0(const struct sim_board *board)
{
    return HSI48_KHZ >> HSIDIV(sim_rcc_register(board, CR));
}

static uint32_t pll_khz(const struct sim_board *board)
{
    uint32_t cfg = sim_rcc_register(board, PLLCFGR), source = cfg & 3;
    uint64_t input = source == PLLSRC_HSI16 ? HSI16_KHZ
                     : source == PLLSRC_HSE ? board->model->hse_khz
                                            : 0;

    return (uint32_t)(input * (cfg >> 8 & 0x7F) / ((cfg >> 4 & 7) + 1) / ((cfg >> 29 & 7) + 1));
}

#define HSI(its_khz)                                                                               \
    {                                                                                              \
        .on = 1u << 8, .ready = 1u << 10, .is_source = true, .sw = SW_HSISYS, .khz_now = (its_khz) \
    }
#define HSE                                                                                    \
    {                                                                                          \
        .on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true \
    }
/* Interrupts are never raised: a clock is ready before one asks. */
#define COMMON                                                                                 \
    .cr = CR, .cfgr = CFGR, .bdcr = BDCR, .csr = CSR, .sw_bits = 3, .hpre = 8, .ppre1 = 12,    \
    .ppre2 = 12, .bdcr_writable = 0x0300833D, .csr_remove = 1u << 23, .csr_flags = 0xFE000000, \
    .causes = {[SIM_CAUSE_POWER] = CSR_PWRRSTF | CSR_PINRSTF,                                  \
               [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF,                                \
               SIM_RCC_CAUSES},                                                                \
    .lsi_hz = 32000, .rtc_hse_divider = 32
#define PLAIN                                                               \
    {CIER, CIER, .writable = 0x0000003F},                                   \
        {IOPSMENR, CCIPR - 4, .reset = UINT32_MAX, .writable = UINT32_MAX}, \
    {                                                                       \
        CCIPR, CCIPR, .writable = UINT32_MAX                                \
    }

#define G0_PLL                                                                                  \
    {                                                                                           \
        .on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLLR, .khz_now = pll_khz \
    }
#define G0_PLAIN                                                        \
    PLAIN, {ICSCR, ICSCR, .reset = 0x00004000, .writable = 0x00007F00}, \
    {                                                                   \
        PLLCFGR, PLLCFGR, .reset = 0x00001000, .writable = 0xFF3F7F73   \
    }
static const struct sim_rcc_family g0 = {
    COMMON,
    .cr_reset = 0x00000500,
    .cr_writable = 0x010D3B00, /* PLLON, CSSON, HSEBYP, HSEON, HSIDIV, HSIKERON, HSION */
    .oscillators = {HSI(hsisys_of_g0), HSE, G0_PLL},
    .cfgr_writable = 0x77007F07,
    .plain = {G0_PLAIN},
};
/* G0Bx, G0Cx: HSI48 for USB. */
static const struct sim_rcc_family g0b = {
    COMMON,
    .cr_reset = 0x00000500,
    .cr_writable = 0x014D3B00, /* and HSI48ON */
    .oscillators = {HSI(hsisys_of_g0), HSE, G0_PLL, {.on = 1u << 22, .ready = 1u << 23}},
    .cfgr_writable = 0x77777F07,
    .plain = {G0_PLAIN, {CCIPR2, CCIPR2, .writable = UINT32_MAX}},
};
static const struct sim_rcc_family c0 = {
    COMMON,
    .cr_reset = 0x00001540,    /* HSI48 / 4 */
    .cr_writable = 0x000D3BE0, /* CSSON, HSEBYP, HSEON, HSIDIV, HSIKERON, HSION, HSIKERDIV */
    .oscillators = {HSI(hsisys_of_c0), HSE},
    .cfgr_writable = 0x77777F07,
    .plain = {PLAIN, {ICSCR, ICSCR, .reset = 0x00004000, .writable = 0x00007F00}},
};
const struct sim_rcc_kind sim_g0_rcc = SIM_RCC(g0);
const struct sim_rcc_kind sim_g0b_rcc = SIM_RCC(g0b);
const struct sim_rcc_kind sim_c0_rcc = SIM_RCC(c0);
