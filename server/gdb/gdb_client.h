/* SPDX-License-Identifier: MIT */
/* One gdb connection: frames packets, hands them to the worker one by one, keeps the promises of
 * the protocol about time, order and acknowledgement. Loop thread. */
#ifndef PROBED_GDB_CLIENT_H
#define PROBED_GDB_CLIENT_H

#include <stdbool.h>
#include <uv.h>

#include "base/log.h"

struct gdb_client;
struct worker;

/* What all gdbs of a station share; outlives them. */
struct gdb_host {
    uv_loop_t *loop;
    const struct log *log;
    const struct log *strangers; /* for what clients cause that are no gdbs */
    struct worker *worker;
    unsigned core; /* of the target: which one they debug */
    /* The gdb is about to be freed. */
    void (*gone)(void *user, struct gdb_client *gdb);
    /* A socket that sends no good packet for so long is no gdb's, and closed; 0: never. */
    uint64_t silence_ms;
    /* A monitor command asks the daemon to end. */
    void (*shutdown)(void *user, int exit_code);
    void *user;
};

/* Takes the connection that waits at `listener`; frees itself after `gone`. NULL without memory. */
struct gdb_client *gdb_client_create(const struct gdb_host *host, uv_stream_t *listener);
/* The same over two pipes, which become the gdb's. NULL also if they are no pipes or sockets.
 */
struct gdb_client *gdb_client_open(const struct gdb_host *host, int input, int output);
/* Begins to close; `gone` comes later. Twice is fine. */
void gdb_client_close(struct gdb_client *gdb);
/* Its place is about to be free. */
bool gdb_client_closing(const struct gdb_client *gdb);
/* At least one valid packet came: it was a gdb, not a port scanner. */
bool gdb_client_spoke(const struct gdb_client *gdb);
/* Since when it has been here without one, uv_now(); UINT64_MAX if it spoke, or closes already. */
uint64_t gdb_client_silent_since(const struct gdb_client *gdb);
/* It said target extended-remote. */
bool gdb_client_extended(const struct gdb_client *gdb);

#endif
