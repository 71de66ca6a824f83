/* SPDX-License-Identifier: MIT */
/* What a gdb connection asks of the worker, and what comes back: packets, its coming and going. */
#ifndef PROBED_GDB_REQUEST_H
#define PROBED_GDB_REQUEST_H

#include "base/buf.h"
#include "gdb/gdb_state.h"
#include "gdb/packets.h"
#include "session/request.h"
#include "session/session.h"

/* What the worker knows of a gdb, and its way back to it: the worker's, between gdb_run_open and
 * gdb_run_close. Lives in the struct gdb_client. */
struct gdb_worker_side {
    struct gdb_state state;
    struct session *session;
    const struct log *log;
    void *gdb;
};

struct gdb_request {
    struct request request;              /* owner: the struct gdb_client */
    struct gdb_request *next;            /* framed ahead, not yet with the worker */
    struct client *client;               /* gdb_run_open: the answer; NULL: there are too many */
    struct gdb_worker_side *worker_side; /* gdb_run_open */
    unsigned core;                       /* gdb_run_open: which one it debugs */
    size_t length;
    char *payload; /* owned, NUL behind it */

    /* The loop's own marks; the worker never looks. The payload is the worker's meanwhile. */
    bool quick;       /* owed within 1.5 s (`?`: 5 s) of a probe that does not get on */
    bool goes_on;     /* c, s, vCont: a stop answers it */
    bool resumes;     /* of them c and vCont;c: interrupted when they run, not cancelled */
    char letter;      /* the payload's first */
    bool ack_owed;    /* '+' goes out with the reply */
    bool overdue;     /* its time is over, and the answers that are here get a last chance */
    bool answered;    /* the loop answered itself: what comes back late is dropped */
    bool interrupted; /* 0x03 came behind it */
    bool stopped;     /* its stop reply overtook its answer */
    bool text;        /* a notice: what the program or a command says */
    bool too_long;    /* a packet beyond PacketSize: never reaches the worker */
    uint64_t deadline_ms;
    uint64_t posed_ms;  /* when its clock started */
    unsigned progress;  /* the worker's when the deadline was set */
    unsigned reminders; /* '-' of a gdb that waits for it */

    bool interrupt_first; /* goes_on: 0x03 came before it, so that it stops at once */

    /* A packet's answer. */
    enum packet_outcome outcome;
    unsigned actions;
    struct buf reply; /* data owned */
};

/* `payload` (may be NULL) is copied. NULL without memory. */
struct gdb_request *gdb_request_create(void *gdb, const struct log *log,
                                       void (*run)(struct request *, struct session *),
                                       void (*done)(struct request *), const void *payload,
                                       size_t length);

/* NULL is fine. */
void gdb_request_destroy(struct gdb_request *request);

static inline struct gdb_request *gdb_request_of(struct request *request)
{
    return (struct gdb_request *)request; /* its first member */
}

/* --- worker thread: what request.run may be --- */

void gdb_run_open(struct request *request, struct session *session);
void gdb_run_close(struct request *request, struct session *session);
/* The loop told the client that no program runs. */
void gdb_run_ended(struct request *request, struct session *session);
void gdb_run_packet(struct request *request, struct session *session);
/* 0x03 while it waits: its effect is a stop reply. */
void gdb_run_interrupt(struct request *request, struct session *session);

/* --- loop thread --- */

/* A notice from the worker: a stop reply or text of gdb's console (gdb_client.c). */
void gdb_client_forward(struct request *notice);

static inline bool gdb_request_is_packet(const struct gdb_request *request)
{
    return request->request.run == gdb_run_packet;
}

#endif
