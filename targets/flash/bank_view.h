/* SPDX-License-Identifier: MIT */
/* Which bank shows first where the program, or the boot loader that started it, may choose: FB_MODE
 * of SYSCFG_MEMRMP. Pages and sectors are erased by their bank's number: what is not looked at is
 * the wrong one's. */
#ifndef PROBED_BANK_VIEW_H
#define PROBED_BANK_VIEW_H

#include "flash/driver.h"

/* Reads it, and says so in the chip's banks_swapped; chips without it: nothing. SYSCFG gets a clock
 * meanwhile. */
enum err bank_view_look(struct flash_controller *controller);

#endif
