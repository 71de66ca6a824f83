/* SPDX-License-Identifier: MIT */
/* The chip that a command line names (a file of OpenOCD's, pyOCD's --target) and the one that is
 * there: what is there counts, but whoever named another will want to know. Pure. */
#ifndef PROBED_MEANT_CHIP_H
#define PROBED_MEANT_CHIP_H

#include <stdbool.h>

#include "base/log.h"

/* `said`: "target/stm32f4x.cfg", "board/st_nucleo_l476rg.cfg", "stm32f103rc"; `chip`: "STM32F411".
 * True if the family is the same, or `said` names none. */
bool chip_is_meant(const char *said, const char *chip);
/* A warning if it is not. `said` may be NULL. */
void chip_compare(const char *said, const char *chip, const struct log *log);

#endif
