/* SPDX-License-Identifier: MIT */
/* What u5_flash.c (the controller) and u5_options.c (its option bytes) share. */
#ifndef PROBED_SIM_U5_FLASH_INTERNAL_H
#define PROBED_SIM_U5_FLASH_INTERNAL_H

#include "sim/stm32/l4_flash_internal.h"

enum { SIM_U5_ROW = 32 }; /* words that a burst programs at once */
/* Places of options in the family's table. */
enum {
    SIM_U5_OPTR,
    SIM_U5_SECWM1R1,
    SIM_U5_SECWM1R2,
    SIM_U5_WRP1AR,
    SIM_U5_WRP1BR,
    SIM_U5_SECWM2R1,
    SIM_U5_SECWM2R2,
    SIM_U5_WRP2AR,
    SIM_U5_WRP2BR,
    SIM_U5_FIRST_BOOT
};
enum { SIM_U5_SECBOOTADD0R = SIM_U5_FIRST_BOOT + 2 };

struct sim_u5_flash {
    struct sim_l4_flash l4;
    uint32_t words[SIM_U5_ROW]; /* what waits for the rest of its quad word or row, .. */
    unsigned count;
    enum sim_memory_kind kind; /* .. there */
    uint32_t offset;
    bool swapped; /* as the bytes stand in memory */
};

/* OPTSTRT: false if the chip does not take such a change; else as sim_l4_options_program(). */
bool sim_u5_options_program(struct sim_board *board, bool *erases);
/* To the register of option bytes at an offset, if there is one that may be written. */
void sim_u5_option_write(struct sim_board *board, uint32_t offset, uint32_t value);
/* As struct sim_flash_kind has it. */
void sim_u5_options_load(struct sim_board *board, bool power_on);

#endif
