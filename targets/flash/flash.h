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
    uint32_t bytes_announced, bytes_written; /* by the caller */
    uint32_t bytes_programmed, bytes_same, bytes_erased;
    uint32_t sectors_erased, sectors_same;
    bool mass_erased;
    uint64_t started_us, elapsed_us; /* probe clock */
};

/* Called on the worker thread, between slices, with numbers that only grow. */
typedef void flash_progress(void *user, const struct flash_report *report);

/* Halts the core, refuses a protected chip (ERR_PROTECTED with what to do), ERR_UNSUPPORTED.
 * From here to flash_close() nobody else may run or step the core. Between the calls it is halted;
 * its registers (but not those that target.h shows) and a part of RAM are borrowed, and put back by
 * flash_done() or flash_close(): RAM should not be written meanwhile (gdb writes RAM before flash).
 */
enum err flash_open(struct target *target, struct flash **flash);
/* Announces: [address, address + length) ends erased where nothing is written. Sector aligned
 * (gdb sees to it; else widened). Nothing happens on the chip yet. ERR_NOT_FLASH. */
enum err flash_erase(struct flash *flash, uint32_t address, uint32_t length);
/* Bytes in any order of addresses; sectors that are complete are programmed before it returns, so
 * that the pace of returns is the pace of progress. Bytes of a sector that were neither announced
 * nor written stay as they are. ERR_NOT_FLASH, ERR_FLASH, ERR_CANCELLED.. */
enum err flash_write(struct flash *flash, uint32_t address, const void *data, uint32_t length);
/* Programs the rest, erases what was announced and not written, verifies on the target
 * (ERR_VERIFY names the first address that differs). */
enum err flash_done(struct flash *flash);
/* After an error of any of these the session only takes flash_close(); the job's sentence then
 * ends with the state in which the flash was left. */
const struct flash_report *flash_report(const struct flash *flash);
void flash_on_progress(struct flash *flash, flash_progress *progress, void *user);
/* Ends the session in any state (after a cancel too: controller locked, RAM and registers put
 * back as far as the target answers); frees. NULL is fine. */
void flash_close(struct flash *flash);

/* Erases [address, address + length), or all flash by mass erase if length is 0. */
enum err flash_erase_now(struct target *target, uint32_t address, uint32_t length);

/* --- for implementers: one flash controller family --- */

/* Thumb code that runs in target RAM; its calling convention:
 * targets/flash/stm32/loaders/stm32f1_program.S. */
struct flash_loader {
    const uint8_t *code;
    uint32_t code_size;
};

/* A controller in use: between prepare() and finish(). */
struct flash_controller {
    struct target *target;
    const struct flash_driver *driver;
    uint32_t saved[4]; /* the driver's own: what prepare() changed and finish() puts back */
};

struct flash_driver {
    const char *name;         /* "stm32f1" */
    uint32_t registers;       /* base address of the controller, for the loader */
    uint32_t watchdog;        /* address of IWDG_KR: fed, since it counts while a loader runs; 0 */
    uint32_t program_size;    /* smallest unit that can be programmed, bytes */
    uint32_t page_size;       /* what is compared at once; divides every sector, multiple of 16 */
    uint32_t block_size;      /* what the loader gets at once: pages, of at most 45 ms in all */
    uint32_t erased_word;     /* 0xFFFFFFFF or 0 */
    uint32_t program_us;      /* typical for one unit */
    uint32_t program_max_us;  /* limit for one unit */
    uint32_t sector_erase_us; /* typical, for the planner's choice between sector and mass erase */
    uint32_t sector_erase_max_us, mass_erase_us, mass_erase_max_us;
    const struct flash_loader *loader;

    /* Watchdogs frozen, controller idle and unlocked. ERR_PROTECTED, ERR_FLASH. */
    enum err (*prepare)(struct flash_controller *controller);
    enum err (*erase_sector)(struct flash_controller *controller, uint32_t address);
    enum err (*mass_erase)(struct flash_controller *controller);
    /* Controller locked again, what prepare() changed put back; called on every way out. */
    enum err (*finish)(struct flash_controller *controller);
    /* Turns the status the loader left (or 0: read it) into an error with a sentence; clears it on
     * the chip. */
    enum err (*explain)(struct flash_controller *controller, uint32_t status, uint32_t address);
};

/* By the family detection found; NULL and in the job ERR_UNSUPPORTED with a sentence naming it. */
const struct flash_driver *flash_driver_for(const struct target *target);

#endif
