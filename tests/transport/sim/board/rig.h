/* SPDX-License-Identifier: MIT */
/* A simulated board on a test bench: SWD packets by hand, no probe, no transport layer. */
#ifndef PROBED_TESTS_RIG_H
#define PROBED_TESTS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adi/dap.h"
#include "sim/board/board.h"

enum {
    FLASH_BASE = 0x08000000,
    SRAM_BASE = 0x20000000,
    SIZE_REGISTER = 0x1FFFF7E0,
    OPTIONS = 0x1FFFF800,
    FLASH_KEYR = 0x40022004,
    FLASH_OPTKEYR = 0x40022008,
    FLASH_SR = 0x4002200C,
    FLASH_CR = 0x40022010,
    FLASH_AR = 0x40022014,
    FLASH_OBR = 0x4002201C,
    FLASH_WRPR = 0x40022020,
};
#define CPUID 0xE000ED00u
#define AIRCR 0xE000ED0Cu
#define AIRCR_SYSRESETREQ 0x05FA0004u
#define DHCSR 0xE000EDF0u
#define DCRSR 0xE000EDF4u
#define DCRDR 0xE000EDF8u
#define DEMCR 0xE000EDFCu
#define DHCSR_HALT 0xA05F0003u
#define DHCSR_RUN 0xA05F0001u
#define S_HALT (1u << 17)
#define S_SLEEP (1u << 18)
#define S_RESET_ST (1u << 25)
enum { RCC_APB2RSTR = 0x4002100C, RCC_APB1RSTR = 0x40021010 };
enum { RCC_APB2ENR = 0x40021018, RCC_APB1ENR = 0x4002101C };
#define KEY1 0x45670123u
#define KEY2 0xCDEF89ABu

/* A fresh board, or the test fails with the board's own sentence. */
struct sim_board *rig_board(const char *spec);
/* Line reset, DPIDR, power-up; the test fails if any of it is not answered OK. From then on the
 * access port of the core is used. */
void rig_connect(struct sim_board *board);
/* rig_board() and rig_connect(). */
struct sim_board *rig_connected(const char *spec);
/* ..and rig_halt(). */
struct sim_board *rig_halted(const char *spec);

/* Another one, until the next connection. */
void rig_use_ap(struct sim_board *board, unsigned number);

/* Single packets. */
enum swd_ack dp_read(struct sim_board *board, uint8_t reg, uint32_t *value);
enum swd_ack dp_write(struct sim_board *board, uint8_t reg, uint32_t value);
/* The AP's register in bank 0 as it stands in SELECT; reads are posted. */
enum swd_ack ap_read(struct sim_board *board, uint8_t reg, uint32_t *value);
enum swd_ack ap_write(struct sim_board *board, uint8_t reg, uint32_t value);
/* Any register of the AP, bank selected, result collected. */
uint32_t ap_register(struct sim_board *board, uint8_t reg);

/* Memory as a debugger reaches it, patient with WAIT. FAULT: the sticky flags are cleared. */
enum swd_ack mem_read(struct sim_board *board, uint32_t address, unsigned width, uint32_t *value);
enum swd_ack mem_write(struct sim_board *board, uint32_t address, unsigned width, uint32_t value);
/* As above, for what has to work. */
uint32_t peek32(struct sim_board *board, uint32_t address);
uint32_t peek16(struct sim_board *board, uint32_t address);
void poke32(struct sim_board *board, uint32_t address, uint32_t value);
void poke16(struct sim_board *board, uint32_t address, uint32_t value);

/* Gives AFIO, the ports, USART1 and TIM2 their clocks. */
void rig_clocks_on(struct sim_board *board);

/* A blank flash stands at zero, and the SRAM as long as the register at `mode` says so (MEM_MODE
 * 3). */
void rig_choose_at_zero(struct sim_board *board, uint32_t mode);
/* What TIM2, with its clock on, counts in 10 ms. */
uint32_t rig_count_10_ms(struct sim_board *board);

/* Core. */
void rig_halt(struct sim_board *board);
/* A system reset, and rig_halt() behind it. */
void rig_system_reset(struct sim_board *board);
uint32_t rig_register(struct sim_board *board, unsigned regsel);
void rig_set_register(struct sim_board *board, unsigned regsel, uint32_t value);
/* Puts code into SRAM and lets the halted core run it from there. */
void rig_run_code(struct sim_board *board, uint32_t address, const uint16_t *code, size_t halves);

/* Flash. */
void rig_unlock(struct sim_board *board);
/* Polls BSY; returns SR and the virtual time it took. */
uint32_t rig_wait_flash(struct sim_board *board, uint64_t *us);
void rig_program(struct sim_board *board, uint32_t address, uint16_t value);
/* The option bytes of F0, F1 and F3, `offset` from their first; programming returns SR. */
void rig_unlock_options(struct sim_board *board);
void rig_erase_options(struct sim_board *board);
uint32_t rig_program_option(struct sim_board *board, uint32_t offset, uint8_t value);

/* Programs a plain binary into flash, and starts it by a reset. */
void rig_start_program(struct sim_board *board, const char *path);

/* A hand on the bench; the test fails if the board does not understand. */
void rig_hand(struct sim_board *board, const char *word1, const char *word2);
/* "PA0" to "0", "1" or "float". */
void rig_pin(struct sim_board *board, const char *pin, const char *level);

#endif
