/* SPDX-License-Identifier: MIT */
/* A usb_pipe whose far end is the modelled ST-Link, in the same process: deterministic, in virtual
 * time, and able to fail at any transfer in any way. */
#ifndef PROBED_MODEL_PIPE_H
#define PROBED_MODEL_PIPE_H

#include "base/clock.h"
#include "stlink_model.h"
#include "usb.h"

enum pipe_fault {
    PIPE_FAULT_NONE,
    PIPE_FAULT_TIMEOUT,    /* nothing comes; the probe did the work */
    PIPE_FAULT_STALL,      /* the pipe halts */
    PIPE_FAULT_DISCONNECT, /* unplugged from here on */
    PIPE_FAULT_SHORT,      /* half the reply */
    PIPE_FAULT_GARBAGE,    /* a reply of the right length, of rubbish */
    PIPE_FAULT_STALE,      /* the reply before this one */
    PIPE_FAULT_REFUSED,    /* the command never reaches the probe */
    PIPE_FAULT_COUNT
};

struct model_pipe {
    struct usb_pipe pipe;
    struct stlink_model *model;
    struct sim_board *board;
    uint64_t exchanges;    /* so far */
    uint64_t fail_at;      /* the exchange with this number (from 1) fails.. */
    enum pipe_fault fault; /* ..in this way */
    bool gone;
    bool halted;
    uint8_t stale[8192];
    size_t stale_length;
    /* Sees every exchange before it happens; may be NULL. */
    void (*spy)(void *user, const struct usb_exchange *exchange);
    void *spy_user;
    bool mute;          /* the firmware hangs: no exchange ends, a USB reset helps */
    bool nrst_low;      /* as DRIVE_NRST said last */
    unsigned resets;    /* USB resets */
    struct clock clock; /* the board's */
};

/* `model` and `board` stay the caller's. */
void model_pipe_init(struct model_pipe *pipe, struct stlink_model *model, struct sim_board *board);

#endif
