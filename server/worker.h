/* SPDX-License-Identifier: MIT */
/* The thread of one open probe: takes a job from its mailbox, else polls the running core.
 *
 * A message is allocated by the loop thread, travels to the worker and back, and is freed by the
 * loop: so the loop may set message->job.cancelled as long as the answer is not back. */
#ifndef PROBED_WORKER_H
#define PROBED_WORKER_H

#include "base/job.h"
#include "packets.h"
#include "unit.h"

enum message_kind {
    MESSAGE_CLIENT_OPEN,
    MESSAGE_CLIENT_CLOSE,
    MESSAGE_PACKET,
    MESSAGE_INTERRUPT,
    MESSAGE_COMMAND, /* a monitor line, from -c or telnet */
    MESSAGE_CONNECT, /* try to open and connect */
    MESSAGE_STOP,    /* the worker ends */
};

struct message {
    struct message *next; /* the mailbox's */
    enum message_kind kind;
    struct job job;
    void *session; /* the loop's own; the worker only hands it back */
    struct client *client;
    size_t length;
    char *payload; /* owned by the message */

    /* The answer. */
    enum err error;
    enum packet_outcome outcome;
    unsigned actions;
    struct buf reply;
};

#endif
