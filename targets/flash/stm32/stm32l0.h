/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32L0 and L1: RM0376 (L0x2), RM0367 (L0x3), RM0038 (L1), chapter 3. */
#ifndef PROBED_STM32L0_H
#define PROBED_STM32L0_H

#include "flash/controller.h"
#include "flash/driver.h"
#include "flash/options.h"

extern const struct flash_driver stm32l0_flash;
/* stm32l0_option_table.c: by how much write protection there is */
extern const struct flash_options stm32l0_option_table, stm32l0_cat5_option_table;
extern const struct flash_options stm32l1_option_table, stm32l1_cat3_option_table,
    stm32l1_cat4_option_table, stm32l1_cat5_option_table;

extern const struct flash_lock stm32l0_optlock;

/* stm32l0_options.c */
enum err stm32l0_options_read(struct target *target, struct option_state *state);
enum err stm32l0_options_write(struct target *target, const struct option_state *state);
enum err stm32l0_options_lock(struct target *target);
enum err stm32l0_options_unlock(struct target *target);
enum err stm32l0_options_seal(struct target *target);
enum err stm32l0_options_load(struct target *target);

/* Registers: offsets from the controller's base. */
enum {
    STM32L0_PECR = 0x04,
    STM32L0_PEKEYR = 0x0C,
    STM32L0_PRGKEYR = 0x10,
    STM32L0_OPTKEYR = 0x14,
    STM32L0_SR = 0x18,
    STM32L0_OPTR = 0x1C, /* OBR of the L1 */
    STM32L0_WRPR = 0x20,
    STM32L0_WRPR2 = 0x80,
    STM32L0_WRPR3 = 0x84,
    STM32L0_WRPR4 = 0x88,
};

#define STM32L0_PECR_PELOCK (1u << 0) /* shut, it shuts the other two */
#define STM32L0_PECR_PRGLOCK (1u << 1)
#define STM32L0_PECR_OPTLOCK (1u << 2)
#define STM32L0_PECR_LOCKS 7u
#define STM32L0_PECR_PROG (1u << 3)
#define STM32L0_PECR_ERASE (1u << 9)
#define STM32L0_PECR_OBL_LAUNCH (1u << 18)

#define STM32L0_SR_BSY (1u << 0)
#define STM32L0_SR_EOP (1u << 1)
#define STM32L0_SR_WRPERR (1u << 8)
#define STM32L0_SR_PGAERR (1u << 9)
#define STM32L0_SR_SIZERR (1u << 10)
#define STM32L0_SR_OPTVERR (1u << 11)
#define STM32L0_SR_RDERR (1u << 13)
#define STM32L0_SR_NOTZEROERR (1u << 16) /* L0 */
#define STM32L0_SR_FWWERR (1u << 17)     /* L0 */
/* Of an operation; OPTVERR tells of option bytes that were loaded. */
#define STM32L0_SR_ERRORS 0x00032700u
#define STM32L0_SR_CLEAR (STM32L0_SR_ERRORS | STM32L0_SR_OPTVERR | STM32L0_SR_EOP)

/* Words at the option bytes' address: a half-word and, above it, its complement. */
enum { STM32L0_WRP_SECTOR = 4096 };

#endif
