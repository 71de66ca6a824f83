/* SPDX-License-Identifier: MIT */
/* Whole daemons on threads of the test's own process, and clients with plain sockets. */
#ifndef DAEMON_RIG_H
#define DAEMON_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "daemon.h"

enum { RIG_STATIONS = 4 };

struct rig {
    struct options options;
    struct daemon *daemon;
    uv_thread_t thread;
    uv_mutex_t lock; /* over what follows */
    uv_cond_t changed;
    char ready[160]; /* gdb's ready line; empty before */
    int telnet, tcl; /* their ports; 0: off */
    /* Of stations that are called "0", "1".. */
    int gdbs[RIG_STATIONS], telnets[RIG_STATIONS];
    char log[16384];
    bool ended;
    int code; /* of daemon_create() or daemon_run() */
};

/* Options as on the command line, parted by single spaces; --gdb 0 and --telnet off if they say
 * nothing of it. Returns once the port is ready or the daemon has ended. */
void rig_start(struct rig *rig, const char *options);
/* Waits until the log contains `text`. */
void rig_wait_for_log(struct rig *rig, const char *text);
/* The TCP port of the ready line. */
int rig_port(struct rig *rig);
/* Of the station so called; waits for it. */
int rig_gdb_of(struct rig *rig, size_t station);
/* Stops it, returns its exit code. */
int rig_stop(struct rig *rig);
/* Waits for it to end by itself. */
int rig_join(struct rig *rig);

/* Connected sockets; reading gives up after 20 s. */
int client_connect(struct rig *rig);
int client_connect_to(int port);
void client_write(int client, const char *bytes, size_t length);
/* Frames and sends. */
void client_send(int client, const char *payload);
/* The next packet's payload, run lengths expanded; acknowledgements are skipped. False at the end
 * of the connection. */
bool client_receive(int client, char *payload, size_t size);
/* Sends, receives, compares. */
void client_expect(int client, const char *payload, const char *reply);
/* Sends QStartNoAckMode; nothing is acknowledged afterwards. */
void client_no_ack(int client);
/* Everything up to the end of the connection is thrown away. */
void client_wait_for_end(int client);

#endif
