/* SPDX-License-Identifier: MIT */
/* Write protection by ranges of pages, for option_blocks.c: a block is a page, its `bit` the page's
 * number in its bank. */
#ifndef PROBED_OPTION_RANGES_H
#define PROBED_OPTION_RANGES_H

#include "flash/options.h"

bool option_range_protected(const struct option_block *block, const uint32_t *registers);
/* So many pages of a bank from `block` on. False, and nothing changed: that takes more ranges than
 * there are. */
bool option_range_set(const struct option_block *block, unsigned count, bool on,
                      uint32_t *registers);

#endif
