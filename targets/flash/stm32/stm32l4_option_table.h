/* SPDX-License-Identifier: MIT */
/* What the tables of option bytes have alike in all families whose controller is that of the L4. */
#ifndef PROBED_STM32L4_OPTION_TABLE_H
#define PROBED_STM32L4_OPTION_TABLE_H

#include "flash/stm32/optr_fields.h"
#include "flash/stm32/stm32l4.h"

/* In every order of registers these are the first ones. */
enum { STM32L4_OF_OPTR, STM32L4_OF_WRP1AR };

/* `guarded`: bits of fields that are numbers and have no way back; `its_ranges_in_one`: of write
 * protection, where the flash is one bank (flash/options.h). */
#define STM32L4_TABLE(list, its_registers, count, guarded, bits_of_page, its_ranges_in_one) \
    {                                                                                       \
        .says = "stm32l4x", .registers = (its_registers), .fields = (list),                 \
        .register_count = (count), .field_count = sizeof(list) / sizeof *(list),            \
        .one_way_fields = (guarded),                                                        \
        .blocks = {.reg = STM32L4_OF_WRP1AR,                                                \
                   .most = 1,                                                               \
                   .ranges = 2,                                                             \
                   .ranges_in_one = (its_ranges_in_one),                                    \
                   .next_bank = 2,                                                          \
                   .page_bits = (bits_of_page)},                                            \
        .unlock_keeps_others = true, .hides_in_force = true, .read = stm32l4_options_read,  \
        .write = stm32l4_options_write, .lock = stm32l4_options_lock,                       \
        .unlock = stm32l4_options_unlock, .seal = stm32l4_options_seal,                     \
        .load = stm32l4_options_load, .load_command = "option_load"                         \
    }

#endif
