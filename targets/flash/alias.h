/* SPDX-License-Identifier: MIT */
/* The boot alias: flash that also shows at other addresses (at 0: RM0008, 3.4 "Boot
 * configuration"). A program linked there is programmed where the flash is, if flash is what shows.
 *
 * Worker thread; the core is halted. */
#ifndef PROBED_FLASH_ALIAS_H
#define PROBED_FLASH_ALIAS_H

#include "flash/flash_internal.h"

/* Of an address in an alias. ERR_NOT_FLASH with a sentence if it shows something else now: BOOT0
 * chose the boot loader, or a program mapped RAM there. In the session's job (work); asks the chip
 * once a session. */
enum err alias_check(struct flash *flash, uint32_t address);
/* Bytes for the flash's own `address`, which the caller called `through`. ERR_ARGUMENT when the
 * session has others for them by the other of the two. No traffic. */
enum err alias_agrees(struct flash *flash, uint32_t through, uint32_t address, const void *data,
                      uint32_t length);

#endif
