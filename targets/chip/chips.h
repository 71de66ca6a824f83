/* SPDX-License-Identifier: MIT */
/* The chips: pure data, one row a device id. What a chip is told apart by, where its memories lie,
 * what its sectors are; what it shares with its kin is its family's row (chip/families.h). No code
 * here but look-ups; nothing in transport/sim uses these tables, so that one mistake cannot hide in
 * both. */
#ifndef PROBED_CHIPS_H
#define PROBED_CHIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip/families.h"

/* Bits: some chips have two cores. */
enum chip_core {
    CHIP_M0 = 1,
    CHIP_M0P = 2,
    CHIP_M3 = 4,
    CHIP_M4 = 8,
    CHIP_M7 = 16,
    CHIP_M33 = 32,
    CHIP_M55 = 64,
    CHIP_A7 = 128,
};

/* Sectors of different sizes, in order of addresses; the last run goes on as far as flash does. */
enum chip_layout {
    CHIP_PAGES,     /* all of chip.page_size */
    CHIP_SECTORS16, /* 4 x 16K, 64K, then 128K each */
    CHIP_SECTORS32, /* 4 x 32K, 128K, then 256K each */
};

struct chip {
    uint16_t dev_id;    /* low 12 bits of the id code */
    uint16_t cores;     /* enum chip_core bits */
    uint8_t family;     /* enum chip_family_id */
    uint8_t layout;     /* enum chip_layout */
    uint32_t page_size; /* CHIP_PAGES: bytes of a page */
    uint16_t flash_max_kib;
    uint16_t flash_guess_kib; /* smallest variant, for chips that do not say */
    uint16_t bank2_kib;       /* the second half of the flash begins here, leaving a gap if small */
    uint32_t id_address;      /* DBGMCU_IDCODE; 0: the ROM table's part number is the id */
    uint32_t flash_size_reg;  /* 16 bits, KiB; 0: not known */
    uint32_t uid_address;     /* 96 bits; 0: not known */
    uint32_t ram_base;
    uint32_t ram_size; /* bytes, of the largest variant; 0: not known */
    const char *name;
};

extern const struct chip chips[]; /* sorted by dev_id */
extern const size_t chip_count;

/* NULL if there is none. */
const struct chip *chip_by_dev_id(uint16_t dev_id);
const struct chip_family *chip_family(const struct chip *chip);
/* The family's row of a chip by its id; that of CHIP_NO_FLASH if the id is not known. */
const struct chip_family *chip_family_of(uint16_t dev_id);
/* The letter that the reference manual gives to a revision (upper half of the id code); 0: none. */
char chip_revision_letter(uint16_t dev_id, uint16_t revision);

/* A run of equal sectors. */
struct chip_sectors {
    uint32_t address, size; /* of the run, bytes */
    uint32_t sector_size;
};

enum { CHIP_RUNS_MAX = 6 };

/* Whether some of these have two banks that the same registers serve. */
bool chip_can_have_two_banks(const struct chip *chip);
/* Whether `options`, the word that tells of read protection, makes two banks of a flash that can be
 * one. */
bool chip_two_banks_chosen(const struct chip *chip, uint32_t flash_size, uint32_t options);
/* Where a second bank begins that other tools count as another one though no gap lies before it; 0:
 * there is none. */
uint32_t chip_second_bank(uint16_t dev_id);
/* As delivered, by the bits of all families that choose: what a chip does that does not tell. */
#define CHIP_BANKS_AS_DELIVERED 0x20700000u
/* Flash that holds what its ECC cannot be right for is a bus error to who reads it. */
bool chip_ecc_refuses(uint16_t dev_id);
/* Whether the same word lets the second of two banks show first. */
bool chip_banks_swapped(const struct chip *chip, uint32_t options);
/* Splits `flash_size` bytes (a multiple of 1 KiB) into runs; returns how many. The part of the
 * size that fills no sector is left out. */
size_t chip_sector_runs(const struct chip *chip, uint32_t flash_size, bool two_banks,
                        struct chip_sectors runs[CHIP_RUNS_MAX]);

#endif
