/* SPDX-License-Identifier: MIT */
/* What the files of the model share: dap_model.c has the packets and the table of commands, the
 * others carry them out. */
#ifndef PROBED_DAP_MODEL_INTERNAL_H
#define PROBED_DAP_MODEL_INTERNAL_H

#include "dap_model.h"

enum { DAP_PACKET_MAX = 1024, DAP_PACKETS_MAX = 8 };
enum { DAP_STATUS_OK = 0, DAP_STATUS_ERROR = 0xFF };

struct dap_packet {
    uint8_t bytes[DAP_PACKET_MAX];
    size_t length;
};

struct dap_queue {
    struct dap_packet packets[DAP_PACKETS_MAX];
    size_t count; /* the oldest first */
};

struct dap_swo {
    uint8_t transport, mode;
    uint32_t baud;
    bool active;
};

struct dap_model {
    const struct dap_config *config;
    struct dap_wire wire;
    struct dap_queue requests; /* held back by QueueCommands */
    struct dap_queue responses;
    size_t partial; /* bytes of a report that is not full yet, behind the requests */
    uint64_t commands;
    unsigned violations;
    bool connected;
    uint8_t idle_cycles;
    uint16_t wait_retries, match_retries;
    uint32_t match_mask;
    uint8_t pins; /* as the host drives them */
    struct dap_swo swo;
};

/* A request on its way to its response. Reading past its end, or writing past the packet's, counts
 * as a violation; what is read there are zeros. */
struct dap_call {
    struct dap_model *model;
    const uint8_t *request;
    size_t at, length;
    uint8_t *response;
    size_t used, room;
};

uint8_t dap_take8(struct dap_call *call);
uint16_t dap_take16(struct dap_call *call);
uint32_t dap_take32(struct dap_call *call);
/* The next bytes themselves; NULL if there are not so many. */
const uint8_t *dap_take_bytes(struct dap_call *call, size_t count);
size_t dap_left(const struct dap_call *call);
void dap_put8(struct dap_call *call, uint8_t value);
void dap_put16(struct dap_call *call, uint16_t value);
void dap_put32(struct dap_call *call, uint32_t value);
/* Room for that many bytes; NULL if there is not so much. */
uint8_t *dap_put_bytes(struct dap_call *call, size_t count);
void dap_put_status(struct dap_call *call, bool ok);

/* --- dap_transfers.c --- */

void dap_do_transfer(struct dap_call *call);
void dap_do_transfer_block(struct dap_call *call);
void dap_do_write_abort(struct dap_call *call);

/* --- dap_info.c: who it is, and SWO --- */

void dap_do_info(struct dap_call *call);
void dap_do_swo_transport(struct dap_call *call);
void dap_do_swo_mode(struct dap_call *call);
void dap_do_swo_baudrate(struct dap_call *call);
void dap_do_swo_control(struct dap_call *call);
void dap_do_swo_status(struct dap_call *call);
void dap_do_swo_extended_status(struct dap_call *call);
void dap_do_swo_data(struct dap_call *call);

/* --- dap_pins.c: the wires themselves --- */

void dap_do_connect(struct dap_call *call);
void dap_do_disconnect(struct dap_call *call);
void dap_do_pins(struct dap_call *call);
void dap_do_clock(struct dap_call *call);
void dap_do_sequence(struct dap_call *call);
void dap_do_swd_configure(struct dap_call *call);
void dap_do_swd_sequence(struct dap_call *call);

#endif
