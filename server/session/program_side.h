/* SPDX-License-Identifier: MIT */
/* What the program on the chip is given by this machine: files, a command line, what is typed for
 * it. Worker thread. */
#ifndef PROBED_PROGRAM_SIDE_H
#define PROBED_PROGRAM_SIDE_H

#include "session/session.h"

/* A new target gets what the session has for its program. */
void program_side_equip(struct session *session);
/* Its words from now on; cut to what fits. */
void program_side_set_command_line(struct session *session, const char *text);

#endif
