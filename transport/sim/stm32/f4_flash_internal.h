/* SPDX-License-Identifier: MIT */
/* What f4_flash.c (the controller) and f4_options.c (OPTCR and what it protects) share. */
#ifndef PROBED_SIM_F4_FLASH_INTERNAL_H
#define PROBED_SIM_F4_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

struct sim_f4_flash {
    struct sim_flash common;
    uint32_t optcr, optcr1;  /* as they read; what counts is below */
    uint32_t unprotected[2]; /* nWRP in force: a bit a sector of the bank; with.. */
    bool pcrop;              /* ..this, a bit that is set protects */
    bool two_banks;          /* in force since the last reset, as is.. */
    uint8_t rdp;             /* ..this */
    bool second_first;       /* UFB_MODE: so stand the bytes in memory, too */
};

enum { SIM_F4_RDP_OPEN = 0xAA, SIM_F4_RDP_SEALED = 0xCC };

/* As the chip leaves the factory. */
void sim_f4_options_factory(struct sim_board *board);
/* Loads OPTCR, as every reset does. */
void sim_f4_options_load(struct sim_board *board, bool power_on);
void sim_f4_optcr1_write(struct sim_board *board, uint32_t value);
/* A write to OPTCR; one with OPTSTRT returns true: the option bytes are being programmed, and
 * `erases` says whether read protection ended and took main flash with it. */
bool sim_f4_optcr_write(struct sim_board *board, uint32_t value, bool *erases);
/* False: bus error, as after any wrong key. */
bool sim_f4_optkeyr_write(struct sim_f4_flash *flash, uint32_t value);
bool sim_f4_is_protected(const struct sim_board *board);
bool sim_f4_is_sealed(const struct sim_board *board);
void sim_f4_seal(struct sim_board *board);
void sim_f4_protect_writing(struct sim_board *board, bool protect);
bool sim_f4_protects_writing(const struct sim_board *board);
void sim_f4_set_protection(struct sim_board *board, bool protect);

#endif
