/* SPDX-License-Identifier: MIT */
/* What h5_flash.c (the controller) and h5_options.c (its option bytes) share. */
#ifndef PROBED_SIM_H5_FLASH_INTERNAL_H
#define PROBED_SIM_H5_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

/* The registers, in the order of a family's table. */
enum sim_h5_option {
    SIM_H5_OPTSR,
    SIM_H5_OPTSR2,
    SIM_H5_NSBOOTR,
    SIM_H5_SECBOOTR,
    SIM_H5_OTPBLR,
    SIM_H5_SECWM1R,
    SIM_H5_SECWM2R,
    SIM_H5_WRP1R,
    SIM_H5_WRP2R,
    SIM_H5_EDATA1R,
    SIM_H5_EDATA2R,
    SIM_H5_HDP1R,
    SIM_H5_HDP2R,
};
#define SIM_H5_SWAP_BANK (1u << 31) /* of OPTSR */

enum { SIM_H5_UNIT = 16 }; /* bytes that are programmed at once */

struct sim_h5_flash {
    struct sim_flash common;
    /* What is stored, which no reset changes; what OPTSTRT would store; what counts. */
    uint32_t stored[SIM_H5_OPTIONS], asked[SIM_H5_OPTIONS], in_force[SIM_H5_OPTIONS];
    bool options_locked;
    /* The write buffer: of which memory, from which byte on, which bytes it holds. */
    enum sim_memory_kind filled_of;
    uint32_t filled_at;
    uint16_t filled;
    uint8_t buffer[SIM_H5_UNIT];
};

const struct sim_h5_family *sim_h5(const struct sim_board *board);
/* As the chip leaves the factory. */
void sim_h5_options_factory(struct sim_board *board);
/* Every reset loads them. */
void sim_h5_options_load(struct sim_board *board, bool power_on);
/* The register of option bytes at an offset, in force or, 4 above it, to be programmed; false:
 * there is none. */
bool sim_h5_option_at(const struct sim_board *board, uint32_t offset, unsigned *i, bool *asked);
uint32_t sim_h5_option_word(const struct sim_board *board, unsigned i, uint32_t value);
/* OPTSTRT: false, and nothing is changed: the product's state or a lock forbids it. */
bool sim_h5_options_program(struct sim_board *board);
bool sim_h5_is_closed(const struct sim_board *board);
void sim_h5_set_closed(struct sim_board *board, bool closed);
/* Which bank (0, 1) of the chip shows in the first or second half of the addresses. */
unsigned sim_h5_bank_at(const struct sim_board *board, unsigned half);
/* By what is in force, of a bank of the chip: */
bool sim_h5_write_protected(const struct sim_board *board, unsigned bank, uint32_t sector);
/* ..sectors at its end that hold data, */
uint32_t sim_h5_data_sectors(const struct sim_board *board, unsigned bank);
/* ..and with TrustZone those that only secure programs reach. */
bool sim_h5_is_secure(const struct sim_board *board, unsigned bank, uint32_t sector);

#endif
