/* SPDX-License-Identifier: MIT */
/* What the option bytes of F2 and F4 mean: RM0033, 2.6.2; RM0090, 3.9.10 and 3.9.11. They stand in
 * OPTCR, and those of a second bank in OPTCR1. */
#include "flash/stm32/option_values.h"
#include "flash/stm32/stm32f4.h"
#include "flash/stm32/stm32f4_options.h"

#define SPRMOD (1u << 31)
enum { OPTCR = STM32F4_IN_OPTCR };

const struct option_value stm32f4_rdp[3] = {
    {STM32F4_RDP_OPEN, NULL, "off", NULL, false},
    {STM32F4_RDP_LEVEL1, NULL, "level1", NULL, false},
    {STM32F4_RDP_FOREVER, NULL, "level2", NULL, true},
};
const struct option_value stm32f4_bor_lev[4] = {
    {3, NULL, "off", "no brown-out reset above the power-on level", false},
    {2, NULL, "2.1V", "brown-out reset below 2.1 V", false},
    {1, NULL, "2.4V", "brown-out reset below 2.4 V", false},
    {0, NULL, "2.7V", "brown-out reset below 2.7 V", false},
};
static const struct option_value db1m[] = {
    {0, NULL, "one", NULL, false},
    {1, NULL, "two", NULL, false},
};

/* clang-format off */
#define SPRMOD_FIELD                                                                               \
    {"SPRMOD", "protected sectors", NULL, NULL, 0, OPTCR, 31, 1, VALUES(stm32_sprmod)}
/* clang-format on */

static const struct option_field fields_of_f2[] = {STM32F4_FIELDS("WDG_SW")};
static const struct option_field fields[] = {STM32F4_FIELDS("WDG_SW"), SPRMOD_FIELD};
static const struct option_field fields_of_two_banks[] = {
    STM32F4_FIELDS("WDG_SW"),
    SPRMOD_FIELD,
    {"BFB2", "boot from the second bank", NULL, NULL, 0, OPTCR, 4, 1, VALUES(stm32_off_on)},
    {"DB1M", "banks of a flash of 1 MiB", NULL, NULL, 0, OPTCR, 30, 1, VALUES(db1m)},
};

/* OpenOCD's user_options: the byte, and above it the last four bits. */
static const struct option_number user_options[] = {{"user_options", OPTCR, 2, {{0xFC, 0}}}};
static const struct option_number more_user_options[] = {
    {"user_options", OPTCR, 3, {{0xFC, 0}, {0xF0000000, 20}}}};

/* F405 and F407, too */
const struct flash_options stm32f2_option_table = {
    STM32F4_OPTION_TABLE(fields_of_f2, user_options, 1, 12, 0)};
const struct flash_options stm32f4_option_table = {
    STM32F4_OPTION_TABLE(fields, user_options, 1, 12, SPRMOD)};
/* F413, F423: sixteen sectors, of which the last two share a bit. */
const struct flash_options stm32f413_option_table = {
    STM32F4_OPTION_TABLE(fields, user_options, 1, 15, SPRMOD)};
/* F42x, F43x, F469, F479 */
const struct flash_options stm32f42x_option_table = {
    STM32F4_OPTION_TABLE(fields_of_two_banks, more_user_options, 2, 12, SPRMOD)};
