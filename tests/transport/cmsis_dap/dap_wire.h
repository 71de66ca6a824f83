/* SPDX-License-Identifier: MIT */
/* The two wires as the firmware of a CMSIS-DAP probe drives them: sequences of bits, which a debug
 * port takes for a line reset or a change of protocol, and packets. In front of a simulated board,
 * whose own link begins at the line reset. A pure model; one thread at a time.
 * Source: ARM IHI 0031 (ADIv5.2), B4.3, B5.2 and B5.3. */
#ifndef PROBED_DAP_WIRE_H
#define PROBED_DAP_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/board/board.h"

/* What the port at the other end takes the bits for. */
enum dap_wire_state { DAP_WIRE_JTAG, DAP_WIRE_SWD, DAP_WIRE_DORMANT };

/* A packet that comes bit by bit (SWD_Sequence), up to its data. */
struct dap_wire_bits {
    uint8_t request;
    unsigned at;    /* bits since its start bit; 0: the line is idle */
    unsigned end;   /* ..of so many */
    uint64_t reply; /* what the port drives behind the request, from the turnaround on */
    uint64_t data;  /* what the host drives behind the acknowledge */
};

struct dap_wire {
    struct sim_board *board;
    uint32_t khz;
    unsigned turnaround; /* cycles; the port's is 1 */
    enum dap_wire_state state;
    /* A port with TARGETSEL (SWD protocol version 2) answers only when it was selected. */
    bool multidrop, selected;
    uint32_t target; /* TARGETID with bit 0 set and the instance in bits 31:28 */
    bool held_low;   /* the last read that nobody answered was of zeros: shorted to ground */

    uint64_t newest, older; /* the last 128 bits that the host drove, the newest at bit 63 */
    unsigned ones;          /* in a row, until now */
    unsigned since_ones;    /* bits since 50 or more of them, with the first that was none */
    unsigned since_alert;   /* bits since the selection alert */
    uint64_t spare_cycles; /* clocks not yet passed to the board, in thousandths of a microsecond */
    struct dap_wire_bits bits;
};

void dap_wire_init(struct dap_wire *wire, struct sim_board *board);
void dap_wire_clock(struct dap_wire *wire, uint32_t khz);
/* Behind this wire sleeps a port of a multi-drop bus. */
void dap_wire_sleep(struct dap_wire *wire, uint32_t target);

/* The host drives that many bits, the lowest first. */
void dap_wire_out(struct dap_wire *wire, const uint8_t *bits, unsigned count);
/* The host lets go of the line for that many bits (at most 64) and samples them. */
void dap_wire_in(struct dap_wire *wire, uint8_t *bits, unsigned count);
/* One packet. The acknowledge as the firmware samples it: 1, 2, 4; 7 or 0 when nobody answers (the
 * line floats up, or is held down); 8 when the data's parity is wrong. */
uint8_t dap_wire_packet(struct dap_wire *wire, bool ap, bool read, uint8_t reg, uint32_t *value);
/* Idle cycles behind a packet. */
void dap_wire_idle(struct dap_wire *wire, unsigned cycles);

#endif
