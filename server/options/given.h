/* SPDX-License-Identifier: MIT */
/* Sockets by systemd's protocol, sd_listen_fds(3): LISTEN_FDS of them from descriptor 3 on, meant
 * for LISTEN_PID, called by LISTEN_FDNAMES "gdb", "telnet" or "tcl". A service may have several:
 * one a board. */
#ifndef PROBED_GIVEN_H
#define PROBED_GIVEN_H

#include "options/options.h"

/* Each becomes a word of its option, as if --gdb fd:3 had been said; what was said by the user is
 * not taken back: that is an error. Clears the variables, which are nobody else's. False: `why` has
 * a sentence. */
bool options_take_given(struct options *options, char *why, size_t why_size);

#endif
