/* SPDX-License-Identifier: MIT */
/* What f1_flash.c (the controller) and f1_options.c (what option bytes say) share. */
#ifndef PROBED_SIM_F1_FLASH_INTERNAL_H
#define PROBED_SIM_F1_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

struct sim_f1_flash {
    struct sim_flash common;
    uint32_t ar, obr, wrpr;
};

static inline const struct sim_fpec_family *sim_fpec(const struct sim_board *board)
{
    return board->chip->flash->fpec;
}

/* As the chip leaves the factory: unprotected. */
void sim_f1_options_factory(struct sim_board *board);
/* Loads OBR and WRPR after a reset that does so. */
void sim_f1_options_load(struct sim_board *board, bool power_on);
void sim_f1_options_erase(struct sim_board *board);
/* True: the write lifted read protection and so erased main flash. */
bool sim_f1_option_program(struct sim_board *board, uint32_t offset, uint8_t value);
bool sim_f1_is_protected(const struct sim_board *board);
bool sim_f1_is_sealed(const struct sim_board *board);
void sim_f1_seal(struct sim_board *board);
void sim_f1_protect_writing(struct sim_board *board, bool protect);
bool sim_f1_protects_writing(const struct sim_board *board);
void sim_f1_set_protection(struct sim_board *board, bool protect);

#endif
