/* SPDX-License-Identifier: MIT */
/* Option bytes as all controllers change and load them: what is alike about it. */
#ifndef PROBED_FLASH_CONTROLLER_CHANGE_H
#define PROBED_FLASH_CONTROLLER_CHANGE_H

#include "flash/controller.h"

/* Writes the word that loads the option bytes, and so resets the chip, whose core stands at the
 * reset vector then. The controller is taken, and is given back by that. */
enum err controller_launch(struct flash_controller *controller, uint32_t offset, uint32_t word);
/* Loads option bytes by `launch`, which calls the one above; what is known of the chip is measured
 * again, and a core that ran runs again. */
enum err controller_load_options(struct target *target,
                                 enum err (*launch)(struct target *target, const void *what));
/* Measured, taken, and what guards the option bytes open. */
enum err controller_take_options(struct flash_controller *controller, struct target *target,
                                 const struct flash_driver *driver, const struct flash_lock *lock,
                                 bool refuse_protected);
/* A register of option bytes behind its change from `before` to `wanted` reads `now`: bits that
 * were to change have to. Others read as the chip likes. ERR_VERIFY. */
enum err controller_check_option(struct target *target, uint32_t address, uint32_t now,
                                 uint32_t wanted, uint32_t before);
/* controller_load_options() where any reset loads them. */
enum err controller_load_by_reset(struct target *target);
/* Adds to the failure of a change how the option bytes were left. `err` again. */
enum err controller_tell_cut(struct flash_controller *controller, enum err err, const char *left);
/* What must not be cut in two: halts the core, then changes `what`, to the end whoever cancels the
 * job meanwhile. */
enum err controller_change(struct target *target,
                           enum err (*change)(struct target *target, const void *what),
                           const void *what);

#endif
