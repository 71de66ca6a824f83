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
