/* SPDX-License-Identifier: MIT */
/* The chips: pure data, one row a device id and one a flash controller family. What a chip is told
 * apart by, where its memories lie, what its sectors are. No code here but look-ups; nothing in
 * transport/sim uses these tables, so that one mistake cannot hide in both. */
#ifndef PROBED_CHIPS_H
#define PROBED_CHIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

enum chip_family_id {
    CHIP_F0, /* F3 too: the same controller */
    CHIP_F1,
    CHIP_F1_XL,
    CHIP_F2,
    CHIP_F4,
    CHIP_F7,
    CHIP_L0,
    CHIP_L1,
    CHIP_L4,
    CHIP_L5,
    CHIP_G0,
    CHIP_G4,
    CHIP_C0,
    CHIP_C5,
    CHIP_U0,
    CHIP_U3,
    CHIP_U5,
    CHIP_WB,
    CHIP_WB0,
    CHIP_WBA,
    CHIP_H5,
    CHIP_H7,
    CHIP_H7AB,
    CHIP_H7RS,
    CHIP_NO_FLASH,
    CHIP_FAMILY_COUNT
};

/* Sectors of different sizes, in order of addresses; the last run goes on as far as flash does. */
enum chip_layout {
    CHIP_PAGES,     /* all of chip.page_size */
    CHIP_SECTORS16, /* 4 x 16K, 64K, then 128K each */
    CHIP_SECTORS32, /* 4 x 32K, 128K, then 256K each */
};

/* Which word tells whether the flash is protected against reading: protected when
 * (word >> shift & mask) != open. address 0: not known to us. */
struct chip_rdp {
    uint32_t address;
    uint8_t shift, mask, open;
};

/* What all chips with one flash controller share. */
struct chip_family {
    const char *name;
    uint32_t flash_base;
    uint32_t controller;   /* base of the flash controller's registers */
    uint8_t program_width; /* bytes that are programmed at once */
    uint8_t erased;        /* what erased bytes read as */
    struct chip_rdp rdp;
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
extern const struct chip_family chip_families[CHIP_FAMILY_COUNT];

/* NULL if there is none. */
const struct chip *chip_by_dev_id(uint16_t dev_id);
const struct chip_family *chip_family(const struct chip *chip);

/* A run of equal sectors. */
struct chip_sectors {
    uint32_t address, size; /* of the run, bytes */
    uint32_t sector_size;
};

enum { CHIP_RUNS_MAX = 6 };

/* Splits `flash_size` bytes (a multiple of 1 KiB) into runs; returns how many. The part of the
 * size that fills no sector is left out. */
size_t chip_sector_runs(const struct chip *chip, uint32_t flash_size,
                        struct chip_sectors runs[CHIP_RUNS_MAX]);

#endif
