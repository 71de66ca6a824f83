/* SPDX-License-Identifier: MIT */
/* Stop replies (gdb manual, "Stop Reply Packets"): why the core stands, in gdb's words. */
#ifndef PROBED_STOP_REPLY_H
#define PROBED_STOP_REPLY_H

#include "unit.h"

/* Writes unit->stop as this client may read it: hwbreak and swbreak only if it listed them, always
 * with the thread, and with the core registers, which saves gdb a `g`. W for a program that
 * exited. */
void stop_reply_write(struct buf *out, const struct unit *unit, const struct client *client);
/* The answer to `?`: the same, but halting for a new gdb is no interrupt (T02) by anybody,
 * and a program that exited is a core that stands. */
void stop_reply_asked(struct buf *out, const struct unit *unit, const struct client *client);
/* stop->text says what no stop reply can: it belongs on the console before the reply. Breakpoints
 * and steps gdb shows better itself. */
bool stop_reply_explains(const struct target_stop *stop);

#endif
