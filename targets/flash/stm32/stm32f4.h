/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32F2, F4 and F7: RM0033 (F2), RM0090 (F405 to F439), RM0390 (F446),
 * RM0385 (F74x, F75x), RM0410 (F76x, F77x), RM0431 (F72x, F73x) and their kin, chapter "Embedded
 * flash memory interface". */
#ifndef PROBED_STM32F4_H
#define PROBED_STM32F4_H

#include "flash/driver.h"
#include "flash/options.h"

extern const struct flash_driver stm32f4_flash, stm32f7_flash;
extern const struct flash_options stm32f2_option_table, stm32f4_option_table,
    stm32f413_option_table, stm32f42x_option_table, stm32f72x_option_table, stm32f74x_option_table,
    stm32f76x_option_table;

/* Queues, for an erase that an option byte brings: as wide as the voltage allows. */
void stm32f4_queue_width(struct flash_controller *controller);

/* Registers: offsets from the controller's base. */
enum {
    STM32F4_ACR = 0x00,
    STM32F4_KEYR = 0x04,
    STM32F4_OPTKEYR = 0x08,
    STM32F4_SR = 0x0C,
    STM32F4_CR = 0x10,
    STM32F4_OPTCR = 0x14,
    STM32F4_OPTCR1 = 0x18,
    STM32F4_OPTCR2 = 0x1C,
};

#define STM32F4_KEY1 0x45670123u
#define STM32F4_KEY2 0xCDEF89ABu

#define STM32F4_ACR_ICEN (1u << 9)
#define STM32F4_ACR_DCEN (1u << 10)
#define STM32F4_ACR_ICRST (1u << 11)
#define STM32F4_ACR_DCRST (1u << 12)
#define STM32F7_ACR_ARTEN (1u << 9)
#define STM32F7_ACR_ARTRST (1u << 11)

#define STM32F4_SR_EOP (1u << 0)
#define STM32F4_SR_OPERR (1u << 1)
#define STM32F4_SR_WRPERR (1u << 4)
#define STM32F4_SR_PGAERR (1u << 5)
#define STM32F4_SR_PGPERR (1u << 6)
#define STM32F4_SR_PGSERR (1u << 7) /* F7: ERSERR */
#define STM32F4_SR_RDERR (1u << 8)  /* not on all */
#define STM32F4_SR_BSY (1u << 16)
#define STM32F4_SR_ERRORS 0x1F2u
#define STM32F4_SR_CLEAR (STM32F4_SR_ERRORS | STM32F4_SR_EOP)

#define STM32F4_CR_PG (1u << 0)
#define STM32F4_CR_SER (1u << 1)
#define STM32F4_CR_MER (1u << 2)
#define STM32F4_CR_SNB_SHIFT 3
#define STM32F4_CR_PSIZE_SHIFT 8
#define STM32F4_CR_MER2 (1u << 15) /* of the second bank, where there is one */
#define STM32F4_CR_STRT (1u << 16)
#define STM32F4_CR_LOCK (1u << 31)

#endif
