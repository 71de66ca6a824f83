/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32H7: RM0433 (H742, H743, H750, H753), RM0399 (H745, H747, H755,
 * H757), RM0468 (H72x, H73x), RM0455 (H7A3, H7B0, H7B3), chapter "Embedded flash memory". */
#ifndef PROBED_STM32H7_H
#define PROBED_STM32H7_H

#include "flash/driver.h"
#include "flash/options.h"

extern const struct flash_driver stm32h7_flash;
/* stm32h7_option_table.c: H74x and H75x, those with a Cortex-M4, too; H72x and H73x; H7A and H7B.
 */
extern const struct flash_options stm32h7_option_table, stm32h7_two_cores_option_table,
    stm32h72_option_table, stm32h7ab_option_table;

/* --- option bytes: stm32h7_options.c --- */

/* As struct flash_options has them: each word is a register to be programmed, whose offset the
 * table has; what is in force stands 4 below it. */
enum err stm32h7_options_read(struct target *target, struct option_state *state);
enum err stm32h7_options_write(struct target *target, const struct option_state *state);
enum err stm32h7_options_lock(struct target *target);
enum err stm32h7_options_seal(struct target *target);
enum err stm32h7_options_unlock(struct target *target);
/* A reset of the chip, for SWAP_BANK; the core is halted behind it, or runs, as before. */

/* Registers: offsets from the controller's base, or from a bank's. */
enum {
    STM32H7_KEYR = 0x04,
    STM32H7_OPTKEYR = 0x08,
    STM32H7_CR = 0x0C,
    STM32H7_SR = 0x10,
    STM32H7_CCR = 0x14,
    STM32H7_OPTCR = 0x18,
    STM32H7_OPTSR_CUR = 0x1C,
    STM32H7_OPTSR_PRG = 0x20,
    STM32H7_OPTCCR = 0x24,
    STM32H7_PRAR_PRG = 0x2C,
    STM32H7_SCAR_PRG = 0x34,
    STM32H7_WPSN_PRG = 0x3C,
    STM32H7_BOOT_PRG = 0x44,
    STM32H7_BOOT4_PRG = 0x4C,
    STM32H7_OPTSR2_PRG = 0x74,
    STM32H7_BANK_2 = 0x100, /* so much further are the second bank's */
};

#define STM32H7_KEY1 0x45670123u
#define STM32H7_KEY2 0xCDEF89ABu

#define STM32H7_CR_LOCK (1u << 0)
#define STM32H7_CR_SER (1u << 2)
#define STM32H7_CR_BER (1u << 3)
#define STM32H7_CR_PSIZE (3u << 4) /* all 64 bits at once; not on H7A and H7B, .. */
#define STM32H7_CR_START (1u << 7)
#define STM32H7_CR_SNB_SHIFT 8
#define STM32H7AB_CR_START (1u << 5) /* .. whose other bits stand two further down */
#define STM32H7AB_CR_SNB_SHIFT 6

#define STM32H7_SR_QW (1u << 2) /* something is under way, or waits in the queue */
#define STM32H7_SR_WRPERR (1u << 17)
#define STM32H7_SR_PGSERR (1u << 18)
#define STM32H7_SR_STRBERR (1u << 19)
#define STM32H7_SR_INCERR (1u << 21)
#define STM32H7_SR_OPERR (1u << 22)
#define STM32H7_SR_RDPERR (1u << 23)
#define STM32H7_SR_RDSERR (1u << 24)
#define STM32H7_SR_DBECCERR (1u << 26)
/* Of an operation; what ECC found, and what the CRC unit did, are of reads. */
#define STM32H7_SR_ERRORS 0x01EE0000u
#define STM32H7_SR_CLEAR 0x1FEF0000u

#define STM32H7_OPTCR_OPTLOCK (1u << 0)
#define STM32H7_OPTCR_OPTSTART (1u << 1)
#define STM32H7_OPTCR_SWAP_BANK (1u << 31)
#define STM32H7_OPTSR_BUSY (1u << 0)
#define STM32H7_OPTSR_CHANGEERR (1u << 30)

#endif
