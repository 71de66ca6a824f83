/* SPDX-License-Identifier: MIT */
/* The cores of a chip together: the other one is found, reset with the first, and left with it.
 * Worker thread. */
#ifndef PROBED_CORES_H
#define PROBED_CORES_H

#include "target.h"

/* The chip is known and its first core attached. Attaches the other one if the chip has it and it
 * runs already; that it does not is no error. */
enum err cores_find_other(struct target *target);
/* The chip was reset by way of the first core: what that made of the others. */
enum err cores_after_reset(struct target *target);
enum err cores_detach(struct target *target);

#endif
