/* SPDX-License-Identifier: MIT */
#include "flash/stm32/option_values.h"

const struct option_value stm32_watchdog[2] = {
    {1, NULL, "software", "watchdog by software", false},
    {0, NULL, "hardware", "watchdog by hardware (it always runs)", false},
};
const struct option_value stm32_reset_in_stop[2] = {
    {1, NULL, "no-reset", "no reset in Stop mode", false},
    {0, NULL, "reset", "a reset in Stop mode", false},
};
const struct option_value stm32_reset_in_standby[2] = {
    {1, NULL, "no-reset", "no reset in Standby mode", false},
    {0, NULL, "reset", "a reset in Standby mode", false},
};
const struct option_value stm32_off_on[2] = {
    {0, NULL, "off", NULL, false},
    {1, NULL, "on", NULL, false},
};
const struct option_value stm32_on_off[2] = {
    {1, NULL, "off", NULL, false},
    {0, NULL, "on", NULL, false},
};
const struct option_value stm32_bit[2] = {
    {1, NULL, "1", NULL, false},
    {0, NULL, "0", NULL, false},
};
const struct option_value stm32_boot_by[2] = {
    {1, NULL, "pin", "boot mode by the pin BOOT0", false},
    {0, NULL, "option", "boot mode by the option nBOOT0", false},
};
const struct option_value stm32_sprmod[2] = {
    {0, NULL, "wrp", NULL, false},
    {1, NULL, "pcrop", NULL, true},
};
const struct option_value stm32_rdp[3] = {
    {0xAA, NULL, "off", NULL, false},
    {0x55, NULL, "level1", NULL, false},
    {0xCC, NULL, "level2", NULL, true},
};
const struct option_value stm32_wwdg[2] = {
    {1, NULL, "software", NULL, false},
    {0, NULL, "hardware", NULL, false},
};
const struct option_value stm32_iwdg_low_power[2] = {
    {1, NULL, "runs", NULL, false},
    {0, NULL, "stands", NULL, false},
};
const struct option_value stm32_reset_in_shutdown[2] = {
    {1, NULL, "no-reset", NULL, false},
    {0, NULL, "reset", NULL, false},
};
const struct option_value stm32_banks[2] = {
    {1, NULL, "two", NULL, false},
    {0, NULL, "one", NULL, false},
};
const struct option_value stm32_nrst_mode[3] = {
    {1, NULL, "input", NULL, false},
    {2, NULL, "gpio", NULL, false},
    {3, NULL, "both", NULL, false},
};
const struct option_value stm32_pcrop_rdp[2] = {
    {0, NULL, "kept", NULL, false},
    {1, NULL, "erased", NULL, true},
};
const struct option_value stm32_set_only[2] = {
    {0, NULL, "off", NULL, false},
    {1, NULL, "on", NULL, true},
};
const struct option_value stm32_bor_lev[5] = {
    {0, NULL, "1.7V", "brown-out reset below 1.7 V", false},
    {1, NULL, "2.0V", "brown-out reset below 2.0 V", false},
    {2, NULL, "2.2V", "brown-out reset below 2.2 V", false},
    {3, NULL, "2.5V", "brown-out reset below 2.5 V", false},
    {4, NULL, "2.8V", "brown-out reset below 2.8 V", false},
};
const struct option_value stm32_hslv[] = {
    {0, NULL, "off", NULL, false},
    {1, NULL, "below-2.5V", NULL, OPTION_HARMS},
};
