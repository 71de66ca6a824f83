/* SPDX-License-Identifier: MIT */
/* The gdb port of a station, and the gdbs that came through it. Loop thread. */
#ifndef PROBED_GDB_PORT_H
#define PROBED_GDB_PORT_H

#include "gdb/gdb_client.h"
#include "net/listener.h"
#include "session/session.h"

struct gdb_port {
    struct gdb_host host; /* gone, shutdown and user are the port's own */
    struct listener listener;
    struct gdb_client *clients[SESSION_CLIENTS];
    size_t count;       /* of clients */
    bool arrival_waits; /* accepted once a gdb that closes is gone */
    /* One of them is gone: `spoke`, it was a gdb and no port scanner; `extended` as
     * gdb_client_extended(). */
    void (*left)(void *user, bool spoke, bool extended);
    void (*shutdown)(void *user, int exit_code);
    void *user;
};

/* Not open yet. All outlive the gdbs. `strangers`: as gdb_host. */
void gdb_port_init(struct gdb_port *port, uv_loop_t *loop, const struct log *log,
                   const struct log *strangers, struct worker *worker,
                   const struct peer_rules *peers);
/* Opens the port, or takes standard input and output for the one gdb; off: does nothing.
 * *endpoint becomes where it is. False: `why` (200 bytes) has a sentence. */
bool gdb_port_open(struct gdb_port *port, struct endpoint *endpoint, char *why, size_t why_size);
/* Closes the port and its gdbs; left() comes as each is gone. */
void gdb_port_close(struct gdb_port *port);

#endif
