/* SPDX-License-Identifier: MIT */
/* Flash: plans, buffers, skips, verifies, reports progress; knows no chip. A chip family is one
 * struct flash_driver (stm32f1.c..); what runs in target RAM is a struct flash_loader.
 *
 * Worker thread. The core must be halted (flash_open halts it). */
#ifndef PROBED_FLASH_H
#define PROBED_FLASH_H

#include "target.h"

/* --- for callers: gdb's vFlashErase.. vFlashWrite.. vFlashDone, and whole images --- */

struct flash; /* one programming session on a target */

/* What a session did; bytes and counts so far. */
struct flash_report {
    uint32_t bytes_announced, bytes_programmed, bytes_same, bytes_erased;
    uint32_t sectors_erased, sectors_same;
    bool mass_erased;
    uint64_t started_us, elapsed_us; /* probe clock */
};

/* Halts the core, refuses a protected chip (ERR_PROTECTED with what to do). */
enum err flash_open(struct target *target, struct flash **flash);
/* Announces: [address, address + length) ends erased where nothing is written. Sector aligned
 * (gdb sees to it; else widened). Nothing happens on the chip yet. ERR_NOT_FLASH. */
enum err flash_erase(struct flash *flash, uint32_t address, uint32_t length);
/* Bytes in any order of addresses; complete pages are programmed while the caller sends more, so
 * that the pace of returns is the pace of progress. ERR_NOT_FLASH, ERR_FLASH, ERR_CANCELLED. */
enum err flash_write(struct flash *flash, uint32_t address, const void *data, uint32_t length);
/* Programs the rest, erases what was announced and not written, verifies on the target.
 * On error the job's sentence says in what state the flash was left. */
enum err flash_done(struct flash *flash);
const struct flash_report *flash_report(const struct flash *flash);
/* Ends the session in any state (after a cancel too: stops the loader, locks the controller);
 * frees. NULL is fine. */
void flash_close(struct flash *flash);

/* Erases [address, address + length), or all flash by mass erase if length is 0. */
enum err flash_erase_now(struct target *target, uint32_t address, uint32_t length);

/* --- for implementers: one flash controller family --- */

/* Thumb code that runs in target RAM; targets/loaders/. */
struct flash_loader {
    const uint8_t *code;
    uint32_t code_size;
};

struct flash_driver {
    const char *name;         /* "stm32f1" */
    uint32_t program_size;    /* smallest unit that can be programmed, bytes */
    uint32_t page_size;       /* what the planner programs at once */
    uint32_t erased_word;     /* 0xFFFFFFFF or 0 */
    uint32_t sector_erase_us; /* typical, for the planner's choice between sector and mass erase */
    uint32_t sector_erase_max_us, mass_erase_us, mass_erase_max_us;
    const struct flash_loader *loader;

    /* Watchdogs frozen, controller idle and unlocked. ERR_PROTECTED, ERR_FLASH. */
    enum err (*prepare)(struct target *target);
    enum err (*erase_sector)(struct target *target, uint32_t address);
    enum err (*mass_erase)(struct target *target);
    /* Controller locked again; called on every way out. */
    enum err (*finish)(struct target *target);
    /* Turns the status the loader left into an error with a sentence; clears it on the chip. */
    enum err (*explain)(struct target *target, uint32_t status, uint32_t address);
};

/* By the family detection found; NULL with ERR_UNSUPPORTED and a sentence naming the family. */
const struct flash_driver *flash_driver_for(const struct target *target);

#endif
