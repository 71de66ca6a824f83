/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32L4, L4+, G4, G0, C0, WB and WL: RM0351 (L47x to L49x), RM0394 (L41x
 * to L46x), RM0432 (L4P to L4S), RM0440 (G4), RM0444 (G0), RM0490 (C0), RM0434 (WB), RM0453 (WL),
 * chapter "Embedded flash memory". */
#ifndef PROBED_STM32L4_H
#define PROBED_STM32L4_H

#include "flash/driver.h"
#include "flash/options.h"

extern const struct flash_driver stm32l4_flash;
extern const struct flash_options stm32l4_option_table, stm32l4_small_option_table,
    stm32l4_plus_option_table, stm32g4_option_table, stm32g47_option_table, stm32g49_option_table;
/* By the largest flash of the chip, KiB. */
extern const struct flash_options stm32g0_64_option_table, stm32g0_128_option_table,
    stm32g0_512_option_table, stm32c0_32_option_table, stm32c0_64_option_table,
    stm32c0_128_option_table, stm32c0_256_option_table;
extern const struct flash_options stm32wb_option_table, stm32wb1_option_table, stm32wl_option_table;

/* --- option bytes: stm32l4_options.c --- */

/* In the order of the words; of chips with registers for one bank and for two, then what G4 has. */
enum { STM32L4_OF_ONE = 5, STM32L4_OF_TWO = 9 };
extern const struct option_register stm32l4_registers_of_one[STM32L4_OF_ONE + 1],
    stm32l4_registers_of_two[STM32L4_OF_TWO + 2];
enum { STM32G0_OF_ONE = 8, STM32G0_OF_TWO = 14 };
extern const struct option_register stm32g0_registers_of_one[STM32G0_OF_ONE],
    stm32g0_registers_of_two[STM32G0_OF_TWO];
/* One bank, its PCROP areas, IPCCBR, SFR, SRRVR. */
enum { STM32WB_OF_ALL = 10 };
extern const struct option_register stm32wb_registers[STM32WB_OF_ALL];
/* As struct flash_options has them. */
enum err stm32l4_options_read(struct target *target, struct option_state *state);
enum err stm32l4_options_write(struct target *target, const struct option_state *state);
enum err stm32l4_options_lock(struct target *target);
enum err stm32l4_options_seal(struct target *target);
enum err stm32l4_options_unlock(struct target *target);
/* Resets the chip; the core is halted behind it, or runs, as before. */
enum err stm32l4_options_load(struct target *target);

/* Registers: offsets from the controller's base. */
enum {
    STM32L4_ACR = 0x00,
    STM32L4_KEYR = 0x08,
    STM32L4_OPTKEYR = 0x0C,
    STM32L4_SR = 0x10,
    STM32L4_CR = 0x14,
    STM32L4_OPTR = 0x20,
    STM32L4_PCROP1SR = 0x24,
    STM32L4_PCROP1ER = 0x28,
    STM32L4_WRP1AR = 0x2C,
    STM32L4_WRP1BR = 0x30,
    STM32G0_PCROP1BSR = 0x34,
    STM32G0_PCROP1BER = 0x38,
    STM32L4_PCROP2SR = 0x44,
    STM32L4_PCROP2ER = 0x48,
    STM32L4_WRP2AR = 0x4C,
    STM32L4_WRP2BR = 0x50,
    STM32G0_PCROP2BSR = 0x54,
    STM32G0_PCROP2BER = 0x58,
    STM32L4_SEC1R = 0x70, /* G4 */
    STM32L4_SEC2R = 0x74,
    STM32G0_SECR = 0x80,
    STM32WB_IPCCBR = 0x3C,
    STM32WB_SFR = 0x80,
    STM32WB_SRRVR = 0x84,
};

#define STM32L4_KEY1 0x45670123u
#define STM32L4_KEY2 0xCDEF89ABu

#define STM32L4_ACR_ICEN (1u << 9)
#define STM32L4_ACR_DCEN (1u << 10)
#define STM32L4_ACR_ICRST (1u << 11)
#define STM32L4_ACR_DCRST (1u << 12)
#define STM32WB_ACR_PES (1u << 15)
#define STM32G0_ACR_EMPTY (1u << 16)

#define STM32L4_SR_EOP (1u << 0)
#define STM32L4_SR_OPERR (1u << 1)
#define STM32L4_SR_PROGERR (1u << 3)
#define STM32L4_SR_WRPERR (1u << 4)
#define STM32L4_SR_PGAERR (1u << 5)
#define STM32L4_SR_SIZERR (1u << 6)
#define STM32L4_SR_PGSERR (1u << 7)
#define STM32L4_SR_OPTVERR (1u << 15)
/* BSY; where they are, BSY2; CFGBSY, which waits for the second word of two; PESD: WB's and WL's
 * other core suspends what would begin. */
#define STM32L4_SR_BUSY (15u << 16)
#define STM32WB_SR_PESD (1u << 19)
#define STM32L4_SR_ERRORS 0x43FAu /* but OPTVERR, which tells of the option bytes */
#define STM32L4_SR_CLEAR (STM32L4_SR_ERRORS | STM32L4_SR_OPTVERR | STM32L4_SR_EOP)

#define STM32L4_CR_PG (1u << 0)
#define STM32L4_CR_PER (1u << 1)
#define STM32L4_CR_MER1 (1u << 2)
#define STM32L4_CR_PNB_SHIFT 3
#define STM32L4_CR_BKER (1u << 11)
#define STM32G0_CR_BKER (1u << 13)
#define STM32L4_CR_MER2 (1u << 15)
#define STM32L4_CR_STRT (1u << 16)
#define STM32L4_CR_OPTSTRT (1u << 17)
#define STM32L4_CR_OBL_LAUNCH (1u << 27)
#define STM32L4_CR_OPTLOCK (1u << 30)
#define STM32L4_CR_LOCK (1u << 31)

#endif
