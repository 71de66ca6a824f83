/* SPDX-License-Identifier: MIT */
/* One gdb connection: frames packets, hands them to the worker one by one, keeps the promises of
 * the protocol about time, order and acknowledgement. Loop thread. */
#ifndef PROBED_GDB_SESSION_H
#define PROBED_GDB_SESSION_H

#include <stdbool.h>
#include <uv.h>

#include "base/log.h"

struct gdb_session;
struct message;
struct worker;

/* What all sessions of a daemon share; outlives them. */
struct session_host {
    uv_loop_t *loop;
    const struct log *log;
    struct worker *worker;
    /* The session is about to be freed. */
    void (*gone)(void *user, struct gdb_session *session);
    /* A monitor command asks the daemon to end. */
    void (*shutdown)(void *user, int exit_code);
    void *user;
};

/* Takes the connection that waits at `listener`; frees itself after `gone`. NULL without memory. */
struct gdb_session *gdb_session_create(const struct session_host *host, uv_stream_t *listener);
/* The same over two pipes, which become the session's. NULL also if they are no pipes or sockets.
 */
struct gdb_session *gdb_session_open(const struct session_host *host, int input, int output);
/* A message whose `session` this is came from the worker; becomes the session's. */
void gdb_session_take(struct gdb_session *session, struct message *message);
/* Begins to close; `gone` comes later. Twice is fine. */
void gdb_session_close(struct gdb_session *session);
/* Its place is about to be free. */
bool gdb_session_closing(const struct gdb_session *session);
/* At least one valid packet came: it was a gdb, not a port scanner. */
bool gdb_session_spoke(const struct gdb_session *session);
/* It said target extended-remote. */
bool gdb_session_extended(const struct gdb_session *session);

#endif
