/* SPDX-License-Identifier: MIT */
/* What a gdb is told by a packet that answers none of its requests: that the core stopped, that the
 * target is lost, a program's text. */
#ifndef PROBED_GDB_TOLD_H
#define PROBED_GDB_TOLD_H

#include "session/client.h"

/* Of clients whose `user` is a struct gdb_state. Worker thread. */
extern const struct client_ops gdb_told;

#endif
