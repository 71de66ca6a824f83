/* SPDX-License-Identifier: MIT */
/* Between the parts of mem_ap: mem_ap_expand.c turns operations into a batch of register
 * accesses, mem_ap.c sends it and hands out what came back, mem_ap_trouble.c deals with what went
 * wrong. */
#ifndef PROBED_MEM_AP_RUN_H
#define PROBED_MEM_AP_RUN_H

#include "probe/driver.h"

enum { MEM_AP_BATCH = 2048, MEM_AP_BATCH_START = 64 };

/* The four debug registers lie in one 16-byte block, so with TAR there they are BD0 to BD3:
 * no TAR change however they are mixed (DDI 0403, C1.6; IHI 0031, C2.6.3). */
#define DEBUG_BLOCK 0xE000EDF0u
#define DEBUG_DHCSR (DEBUG_BLOCK + 0x0)
enum { BD_DHCSR = AP_BD0, BD_DCRSR = AP_BD0 + 4, BD_DCRDR = AP_BD0 + 8 };
#define DCRSR_WRITE (1u << 16)
#define DHCSR_S_REGRDY (1u << 16)
#define DHCSR_S_HALT (1u << 17)

/* Steps of a core register operation. */
enum {
    REG_IDLE,    /* careful only: the transfer before has ended */
    REG_REQUEST, /* DCRDR when writing, DCRSR */
    REG_STATUS,  /* DHCSR: halted, and the transfer has ended? */
    REG_VALUE,   /* reading: DCRDR */
};

/* Where in the list of operations: element of a block, or step of a register operation. */
struct mem_ap_cursor {
    uint32_t op, step;
};

enum mem_ap_slot_kind {
    SLOT_SETUP,   /* SELECT, CSW, TAR, DCRSR..: nothing comes back */
    SLOT_CHECK,   /* RDBUFF: the write before has reached the target */
    SLOT_ELEMENT, /* of OP_READ or OP_WRITE */
    SLOT_RESULT,  /* a word for op->result */
    SLOT_STATUS,  /* DHCSR of a core register operation */
    SLOT_WAIT,    /* the word OP_WAIT looks at */
    SLOT_LOOK,    /* that word, for what stands in it: whether it is the one waited for.. */
    SLOT_MATCH,   /* ..the probe sees: nothing behind is done if not */
};

/* What an access of the batch is for, and where to go on if it fails. */
struct mem_ap_slot {
    struct mem_ap_cursor at;
    uint8_t kind;
};

struct mem_ap_run {
    struct probe *probe;
    struct op *ops;
    size_t count;
    struct mem_ap_cursor next; /* to be expanded next */

    size_t used, limit;
    struct dap_access list[MEM_AP_BATCH];
    struct mem_ap_slot slots[MEM_AP_BATCH];
    bool has_reg, has_reg_read; /* the batch holds register operations */

    bool careful;     /* S_REGRDY was late once: one register operation a batch */
    bool unsatisfied; /* the last batch ended in an answer that is not there yet */
    bool waiting;     /* ... since: */
    uint64_t waiting_since_us;
    uint32_t waited_value; /* what OP_WAIT saw last */

    struct mem_ap_cursor trouble_at;
    unsigned retries;
    bool reconnected;
};

/* Fills the batch from run->next on and moves run->next; stops where an answer must be known
 * before anything further may be sent. */
void mem_ap_expand(struct mem_ap_run *run);

/* Target address of element `step` of a memory operation; the operation's address for others. */
uint32_t mem_ap_address(const struct op *op, uint32_t step);

/* The operation an access is for. The check behind a last write stands past the end of the list: it
 * belongs to that write. */
const struct op *mem_ap_op_at(const struct mem_ap_run *run, size_t slot);

/* `done` accesses of the batch were answered OK; the next, or the end of the batch, with `ack`.
 * ERR_OK: run->next says from where to go on. */
enum err mem_ap_trouble(struct mem_ap_run *run, size_t done, enum swd_ack ack);

/* DRW or banked data: an access that goes out on the target's bus. */
bool mem_ap_is_data(const struct dap_access *access);

#endif
