/* SPDX-License-Identifier: MIT */
/* The queue of operations: how everything above speaks to a target.
 *
 * Callers append operations and flush. Queued operations cannot fail one by one: the first error
 * sticks, nothing after it reaches the target, and ops_flush() returns it (its sentence, with
 * address, width and ACK, is in the probe's job). Results arrive at the flush, not before.
 * Operations stand at the level of memory, where an ST-Link is at home; drivers that only know
 * DP and AP registers let mem_ap.c expand them. One flush is what costs a USB round trip or more,
 * so callers queue all that belongs together.
 *
 * All functions: worker thread; nothing blocks but ops_flush() (and an append to a full queue,
 * which flushes). Pointers given for results and data stay the caller's and must live until
 * the flush. Addresses are target addresses; memory data is in target (little-endian) byte order.
 */
#ifndef PROBED_OPS_H
#define PROBED_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct probe;

enum op_kind {
    OP_READ,      /* memory, `count` elements of `width` bytes to `data` */
    OP_WRITE,     /* memory, from `data` */
    OP_REG_READ,  /* core register `address` = DCRSR.REGSEL; the core must be halted */
    OP_REG_WRITE, /* value in `value` */
    OP_WAIT,      /* until (word at address & mask) == value, at most timeout_us; 0: one look */
    OP_BARRIER,   /* what stands before has reached the target before anything after it is sent */
    OP_DP_READ,   /* `address` = register byte address (0, 4, 8, C), bank in bits 7:4 */
    OP_DP_WRITE,
    OP_AP_READ, /* `address` = register byte address 0x00..0xFC */
    OP_AP_WRITE,
};

struct op {
    enum op_kind kind;
    uint8_t ap;          /* AP number, for all but DP accesses */
    uint8_t width;       /* bytes an element: 1, 2 or 4; the bus access has exactly this width */
    bool increment;      /* address advances by width per element (else a FIFO-like register) */
    uint32_t address;    /* aligned to width */
    uint32_t count;      /* elements */
    void *data;          /* OP_READ target, OP_WRITE source when inline_data is false */
    bool inline_data;    /* OP_WRITE of one element: it is in `value` */
    bool still;          /* OP_READ: as ops_read32_still() */
    bool adds_up;        /* OP_READ to `result`: as ops_collect32() */
    bool *missed;        /* OP_WRITE: as ops_write32_loosely(); else NULL */
    uint32_t *result;    /* reads of one word (OP_READ with data NULL, registers, DP, AP) */
    uint32_t value;      /* written, or waited for */
    uint32_t mask;       /* OP_WAIT */
    uint32_t timeout_us; /* OP_WAIT */
};

enum { OPS_CAPACITY = 128 };

struct ops {
    struct probe *probe;
    uint8_t ap; /* AP of operations appended from now on: the core's; 0 after ops_init() */
    size_t count;
    enum err err; /* sticks until the flush reports it */
    uint32_t dhcsr_seen;
    struct op list[OPS_CAPACITY];
};

void ops_init(struct ops *ops, struct probe *probe);

/* One element; `value` gets it zero-extended. */
void ops_read32(struct ops *ops, uint32_t address, uint32_t *value);
/* A peripheral's register that no read changes, nor anything else by it: it may share a trip, and
 * be read again. */
void ops_read32_still(struct ops *ops, uint32_t address, uint32_t *value);
/* A word whose bits clear when it is read: they are added to *bits, those too that a look which
 * came before its time took away. */
void ops_collect32(struct ops *ops, uint32_t address, uint32_t *bits);
void ops_write32(struct ops *ops, uint32_t address, uint32_t value);
/* One whose place is not sure, so that it may share a trip: before what lets the core go it may
 * fail while that is done (*missed is set, and the write is not made up for), and behind a wait it
 * may come before that is over, and again then. */
void ops_write32_loosely(struct ops *ops, uint32_t address, uint32_t value, bool *missed);
void ops_write16(struct ops *ops, uint32_t address, uint16_t value);
void ops_write8(struct ops *ops, uint32_t address, uint8_t value);
/* `count` elements of `width` bytes; address aligned to width (else ERR_ALIGNMENT at the flush). */
void ops_read(struct ops *ops, uint32_t address, unsigned width, void *data, uint32_t count);
void ops_write(struct ops *ops, uint32_t address, unsigned width, const void *data, uint32_t count);
/* Core registers by DCRSR.REGSEL (Armv7-M ARM C1.6.3): 0-15 R0-R15, 16 xPSR, 17 MSP, 18 PSP,
 * 20 CONTROL/FAULTMASK/BASEPRI/PRIMASK packed, 33 FPSCR, 64-95 S0-S31. */
void ops_reg_read(struct ops *ops, unsigned regsel, uint32_t *value);
void ops_reg_write(struct ops *ops, unsigned regsel, uint32_t value);
/* ERR_TIMEOUT when the time is over. */
void ops_wait32(struct ops *ops, uint32_t address, uint32_t mask, uint32_t value,
                uint32_t timeout_us);
void ops_barrier(struct ops *ops);
/* For what takes a time that is known: sends what is queued, then lets `us` pass before what
 * follows. A cancel meanwhile is the first error: ERR_CANCELLED. */
void ops_sleep(struct ops *ops, uint64_t us);
void ops_dp_read(struct ops *ops, uint32_t reg, uint32_t *value);
void ops_dp_write(struct ops *ops, uint32_t reg, uint32_t value);
void ops_ap_read(struct ops *ops, uint32_t reg, uint32_t *value);
void ops_ap_write(struct ops *ops, uint32_t reg, uint32_t value);

/* Sends what is queued, empties the queue, returns the first error since the last flush.
 * An empty queue costs nothing. */
enum err ops_flush(struct ops *ops);
/* A refused access is an answer here: `*refused`, and no failure of the job by this. What stood
 * before it in the queue was read. Other errors as of ops_flush(). */
enum err ops_flush_or_refused(struct ops *ops, bool *refused);
/* DHCSR.S_RESET_ST and S_RETIRE_ST clear when read, and drivers read DHCSR on their own account
 * (core registers, OP_WAIT on DHCSR). What they saw in flushes of this queue is kept; this hands it
 * over and forgets it. */
uint32_t ops_take_dhcsr_sticky(struct ops *ops);

#endif
