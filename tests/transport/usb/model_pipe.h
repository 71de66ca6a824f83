/* SPDX-License-Identifier: MIT */
/* A pipe whose far end is a modelled probe, in the same process: deterministic, in virtual time,
 * and able to fail at any transfer in any way. */
#ifndef PROBED_MODEL_PIPE_H
#define PROBED_MODEL_PIPE_H

#include "base/clock.h"
#include "firmware.h"
#include "sim/board/board.h"
#include "usb/usb.h"

/* What a transfer to the probe or from it may come to. */
enum pipe_fault {
    PIPE_FAULT_NONE,
    PIPE_FAULT_TIMEOUT,    /* not taken; no reply comes, though the work is done */
    PIPE_FAULT_STALL,      /* the pipe halts */
    PIPE_FAULT_DISCONNECT, /* unplugged from here on */
    PIPE_FAULT_SHORT,      /* half of it */
    PIPE_FAULT_GARBAGE,    /* the right length, of rubbish */
    PIPE_FAULT_STALE,      /* the reply before this one; nothing to the probe */
    PIPE_FAULT_ECHO,       /* a reply that begins with the command: a buffer never filled */
    PIPE_FAULT_LATE,       /* a timeout whose reply comes when nobody drains any more */
    PIPE_FAULT_COUNT
};

enum { PIPE_BUFFER = 8192, PIPE_LATE_MAX = 4, PIPE_POINTS_KEPT = 1024 };

struct pipe_reply {
    uint8_t bytes[PIPE_BUFFER];
    size_t length;
};

struct model_pipe {
    struct pipe pipe;
    struct firmware firmware;
    struct sim_board *board;
    uint64_t points;                /* transfers begun so far */
    bool replies[PIPE_POINTS_KEPT]; /* by number: it came from the probe */
    uint64_t fail_at;               /* the transfer with this number (from 1) fails.. */
    enum pipe_fault fault;          /* ..in this way */
    bool gone;
    bool halted;
    /* Begun and not ended, the oldest first; the last ones are not sent yet, when the probe has no
     * buffer for them. */
    struct pipe_exchange *exchanges[PIPE_DEPTH];
    size_t used, sent;
    struct pipe_reply stale; /* the last one that arrived */
    /* Replies that were late: each goes before those that are asked for later. */
    struct pipe_reply late[PIPE_LATE_MAX];
    size_t late_count;
    bool under_way; /* ..and will arrive only after the next drain */
    /* Sees every exchange before it happens; may be NULL. */
    void (*spy)(void *user, const struct pipe_exchange *exchange);
    void *spy_user;
    bool mute;          /* the firmware hangs: no exchange ends, a USB reset helps */
    unsigned resets;    /* USB resets */
    struct clock clock; /* the board's */
};

/* The model and `board` stay the caller's. */
void model_pipe_init(struct model_pipe *pipe, struct firmware firmware, struct sim_board *board);

#endif
