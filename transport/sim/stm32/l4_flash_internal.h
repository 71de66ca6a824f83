/* SPDX-License-Identifier: MIT */
/* What l4_flash.c and u5_flash.c (the controllers), l4_options.c (their option bytes) and
 * l4_families.c (who has which of it) share. */
#ifndef PROBED_SIM_L4_FLASH_INTERNAL_H
#define PROBED_SIM_L4_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

enum { SIM_L4_RDP_OPEN = 0xAA, SIM_L4_RDP_LEVEL_1 = 0xBB, SIM_L4_RDP_SEALED = 0xCC };
#define SIM_L4_ERRORS 0x0000C3F8u /* OPTVERR, RDERR, FASTERR, MISERR, PGSERR.. PROGERR */
#define SIM_L4_BSY (1u << 16)
#define SIM_L4_BSY2 (1u << 17)
#define SIM_L4_CFGBSY (1u << 18)
#define SIM_L4_PESD (1u << 19)
#define SIM_L4_OPTVERR (1u << 15)
#define SIM_L4_CR_STRT (1u << 16)
#define SIM_L4_CR_OPTSTRT (1u << 17)
#define SIM_L4_CR_STARTS (SIM_L4_CR_STRT | SIM_L4_CR_OPTSTRT)
#define SIM_L4_CR_LOCK (1u << 31)

struct sim_l4_flash {
    struct sim_flash common;
    uint32_t options[SIM_L4_OPTIONS]; /* the registers, in the order of the family's table */
    uint32_t in_force[SIM_L4_OPTIONS];
    /* The first half of a double word that waits for the other one. */
    bool half;
    enum sim_memory_kind half_of;
    uint32_t half_offset, low;
    uint32_t second_acr; /* C2ACR, where there is one */
    bool second_first;   /* FB_MODE: so stand the bytes in memory, too */
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
void sim_l4_seal(struct sim_board *board);
void sim_l4_protect_writing(struct sim_board *board, bool protect);
bool sim_l4_protects_writing(const struct sim_board *board);
void sim_l4_set_protection(struct sim_board *board, bool protect);
/* What the chip starts from, where that is a matter of option bytes and of an empty flash: those
 * that the reset under way is about to load. */
enum sim_memory_kind sim_l4_boots(const struct sim_board *board);
/* As struct sim_flash_kind has it. */
bool sim_l4_write(struct sim_board *board, enum sim_memory_kind kind, uint32_t offset,
                  unsigned width, uint32_t value);
/* In force. */
uint32_t sim_l4_open_flash(const struct sim_board *board);
uint32_t sim_l4_user_options(const struct sim_board *board);
uint32_t sim_l4_optr(const struct sim_board *board);
bool sim_l4_two_banks(const struct sim_board *board);
void sim_l4_show_second_first(struct sim_board *board, bool second);
/* The second of two banks shows first. */
bool sim_l4_swapped(const struct sim_board *board);
bool sim_l4_write_protected(const struct sim_board *board, unsigned bank, uint32_t page);

#endif
