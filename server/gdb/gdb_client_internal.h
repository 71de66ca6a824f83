/* SPDX-License-Identifier: MIT */
/* What the files of a gdb session share: gdb_session.c (life, the worker's answers, time),
 * gdb_session_input.c (bytes to requests), gdb_session_output.c (replies to bytes),
 * gdb_session_interrupt.c (0x03). */
#ifndef PROBED_GDB_SESSION_INTERNAL_H
#define PROBED_GDB_SESSION_INTERNAL_H

#include "gdb/gdb_client.h"
#include "gdb/rsp.h"
#include "net/connection.h"
#include "session/worker.h"

struct gdb_session {
    const struct session_host *host;
    struct connection connection;
    uv_timer_t timer;
    struct client *client;        /* NULL before the worker opened it and after it closed it */
    struct message *flight;       /* with the worker: one at a time */
    struct message *farewell;     /* MESSAGE_CLIENT_CLOSE, allocated while there is memory */
    struct message *first, *last; /* framed, not yet with the worker */
    size_t queued;
    uint8_t *sent; /* the last frame, for '-'; NULL in no-ack mode */
    size_t sent_length;
    bool waiting;       /* a stop reply is owed */
    bool no_ack_next;   /* once the OK to QStartNoAckMode is acknowledged */
    bool error_message; /* the client understands E.text */
    bool interrupting;  /* a MESSAGE_INTERRUPT is on its way */
    bool interrupt;     /* 0x03 came, and nothing has answered it yet */
    bool is_lldb;
    uint64_t stopped_ms; /* uv_now() of the last stop reply */
    bool spoke, extended, ended, closing;
    bool timer_closed;
    struct rsp_decoder decoder;
};

/* --- gdb_session.c --- */

/* Hands the next request to the worker, if it is its turn. */
void gdb_session_dispatch(struct gdb_session *session);
/* Starts the clock of the request that is due. */
void gdb_session_watch_time(struct gdb_session *session);
/* The request whose answer the client waits for now, or NULL. */
struct message *gdb_session_unanswered(const struct gdb_session *session);

/* --- gdb_session_input.c --- */

/* connection_events.bytes */
size_t gdb_session_bytes(void *user, const char *bytes, size_t length);

/* --- gdb_session_interrupt.c --- */

/* 0x03 came. */
void gdb_session_interrupt(struct gdb_session *session);
/* Ends a request that may take long, as 0x03 does. */
void gdb_session_cancel(struct message *message);
/* A request is accepted: one that resumes may find an interrupt kept for it. */
void gdb_session_interrupt_meets(struct gdb_session *session, struct message *message);
/* A stop reply goes to the client; nothing is waited for any more. */
void gdb_session_told_stop(struct gdb_session *session, const char *reply, size_t length);
/* The worker has answered a request, and `waiting` says what came of it. */
void gdb_session_interrupt_after(struct gdb_session *session, const struct message *message);

/* --- gdb_session_output.c --- */

void gdb_session_ack(struct gdb_session *session, char ack);
/* '+', if it is still owed. */
void gdb_session_pay_ack(struct gdb_session *session, struct message *message);
/* A packet, with '+' before it in the same write if `ack`. */
void gdb_session_send(struct gdb_session *session, const void *payload, size_t length, bool ack);
/* The answer to a request, with the acknowledgement it owes. */
void gdb_session_reply(struct gdb_session *session, struct message *message, const void *payload,
                       size_t length);

#endif
