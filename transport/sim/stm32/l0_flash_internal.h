/* SPDX-License-Identifier: MIT */
/* What l0_flash.c (the controller) and l0_options.c (option bytes and what they protect) share. */
#ifndef PROBED_SIM_L0_FLASH_INTERNAL_H
#define PROBED_SIM_L0_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

enum { SIM_L0_WRPRS = 4, SIM_L0_HALF_PAGE_WORDS = 32 };

struct sim_l0_flash {
    struct sim_flash common; /* cr: PECR; its keys are those of PEKEYR */
    struct sim_keys program_keys;
    uint32_t optr, wrpr[SIM_L0_WRPRS]; /* in force */
    uint32_t half_page;                /* offset of the one that is being collected .. */
    unsigned collected;                /* .. so many words of it */
    uint32_t words[SIM_L0_HALF_PAGE_WORDS];
};

static inline const struct sim_l0_family *sim_l0_family(const struct sim_board *board)
{
    return board->chip->flash->l0;
}

/* As the chip leaves the factory. */
void sim_l0_options_factory(struct sim_board *board);
/* Loads OPTR and WRPR: power-on and OBL_LAUNCH do, other resets do not. */
void sim_l0_options_load(struct sim_board *board, bool power_on);
/* A word of them, half of which is the other's complement. True: read protection ended, and took
 * program and data memory with it. */
bool sim_l0_option_program(struct sim_board *board, uint32_t offset, uint32_t value);
bool sim_l0_is_protected(const struct sim_board *board);
bool sim_l0_is_sealed(const struct sim_board *board);
void sim_l0_seal(struct sim_board *board);
void sim_l0_protect_writing(struct sim_board *board, bool protect);
bool sim_l0_protects_writing(const struct sim_board *board);
void sim_l0_set_protection(struct sim_board *board, bool protect);
/* Against writing; `offset` in program memory. */
bool sim_l0_write_protected(const struct sim_board *board, uint32_t offset);

#endif
