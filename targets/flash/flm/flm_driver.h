/* SPDX-License-Identifier: MIT */
/* Flash algorithms of a CMSIS-Pack as a flash driver: their functions are called in target RAM to
 * erase and to program; comparing and verifying is the session's, as with every other flash. */
#ifndef PROBED_FLM_DRIVER_H
#define PROBED_FLM_DRIVER_H

#include "flash/driver.h"
#include "flash/flm/flm.h"

struct flm_driver;

/* The flash of some chip. `algorithms` stay the caller's and outlive it; their places do not
 * overlap. ERR_NO_MEMORY, ERR_UNSUPPORTED: they do not go together. */
enum err flm_driver_create(struct job *job, const struct flm *algorithms, size_t count,
                           struct flm_driver **driver);
void flm_driver_destroy(struct flm_driver *driver);
const struct flash_driver *flm_driver_flash(const struct flm_driver *driver);

#endif
