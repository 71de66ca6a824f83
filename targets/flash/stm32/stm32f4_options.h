/* SPDX-License-Identifier: MIT */
/* What the option tables of F2, F4 and F7 name (stm32f4_option_table.c, stm32f7_option_table.c):
 * contracts are those of struct flash_options. As many registers as the chip's table counts. */
#ifndef PROBED_STM32F4_OPTIONS_H
#define PROBED_STM32F4_OPTIONS_H

#include "flash/options.h"

/* Registers by their places in an option_state. */
enum { STM32F4_IN_OPTCR, STM32F4_IN_OPTCR1, STM32F4_IN_OPTCR2, STM32F4_OPTION_REGISTERS };
extern const struct option_register stm32f4_option_registers[STM32F4_OPTION_REGISTERS];

enum {
    STM32F4_RDP_SHIFT = 8,
    STM32F4_RDP_OPEN = 0xAA,
    STM32F4_RDP_LEVEL1 = 0x55,
    STM32F4_RDP_FOREVER = 0xCC,
    STM32F4_NWRP_SHIFT = 16,
};

enum err stm32f4_options_read(struct target *target, struct option_state *state);
enum err stm32f4_options_write(struct target *target, const struct option_state *asked);
enum err stm32f4_options_lock(struct target *target);
enum err stm32f4_options_unlock(struct target *target);
enum err stm32f4_options_seal(struct target *target);

/* Fields that all have, the watchdog's by its name; values by stm32f4_option_table.c. */
extern const struct option_value stm32f4_rdp[3], stm32f4_bor_lev[4];
/* clang-format off */
#define STM32F4_FIELDS(watchdog)                                                                   \
    {"RDP", "read protection", NULL, NULL, 0, STM32F4_IN_OPTCR, STM32F4_RDP_SHIFT, 8,              \
     VALUES(stm32f4_rdp)},                                                                         \
    {"BOR_LEV", "brown-out reset", NULL, "bor_lev", 0, STM32F4_IN_OPTCR, 2, 2,                     \
     VALUES(stm32f4_bor_lev)},                                                                     \
    {watchdog, "watchdog", NULL, "watchdog_by_hardware", 0, STM32F4_IN_OPTCR, 5, 1,                \
     VALUES(stm32_watchdog)},                                                                      \
    {"nRST_STOP", "stop mode", NULL, "reset_in_stop", 0, STM32F4_IN_OPTCR, 6, 1,                   \
     VALUES(stm32_reset_in_stop)},                                                                 \
    {"nRST_STDBY", "standby mode", NULL, "reset_in_standby", 0, STM32F4_IN_OPTCR, 7, 1,            \
     VALUES(stm32_reset_in_standby)}
/* clang-format on */

/* What all of them have alike: names of the members that follow. */
#define STM32F4_OPTION_TABLE(list, its_numbers, its_registers, blocks_of_wrp, pcrop_bit)         \
    .says = "stm32f2x", .erased_says = "stm32x", .registers = stm32f4_option_registers,          \
    .fields = (list), .field_count = sizeof(list) / sizeof *(list), .numbers = (its_numbers),    \
    .number_count = sizeof(its_numbers) / sizeof *(its_numbers),                                 \
    .register_count = (its_registers),                                                           \
    .blocks = {.reg = STM32F4_IN_OPTCR,                                                          \
               .shift = STM32F4_NWRP_SHIFT,                                                      \
               .most = (blocks_of_wrp),                                                          \
               .at_once = true,                                                                  \
               .pcrop = (pcrop_bit)},                                                            \
    .no_load = "a reset of the chip loads them, the end of read protection takes a power cycle", \
    .unlock_wants_power = true, .unlock_keeps_others = true, .hides_in_force = true,             \
    .read = stm32f4_options_read, .write = stm32f4_options_write, .lock = stm32f4_options_lock,  \
    .unlock = stm32f4_options_unlock, .seal = stm32f4_options_seal

#endif
