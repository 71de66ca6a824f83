/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32U5 (RM0456, chapter 7): that of the L4 (stm32l4.h: the bits of SR
 * and CR are those), with registers for secure and for non-secure programs and quad words of 128
 * bits. What is here are the non-secure registers. */
#ifndef PROBED_STM32U5_H
#define PROBED_STM32U5_H

#include "flash/driver.h"
#include "flash/options.h"
#include "flash/stm32/stm32l4.h"

extern const struct flash_driver stm32u5_flash;
/* U575, U585; U535, U545; U59x to U5Gx: by the bits of a page's number. */
extern const struct flash_options stm32u5_option_table, stm32u53_option_table,
    stm32u59_option_table;

/* In the order of the words; stm32l4_options.c reads and writes them. */
enum { STM32U5_OPTION_WORDS = 12 };
extern const struct option_register stm32u5_option_registers[STM32U5_OPTION_WORDS];
/* Whether the chip takes such a change of the words, as it is now; if not, why. */
enum err stm32u5_options_allow(struct target *target, const uint32_t *before,
                               const uint32_t *after);

/* Registers: offsets from the controller's base. */
enum {
    STM32U5_ACR = 0x00,
    STM32U5_NSKEYR = 0x08,
    STM32U5_OPTKEYR = 0x10,
    STM32U5_NSSR = 0x20,
    STM32U5_NSCR = 0x28,
    STM32U5_OPTR = 0x40,
    STM32U5_NSBOOTADD0R = 0x44,
    STM32U5_NSBOOTADD1R = 0x48,
    STM32U5_SECBOOTADD0R = 0x4C,
    STM32U5_SECWM1R1 = 0x50,
    STM32U5_SECWM1R2 = 0x54,
    STM32U5_WRP1AR = 0x58,
    STM32U5_WRP1BR = 0x5C,
    STM32U5_SECWM2R1 = 0x60,
    STM32U5_SECWM2R2 = 0x64,
    STM32U5_WRP2AR = 0x68,
    STM32U5_WRP2BR = 0x6C,
};

#define STM32U5_NSSR_OPTWERR (1u << 13)
#define STM32U5_NSSR_BSY (1u << 16)
#define STM32U5_NSSR_WDW (1u << 17) /* a quad word, or a row of them, was begun */
#define STM32U5_NSSR_BUSY (STM32U5_NSSR_BSY | STM32U5_NSSR_WDW)
#define STM32U5_NSSR_OEM1LOCK (1u << 18)
#define STM32U5_NSSR_ERRORS 0x20FAu
#define STM32U5_NSSR_CLEAR (STM32U5_NSSR_ERRORS | STM32L4_SR_EOP)

#define STM32U5_OPTR_TZEN (1u << 31)

#endif
