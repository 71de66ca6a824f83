/* SPDX-License-Identifier: MIT */
/* Flash as gdb's vFlashErase.. vFlashWrite.. vFlashDone and whole images use it: plans, buffers,
 * skips, verifies, reports progress; knows no chip (flash/driver.h).
 *
 * Worker thread. The core must be halted (flash_open halts it). */
#ifndef PROBED_FLASH_H
#define PROBED_FLASH_H

#include "target.h"

struct flash; /* one programming session on a target */

/* What a session did; bytes and counts so far. */
struct flash_report {
    uint32_t bytes_announced, bytes_written; /* by the caller */
    uint32_t bytes_programmed, bytes_erased;
    /* Of bytes_written: what was there already, and what was erased and is to be. */
    uint32_t bytes_same, bytes_blank;
    uint32_t sectors_erased, sectors_same;
    uint32_t bytes_once; /* written into one-time memory, for ever */
    bool mass_erased;
    uint64_t started_us, elapsed_us; /* probe clock */
};

/* Called on the worker thread, between slices, with numbers that only grow. */
typedef void flash_progress(void *user, const struct flash_report *report);

/* Halts the core, refuses a protected chip (ERR_PROTECTED with what to do), ERR_UNSUPPORTED.
 * From here to flash_close() nobody else may run or step the core. Between the calls it is halted,
 * or at work on what was written (flash_stand()); its registers (but not those that target.h shows)
 * and a part of RAM are borrowed, and put back by flash_done() or flash_close(): that RAM is not
 * written meanwhile (ERR_BUSY; gdb writes RAM before flash).
 */
enum err flash_open(struct target *target, struct flash **flash);
/* Announces: [address, address + length) ends erased where nothing is written. Sector aligned
 * (gdb sees to it; else widened). Nothing happens on the chip yet. ERR_NOT_FLASH. */
enum err flash_erase(struct flash *flash, uint32_t address, uint32_t length);
/* The same for all flash that the chip has. */
enum err flash_announce_all(struct flash *flash);
/* Bytes of this are going to be written, who knows it before: an image that wants a sector changed
 * which is write protected is refused before anything is. (Announcements tell as much.) */
void flash_expect(struct flash *flash, uint32_t address, uint32_t length);
/* Bytes in any order of addresses; sectors that are complete are programmed before it returns, so
 * that the pace of returns is the pace of progress (but where one that is named is write protected,
 * and another is to be erased: then all wait for flash_done()). Bytes of a sector that were neither
 * announced nor written stay as they are. ERR_NOT_FLASH, ERR_FLASH, ERR_CANCELLED.. */
enum err flash_write(struct flash *flash, uint32_t address, const void *data, uint32_t length);
/* Before anybody else comes near the target: the core stands, and what was under way goes on with
 * the next call. No traffic if it stands already. What fails is told by the next call. */
void flash_stand(struct flash *flash);
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

#endif
