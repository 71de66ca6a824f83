/* SPDX-License-Identifier: MIT */
/* The flash controller of STM32F1 (one bank), F0 and F3: PM0075, RM0008 section 3.3.3; RM0360 and
 * RM0316, chapters 3 and 4. */
#ifndef PROBED_STM32F1_H
#define PROBED_STM32F1_H

#include "flash/driver.h"
#include "flash/options.h"

extern const struct flash_driver stm32f1_flash;
extern const struct flash_options stm32f1_option_table;
/* F0 and F3, and their chips that have one more bit than the others. */
extern const struct flash_options stm32f0_option_table, stm32f09_option_table, stm32f3_option_table,
    stm32f37_option_table;

/* --- option bytes (PM0075, 2.5): read, change, protect. Whole, since they are erased together ---
 */

/* How the families differ. */
struct stm32f1_layout {
    uint8_t open, sealed;           /* bytes RDP; sealed 0: there is no level for ever */
    uint8_t user_shift, data_shift; /* in FLASH_OBR */
    uint8_t user;                   /* bits of USER that are there */
};
const struct stm32f1_layout *stm32f1_layout_of(const struct target *target);

struct stm32f1_options {
    bool readout_protected; /* in force now (OBR.RDPRT) */
    bool broken;            /* OBR.OPTERR: a byte and its complement disagree */
    uint8_t rdp, user;      /* stored */
    uint8_t data[2];
    uint32_t wrp; /* a clear bit protects four pages of 1 KiB or two of 2 KiB */
};

/* What is stored; what is in force instead where read protection hides it, and for bytes that are
 * erased because a change was cut short. */
enum err stm32f1_options_read(struct target *target, struct stm32f1_options *options);
/* Erases the option bytes and writes USER, DATA and WRP anew; read protection stays as it is.
 * Takes effect with the next reset. A protected chip: ERR_PROTECTED.
 *
 * This one and those below are carried to their end whoever cancels the job. Where a lost probe or
 * target cuts one all the same, the sentence says what the chip will be like and what helps. */
enum err stm32f1_options_write(struct target *target, const struct stm32f1_options *options);
/* Read protection on; in force from the next reset. The other bytes stay. */
enum err stm32f1_options_lock(struct target *target);
/* The same, and nobody takes it off again, nor reaches the chip by its debug port. Not on F1. */
enum err stm32f1_options_seal(struct target *target);
/* Read protection off: the chip erases its whole flash; in force after a power cycle. All other
 * option bytes go to their defaults (nothing write protected). */
enum err stm32f1_options_unlock(struct target *target);
/* F0, F3: loads what is stored, which resets the chip; the core is halted behind it, or runs, as
 * before. */
enum err stm32f1_options_load(struct target *target);

/* As struct flash_driver has it. */
enum err stm32f1_explain(struct flash_controller *controller, uint32_t status, uint32_t address);

/* Registers: offsets from the controller's base. */
enum {
    STM32F1_KEYR = 0x04,
    STM32F1_OPTKEYR = 0x08,
    STM32F1_SR = 0x0C,
    STM32F1_CR = 0x10,
    STM32F1_AR = 0x14,
    STM32F1_OBR = 0x1C,
    STM32F1_WRPR = 0x20,
};

/* A clone's; also when the end of read protection erases all flash. */
enum { STM32F1_MASS_ERASE_MAX_US = 2000000 };

#define STM32F1_KEY1 0x45670123u
#define STM32F1_KEY2 0xCDEF89ABu

#define STM32F1_SR_BSY (1u << 0)
#define STM32F1_SR_PGERR (1u << 2)
#define STM32F1_SR_WRPRTERR (1u << 4)
#define STM32F1_SR_EOP (1u << 5)
#define STM32F1_SR_ERRORS (STM32F1_SR_PGERR | STM32F1_SR_WRPRTERR)
#define STM32F1_SR_CLEAR (STM32F1_SR_ERRORS | STM32F1_SR_EOP)

#define STM32F1_CR_PER (1u << 1)
#define STM32F1_CR_MER (1u << 2)
#define STM32F1_CR_OPTPG (1u << 4)
#define STM32F1_CR_OPTER (1u << 5)
#define STM32F1_CR_STRT (1u << 6)
#define STM32F1_CR_LOCK (1u << 7)
#define STM32F1_CR_OPTWRE (1u << 9)
#define STM32F1_CR_OBL_LAUNCH (1u << 13)

#define STM32F1_OBR_OPTERR (1u << 0)
#define STM32F1_OBR_RDPRT (1u << 1)

#endif
