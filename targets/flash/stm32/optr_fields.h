/* SPDX-License-Identifier: MIT */
/* Fields that stand alike in FLASH_OPTR of L4, G4, WB, WL and U5 (RM0351, 3.7.8; RM0440, 3.7.8;
 * RM0434; RM0453; RM0456, 7.4): rows of a table of struct option_field, where OPTR is the place
 * of that word. */
#ifndef PROBED_OPTR_FIELDS_H
#define PROBED_OPTR_FIELDS_H

#include "flash/stm32/option_values.h"

/* clang-format off */
/* `rdp`: its values; `bor_at`: where BOR_LEV begins. */
#define OPTR_FIRST_FIELDS(rdp, bor_at)                                                               \
    {"RDP", "read protection", NULL, NULL, 0, OPTR, 0, 8, VALUES(rdp)},                              \
    {"BOR_LEV", "brown-out reset", NULL, "bor_lev", 0, OPTR, bor_at, 3, VALUES(stm32_bor_lev)},      \
    {"IWDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OPTR, 16, 1, VALUES(stm32_watchdog)},   \
    {"WWDG_SW", "window watchdog", NULL, NULL, 0, OPTR, 19, 1, VALUES(stm32_wwdg)},                  \
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OPTR, 12, 1,                                \
     VALUES(stm32_reset_in_stop)},                                                                   \
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OPTR, 13, 1,                         \
     VALUES(stm32_reset_in_standby)},                                                                \
    {"nRST_SHDW", "shutdown mode", NULL, NULL, 0, OPTR, 14, 1, VALUES(stm32_reset_in_shutdown)},     \
    {"IWDG_STOP", "watchdog in stop", NULL, NULL, 0, OPTR, 17, 1, VALUES(stm32_iwdg_low_power)},     \
    {"IWDG_STDBY", "watchdog in standby", NULL, NULL, 0, OPTR, 18, 1, VALUES(stm32_iwdg_low_power)}
#define OPTR_NSWBOOT0_FIELDS                                                                         \
    {"nSWBOOT0", "boot mode by", NULL, NULL, 0, OPTR, 26, 1, VALUES(stm32_boot_by)},                 \
    {"nBOOT0", "boot mode, nBOOT0", NULL, NULL, 0, OPTR, 27, 1, VALUES(stm32_bit)}
#define OPTR_BOOT_FIELDS                                                                             \
    {"nBOOT1", "boot mode, nBOOT1", NULL, NULL, 0, OPTR, 23, 1, VALUES(stm32_bit)},                  \
    OPTR_NSWBOOT0_FIELDS
/* clang-format on */

#endif
