/* SPDX-License-Identifier: MIT */
/* What the option bytes of F7 mean: RM0385, 3.4 and 3.7.5 (F74x, F75x); RM0410, 3.4 (F76x, F77x:
 * banks); RM0431, 3.4 (F72x, F73x: PCROP). */
#include "flash/stm32/option_values.h"
#include "flash/stm32/stm32f4.h"
#include "flash/stm32/stm32f4_options.h"

enum { OPTCR = STM32F4_IN_OPTCR, OPTCR1, OPTCR2 };

static const struct option_value ndbank[] = {
    {1, NULL, "one", NULL, false},
    {0, NULL, "two", NULL, false},
};
static const struct option_value pcrop_rdp[] = {
    {1, NULL, "erased", NULL, false},
    {0, NULL, "kept", NULL, false},
};

/* clang-format off */
#define F7_FIELDS                                                                                     \
    STM32F4_FIELDS("IWDG_SW"),                                                                        \
    {"WWDG_SW", "window watchdog", NULL, NULL, 0, OPTCR, 4, 1, VALUES(stm32_wwdg)},                   \
    {"IWDG_STOP", "watchdog in stop", NULL, NULL, 0, OPTCR, 31, 1, VALUES(stm32_iwdg_low_power)},     \
    {"IWDG_STDBY", "watchdog in standby", NULL, NULL, 0, OPTCR, 30, 1, VALUES(stm32_iwdg_low_power)}, \
    {"BOOT_ADD0", "boot address / 16 KiB, BOOT0 low", NULL, NULL, 0, OPTCR1, 0, 16, NULL, 0},         \
    {"BOOT_ADD1", "boot address / 16 KiB, BOOT0 high", NULL, NULL, 0, OPTCR1, 16, 16, NULL, 0}
/* clang-format on */

static const struct option_field fields_of_f74x[] = {F7_FIELDS};
static const struct option_field fields_of_f76x[] = {
    F7_FIELDS,
    {"nDBANK", "banks", NULL, NULL, 0, OPTCR, 29, 1, VALUES(ndbank)},
    {"nDBOOT", "boot from either bank", NULL, NULL, 0, OPTCR, 28, 1, VALUES(stm32_on_off)},
};
/* A bit a sector, which only the end of read protection takes back. */
static const struct option_field fields_of_f72x[] = {
    F7_FIELDS,
    {"PCROP", "PCROP sectors", NULL, NULL, 0, OPTCR2, 0, 8, NULL, 0},
    {"PCROP_RDP", "PCROP at the end of RDP", NULL, NULL, 0, OPTCR2, 31, 1, VALUES(pcrop_rdp)},
};
enum { AT_PCROP = 10 };

/* OpenOCD's: user_options is the byte and above it the last four bits. */
static const struct option_number numbers[] = {
    {"user_options", OPTCR, 3, {{0xFC, 0}, {0xF0000000, 20}}},
    {"boot_add0", OPTCR1, 4, {{0x0000FFFF, 0}}},
    {"boot_add1", OPTCR1, 4, {{0xFFFF0000, 16}}},
};

const struct flash_options stm32f74x_option_table = {
    STM32F4_OPTION_TABLE(fields_of_f74x, numbers, 2, 8, 0)};
const struct flash_options stm32f76x_option_table = {
    STM32F4_OPTION_TABLE(fields_of_f76x, numbers, 2, 12, 0),
    .blocks.pairs = true,
};
const struct flash_options stm32f72x_option_table = {
    STM32F4_OPTION_TABLE(fields_of_f72x, numbers, 3, 8, 0),
    .one_way_fields = 1u << AT_PCROP,
};
