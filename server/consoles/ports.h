/* SPDX-License-Identifier: MIT */
/* The telnet and the TCL port of a station, and the consoles that came through them. Loop thread.
 */
#ifndef PROBED_PORTS_H
#define PROBED_PORTS_H

#include "consoles/console.h"
#include "net/listener.h"

enum {
    PORTS_CONSOLES =
        64 /* more take the place of one that never completed a line, or are turned away */
};
enum { PORT_TCL, PORT_TELNET, PORTS };

struct ports {
    struct console_host host; /* gone and user are the ports' own */
    struct port {
        struct ports *ports;
        struct listener listener;
        struct console *(*create)(const struct console_host *host, uv_stream_t *listener);
        bool arrival_waits; /* accepted once a console that closes is gone */
    } each[PORTS];
    struct console *consoles[PORTS_CONSOLES];
    size_t count; /* of consoles */
    uint64_t arrivals;
    /* A port accepts from now on; `service` is what it is for: "telnet". */
    void (*ready)(void *user, const char *service, const struct endpoint *endpoint);
    void (*shutdown)(void *user, int exit_code);
    void (*empty)(void *user); /* the last console is gone */
    void *user;
};

/* No port is open yet. All outlive the consoles. `strangers`: as console_host. */
void ports_init(struct ports *ports, uv_loop_t *loop, const struct log *log,
                const struct log *strangers, struct worker *worker, const struct peer_rules *peers);
/* Opens what is not off and tells `ready` of each. False: `why` (200 bytes) has a sentence. A
 * telnet port that nobody asked for (`telnet_optional`) and that cannot be had is only a warning.
 */
bool ports_open(struct ports *ports, const struct endpoint *tcl, const struct endpoint *telnet,
                bool telnet_optional, char *why, size_t why_size);
/* Closes ports and consoles; empty() comes when the last is gone, not if there is none. */
void ports_close(struct ports *ports);
/* EVENT of the worker for all consoles; stays the caller's. */
void ports_tell(struct ports *ports, const struct event_notice *notice);

#endif
