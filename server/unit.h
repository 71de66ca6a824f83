/* SPDX-License-Identifier: MIT */
/* A unit: one open probe with its target, and the gdb connections that share it. Who holds run
 * control, who waits for a stop, what the last stop was. Worker thread only; one unit a worker.
 *
 * The first gdb is the holder; others observe. A session that waits (after `c`) gets the stop,
 * whoever caused it. See docs/architecture.md, "Several gdbs". */
#ifndef PROBED_UNIT_H
#define PROBED_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/job.h"
#include "flash.h"
#include "probe.h"
#include "target.h"

enum {
    UNIT_CLIENTS = 31
}; /* gdb connections at once; bit 31 of breakpoint owners is the monitor's */
enum { UNIT_OWNER_MONITOR = 31 };

/* What the loop does besides sending the reply. */
enum client_action {
    CLIENT_NOTHING = 0,
    CLIENT_NO_ACK = 1, /* after this reply was acknowledged, no more acknowledgements */
    CLIENT_CLOSE = 2,  /* close once the reply is out */
};

/* One gdb connection as the worker sees it. */
struct client {
    unsigned id; /* 0..UNIT_CLIENTS-1: breakpoint owner */
    bool open;
    bool extended;      /* '!' was received */
    bool waiting;       /* a resume's stop reply is owed */
    bool error_message; /* E.text may be sent */
    bool swbreak, hwbreak;
    struct flash *flash; /* between vFlashErase and vFlashDone */
    uint64_t joined;     /* order of arrival: the first of all is the holder */
    bool asked;          /* '?' was answered */
    /* Sends one payload (stop reply, 'O' text) outside a request's own reply. Thread-safe, copies.
     */
    void (*send)(void *user, const void *payload, size_t length);
    void *user;
};

struct unit_options {
    enum target_connect connect;
    uint32_t speed_khz; /* 0: the probe's default */
    bool reset_halts;   /* `monitor reset` alone: a personality's choice; false: run */
};

struct unit {
    const struct log *log;
    struct unit_options options;
    struct probe_info info; /* how to open the probe again */
    FILE *wire;
    struct probe *probe;   /* NULL while gone */
    struct target *target; /* NULL while there is no probe */
    struct client clients[UNIT_CLIENTS];
    uint64_t next_joined;
    struct target_stop stop; /* the last one */
    uint64_t stop_regs_valid;
    struct job *current;  /* whose job runs now */
    char why_absent[256]; /* the sentence, while there is no probe or target */
};

void unit_init(struct unit *unit, const struct log *log, const struct unit_options *options,
               const struct probe_info *info, FILE *wire);
void unit_finish(struct unit *unit); /* closes what is open; the core keeps its state */

/* Opens the probe and connects, whichever is missing. Cheap when all is there. On error
 * why_absent has the sentence; called again later it tries again. */
enum err unit_connect(struct unit *unit, struct job *job);
bool unit_connected(const struct unit *unit);

/* NULL when all places are taken. */
struct client *unit_client_open(struct unit *unit,
                                void (*send)(void *user, const void *payload, size_t length),
                                void *user);
/* The connection is gone: its flash session ends, its breakpoints go, the core's state stays. */
void unit_client_close(struct unit *unit, struct client *client, struct job *job);
/* NULL if nobody is connected. */
struct client *unit_holder(struct unit *unit);

/* 0x03 from a client that waits. */
void unit_interrupt(struct unit *unit, struct client *client, struct job *job);
/* Somebody wants to know when the running core stops. */
bool unit_wants_poll(const struct unit *unit);
/* One look at the running core; a stop goes to everyone who waits. */
void unit_poll(struct unit *unit, struct job *job);

/* Run control for packets and monitor commands alike; they keep the shared state right. */
enum err unit_halt(struct unit *unit, struct job *job);
enum err unit_resume(struct unit *unit, struct job *job);
enum err unit_step(struct unit *unit, struct job *job);
enum err unit_reset(struct unit *unit, struct job *job, enum target_reset kind);
/* Tells everyone who waits that the core stopped as unit->stop says. */
void unit_announce_stop(struct unit *unit);

#endif
