/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32WB (RM0434) and WL (RM0453), chapter "Reset and clock
 * control", for rcc.c: MSI first, HSE32 with a prescaler, a PLL with one output to the core. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    ICSCR = 0x04,
    CFGR = 0x08,
    PLLCFGR = 0x0C,
    PLLSAI1CFGR = 0x10,
    CIER = 0x18,
    SMPSCR = 0x24,
    AHB1SMENR = 0x68,
    APB3SMENR = 0x84,
    CCIPR = 0x88,
    BDCR = 0x90,
    CSR = 0x94,
    CRRCR = 0x98,
    HSECR = 0x9C,
    EXTCFGR = 0x108,
    C2AHB1SMENR = 0x168,
    C2APB3SMENR = 0x184,

    HSI16_KHZ = 16000,
};
enum { SW_MSI, SW_HSI16, SW_HSE, SW_PLL };
enum { PLLSRC_NONE, PLLSRC_MSI, PLLSRC_HSI16, PLLSRC_HSE };
#define CR_MSIRGSEL (1u << 3) /* of the WL */
#define CR_HSEPRE (1u << 20)
#define MSIRANGE(cr) ((cr) >> 4 & 15)
enum { MSIRANGE_AT_RESET = 6 };
#define CSR_OBLRSTF (1u << 25)
#define CSR_BORRSTF (1u << 27)

static uint32_t msi_of_wb(const struct sim_board *board)
{
    return sim_rcc_msi_khz(MSIRANGE(sim_rcc_register(board, CR)));
}

static uint32_t msi_of_wl(const struct sim_board *board)
{
    uint32_t cr = sim_rcc_register(board, CR);

    return sim_rcc_msi_khz(cr & CR_MSIRGSEL ? MSIRANGE(cr) : (uint32_t)MSIRANGE_AT_RESET);
}

static uint32_t hse_khz(const struct sim_board *board)
{
    return board->model->hse_khz >> (sim_rcc_register(board, CR) & CR_HSEPRE ? 1 : 0);
}

static uint32_t pll_khz(const struct sim_board *board, uint32_t msi_khz)
{
    uint32_t cfg = sim_rcc_register(board, PLLCFGR), source = cfg & 3;
    uint64_t input = source == PLLSRC_MSI     ? msi_khz
                     : source == PLLSRC_HSI16 ? HSI16_KHZ
                     : source == PLLSRC_HSE   ? hse_khz(board)
                                              : 0;

    return (uint32_t)(input * (cfg >> 8 & 0x7F) / ((cfg >> 4 & 7) + 1) / ((cfg >> 29 & 7) + 1));
}

static uint32_t pll_of_wb(const struct sim_board *board)
{
    return pll_khz(board, msi_of_wb(board));
}

static uint32_t pll_of_wl(const struct sim_board *board)
{
    return pll_khz(board, msi_of_wl(board));
}

/* clang-format off */
#define MSI(its_khz) \
    {.on = 1u << 0, .ready = 1u << 1, .is_source = true, .sw = SW_MSI, .khz_now = (its_khz)}
#define HSI16 \
    {.on = 1u << 8, .ready = 1u << 10, .is_source = true, .sw = SW_HSI16, .khz = HSI16_KHZ}
#define HSE \
    {.on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true, \
     .khz_now = hse_khz}
#define PLL(its_khz) \
    {.on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLL, .khz_now = (its_khz)}
/* Prescalers of the other buses and the second core count for nobody here. */
#define PLAIN                                                                            \
    {ICSCR, ICSCR, .reset = 0x40000000, .writable = 0x7F00FF00},                         \
    {PLLCFGR, PLLSAI1CFGR, .reset = 0x22040100, .writable = 0xFF3F7F73},                 \
    {CIER, CIER, .writable = 0x00000E7F},                                                \
    {AHB1SMENR, CCIPR, .writable = UINT32_MAX},                                          \
    {EXTCFGR, EXTCFGR, .reset = 0x00030000, .writable = 0x000000FF},                     \
    {C2AHB1SMENR, C2APB3SMENR, .writable = UINT32_MAX}
/* HPREF, PPRE1F and PPRE2F: a prescaler is as it was asked to be. */
#define COMMON                                                                                 \
    .cr = CR, .cfgr = CFGR, .bdcr = BDCR, .csr = CSR, .sw_bits = 2, .hpre = 4, .ppre1 = 8,     \
    .ppre2 = 11, .cfgr_reset = 0x00070000, .cfgr_writable = 0x7F00BFF3,                        \
    .bdcr_writable = 0x03008BFD, .csr_remove = 1u << 23, .csr_flags = 0xFE000000,              \
    .causes = {[SIM_CAUSE_POWER] = CSR_BORRSTF | CSR_PINRSTF,                                  \
               [SIM_CAUSE_OPTIONS] = CSR_OBLRSTF | CSR_PINRSTF,                                \
               SIM_RCC_CAUSES},                                                                \
    .lsi_hz = 32000, .rtc_hse_divider = 32
/* clang-format on */

static const struct sim_rcc_family wb = {
    COMMON,
    .cr_reset = 0x00000063,
    .cr_writable = 0x051909F5, /* PLLSAI1ON, PLLON, HSEPRE, CSSON, HSEON, HSIASFS.. MSION */
    .oscillators = {MSI(msi_of_wb),
                    HSI16,
                    HSE,
                    PLL(pll_of_wb),
                    {.on = 1u << 26, .ready = 1u << 27}, /* PLLSAI1 */
                    {.reg = CRRCR, .on = 1u << 0, .ready = 1u << 1}},
    .plain = {PLAIN,
              {SMPSCR, SMPSCR, .writable = 0x00000033},
              {CRRCR, HSECR, .writable = 0x00003F79}},
};
static const struct sim_rcc_family wl = {
    COMMON,
    .cr_reset = 0x00000063,
    .cr_writable = 0x01390BFD, /* PLLON, HSEBYPPWR, HSEPRE, CSSON, HSEON, HSIASFS.. MSION */
    .oscillators = {MSI(msi_of_wl), HSI16, HSE, PLL(pll_of_wl)},
    .plain = {PLAIN},
};
const struct sim_rcc_kind sim_wb_rcc = SIM_RCC(wb);
const struct sim_rcc_kind sim_wl_rcc = SIM_RCC(wl);
