/* SPDX-License-Identifier: MIT */
#include "consoles/ports.h"

#include <string.h>

#include "consoles/tcl.h"
#include "consoles/telnet.h"

static void on_arrived(void *user, uv_stream_t *listener);

/* Somebody waits for the place that is free now. */
static void accept_waiting(struct ports *ports)
{
    for (size_t i = 0; i < PORTS; i++) {
        struct port *port = &ports->each[i];

        if (!port->arrival_waits || !port->listener.open)
            continue;
        port->arrival_waits = false;
        on_arrived(port, &port->listener.socket.stream);
        return;
    }
}

static void on_gone(void *user, struct console *console)
{
    struct ports *ports = user;

    for (size_t i = 0; i < PORTS_CONSOLES; i++) {
        if (ports->consoles[i] == console)
            ports->consoles[i] = NULL;
    }
    ports->count--;
    log_line(ports->host.log, LOG_DEBUG, "a %s client left, %zu remain", console->kind->name,
             ports->count);
    if (ports->count == 0)
        ports->empty(ports->user);
    accept_waiting(ports);
}

static void on_shutdown(void *user, int exit_code)
{
    struct ports *ports = user;

    ports->shutdown(ports->user, exit_code);
}

/* All places are taken: one that is about to be free, or the oldest that never completed a line,
 * makes room. False: all are used. */
static bool make_room(struct ports *ports)
{
    struct console *oldest = NULL;

    for (size_t i = 0; i < PORTS_CONSOLES; i++) {
        struct console *console = ports->consoles[i];

        if (console->closing)
            return true;
        if (!console->first_line.over && (!oldest || console->arrival < oldest->arrival))
            oldest = console;
    }
    if (!oldest)
        return false;
    log_line(ports->host.strangers, LOG_INFO,
             "a client takes the place of one of the %s port that never sent a line",
             oldest->kind->name);
    console_close(oldest);
    return true;
}

static void on_arrived(void *user, uv_stream_t *listener)
{
    struct port *port = user;
    struct ports *ports = port->ports;
    const struct console_host *host = &ports->host;
    size_t place = 0;

    while (place < PORTS_CONSOLES && ports->consoles[place])
        place++;
    if (place == PORTS_CONSOLES && make_room(ports)) {
        port->arrival_waits = true; /* libuv asks again only after uv_accept() */
        return;
    }
    if (place < PORTS_CONSOLES)
        ports->consoles[place] = port->create(host, listener);
    if (place == PORTS_CONSOLES || !ports->consoles[place]) {
        log_line(host->strangers, LOG_WARN, "a %s client was turned away: %zu are here already",
                 port->listener.service, ports->count);
        listener_turn_away(host->loop, listener);
        return;
    }
    ports->consoles[place]->arrival = ports->arrivals++;
    ports->count++;
    log_line(host->log, LOG_DEBUG, "a %s client connected, %zu are here", port->listener.service,
             ports->count);
}

void ports_init(struct ports *ports, uv_loop_t *loop, const struct log *log,
                const struct log *strangers, struct worker *worker, const struct peer_rules *peers)
{
    ports->host = (struct console_host){
        .loop = loop,
        .log = log,
        .strangers = strangers,
        .worker = worker,
        .gone = on_gone,
        .shutdown = on_shutdown,
        .user = ports,
    };
    ports->each[PORT_TCL] = (struct port){.create = tcl_console_create};
    ports->each[PORT_TELNET] = (struct port){.create = telnet_console_create};
    for (size_t i = 0; i < PORTS; i++) {
        ports->each[i].ports = ports;
        ports->each[i].listener = (struct listener){
            .service = i == PORT_TCL ? "tcl" : "telnet",
            .peers = peers,
            .log = strangers,
            .arrived = on_arrived,
            .user = &ports->each[i],
        };
    }
}

static bool open_port(struct port *port, const struct endpoint *wanted, char *why, size_t why_size)
{
    return wanted->is_off ||
           listener_open(&port->listener, port->ports->host.loop, wanted, why, why_size);
}

bool ports_open(struct ports *ports, const struct endpoint *tcl, const struct endpoint *telnet,
                bool telnet_optional, char *why, size_t why_size)
{
    if (!open_port(&ports->each[PORT_TCL], tcl, why, why_size))
        return false;
    if (!open_port(&ports->each[PORT_TELNET], telnet, why, why_size)) {
        if (!telnet_optional)
            return false;
        log_line(ports->host.log, LOG_WARN, "%s; going on without telnet", why);
    }
    for (size_t i = 0; i < PORTS; i++) {
        const struct listener *listener = &ports->each[i].listener;

        if (listener->open)
            ports->ready(ports->user, listener->service, &listener->endpoint);
    }
    return true;
}

void ports_close(struct ports *ports)
{
    for (size_t i = 0; i < PORTS; i++)
        listener_close(&ports->each[i].listener);
    for (size_t i = 0; i < PORTS_CONSOLES; i++) {
        if (ports->consoles[i])
            console_close(ports->consoles[i]);
    }
}

void ports_tell(struct ports *ports, const struct event_notice *notice)
{
    for (size_t i = 0; i < PORTS_CONSOLES; i++) {
        if (ports->consoles[i])
            console_tell(ports->consoles[i], notice);
    }
}
