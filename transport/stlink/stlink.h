/* SPDX-License-Identifier: MIT */
/* The ST-Link driver's own parts: stlink.c opens, connects and drives pins, speed.c chooses
 * the speed, run.c turns operations into commands by memory.c, registers.c and
 * script.c, which packs word accesses into RW_MISC scripts; repeat.c does once more
 * what the wire failed; trace.c takes what comes by
 * the trace wire; link.c sends one command and checks what came back. */
#ifndef PROBED_STLINK_H
#define PROBED_STLINK_H

#include "probe/driver.h"
#include "stlink/wire.h"
#include "usb/usb.h"

#define STLINK_PERIPHERALS_START 0x40000000u /* DDI 0403, B3.1: the system address map */
#define STLINK_PERIPHERALS_END 0x60000000u

struct stlink {
    struct pipe *pipe;
    uint8_t version_reply[6]; /* of GET_VERSION, whose answer never changes */
    struct stlink_version version;
    struct stlink_caps caps;
    uint16_t pid;
    bool dirty;          /* the last exchange failed: stale replies may wait */
    unsigned failures;   /* exchanges in a row that failed */
    bool in_service;     /* opened for good: repeated failures mean that it is lost */
    bool lost;           /* gone, or does not answer any more: no good-byes */
    bool entered;        /* SWD was entered and not left */
    bool nrst_low;       /* we drive it */
    uint32_t trace_baud; /* 0: it does not take what comes by the trace wire */
    uint32_t aps_open;   /* bit a: INIT_AP was done since entering */
    uint32_t khz;        /* SWCLK as the probe reports it */
    bool speed_chosen;   /* by the user: no search for the fastest clean one */
    uint8_t sample_ap;   /* where the link is tried by reading: 0, or 1 if the core is there */
    bool wire_proved;  /* the link was clean when last looked at, and no parity error came since */
    uint32_t told_khz; /* the speed of which it was said last that it is the fastest clean one */
    /* READALLREGS' order of registers is not documented: it is believed after it agreed once with
     * READREG on this probe. */
    enum { ALL_REGS_UNKNOWN, ALL_REGS_AGREE, ALL_REGS_DIFFER } all_regs;
};

/* Registers with effects: an access there counts once, and in exactly its own width. */
static inline bool stlink_in_peripherals(uint32_t address)
{
    return address >= STLINK_PERIPHERALS_START && address < STLINK_PERIPHERALS_END;
}

static inline struct stlink *stlink_of(struct probe *probe)
{
    return probe->state;
}

/* Takes over an open pipe to an ST-Link: reads its version, leaves whatever mode a predecessor left
 * it in. On error the pipe is closed. For stlink.c's open and for tests with a modelled probe. */
enum err stlink_start(struct probe *probe, struct pipe *pipe);

/* --- link.c: one command --- */

/* Sends a command and takes exactly `length` bytes of reply (0: none is expected); a short one is
 * no answer. For replies that are data from the first byte on. */
enum err stlink_fetch(struct probe *probe, const uint8_t *command, void *reply, size_t length);
/* As stlink_fetch; a reply that echoes the command, a buffer that was never filled, is none. */
enum err stlink_ask(struct probe *probe, const uint8_t *command, uint8_t *reply, size_t length);
/* What the trace endpoint has: `length` bytes that wait there, *count of which came. */
enum err stlink_fetch_trace(struct probe *probe, uint8_t *bytes, size_t length, size_t *count);
enum err stlink_fail_echo(struct probe *probe, const uint8_t *command);
/* As stlink_ask, with a data phase to the probe instead of a reply. */
enum err stlink_tell(struct probe *probe, const uint8_t *command, const void *data, size_t length);
/* Asks and checks the status byte; WAIT and busy are repeated within a time limit. *status (may be
 * NULL) gets the last one. On a bad status the job has no sentence yet: the caller knows what it
 * was about. */
enum err stlink_ask_status(struct probe *probe, const uint8_t *command, uint8_t *reply,
                           size_t length, const struct stlink_status **status);
/* The outcome of the memory command just sent; *fault_address if it is known (else unchanged). */
enum err stlink_last_status(struct probe *probe, const struct stlink_status **status,
                            uint32_t *fault_address);
/* Records the sentence of an operation that ended with this status. */
enum err stlink_fail(struct probe *probe, const struct op *op, uint32_t address,
                     const struct stlink_status *status);
/* After a fault: the sticky flags are cleared as far as this firmware lets us. */
void stlink_clear_sticky(struct probe *probe);
/* After a fault, before that: the debug port says that it dropped a write whose data arrived
 * garbled (IHI 0031, B2.2.2: WDATAERR). False also if nothing tells. */
bool stlink_write_was_garbled(struct probe *probe);

/* --- stlink.c --- */

/* Opens an access port where this firmware wants that. */
enum err stlink_need_ap(struct probe *probe, uint8_t ap);
/* Leaves and enters SWD again, after the target stopped answering. */
enum err stlink_reenter(struct probe *probe);

/* --- trace.c --- */

/* The driver's. */
uint32_t stlink_trace_limit(const struct probe *probe);
enum err stlink_trace_start(struct probe *probe, uint32_t baud);
enum err stlink_trace_read(struct probe *probe, uint8_t *bytes, size_t capacity, size_t *count);
enum err stlink_trace_stop(struct probe *probe);
/* Around leaving SWD and entering it again: some firmware traces no more afterwards if it was left
 * tracing. */
enum err stlink_trace_pause(struct probe *probe);
enum err stlink_trace_resume(struct probe *probe);

/* --- speed.c --- */

/* As the driver's set_speed: from now on no faster one is looked for. */
enum err stlink_set_speed(struct probe *probe, uint32_t khz, uint32_t *actual_khz);
/* The one to begin with. */
enum err stlink_default_speed(struct probe *probe);
/* SWD is entered. Nobody asked for a speed: as fast as the link proves clean. */
enum err stlink_search_speed(struct probe *probe);
/* A few reads of memory that never changes come out differently, or garbled. */
bool stlink_link_garbles(struct probe *probe);

/* --- memory.c --- */

/* Register accesses of a MEM-AP that fit into a slice of 40 ms at this SWCLK. */
uint32_t stlink_slice_accesses(const struct stlink *stlink);
enum err stlink_run_memory(struct probe *probe, struct op *op);
/* A block that one command can move, tried once; `op->data` is never NULL. */
enum err stlink_run_piece(struct probe *probe, struct op *op);
/* One word of AP 0, for `op`, which errors are told of. */
enum err stlink_read_word(struct probe *probe, const struct op *op, uint32_t address,
                          uint32_t *value);
/* One word through op->ap, whichever it is: OP_READ or OP_WRITE. */
enum err stlink_any_word(struct probe *probe, const struct op *op, enum op_kind kind,
                         uint32_t address, uint32_t *value);

/* --- registers.c --- */

/* READALLREGS is known to mean what single reads say, and fast enough. */
bool stlink_all_regs_usable(const struct stlink *stlink);
enum err stlink_run_reg(struct probe *probe, struct op *op);
/* Serves all register reads among [first, end) that are not done, if they are worth it. */
enum err stlink_run_all_regs(struct probe *probe, struct op *ops, size_t first, size_t end,
                             bool *done);
/* After a queue that read all registers one by one: does READALLREGS say the same? */
enum err stlink_learn_all_regs(struct probe *probe, const struct op *ops, size_t count);

/* --- run.c --- */

enum err stlink_run(struct probe *probe, struct op *ops, size_t count);
/* One operation by itself, with retries. */
enum err stlink_run_one(struct probe *probe, struct op *op);

/* --- repeat.c --- */

/* One try of an operation, with its sentence if it fails. */
typedef enum err stlink_once(struct probe *probe, struct op *op);

/* Tries, and once more where that does no harm: refused or garbled, the wire may have done it;
 * nobody acknowledged, the target may have been reset. Then the sticky flags are cleared, and a
 * refusal that was the wire's is told as ERR_PARITY. */
enum err stlink_run_repeated(struct probe *probe, struct op *op, stlink_once *once);
/* An operation that ended with this error may be done again: ERR_FAULT, ERR_PARITY: it may have
 * been done. */
bool stlink_may_repeat(const struct op *op, enum err err);
/* What failed came through the second time: it was the wire. */
static inline void stlink_note_repeat(struct probe *probe)
{
    probe->stats.repeats++;
    stlink_of(probe)->wire_proved = false;
}
/* For a refusal that was recorded: ERR_FAULT, or ERR_PARITY with a sentence of its own. */
enum err stlink_judge_refusal(struct probe *probe, const struct op *op, bool write_garbled);

/* --- script.c --- */

/* A write that lets the core go, or resets it: it must not happen before everything that was queued
 * before it has, nor twice. */
bool stlink_is_action(const struct op *op);

enum { STLINK_RUN_MAX = OPS_CAPACITY };

/* Runs the operations from `first` on that fit into one script, as far as one script may hold them,
 * and marks them in `done`. Reads that are better done otherwise are stepped over: *end is the
 * first operation the script did not look at, everything before it that is not done is a read to be
 * run before going on. *end == first: nothing here is for a script. */
enum err stlink_script_run(struct probe *probe, struct op *ops, size_t first, size_t count,
                           bool *done, size_t *end);

#endif
