/* SPDX-License-Identifier: MIT */
/* What h7_flash.c (the controllers of the banks) and h7_options.c (the option bytes) share. */
#ifndef PROBED_SIM_H7_FLASH_INTERNAL_H
#define PROBED_SIM_H7_FLASH_INTERNAL_H

#include "sim/stm32/stm32_internal.h"

enum { SIM_H7_BANKS = 2, SIM_H7_WORD = 32 /* bytes of a flash word */ };
enum { SIM_H7_BYTES_MAX = 2048 * 1024 };
#define SIM_H7_CR_LOCK (1u << 0)
#define SIM_H7_CR_START (1u << 7)
#define SIM_H7_SR_QW (1u << 2)
#define SIM_H7_SR_FLAGS                                                       \
    0x1FEF0000u /* that CCR clears; their interrupts have the same bits of CR \
                 */
enum { SIM_H7_RDP_OPEN = 0xAA, SIM_H7_RDP_SEALED = 0xCC };

/* In the order of sim_h7_options[]. */
enum sim_h7_option {
    SIM_H7_OPTSR,
    SIM_H7_BOOT,
    SIM_H7_PRAR1,
    SIM_H7_SCAR1,
    SIM_H7_WPSN1,
    SIM_H7_PRAR2,
    SIM_H7_SCAR2,
    SIM_H7_WPSN2,
    SIM_H7_OPTIONS
};

/* A bank by its own number, wherever in the map it is seen. */
struct sim_h7_bank {
    uint32_t cr, sr, far;
    struct sim_keys keys;
    uint64_t busy_until_ps; /* 0: idle */
    bool filling;           /* a flash word is being filled: */
    uint32_t word;          /* its offset in the bank, */
    uint32_t written;       /* the bytes that were written, a bit each, */
    uint8_t bytes[SIM_H7_WORD];
};

struct sim_h7_flash {
    uint32_t acr, optcr;
    struct sim_keys option_keys;
    struct sim_h7_bank banks[SIM_H7_BANKS];
    uint32_t options[SIM_H7_OPTIONS];  /* to be programmed */
    uint32_t in_force[SIM_H7_OPTIONS]; /* what the chip keeps without power, too */
    bool swapped;                      /* the second bank is seen first */
    bool sealed;                       /* RDP level 2, from the reset behind the change on */
    bool refused;                      /* OPTCHANGEERR */
    uint64_t options_until_ps;         /* a change is under way; 0: none */
    uint32_t broken_words;
    uint8_t broken[SIM_H7_BYTES_MAX / SIM_H7_WORD / 8]; /* a bit a flash word whose ECC is wrong */
};

/* --- h7_flash.c --- */

void sim_h7_update_irq(struct sim_board *board);
/* Flags of errors; nothing begins. */
void sim_h7_fail(struct sim_board *board, struct sim_h7_bank *bank, uint32_t errors);
/* Something that takes so long, behind what is under way in the bank. */
void sim_h7_begin(struct sim_board *board, struct sim_h7_bank *bank, uint64_t ns);
void sim_h7_erase_bank(struct sim_board *board, struct sim_h7_bank *bank);
/* CR.START. */
void sim_h7_start(struct sim_board *board, struct sim_h7_bank *bank);
/* The flash word that is being filled, full or not. */
void sim_h7_program(struct sim_board *board, struct sim_h7_bank *bank);
uint64_t sim_h7_sync(struct sim_part *part, uint64_t now_ps);

/* --- h7_options.c --- */

/* As the chip leaves the factory. */
void sim_h7_options_factory(struct sim_board *board);
/* A reset of any kind swaps the banks, or swaps them back. */
void sim_h7_options_load(struct sim_board *board, bool power_on);
/* The register to be programmed, or with `current` the one in force, at an offset; false: there is
 * none. */
bool sim_h7_option_at(uint32_t offset, bool current, enum sim_h7_option *which);
/* What it holds once `value` is written. */
uint32_t sim_h7_option_word(enum sim_h7_option which, uint32_t before, uint32_t value);
/* OPTSTART: false, if the chip refuses; *erases: read protection ends, main flash goes with it. */
bool sim_h7_options_program(struct sim_board *board, bool *erases);
bool sim_h7_is_protected(const struct sim_board *board);
bool sim_h7_is_sealed(const struct sim_board *board);
void sim_h7_set_protection(struct sim_board *board, bool protect);
uint32_t sim_h7_user_options(const struct sim_board *board);
/* Against writing; an offset in the bank. */
bool sim_h7_write_protected(const struct sim_board *board, unsigned bank, uint32_t offset);
bool sim_h7_swapped(const struct sim_board *board);

#endif
