/* SPDX-License-Identifier: MIT */
/* What l4_flash.c (the controller) and l4_options.c (its option bytes) share. */
#ifndef PROBED_SIM_L4_FLASH_INTERNAL_H
#define PROBED_SIM_L4_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

enum { SIM_L4_RDP_OPEN = 0xAA, SIM_L4_RDP_SEALED = 0xCC };

struct sim_l4_flash {
    struct sim_flash common;
    uint32_t options[SIM_L4_OPTIONS]; /* the registers, in the order of the family's table */
    uint32_t in_force[SIM_L4_OPTIONS];
    /* The first half of a double word that waits for the other one. */
    bool half;
    enum sim_memory_kind half_of;
    uint32_t half_offset, low;
};

const struct sim_l4_family *sim_l4(const struct sim_board *board);
/* As the chip leaves the factory. */
void sim_l4_options_factory(struct sim_board *board);
/* Power and OBL_LAUNCH load them, other resets do not. */
void sim_l4_options_load(struct sim_board *board, bool power_on);
/* The register of option bytes at an offset; false: there is none. */
bool sim_l4_option_at(const struct sim_board *board, uint32_t offset, unsigned *i);
/* What it holds once `value` is written. */
uint32_t sim_l4_option_word(const struct sim_board *board, unsigned i, uint32_t value);
/* OPTSTRT: true; and whether read protection ended and took main flash with it. Level 2: nothing
 * can be changed, false. */
bool sim_l4_options_program(struct sim_board *board, bool *erases);
bool sim_l4_is_protected(const struct sim_board *board);
bool sim_l4_is_sealed(const struct sim_board *board);
void sim_l4_set_protection(struct sim_board *board, bool protect);
/* In force. */
bool sim_l4_two_banks(const struct sim_board *board);
bool sim_l4_write_protected(const struct sim_board *board, unsigned bank, uint32_t page);

#endif
