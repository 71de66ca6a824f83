/* SPDX-License-Identifier: MIT */
/* The families: pure data, one row a flash controller and its chips. Everything that the chips of
 * a family share stands in its row; what differs between them stands in theirs (chip/chips.h).
 * Which code drives the controller: flash/drivers.c. */
#ifndef PROBED_FAMILIES_H
#define PROBED_FAMILIES_H

#include <stdint.h>

enum chip_family_id {
    CHIP_F0,
    CHIP_F1,
    CHIP_F1_XL,
    CHIP_F2,
    CHIP_F3,
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
    CHIP_WL,
    CHIP_WB0,
    CHIP_WBA,
    CHIP_H5,
    CHIP_H7,
    CHIP_H7AB,
    CHIP_H7RS,
    CHIP_NO_FLASH,
    CHIP_FAMILY_COUNT
};

/* Which word tells whether the flash is protected against reading: protected when
 * (word >> shift & mask) != open. address 0: not known to us. `half`: not 0, what it is where only
 * what is secure is protected, with TrustZone on (the word's highest bit). */
struct chip_rdp {
    uint32_t address;
    uint8_t shift, mask, open, half;
};

/* ST's debug register: DBGMCU_CR with DBG_SLEEP (where there is one), DBG_STOP, DBG_STANDBY in bits
 * 0 to 2, and where the bits are that stop both watchdogs while the core stands. cr 0: left alone,
 * for it is not known. */
struct chip_dbgmcu {
    uint32_t cr, freeze, watchdogs;
    uint32_t clock, clock_bit; /* of RCC, that has to be on for it to listen; 0: it always does */
};

/* Registers of the controller (offsets) whose flags tell of reads that ECC could not correct, and
 * the flags; the second one: of bank 2, in chips that have one, or 0. uncorrected 0: such a read is
 * refused by the bus, or there is no ECC. And the register that tells of those that it did. */
struct chip_ecc {
    uint16_t at[2];
    uint32_t uncorrected;
    uint16_t corrected;
};

/* What the memory map has besides flash and RAM; bits (chip/memory_map.c). */
enum chip_map {
    MAP_SYSTEM_F1 = 1 << 0,   /* boot loader up to the option bytes at 0x1FFFF800 */
    MAP_SYSTEM_1FF = 1 << 1,  /* boot loader, OTP, option bytes in the MiB from 0x1FF00000 */
    MAP_SYSTEM_HIGH = 1 << 2, /* the same at 0x0BF00000, and a page below 0x09000000 */
    MAP_BIT_BAND = 1 << 3,    /* 0x22000000 is an alias of RAM (DDI 0403, B3.1) */
    MAP_CODE_RAM = 1 << 4,    /* a second RAM on the code bus: CCM, or SRAM2 */
    MAP_ITCM = 1 << 5,        /* tightly coupled instruction memory at 0 instead of the flash */
    MAP_OTHER_RAM = 1 << 6,   /* more RAM from 0x24000000 on */
    MAP_ITCM_FLASH =
        1 << 10, /* ITCM of 16 KiB; the flash and the boot loader are there again, too */
    MAP_BOOT_ALIAS = 1 << 7,  /* at 0 is what it starts from: flash, if the boot pins say so */
    MAP_SYSTEM_F4 = 1 << 9,   /* MAP_SYSTEM_1FF with boot loader and OTP as F2 and F4 have them */
    MAP_DATA_FLASH = 1 << 11, /* sectors that hold data are at 0x09000000; RAM at 0x0A000000 */
    MAP_EXTERNAL = 1 << 8,    /* a controller for external memory, in some of the family's chips */
};

enum { CHIP_UF2_IDS = 3 };

struct chip_family {
    const char *name; /* "F1" */
    const char
        *openocd; /* "stm32f1x": OpenOCD's target file; before .cpu and .flash in its words */
    const char
        *commands; /* "stm32f1x": OpenOCD's flash driver, that commands begin with; or NULL */
    uint32_t flash_base;
    uint32_t controller; /* base of the flash controller's registers */
    uint8_t erased;      /* what erased bytes read as */
    struct chip_rdp rdp;
    uint32_t watchdog; /* IWDG_KR, to be fed while a loader runs; 0: not known */
    struct chip_dbgmcu dbgmcu;
    uint32_t map;       /* enum chip_map bits */
    uint32_t first_ram; /* bytes of the RAM at ram_base, where ram_size counts others too; else 0 */
    uint32_t uf2[CHIP_UF2_IDS]; /* what a UF2 file calls the family; 0: no more */
    struct chip_ecc ecc;
};

/* The window watchdog of all families: WWDG_CR is so much below IWDG_KR (RM0008, 3.3; not with
 * Cortex-M7, where it stands elsewhere). */
enum { CHIP_WWDG_BELOW_IWDG = 0x400 };

extern const struct chip_family chip_families[CHIP_FAMILY_COUNT];

#endif
