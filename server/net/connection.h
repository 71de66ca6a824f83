/* SPDX-License-Identifier: MIT */
/* One accepted socket, TCP or Unix-domain, or a pair of pipes: bytes in at the reader's pace, bytes
 * out without end of memory, an orderly end. However much a client sends, one turn of the loop
 * takes one portion of it, then the others have theirs. Knows no protocol. Loop thread. */
#ifndef PROBED_CONNECTION_H
#define PROBED_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/log.h"

enum {
    CONNECTION_INPUT = 8192,       /* bytes read ahead, and at most in one turn of the loop */
    CONNECTION_CONGESTED = 65536,  /* unsent bytes from which on nothing new should be begun */
    CONNECTION_LIMIT = 1024 * 1024 /* unsent bytes that end the connection */
};

struct connection_events {
    /* Returns how many bytes were used. The rest is kept, and nothing more is read until
     * connection_resume(). */
    size_t (*bytes)(void *user, const char *bytes, size_t length);
    /* The other side sends no more; `broken`: it does not listen either. */
    void (*ended)(void *user, bool broken);
    /* No longer congested. */
    void (*drained)(void *user);
    /* After connection_close(): the memory is the caller's again. */
    void (*closed)(void *user);
};

struct connection {
    const struct connection_events *events;
    void *user;
    const struct log *log;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    uv_pipe_t output;  /* where a pair of pipes writes */
    uv_stream_t *sink; /* socket or output */
    uv_timer_t timer;  /* patience with a peer that does not read, or does not leave */
    uv_shutdown_t shutdown;
    unsigned open_handles;
    bool reading, at_end, finishing, congested;
    bool sated; /* the portion was full: the next is for the loop's next turn */
    bool
        patient; /* who does not read is not closed; the owner sees `congested`. The owner's, too */
    size_t portion; /* bytes in one turn; the owner's, set before it begins; 0: CONNECTION_INPUT */
    size_t offered, held; /* bytes of input that were used, and that wait behind them */
    char input[CONNECTION_INPUT];
};

/* Takes a waiting connection from `listener` and begins to read. closed() may be all that comes. */
void connection_accept(struct connection *connection, uv_stream_t *listener,
                       const struct connection_events *events, void *user, const struct log *log);
/* Takes over two pipes or sockets, one to read from, one to write to. As above; false, with nothing
 * to wait for, if they cannot be polled (a file). */
bool connection_open(struct connection *connection, uv_loop_t *loop, int input, int output,
                     const struct connection_events *events, void *user, const struct log *log);
/* "gdb from 127.0.0.1:50000", "gdb" alone where there is nothing to tell it by. */
void connection_name(const struct connection *connection, const char *service, char *name,
                     size_t size);
/* Copies. */
void connection_write(struct connection *connection, const void *bytes, size_t length);
/* Offers what was kept, then reads on. Must not be called inside bytes(). */
void connection_resume(struct connection *connection);
/* What was written still goes out, then it closes: when the peer does, or after a second. */
void connection_finish(struct connection *connection);
void connection_close(struct connection *connection);

#endif
