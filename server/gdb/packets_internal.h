/* SPDX-License-Identifier: MIT */
/* Between packets.c, which finds and checks, and packets_*.c, which do. */
#ifndef PROBED_PACKETS_INTERNAL_H
#define PROBED_PACKETS_INTERNAL_H

#include "gdb/gdb_state.h"
#include "gdb/packet_args.h"
#include "gdb/packets.h"
#include "gdb/rsp.h"

enum packet_flag {
    PACKET_LONG = 1,    /* may take long: gdb waits for ever, or its flash time-out */
    PACKET_TARGET = 2,  /* an error without a target, before the handler runs */
    PACKET_HALTED = 4,  /* an error while the core runs */
    PACKET_LOOK = 8,    /* depends on whether the core runs: looks first */
    PACKET_ANY = 16,    /* harmless in the middle of another client's long job */
    PACKET_SILENT = 32, /* no reply whatever happens */
    PACKET_LOAD = 64,   /* part of a load, into flash or RAM */
    PACKET_FLASH = 128, /* the first core's, whichever the client debugs */
};

enum { PACKET_VARIABLE_SIZE = 8 }; /* what gdb writes of a variable or register; more is a load */

/* One packet on its way. */
struct packet_call {
    struct session *session;
    struct client *client;
    struct gdb_state *gdb; /* the client's */
    struct job *job;
    const struct packet *packet;
    struct packet_args args;
    struct buf *reply;
    unsigned *actions;
    enum packet_outcome outcome;
    const char *err; /* the error reply, where the protocol has one of its own ("E.memtype") */
};

struct packet {
    const char *name;   /* what it begins with; for q, Q and v a whole word */
    const char *schema; /* packet_args.h */
    /* ERR_OK: the reply is written. NULL: known, and answered empty. */
    enum err (*run)(struct packet_call *call);
    unsigned flags;
    int variant;       /* the handler's own, when it serves several packets */
    const char *offer; /* what it adds to qSupported, or NULL */
};

extern const struct packet packets[];
extern const size_t packet_count;

enum err packet_ok(struct packet_call *call); /* replies OK */
/* PacketSize: RSP_PACKET_SIZE, or what a slow SWD clock carries well inside gdb's patience. */
size_t packet_size(const struct session *session);

/* packets_memory.c */
enum err packet_read_hex(struct packet_call *call);
enum err packet_read_binary(struct packet_call *call);
enum err packet_write(struct packet_call *call);
enum err packet_crc(struct packet_call *call);
enum err packet_search(struct packet_call *call);

/* packets_registers.c */
enum err packet_read_all(struct packet_call *call);
enum err packet_write_all(struct packet_call *call);
enum err packet_read_one(struct packet_call *call);
enum err packet_write_one(struct packet_call *call);

/* packets_run.c; variants of packet_continue and packet_step: takes a signal first */
enum err packet_why(struct packet_call *call);
enum err packet_continue(struct packet_call *call);
enum err packet_step(struct packet_call *call);
enum err packet_vcont(struct packet_call *call);
enum err packet_vcont_actions(struct packet_call *call);
enum err packet_file_answer(struct packet_call *call);

/* packets_session.c */
enum err packet_extended(struct packet_call *call);
enum err packet_attach(struct packet_call *call);
enum err packet_restart(struct packet_call *call);
enum err packet_kill(struct packet_call *call);
enum err packet_detach(struct packet_call *call);

/* packets_break.c; variant: gdb's type 0..4 */
enum err packet_break_set(struct packet_call *call);
enum err packet_break_clear(struct packet_call *call);

/* packets_flash.c */
enum err packet_flash_erase(struct packet_call *call);
enum err packet_flash_write(struct packet_call *call);
enum err packet_flash_done(struct packet_call *call);

/* packets_threads.c; variant of packet_thread: it chooses the one that is meant */
enum { PACKET_THREAD_SELECT = 1 };
enum err packet_thread(struct packet_call *call);
enum err packet_thread_first(struct packet_call *call);
enum err packet_thread_next(struct packet_call *call);
enum err packet_thread_info(struct packet_call *call);
enum err packet_current_thread(struct packet_call *call);
enum err packet_threads(struct packet_call *call);
enum err packet_symbol(struct packet_call *call);

/* packets_query.c */
enum err packet_supported(struct packet_call *call);
enum err packet_no_ack(struct packet_call *call);
enum err packet_attached(struct packet_call *call);
enum err packet_offsets(struct packet_call *call);
enum err packet_monitor(struct packet_call *call);
enum err packet_features(struct packet_call *call);
enum err packet_memory_map(struct packet_call *call);
/* The part of a document that qXfer asks for; its offset and length are arguments `first` and the
 * next. */
enum err packet_window(struct packet_call *call, const struct buf *document, size_t first);

#endif
