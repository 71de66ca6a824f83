/* SPDX-License-Identifier: MIT */
/* What is alike with all flash controllers: they are measured, taken over from the program, asked
 * to erase, and given back. */
#ifndef PROBED_FLASH_CONTROLLER_H
#define PROBED_FLASH_CONTROLLER_H

#include "flash/driver.h"

/* Measures, changes nothing. ERR_UNSUPPORTED. */
enum err controller_init(struct flash_controller *controller, struct target *target,
                         const struct flash_driver *driver);
/* Two banks that the same registers serve, where the map has a run of sectors for each; else one.
 */
void controller_find_banks(struct flash_geometry *geometry);
enum { FLASH_FIRST_BANK = 1, FLASH_SECOND_BANK = 2 };
/* Banks (a bit each) by their addresses, as the controller counts them: where they are swapped, the
 * second one shows first. */
unsigned controller_own_banks(const struct flash_controller *controller, unsigned banks);
/* Address of a register; of the first bank's where there are two. */
uint32_t controller_at(const struct target *target, uint32_t offset);
/* What two keys open: a bit of a register that is set while it is shut. */
struct flash_lock {
    uint32_t control, bit, key_register, keys[2]; /* registers: offsets */
    bool apart; /* queue_finish() does not shut it: controller_give_back() sets the bit */
};
/* Opens it if it is shut: a key too many, as a wrong one, blocks it until the next reset (with a
 * bus error, mostly). ERR_FLASH if it stays shut. */
enum err controller_open(struct flash_controller *controller, const struct flash_lock *lock);
/* Shuts what stands apart, if it was opened. */
enum err controller_shut_options(struct flash_controller *controller);
/* Watchdogs frozen, controller idle and unlocked. A chip whose flash is protected against reading:
 * ERR_PROTECTED with what to do, if it is to be refused. Again after a loss: fine. */
enum err controller_take(struct flash_controller *controller, bool refuse_protected);
/* Queues: nothing selected, and no errors of before. */
void controller_queue_clear(struct flash_controller *controller);
/* Adds what the chip has to *status, and clears it there. What is queued before goes along. */
enum err controller_take_status(struct flash_controller *controller, uint32_t *status);
/* Queues: the watchdogs as the program had them; for who ends it all by a reset. */
void controller_queue_thaw(struct flash_controller *controller);
/* Locked again, what was changed put back; on every way out, whatever was taken. What fails is
 * tried once more. */
enum err controller_give_back(struct flash_controller *controller);

/* TrustZone is on, so that a load would end by halves: says so, ERR_UNSUPPORTED. */
enum err controller_refuse_secure(struct flash_controller *controller);

/* The same behind a change that ended so (`err`), if the core still stands: of two failures both
 * are told. The first of them. */
enum err controller_end(struct flash_controller *controller, enum err err);

/* Waits until the controller is through with what it does by itself to all of the flash (`doing`:
 * "erasing"). Inside a section: others are served meanwhile, no cancel is seen; who waits is told
 * now and then. ERR_TIMEOUT when the limit is over. */
enum err controller_await_idle(struct flash_controller *controller, const char *doing,
                               uint32_t limit_us);
/* The same until bits of a register (offset) that speaks for all of the flash are clear. */
enum err controller_await_clear(struct flash_controller *controller, uint32_t offset, uint32_t mask,
                                const char *doing, uint32_t limit_us);

/* The registers that serve an address of flash. */
uint32_t controller_registers(const struct flash_controller *controller, uint32_t address);
/* The extent of the sector at an address of flash, of banks (a bit each), and of the whole chip. */
struct flash_extent controller_sector(const struct flash_controller *controller, uint32_t address);
struct flash_extent controller_banks(const struct flash_controller *controller, unsigned banks);
struct flash_extent controller_all(const struct flash_controller *controller);
/* Starts to erase it and waits for the end, but not for longer than a slice: *ended tells. */
enum err controller_erase(struct flash_controller *controller, const struct flash_extent *what,
                          bool *ended);
/* Waits for another slice. */
enum err controller_await(struct flash_controller *controller, const struct flash_extent *what,
                          bool *ended);

#endif
