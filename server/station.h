/* SPDX-License-Identifier: MIT */
/* A station: one probe with its worker, its ports (gdb, telnet, Tcl) and the gdbs and
 * consoles that came through them. Start: worker, first try to connect, commands of -c, ports,
 * ready lines. End: ports, gdbs and consoles, worker (everything of ours off the chip). Loop
 * thread. */
#ifndef PROBED_STATION_H
#define PROBED_STATION_H

#include <uv.h>

#include "base/log.h"
#include "net/peer.h"
#include "options/options.h"
#include "station_plan.h"

struct station;

struct station_setup {
    uv_loop_t *loop;
    const struct options *options;   /* what all stations have in common.. */
    const struct station_plan *plan; /* ..and what is this one's own */
    const struct log *log;
    const struct peer_rules *peers;
    /* A port accepts from now on; as daemon_setup.ready. */
    void (*ready)(void *user, const char *name, const char *service,
                  const struct endpoint *endpoint);
    void *ready_user;
    /* What the process's exit code shall be (daemon.h), whatever ends it. */
    void (*exit_code)(void *user, int code);
    /* It asks for the end of all stations: a port that cannot be had, no memory. */
    void (*leave_all)(void *user);
    /* It leaves by itself: a command, or a first try to connect that failed for good. */
    void (*leaves)(void *user);
    /* Its first try to connect is over, whatever came of it. */
    void (*tried)(void *user);
    /* The place of its chip's other core; false: none yet (station_open_core() will come), or
     * never.
     */
    bool (*core_place)(void *user, const struct station_plan *plan, struct endpoint *endpoint);
    /* The last gdb of it is gone, and the options want no more than that (station_gdbs()). */
    void (*idle)(void *user);
    /* After station_leave(): nothing of it is with the loop any more, station_destroy() may follow.
     */
    void (*ended)(void *user);
    void *user;
};

/* All of the setup outlives the station. Returns an exit code; the log has the sentence if it is
 * not DAEMON_OK. */
int station_create(const struct station_setup *setup, struct station **station);
/* All stations have tried: opens the port of the other core, if the chip has one. */
void station_open_core(struct station *station);
/* gdbs that are connected. */
size_t station_gdbs(const struct station *station);
/* Begins the end; ended() comes later. Twice is fine. */
void station_leave(struct station *station);
/* Before station_create()'s caller ran the loop, or after ended(). NULL is fine. */
void station_destroy(struct station *station);

#endif
