/* SPDX-License-Identifier: MIT */
/* A chip that resets again and again, in one sentence: what the doctor says of it, for those who
 * meet it while they debug. Pure. */
#ifndef PROBED_RESET_LOOP_H
#define PROBED_RESET_LOOP_H

#include <stddef.h>
#include <stdint.h>

/* By what, as its reset flags say (enum measured_reset bits; 0: not known), and what to do. */
void reset_loop_say(uint32_t flags, char *text, size_t size);

#endif
