/* SPDX-License-Identifier: MIT */
/* All packets of gdb's remote serial protocol that we answer: one table with argument schemas, the
 * handlers get checked arguments. Worker thread. */
#ifndef PROBED_PACKETS_H
#define PROBED_PACKETS_H

#include "session/session.h"

enum packet_outcome {
    PACKET_REPLY,    /* send `reply`, even if empty ("not known") */
    PACKET_NO_REPLY, /* k, R: the protocol wants silence */
    PACKET_LATER,    /* the stop reply comes by client->ops */
};

/* How long the client may wait: the loop answers itself for packets that must be quick when the
 * probe does not get on for 1.5 s (`?`: 5 s), or the client's patience ends. Pure; the loop thread
 * calls it. */
bool packet_may_take_long(const char *payload, size_t length);
/* It does nothing to the target, or no method of an HTTP request spells it (struct rsp_decoder). As
 * above. */
bool packet_is_harmless(const char *payload, size_t length);

/* Runs one packet. `payload` may be changed (unescaping) and ends with NUL; `reply` has room for
 * RSP_PACKET_SIZE bytes; *actions gets enum client_action bits. */
enum packet_outcome packet_run(struct session *session, struct client *client, struct job *job,
                               char *payload, size_t length, struct buf *reply, unsigned *actions);
/* 0x03 from a client that waits: the core is halted, which is told as any stop. */
void packet_interrupt(struct session *session, struct client *client, struct job *job);

#endif
