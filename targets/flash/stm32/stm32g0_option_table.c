/* SPDX-License-Identifier: MIT */
/* What the option bytes of G0 and C0 mean: RM0444, 3.7.8 to 3.7.21; RM0490, 3.7; widths of numbers
 * by ST's headers, which grow with the flash (SEC_SIZE of C051 and C09x: the narrower, for theirs
 * were not seen). G0x0 parts have the ids of their kin and neither PCROP nor SECR, BOR nor
 * NRST_MODE: what stands there reads as it does. */
#include "flash/stm32/stm32l4_option_table.h"

enum { OPTR = STM32L4_OF_OPTR };
enum { ONE_PCROP1ASR = 3, ONE_PCROP1AER, ONE_PCROP1BSR, ONE_PCROP1BER, ONE_SECR };
enum {
    TWO_PCROP1ASR = 5,
    TWO_PCROP1AER,
    TWO_PCROP1BSR,
    TWO_PCROP1BER,
    TWO_PCROP2ASR,
    TWO_PCROP2AER,
    TWO_PCROP2BSR,
    TWO_PCROP2BER,
    TWO_SECR,
};

static const struct option_value bor_en[] = {
    {0, NULL, "off", "brown-out reset off", false},
    {1, NULL, "on", "brown-out reset by BORF_LEV and BORR_LEV", false},
};
static const struct option_value borf_lev[] = {
    {0, NULL, "2.0V", NULL, false},
    {1, NULL, "2.2V", NULL, false},
    {2, NULL, "2.5V", NULL, false},
    {3, NULL, "2.8V", NULL, false},
};
static const struct option_value borr_lev[] = {
    {0, NULL, "2.1V", NULL, false},
    {1, NULL, "2.3V", NULL, false},
    {2, NULL, "2.6V", NULL, false},
    {3, NULL, "2.9V", NULL, false},
};
/* The pin is PA14, SWCLK (RM0444, 2.5). */
static const struct option_value nboot_sel[] = {
    {0, NULL, "pin", "boot mode by the pin PA14-BOOT0", false},
    {1, NULL, "option", "boot mode by the option nBOOT0", false},
};
static const struct option_value hse_not_remapped[] = {
    {1, NULL, "PF0", NULL, false},
    {0, NULL, "PC14", NULL, false},
};

/* clang-format off */
#define COMMON_FIELDS                                                                              \
    {"RDP", "read protection", NULL, NULL, 0, OPTR, 0, 8, VALUES(stm32_rdp)},                      \
    {"BOR_EN", "brown-out reset", NULL, "bor_en", 1, OPTR, 8, 1, VALUES(bor_en)},                  \
    {"IWDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OPTR, 16, 1, VALUES(stm32_watchdog)}, \
    {"BORR_LEV", "its level when the supply rises", NULL, NULL, 0, OPTR, 9, 2, VALUES(borr_lev)},  \
    {"BORF_LEV", "its level when the supply falls", NULL, NULL, 0, OPTR, 11, 2, VALUES(borf_lev)}, \
    {"WWDG_SW", "window watchdog", NULL, NULL, 0, OPTR, 19, 1, VALUES(stm32_wwdg)},                \
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OPTR, 13, 1,                              \
     VALUES(stm32_reset_in_stop)},                                                                 \
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OPTR, 14, 1,                       \
     VALUES(stm32_reset_in_standby)},                                                              \
    {"nRST_SHDW", "shutdown mode", NULL, NULL, 0, OPTR, 15, 1, VALUES(stm32_reset_in_shutdown)},   \
    {"IWDG_STOP", "watchdog in stop", NULL, NULL, 0, OPTR, 17, 1, VALUES(stm32_iwdg_low_power)},   \
    {"IWDG_STDBY", "watchdog in standby", NULL, NULL, 0, OPTR, 18, 1,                              \
     VALUES(stm32_iwdg_low_power)},                                                                \
    {"RAM_PARITY_CHECK", "parity check of SRAM", NULL, NULL, 0, OPTR, 22, 1, VALUES(stm32_on_off)}, \
    {"nBOOT_SEL", "boot mode by", NULL, NULL, 0, OPTR, 24, 1, VALUES(nboot_sel)},                  \
    {"nBOOT1", "boot mode, nBOOT1", NULL, NULL, 0, OPTR, 25, 1, VALUES(stm32_bit)},                \
    {"nBOOT0", "boot mode, nBOOT0", NULL, NULL, 0, OPTR, 26, 1, VALUES(stm32_bit)},                \
    {"NRST_MODE", "pin NRST", NULL, NULL, 0, OPTR, 27, 2, VALUES(stm32_nrst_mode)},                \
    {"IRHEN", "internal reset holder", NULL, NULL, 0, OPTR, 29, 1, VALUES(stm32_off_on)}
#define PCROP1(order, bits)                                                                        \
    {"PCROP1A_STRT", "PCROP area 1A from", NULL, NULL, 0, order##_PCROP1ASR, 0, bits, NULL, 0},    \
    {"PCROP1A_END", "PCROP area 1A up to", NULL, NULL, 0, order##_PCROP1AER, 0, bits, NULL, 0},    \
    {"PCROP1B_STRT", "PCROP area 1B from", NULL, NULL, 0, order##_PCROP1BSR, 0, bits, NULL, 0},    \
    {"PCROP1B_END", "PCROP area 1B up to", NULL, NULL, 0, order##_PCROP1BER, 0, bits, NULL, 0}
#define PCROP2(bits)                                                                               \
    {"PCROP2A_STRT", "PCROP area 2A from", NULL, NULL, 0, TWO_PCROP2ASR, 0, bits, NULL, 0},        \
    {"PCROP2A_END", "PCROP area 2A up to", NULL, NULL, 0, TWO_PCROP2AER, 0, bits, NULL, 0},        \
    {"PCROP2B_STRT", "PCROP area 2B from", NULL, NULL, 0, TWO_PCROP2BSR, 0, bits, NULL, 0},        \
    {"PCROP2B_END", "PCROP area 2B up to", NULL, NULL, 0, TWO_PCROP2BER, 0, bits, NULL, 0}
#define SEC_SIZE(order, bits)                                                                      \
    {"SEC_SIZE", "securable pages", NULL, NULL, 0, order##_SECR, 0, bits, NULL, 0}
#define GUARDS(order)                                                                              \
    {"PCROP_RDP", "PCROP areas at the end of RDP", NULL, NULL, 0, order##_PCROP1AER, 31, 1,        \
     VALUES(stm32_pcrop_rdp)},                                                                     \
    {"BOOT_LOCK", "boot lock", NULL, NULL, 0, order##_SECR, 16, 1, VALUES(stm32_set_only)}
#define C0_FIELDS                                                                                  \
    {"HSE_NOT_REMAPPED", "HSE at", NULL, NULL, 0, OPTR, 21, 1, VALUES(hse_not_remapped)},          \
    {"SECURE_MUXING_EN", "one signal a pin", NULL, NULL, 0, OPTR, 23, 1, VALUES(stm32_off_on)}
/* clang-format on */

/* Numbers that only the end of read protection takes back: PCROP and the securable area, which
 * follow the common fields. */
enum { AT_PCROP = 17 };
#define ONE_AREA (31u << AT_PCROP)
#define TWO_AREAS (1023u << AT_PCROP)

/* A list for each size of flash: bits of a page's number. */
#define FIELDS(page_bits, sec_size_bits) \
    COMMON_FIELDS, PCROP1(ONE, (page_bits) + 2), SEC_SIZE(ONE, sec_size_bits), GUARDS(ONE)
static const struct option_field fields_of_g0_64[] = {FIELDS(5, 6)};
static const struct option_field fields_of_g0_128[] = {FIELDS(6, 7)};
static const struct option_field fields_of_g0_512[] = {
    COMMON_FIELDS,
    PCROP1(TWO, 9),
    PCROP2(9),
    SEC_SIZE(TWO, 8),
    {"SEC_SIZE2", "securable pages of bank 2", NULL, NULL, 0, TWO_SECR, 20, 8, NULL, 0},
    GUARDS(TWO),
    {"nSWAP_BANK", "the second bank first", NULL, NULL, 0, OPTR, 20, 1, VALUES(stm32_on_off)},
    {"DUAL_BANK", "banks", NULL, NULL, 0, OPTR, 21, 1, VALUES(stm32_banks)},
};
static const struct option_field fields_of_c0_32[] = {FIELDS(4, 5), C0_FIELDS};
static const struct option_field fields_of_c0_64[] = {FIELDS(5, 5), C0_FIELDS};
static const struct option_field fields_of_c0_128[] = {FIELDS(6, 6), C0_FIELDS};
static const struct option_field fields_of_c0_256[] = {FIELDS(7, 7), C0_FIELDS};

#define TABLE_OF_ONE(list, bits_of_page) \
    STM32L4_TABLE(list, stm32g0_registers_of_one, STM32G0_OF_ONE, ONE_AREA, bits_of_page, 0)

const struct flash_options stm32g0_64_option_table = TABLE_OF_ONE(fields_of_g0_64, 0x1F);
const struct flash_options stm32g0_128_option_table = TABLE_OF_ONE(fields_of_g0_128, 0x3F);
const struct flash_options stm32g0_512_option_table =
    STM32L4_TABLE(fields_of_g0_512, stm32g0_registers_of_two, STM32G0_OF_TWO, TWO_AREAS, 0x7F, 0);
const struct flash_options stm32c0_32_option_table = TABLE_OF_ONE(fields_of_c0_32, 0x0F);
const struct flash_options stm32c0_64_option_table = TABLE_OF_ONE(fields_of_c0_64, 0x1F);
const struct flash_options stm32c0_128_option_table = TABLE_OF_ONE(fields_of_c0_128, 0x3F);
const struct flash_options stm32c0_256_option_table = TABLE_OF_ONE(fields_of_c0_256, 0x7F);
