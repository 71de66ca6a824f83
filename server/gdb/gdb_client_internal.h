/* SPDX-License-Identifier: MIT */
/* What the files of a gdb connection share: gdb_client.c (life, the worker's answers),
 * gdb_client_input.c (bytes to requests), gdb_client_queue.c, gdb_client_output.c (replies to
 * bytes), gdb_client_time.c (what is late), gdb_client_interrupt.c (0x03). */
#ifndef PROBED_GDB_CLIENT_INTERNAL_H
#define PROBED_GDB_CLIENT_INTERNAL_H

#include "gdb/gdb_client.h"
#include "gdb/gdb_request.h"
#include "gdb/rsp.h"
#include "net/connection.h"
#include "session/worker.h"

struct gdb_client {
    const struct gdb_host *host;
    struct connection connection;
    uv_timer_t timer;
    struct client *client;            /* NULL before the worker opened it and after it closed it */
    struct gdb_request *flight;       /* with the worker: one at a time */
    struct gdb_request *farewell;     /* gdb_run_close, allocated while there is memory */
    struct gdb_request *first, *last; /* framed, not yet with the worker */
    size_t queued;
    uint8_t *sent; /* the last frame, for '-'; NULL in no-ack mode */
    size_t sent_length;
    uint64_t lost;      /* bytes of the program's text, for which it had no room */
    unsigned resent;    /* how often, since a packet came */
    bool waiting;       /* a stop reply is owed */
    bool no_ack_next;   /* once the OK to QStartNoAckMode is acknowledged */
    bool error_message; /* the client understands E.text */
    bool interrupting;  /* a gdb_run_interrupt is on its way */
    bool interrupt;     /* 0x03 came, and nothing has answered it yet */
    bool is_lldb;
    uint64_t stopped_ms; /* uv_now() of the last stop reply */
    uint64_t arrived_ms; /* uv_now() */
    bool spoke, extended, ended, closing;
    bool timer_closed;
    struct rsp_decoder decoder;
    struct gdb_worker_side worker_side; /* the worker's */
    char who[80];                       /* for who has to wait for it */
};

/* --- gdb_client.c --- */

/* request.done of packets and interrupts */
void gdb_client_packet_done(struct request *request);
void gdb_client_interrupt_done(struct request *request);

/* Hands the next request to the worker, if it is its turn. */
void gdb_client_dispatch(struct gdb_client *gdb);

/* --- gdb_client_queue.c --- */

void gdb_client_enqueue(struct gdb_client *gdb, struct gdb_request *request);
/* The next request, now the caller's; NULL: there is none. */
struct gdb_request *gdb_client_dequeue(struct gdb_client *gdb);
void gdb_client_drop_queue(struct gdb_client *gdb);
/* The request whose answer the client waits for now, or NULL. */
struct gdb_request *gdb_client_unanswered(const struct gdb_client *gdb);

/* --- gdb_client_time.c --- */

/* Starts the clock of the request that is due. */
void gdb_client_watch_time(struct gdb_client *gdb);
/* '-' came of a client that waits for an answer. */
void gdb_client_reminded(struct gdb_client *gdb);

/* --- gdb_client_input.c --- */

/* connection_events.bytes */
size_t gdb_client_bytes(void *user, const char *bytes, size_t length);

/* --- gdb_client_interrupt.c --- */

/* 0x03 came. */
void gdb_client_interrupt(struct gdb_client *gdb);
/* Ends a request that may take long, as 0x03 does. */
void gdb_client_cancel(struct gdb_request *request);
/* A request is accepted: one that resumes may find an interrupt kept for it. */
void gdb_client_interrupt_meets(struct gdb_client *gdb, struct gdb_request *request);
/* A stop reply goes to the client; nothing is waited for any more. */
void gdb_client_told_stop(struct gdb_client *gdb, const char *reply, size_t length);
/* The worker has answered a request, and `waiting` says what came of it. */
void gdb_client_interrupt_after(struct gdb_client *gdb, const struct gdb_request *request);

/* --- gdb_client_output.c --- */

void gdb_client_ack(struct gdb_client *gdb, char ack);
/* '+', if it is still owed. */
void gdb_client_pay_ack(struct gdb_client *gdb, struct gdb_request *request);
/* A packet, with '+' before it in the same write if `ack`. */
void gdb_client_send(struct gdb_client *gdb, const void *payload, size_t length, bool ack);
/* A piece of what the program or a command says. Of a program it is lost while the client does not
 * read, as it is when its person is elsewhere: that is no reason to end a session. */
void gdb_client_send_text(struct gdb_client *gdb, const char *payload, size_t length);
/* How much that was: before the answer for which it waits, behind which gdb takes no text. */
void gdb_client_tell_lost(struct gdb_client *gdb);
/* It reads again. */
void gdb_client_drained(struct gdb_client *gdb);
/* The answer to a request, with the acknowledgement it owes. */
void gdb_client_reply(struct gdb_client *gdb, struct gdb_request *request, const void *payload,
                      size_t length);

#endif
