/* SPDX-License-Identifier: MIT */
/* Stop replies (gdb manual, "Stop Reply Packets"): why the core stands, in gdb's words. */
#ifndef PROBED_STOP_REPLY_H
#define PROBED_STOP_REPLY_H

#include "session/session.h"

/* Writes session_stop() as this client may read it: always with the thread, and with the core
 * registers, which saves gdb a `g`. W for a program that exited. hwbreak, swbreak and watch only
 * for the client's own points, and the first two only if it listed them: gdb takes one that it did
 * not set for a stale trap, and goes on. */
void stop_reply_write(struct buf *out, const struct session *session, const struct client *client);
/* The same for a step. At a point of somebody else it is T02, since T05 is to gdb a step that went
 * well, after which a `next` goes on. */
void stop_reply_stepped(struct buf *out, const struct session *session,
                        const struct client *client);
/* The answer to `?`: the same, but halting for a new gdb is no interrupt (T02) by anybody, a
 * program that exited is a core that stands, and a new gdb has no points. */
void stop_reply_asked(struct buf *out, const struct session *session);
/* A resume that 0x03 overtook: nothing ran, T02. */
void stop_reply_interrupted(struct buf *out, const struct session *session);
/* Says on the client's console what the reply cannot, before it; at a point that is not its own,
 * whose it is. */
void stop_reply_say(struct client *client, const struct session *session);

#endif
