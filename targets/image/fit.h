/* SPDX-License-Identifier: MIT */
/* Does it fit? Sizes and ends in words, where something is larger than the chip's memory. */
#ifndef PROBED_FIT_H
#define PROBED_FIT_H

#include "target.h"

enum { FIT_TEXT = 100, FIT_PLACES_TEXT = 200 };

/* Bytes that begin in flash or RAM have to end there, or in memory of the same kind right behind
 * it. If not, true and the sizes: "87 KiB do not fit: ends at 0x08015bff, flash ends at
 * 0x0800ffff; ". No traffic. */
bool fit_fails(const struct target *target, uint32_t address, uint64_t size, char text[FIT_TEXT]);
/* The same as ERR_NOT_FLASH with a sentence. */
enum err fit_check(struct target *target, uint32_t address, uint32_t size);

/* In flash that another core of the chip keeps for itself. No traffic. */
bool fit_is_kept(const struct target *target, uint32_t address);
/* Where a program's bytes cannot be loaded, true and why: "0x60000000 is no memory of this chip:
 * flash 0x08000000-0x0800ffff, RAM 0x20000000-0x20004fff". Flash and RAM: false. No traffic. */
bool fit_no_place(const struct target *target, uint32_t address, char text[FIT_PLACES_TEXT]);

#endif
