/* SPDX-License-Identifier: MIT */
#include "gdb/gdb_port.h"

#include <unistd.h>

enum { SILENCE_MS = 10000 }; /* gdb speaks at once */

static void on_arrived(void *user, uv_stream_t *listener);

static void on_gone(void *user, struct gdb_client *gdb)
{
    struct gdb_port *port = user;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        if (port->clients[i] == gdb)
            port->clients[i] = NULL;
    }
    port->count--;
    log_line(port->host.log, LOG_DEBUG, "a gdb left, %zu remain", port->count);
    port->left(port->user, gdb_client_spoke(gdb), gdb_client_extended(gdb));
    if (port->arrival_waits && port->listener.open) {
        port->arrival_waits = false;
        on_arrived(port, &port->listener.socket.stream);
    }
}

static void on_shutdown(void *user, int exit_code)
{
    struct gdb_port *port = user;

    port->shutdown(port->user, exit_code);
}

/* All places are taken: one that is about to be free, or the oldest that never spoke, makes room.
 * False: all are gdbs. */
static bool make_room(struct gdb_port *port)
{
    struct gdb_client *oldest = NULL;

    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        struct gdb_client *gdb = port->clients[i];

        if (gdb_client_closing(gdb))
            return true;
        if (gdb_client_silent_since(gdb) < (oldest ? gdb_client_silent_since(oldest) : UINT64_MAX))
            oldest = gdb;
    }
    if (!oldest)
        return false;
    log_line(port->host.strangers, LOG_INFO, "a gdb takes the place of a client that never spoke");
    gdb_client_close(oldest);
    return true;
}

static void on_arrived(void *user, uv_stream_t *listener)
{
    struct gdb_port *port = user;
    size_t place = 0;

    while (place < SESSION_CLIENTS && port->clients[place])
        place++;
    if (place == SESSION_CLIENTS && make_room(port)) {
        port->arrival_waits = true; /* libuv asks again only after uv_accept() */
        return;
    }
    if (place < SESSION_CLIENTS)
        port->clients[place] = gdb_client_create(&port->host, listener);
    if (place == SESSION_CLIENTS || !port->clients[place]) {
        log_line(port->host.strangers, LOG_WARN, "a gdb was turned away: %d are connected already",
                 SESSION_CLIENTS);
        listener_turn_away(port->host.loop, listener);
        return;
    }
    port->count++;
    log_line(port->host.log, LOG_DEBUG, "a gdb connected, %zu are here", port->count);
}

void gdb_port_init(struct gdb_port *port, uv_loop_t *loop, const struct log *log,
                   const struct log *strangers, struct worker *worker,
                   const struct peer_rules *peers)
{
    *port = (struct gdb_port){
        .host =
            {
                .loop = loop,
                .log = log,
                .strangers = strangers,
                .worker = worker,
                .silence_ms = SILENCE_MS,
                .gone = on_gone,
                .shutdown = on_shutdown,
                .user = port,
            },
        .listener =
            {
                .service = "gdb",
                .peers = peers,
                .log = strangers,
                .arrived = on_arrived,
                .user = port,
            },
    };
}

static bool open_pipe(struct gdb_port *port, char *why, size_t why_size)
{
    port->clients[0] = gdb_client_open(&port->host, STDIN_FILENO, STDOUT_FILENO);
    if (!port->clients[0]) {
        snprintf(why, why_size,
                 "--gdb pipe: standard input and output are no pipes; gdb makes them: target "
                 "extended-remote | probed --gdb pipe");
        return false;
    }
    port->count++;
    return true;
}

bool gdb_port_open(struct gdb_port *port, struct endpoint *endpoint, char *why, size_t why_size)
{
    if (endpoint->is_off)
        return true;
    if (endpoint->is_pipe)
        return open_pipe(port, why, why_size);
    if (!listener_open(&port->listener, port->host.loop, endpoint, why, why_size))
        return false;
    *endpoint = port->listener.endpoint;
    return true;
}

void gdb_port_close(struct gdb_port *port)
{
    listener_close(&port->listener);
    for (size_t i = 0; i < SESSION_CLIENTS; i++) {
        if (port->clients[i])
            gdb_client_close(port->clients[i]);
    }
}
