/* SPDX-License-Identifier: MIT */
/* Reset and clock control of the STM32H7 (RM0433, chapter 8), for rcc.c: three PLLs with a
 * fractional part, prescalers of their own for the core and for each domain, and a register that
 * does nothing but tell of resets. */
#include "sim/stm32/rcc_internal.h"

enum {
    CR = 0x00,
    HSICFGR = 0x04,
    CRRCR = 0x08,
    CSICFGR = 0x0C,
    CFGR = 0x10,
    D1CFGR = 0x18,
    D2CFGR = 0x1C,
    D3CFGR = 0x20,
    PLLCKSELR = 0x28,
    PLLCFGR = 0x2C,
    PLL1DIVR = 0x30,
    PLL1FRACR = 0x34,
    PLL3FRACR = 0x44,
    D1CCIPR = 0x4C,
    D3CCIPR = 0x58,
    CIER = 0x60,
    BDCR = 0x70,
    CSR = 0x74,
    D3AMR = 0xA8,
    RSR = 0xD0,

    HSI_KHZ = 64000,
    CSI_KHZ = 4000,
};
enum { SW_HSI, SW_CSI, SW_HSE, SW_PLL1 };
#define HSIDIV(cr) ((cr) >> 3 & 3)
#define PLL1FRACEN (1u << 0)
#define RSR_CPURSTF (1u << 17)
#define RSR_DOMAINS (3u << 19)
#define RSR_BORRSTF (1u << 21)
#define RSR_PINRSTF (1u << 22)
#define RSR_PORRSTF (1u << 23)
#define RSR_SFTRSTF (1u << 24)
#define RSR_IWDG1RSTF (1u << 26)
#define RSR_WWDG1RSTF (1u << 28)
#define RSR_LPWRRSTF (1u << 30)
#define RSR_OF_ALL (RSR_CPURSTF | RSR_PINRSTF)

static uint32_t hsi_khz(const struct sim_board *board)
{
    return HSI_KHZ >> HSIDIV(sim_rcc_register(board, CR));
}

static uint32_t pll1_khz(const struct sim_board *board)
{
    uint32_t select = sim_rcc_register(board, PLLCKSELR), divr = sim_rcc_register(board, PLL1DIVR);
    uint32_t m = select >> 4 & 0x3F, fraction = sim_rcc_register(board, PLL1FRACR) >> 3 & 0x1FFF;
    const uint32_t inputs[] = {hsi_khz(board), CSI_KHZ, board->model->hse_khz, 0};

    if (!(sim_rcc_register(board, PLLCFGR) & PLL1FRACEN))
        fraction = 0;
    uint64_t n = (uint64_t)((divr & 0x1FF) + 1) << 13 | fraction; /* in 8192ths */
    return (uint32_t)((inputs[select & 3] * n >> 13) / (m ? m : 1) / ((divr >> 9 & 0x7F) + 1));
}

/* The core has a prescaler before that of the buses; those of PCLK1 and PCLK2 are in domain 2. */
static uint32_t khz(const struct sim_board *board, enum sim_clock clock)
{
    uint32_t d1 = sim_rcc_register(board, D1CFGR), d2 = sim_rcc_register(board, D2CFGR);
    uint32_t core = sim_hpre_khz(sim_rcc_sysclk_khz(board), d1 >> 8 & 15);
    uint32_t hclk = sim_hpre_khz(core, d1 & 15);
    bool timer = clock == SIM_TIMCLK1 || clock == SIM_TIMCLK2;

    switch (clock) {
    case SIM_PCLK1:
    case SIM_TIMCLK1:
        return sim_ppre_khz(hclk, d2 >> 4 & 7, timer);
    case SIM_PCLK2:
    case SIM_TIMCLK2:
        return sim_ppre_khz(hclk, d2 >> 8 & 7, timer);
    default:
        return core;
    }
}

/* clang-format off */
static const struct sim_rcc_family family = {
    .cr = CR, .cfgr = CFGR, .bdcr = BDCR, .csr = CSR,
    .cr_reset = 0x0000C025, /* D2CKRDY, D1CKRDY, HSIDIVF, HSIRDY, HSION */
    .cr_writable = 0x150DD2BB, /* .. which stay set */
    .oscillators = {{.on = 1u << 0, .ready = 1u << 2, .is_source = true, .sw = SW_HSI, .khz_now = hsi_khz},
                    {.on = 1u << 7, .ready = 1u << 8, .is_source = true, .sw = SW_CSI, .khz = CSI_KHZ},
                    {.on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = SW_HSE, .is_crystal = true},
                    {.on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = SW_PLL1, .khz_now = pll1_khz},
                    {.on = 1u << 12, .ready = 1u << 13},  /* HSI48 */
                    {.on = 1u << 26, .ready = 1u << 27},  /* PLL2 */
                    {.on = 1u << 28, .ready = 1u << 29}}, /* PLL3 */
    .sw_bits = 3,
    .cfgr_writable = 0xFFFCBFC7,
    .bdcr_writable = 0x0000837D,
    .csr_remove = 1u << 16,
    .csr_flags = 0x55FE0000,
    .flags_at = RSR,
    .causes = {[SIM_CAUSE_POWER] = RSR_OF_ALL | RSR_DOMAINS | RSR_PORRSTF | RSR_BORRSTF,
               [SIM_CAUSE_PIN] = RSR_OF_ALL,
               [SIM_CAUSE_SOFTWARE] = RSR_OF_ALL | RSR_SFTRSTF,
               [SIM_CAUSE_IWDG] = RSR_OF_ALL | RSR_IWDG1RSTF,
               [SIM_CAUSE_WWDG] = RSR_OF_ALL | RSR_WWDG1RSTF,
               [SIM_CAUSE_LOW_POWER] = RSR_OF_ALL | RSR_LPWRRSTF},
    .plain = {{HSICFGR, HSICFGR, .reset = 0x40000000, .writable = 0x7F000000},
              {CSICFGR, CSICFGR, .reset = 0x20000000, .writable = 0x3F000000},
              {D1CFGR, D3CFGR, .writable = 0x00000F7F},
              {PLLCKSELR, PLLCKSELR, .reset = 0x02020200, .writable = 0x03F3F3F3},
              {PLLCFGR, PLLCFGR, .reset = 0x01FF0000, .writable = 0x01FF0FFF},
              {PLL1DIVR, PLL3FRACR, .reset = 0x01010280, .writable = 0x7F7FFFFF},
              {D1CCIPR, D3CCIPR, .writable = UINT32_MAX},
              {CIER, CIER, .writable = 0x000003FF},
              {D3AMR, D3AMR, .writable = UINT32_MAX}},
    .lsi_hz = 32000,
};
/* clang-format on */

const struct sim_rcc_kind sim_h7_rcc = {
    .device = &sim_device_rcc,
    .khz = khz,
    .note_reset = sim_rcc_note_reset,
    .after_stop = sim_rcc_after_stop,
    .rtc_hz = sim_rcc_rtc_hz,
    .family = &family,
};
