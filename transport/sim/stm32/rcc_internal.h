/* SPDX-License-Identifier: MIT */
/* What rcc.c gives the families' tables, and what several of those have alike. */
#ifndef PROBED_SIM_RCC_INTERNAL_H
#define PROBED_SIM_RCC_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

/* For struct sim_rcc_kind. */
uint32_t sim_rcc_khz(const struct sim_board *board, enum sim_clock clock);
/* Of the source in use, before any prescaler. */
uint32_t sim_rcc_sysclk_khz(const struct sim_board *board);
void sim_rcc_note_reset(struct sim_board *board, enum sim_reset_cause cause);
void sim_rcc_after_stop(struct sim_board *board);
/* Of the RTC's clock; 0: it stands. */
uint32_t sim_rcc_rtc_hz(const struct sim_board *board);
#define SIM_RCC(table)                                                                   \
    {                                                                                    \
        .device = &sim_device_rcc, .khz = sim_rcc_khz, .note_reset = sim_rcc_note_reset, \
        .after_stop = sim_rcc_after_stop, .rtc_hz = sim_rcc_rtc_hz, .family = &(table),  \
    }
/* A register as it was written. */
uint32_t sim_rcc_register(const struct sim_board *board, uint32_t offset);

/* MSI by its range (l4_rcc.c). */
uint32_t sim_rcc_msi_khz(uint32_t range);

/* clang-format off */

/* Flags of CSR, bits 25 and 27 apart, which differ; a reset from inside pulls the pin, too. */
#define CSR_PINRSTF (1u << 26)
#define CSR_SFTRSTF (1u << 28)
#define CSR_IWDGRSTF (1u << 29)
#define CSR_WWDGRSTF (1u << 30)
#define CSR_LPWRRSTF (1u << 31)
#define SIM_RCC_CAUSES                                      \
    [SIM_CAUSE_PIN] = CSR_PINRSTF,                          \
    [SIM_CAUSE_SOFTWARE] = CSR_SFTRSTF | CSR_PINRSTF,       \
    [SIM_CAUSE_IWDG] = CSR_IWDGRSTF | CSR_PINRSTF,          \
    [SIM_CAUSE_WWDG] = CSR_WWDGRSTF | CSR_PINRSTF,          \
    [SIM_CAUSE_LOW_POWER] = CSR_LPWRRSTF | CSR_PINRSTF

/* Oscillators of CR and CIR, by their codes in CFGR.SW, as F0 to F4 and L1 have them. */
#define SIM_RCC_HSI(code, its_khz) \
    {.on = 1u << 0, .ready = 1u << 1, .is_source = true, .sw = (code), .khz = (its_khz), .flag = 2}
#define SIM_RCC_HSE(code)                                                     \
    {.on = 1u << 16, .ready = 1u << 17, .is_source = true, .sw = (code),      \
     .is_crystal = true, .flag = 3}
#define SIM_RCC_PLL(code, its_khz_now)                                        \
    {.on = 1u << 24, .ready = 1u << 25, .is_source = true, .sw = (code),      \
     .khz_now = (its_khz_now), .flag = 4}
/* clang-format on */

#endif
