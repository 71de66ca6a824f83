/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32H5, its non-secure half: RM0481 (H523 to H573) and RM0492 (H503),
 * chapter "Embedded flash memory". */
#ifndef PROBED_STM32H5_H
#define PROBED_STM32H5_H

#include "flash/driver.h"
#include "flash/options.h"

extern const struct flash_driver stm32h5_flash;
extern const struct flash_options stm32h5_option_table, stm32h503_option_table;

/* --- option bytes: stm32h5_options.c --- */

/* In the order of the words. The registers in force; those that are programmed stand 4 above. Write
 * protection is last: what shows at lower addresses, then the other bank. */
enum { STM32H5_OPTION_WORDS = 13, STM32H503_OPTION_WORDS = 8 };
extern const struct option_register stm32h5_registers[STM32H5_OPTION_WORDS],
    stm32h503_registers[STM32H503_OPTION_WORDS];
/* As struct flash_options has them. */
enum err stm32h5_options_read(struct target *target, struct option_state *state);
enum err stm32h5_options_write(struct target *target, const struct option_state *state);
enum err stm32h5_options_lock(struct target *target);
enum err stm32h5_options_unlock(struct target *target);

/* Registers: offsets from the controller's base. */
enum {
    STM32H5_NSKEYR = 0x04,
    STM32H5_OPTKEYR = 0x0C,
    STM32H5_OPTCR = 0x1C,
    STM32H5_NSSR = 0x20,
    STM32H5_NSCR = 0x28,
    STM32H5_NSCCR = 0x30,
    STM32H5_OPTSR = 0x50,
    STM32H5_OPTSR2 = 0x70,
    STM32H5_NSBOOTR = 0x80,
    STM32H5_SECBOOTR = 0x88,
    STM32H5_OTPBLR = 0x90,
    STM32H5_SECWM1R = 0xE0,
    STM32H5_WRP1R = 0xE8,
    STM32H5_EDATA1R = 0xF0,
    STM32H5_HDP1R = 0xF8,
    STM32H5_SECWM2R = 0x1E0,
    STM32H5_WRP2R = 0x1E8,
    STM32H5_EDATA2R = 0x1F0,
    STM32H5_HDP2R = 0x1F8,
};

#define STM32H5_KEY1 0x45670123u
#define STM32H5_KEY2 0xCDEF89ABu

#define STM32H5_OPTCR_OPTLOCK (1u << 0)
#define STM32H5_OPTCR_OPTSTRT (1u << 1)
#define STM32H5_OPTCR_SWAP_BANK (1u << 31) /* as the last reset found it */

#define STM32H5_SR_BUSY 0xBu /* DBNE, WBNE, BSY */
#define STM32H5_SR_EOP (1u << 16)
#define STM32H5_SR_WRPERR (1u << 17)
#define STM32H5_SR_PGSERR (1u << 18)
#define STM32H5_SR_STRBERR (1u << 19)
#define STM32H5_SR_INCERR (1u << 20)
#define STM32H5_SR_OPTCHANGEERR (1u << 23)
#define STM32H5_SR_ERRORS 0x00FE0000u
#define STM32H5_SR_CLEAR (STM32H5_SR_ERRORS | STM32H5_SR_EOP)

#define STM32H5_CR_LOCK (1u << 0)
#define STM32H5_CR_SER (1u << 2)
#define STM32H5_CR_BER (1u << 3)
#define STM32H5_CR_STRT (1u << 5)
#define STM32H5_CR_SNB_SHIFT 6
#define STM32H5_CR_MER (1u << 15)
#define STM32H5_CR_BKSEL (1u << 31)

/* OPTSR2.TZEN: off is 0xC3 */
enum { STM32H5_TZEN_SHIFT = 24, STM32H5_TZEN_ON = 0xB4 };

#endif
