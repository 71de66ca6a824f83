/* SPDX-License-Identifier: MIT */
/* The CMSIS-DAP driver's own parts, each of which uses those above it: link.c sends commands and
 * checks what came back, packet.c makes packets of register accesses, transfer.c has as many of
 * them under way as the probe takes, swd.c wakes the port and drives pins, cmsis_dap.c finds, opens
 * and connects. */
#ifndef PROBED_CMSIS_DAP_H
#define PROBED_CMSIS_DAP_H

#include "cmsis_dap/packet.h"
#include "cmsis_dap/wire.h"
#include "probe/driver.h"
#include "usb/pipe.h"

/* A packet under way. */
struct cmsis_flight {
    struct cmsis_packet packet;
    uint8_t reply[CMSIS_PACKET_MAX];
    struct pipe_exchange exchange;
};

struct cmsis_dap {
    struct pipe *pipe;
    size_t report_size; /* of HID: packets have this length, both ways; 0: their own (bulk) */
    size_t packet_size; /* CMSIS_PACKET_MIN..MAX */
    uint16_t told_size; /* as DAP_Info says it: an answer that never changes; 0: not yet */
    size_t depth;       /* packets that may be under way */
    bool cuts;          /* it ends blocks early, and says OK: so it was told */
    uint32_t can;       /* CMSIS_CAN_* */
    bool dirty;         /* the last exchange failed: stale replies may wait */
    unsigned failures;  /* exchanges in a row that failed */
    bool in_service;    /* opened for good: repeated failures mean that it is lost */
    bool lost;          /* gone, or does not answer any more: no good-byes */
    bool connected;     /* DAP_Connect was told, and no DAP_Disconnect */
    bool nrst_low;      /* we drive it */
    uint32_t khz;       /* SWCLK as it was asked for */
    struct cmsis_flight flights[PIPE_DEPTH];
};

static inline struct cmsis_dap *cmsis_dap_of(const struct probe *probe)
{
    return probe->state;
}

/* What is known of a probe before it is asked. */
struct cmsis_way {
    size_t report_size; /* as struct cmsis_dap has it */
    uint32_t quirks;    /* CMSIS_QUIRK_* */
};

/* Takes over an open pipe to a CMSIS-DAP probe. On error the pipe is closed. For cmsis_dap.c's open
 * and for tests with a modelled probe. */
enum err cmsis_dap_start(struct probe *probe, struct pipe *pipe, struct cmsis_way way);

/* --- link.c --- */

/* Sends a command and takes its reply, `capacity` bytes at most, *length of which came (at least
 * the command's number). A reply to another command is read away and the command sent again, once:
 * only for commands that may be repeated. */
enum err cmsis_dap_ask(struct probe *probe, const uint8_t *command, size_t length, uint8_t *reply,
                       size_t capacity, size_t *got);
/* A command whose reply is a status; what it was about, for the sentence when that is bad. */
enum err cmsis_dap_tell(struct probe *probe, const uint8_t *command, size_t length,
                        const char *what);
/* The answer to DAP_Info: *got bytes, none if it does not know. */
enum err cmsis_dap_info(struct probe *probe, uint8_t id, uint8_t *bytes, size_t capacity,
                        size_t *got);
/* A packet in two halves, as the pipe's begin() and end(). */
enum err cmsis_dap_begin(struct probe *probe, struct cmsis_flight *flight);
enum err cmsis_dap_end(struct probe *probe, struct cmsis_flight *flight);
/* What came is no reply to what was sent: the next command makes sure first. ERR_PROBE. */
enum err cmsis_dap_fail_strange(struct probe *probe, uint8_t command, const uint8_t *reply,
                                size_t length);

/* --- transfer.c --- */

/* The driver's transfer(). */
enum err cmsis_dap_transfer(struct probe *probe, struct dap_access *list, size_t count,
                            size_t *done, enum swd_ack *ack);

/* --- swd.c --- */

/* Begins to drive the wires, at this speed. */
enum err cmsis_dap_connect_wires(struct probe *probe);
enum err cmsis_dap_disconnect_wires(struct probe *probe);
/* The driver's. */
enum err cmsis_dap_line_reset(struct probe *probe);
enum err cmsis_dap_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz);
enum err cmsis_dap_nrst(struct probe *probe, enum probe_nrst level);

#endif
