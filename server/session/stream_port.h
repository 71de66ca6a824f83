/* SPDX-License-Identifier: MIT */
/* A command asks for a port at which a stream is heard: the loop opens it while the worker waits,
 * which is safe since the loop never waits for anybody. */
#ifndef PROBED_STREAM_PORT_H
#define PROBED_STREAM_PORT_H

#include <uv.h>

#include "net/endpoint.h"
#include "session/session.h"

enum { STREAM_HELLO = 80 };

/* On the worker's stack; `done` is the loop's stream_route.port. */
struct stream_port_order {
    struct request request; /* a notice, which nobody frees */
    bool open;              /* else: close */
    struct stream_id id;    /* close: its kind alone */
    struct endpoint endpoint;
    char hello[STREAM_HELLO]; /* a line for who connects; empty: none */
    bool ok;
    char why[200];
    uv_sem_t answered; /* the loop's last touch */
};

/* Worker thread. *endpoint becomes where it is. ERR_UNSUPPORTED where there is no loop, ERR_FILE if
 * it cannot be had. */
enum err stream_port_open(struct session *session, struct job *job, struct stream_id id,
                          const char *hello, struct endpoint *endpoint);
/* Those who came through it are gone with it. ERR_ARGUMENT if there is none. */
enum err stream_port_close(struct session *session, struct job *job, enum stream_kind kind,
                           uint16_t port);

#endif
