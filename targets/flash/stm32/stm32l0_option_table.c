/* SPDX-License-Identifier: MIT */
/* The fields of FLASH_OPTR (L0: RM0376, 3.7.8), which the L1 calls FLASH_OBR (RM0038, 3.9.8), and
 * what protects sectors of 4 KiB against writing, in as many registers as there is flash: RM0376,
 * 3.7.9 and 3.7.10; RM0038, 3.9.9 to 3.9.12. L01x and L02x have two more bits, nBOOT0 and
 * nBOOT_SEL, which stay as they are. */
#include "flash/stm32/option_values.h"
#include "flash/stm32/stm32l0.h"

enum { OPTR, WRPR, REGISTERS = WRPR + 4 };
#define SPRMOD (1u << 8)

static const struct option_register registers[REGISTERS] = {
    [OPTR] = {"option register", STM32L0_OPTR},
    [WRPR] = {"write protection register 1", STM32L0_WRPR},
    [WRPR + 1] = {"write protection register 2", STM32L0_WRPR2},
    [WRPR + 2] = {"write protection register 3", STM32L0_WRPR3},
    [WRPR + 3] = {"write protection register 4", STM32L0_WRPR4},
};

/* Level 1 is any value that is none of the others. */
static const struct option_value rdp[] = {
    {0xAA, NULL, "off", NULL, false},
    {0x00, NULL, "level1", NULL, false},
    {0xCC, NULL, "level2", NULL, true},
};
/* Four bits: the first four values are all off. */
static const struct option_value bor_lev[] = {
    {0x0, NULL, "off", "no brown-out reset above the power-on level", false},
    {0x8, NULL, "1.8V", "brown-out reset below 1.8 V", false},
    {0x9, NULL, "2.0V", "brown-out reset below 2.0 V", false},
    {0xA, NULL, "2.5V", "brown-out reset below 2.5 V", false},
    {0xB, NULL, "2.7V", "brown-out reset below 2.7 V", false},
    {0xC, NULL, "3.0V", "brown-out reset below 3.0 V", false},
};
/* RM0376, 2.4, table "Boot modes". */
static const struct option_value boot1[] = {
    {1, NULL, "system", "a high BOOT0 starts the boot loader", false},
    {0, NULL, "sram", "a high BOOT0 starts from RAM", false},
};

/* clang-format off */
#define FIELDS                                                                                     \
    {"RDP", "read protection", NULL, NULL, 0, OPTR, 0, 8, VALUES(rdp)},                            \
    {"IWDG_SW", "watchdog", NULL, "watchdog_by_hardware", 0, OPTR, 20, 1, VALUES(stm32_watchdog)}, \
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, OPTR, 21, 1,                              \
     VALUES(stm32_reset_in_stop)},                                                                 \
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, OPTR, 22, 1,                       \
     VALUES(stm32_reset_in_standby)},                                                              \
    {"BOR_LEV", "brown-out reset", NULL, "bor_lev", 0, OPTR, 16, 4, VALUES(bor_lev)}
#define SPRMOD_FIELD                                                                               \
    {"SPRMOD", "protected sectors", NULL, NULL, 0, OPTR, 8, 1, VALUES(stm32_sprmod)}
#define WPRMOD_FIELD                                                                               \
    {"WPRMOD", "protected sectors", NULL, NULL, 0, OPTR, 8, 1, VALUES(stm32_sprmod)}
#define NBOOT1_FIELD                                                                               \
    {"nBOOT1", "boot with BOOT0 high", NULL, NULL, 0, OPTR, 31, 1, VALUES(boot1)}
/* clang-format on */

static const struct option_field fields_of_l0[] = {FIELDS, WPRMOD_FIELD, NBOOT1_FIELD};
static const struct option_field fields_of_l0_cat5[] = {
    FIELDS,
    WPRMOD_FIELD,
    {"BFB2", "boot from the second bank", NULL, NULL, 0, OPTR, 23, 1, VALUES(stm32_off_on)},
    NBOOT1_FIELD,
};
static const struct option_field fields[] = {FIELDS};
static const struct option_field fields_of_cat3[] = {FIELDS, SPRMOD_FIELD};
static const struct option_field fields_of_two_banks[] = {
    FIELDS,
    SPRMOD_FIELD,
    {"nBFB2", "boot from the second bank", NULL, NULL, 0, OPTR, 23, 1, VALUES(stm32_on_off)},
};

/* `sectors`: a bit each. */
#define TABLE(list, sectors, pcrop_bit)                                                            \
    {                                                                                              \
        .says = "stm32lx", .locked_says = "STM32Lx locked, takes effect after power cycle.",       \
        .unlocked_says = "STM32Lx unlocked, takes effect after power cycle.",                      \
        .registers = registers, .fields = (list), .register_count = WRPR + ((sectors) + 31) / 32,  \
        .field_count = sizeof(list) / sizeof *(list),                                              \
        .blocks = {.reg = WRPR,                                                                    \
                   .most = (sectors),                                                              \
                   .size = STM32L0_WRP_SECTOR,                                                     \
                   .set_protects = true,                                                           \
                   .pcrop = (pcrop_bit)},                                                          \
        .unlock_keeps_others = true, .read = stm32l0_options_read, .write = stm32l0_options_write, \
        .lock = stm32l0_options_lock, .unlock = stm32l0_options_unlock,                            \
        .seal = stm32l0_options_seal, .load = stm32l0_options_load, .load_command = "options_load" \
    }

/* Up to 64 KiB, of which the smaller ones have but some */
const struct flash_options stm32l0_option_table = TABLE(fields_of_l0, 16, SPRMOD);
const struct flash_options stm32l0_cat5_option_table = TABLE(fields_of_l0_cat5, 48, SPRMOD);
/* Cat. 1 and 2: up to 128 KiB */
const struct flash_options stm32l1_option_table = TABLE(fields, 32, 0);
const struct flash_options stm32l1_cat3_option_table = TABLE(fields_of_cat3, 64, SPRMOD);
const struct flash_options stm32l1_cat4_option_table = TABLE(fields_of_two_banks, 96, SPRMOD);
const struct flash_options stm32l1_cat5_option_table = TABLE(fields_of_two_banks, 128, SPRMOD);
