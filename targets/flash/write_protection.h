/* SPDX-License-Identifier: MIT */
/* Sectors that the option bytes keep from being written, and what that means for a session: an
 * image that would change one is refused before anything is erased. So from the moment when
 * something is to be erased nothing more is begun before all is known, if a sector that is named is
 * protected.
 *
 * Worker thread, core halted. Errors come with a sentence in the session's job. */
#ifndef PROBED_WRITE_PROTECTION_H
#define PROBED_WRITE_PROTECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct flash;

/* Bytes that are going to be written. */
void write_protection_expect(struct flash *flash, uint32_t address, uint32_t length);
/* A sector that is known to be protected is among those that were announced, written or expected.
 */
bool write_protection_waits(const struct flash *flash);
/* Behind the comparison of all that is final: looks at the option bytes when the first sector is to
 * be erased; ERR_PROTECTED if a protected one would change. Chips whose option bytes are not known
 * have no protected sectors. */
enum err write_protection_check(struct flash *flash, bool all);

#endif
