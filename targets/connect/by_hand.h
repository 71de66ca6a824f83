/* SPDX-License-Identifier: MIT */
/* The last rung: somebody at the board presses its reset button, where no wire does. */
#ifndef PROBED_BY_HAND_H
#define PROBED_BY_HAND_H

#include "connect/rung.h"

/* Asks for it through the job's output, then tries again and again for some 15 s, or until the job
 * is cancelled. The finding is one, of the last try. */
enum err by_hand_try(struct climb *climb);

#endif
