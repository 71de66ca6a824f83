/* SPDX-License-Identifier: MIT */
#include "streams/streams.h"

#include <stdio.h>
#include <string.h>

#include "session/stream_port.h"
#include "station_plan.h"

static const char *const services[] = {[STREAM_RTT] = "rtt",
                                       [STREAM_SWO_RAW] = "swo",
                                       [STREAM_ITM] = "itm",
                                       [STREAM_SEMIHOSTING] = "semihosting"};

/* --- who listens --- */

static void on_gone(void *user, struct stream_listener *listener)
{
    struct streams *streams = user;

    for (size_t i = 0; i < STREAM_LISTENERS; i++)
        if (streams->listeners[i] == listener)
            streams->listeners[i] = NULL;
    streams->count--;
    if (streams->count == 0)
        streams->empty(streams->user);
}

static void on_arrived(void *user, uv_stream_t *stream)
{
    struct stream_port *port = user;
    struct streams *streams = port->streams;
    size_t place = 0;

    while (place < STREAM_LISTENERS && streams->listeners[place])
        place++;
    if (place < STREAM_LISTENERS)
        streams->listeners[place] =
            stream_listener_create(&streams->host, port->id, port->hello, stream);
    if (place == STREAM_LISTENERS || !streams->listeners[place]) {
        log_line(streams->host.strangers, LOG_WARN,
                 "a client of the %s port was turned away: %zu are here already",
                 port->listener.service, streams->count);
        listener_turn_away(streams->loop, stream);
        return;
    }
    streams->count++;
}

static void on_notice(struct request *request)
{
    struct streams *streams = request->owner;
    const struct stream_notice *notice = (const struct stream_notice *)request;

    atomic_fetch_sub(&streams->route.unsent, notice->length);
    for (size_t i = 0; i < STREAM_LISTENERS; i++) {
        struct stream_listener *listener = streams->listeners[i];

        if (!listener || !stream_same(listener->id, notice->id))
            continue;
        if (notice->event == STREAM_BYTES)
            stream_listener_bring(listener, notice->bytes, notice->length);
        else
            stream_listener_go_on(listener);
    }
    request_destroy(request);
}

/* --- ports --- */

static void on_port_closed(void *user)
{
    ((struct stream_port *)user)->used = false;
}

static void on_order(struct request *request)
{
    struct stream_port_order *order = (struct stream_port_order *)request;
    struct streams *streams = request->owner;

    if (order->open && streams->closed)
        snprintf(order->why, sizeof order->why, "the daemon is about to end");
    else if (order->open)
        order->ok = streams_open(streams, order->id, order->hello, &order->endpoint, order->why,
                                 sizeof order->why);
    else
        order->ok = streams_close_port(streams, order->id.kind, order->endpoint.port);
    if (!order->open && !order->ok)
        snprintf(order->why, sizeof order->why, "no port %u for %s is open", order->endpoint.port,
                 services[order->id.kind]);
    uv_sem_post(&order->answered);
}

void streams_init(struct streams *streams, uv_loop_t *loop, const struct log *log,
                  const struct log *strangers, const struct peer_rules *peers)
{
    memset(streams, 0, sizeof *streams);
    streams->host =
        (struct stream_host){.log = log, .strangers = strangers, .gone = on_gone, .user = streams};
    streams->loop = loop;
    streams->peers = peers;
    streams->route.owner = streams;
    streams->route.done = on_notice;
    streams->route.port = on_order;
}

bool streams_open(struct streams *streams, struct stream_id id, const char *hello,
                  struct endpoint *endpoint, char *why, size_t why_size)
{
    struct stream_port *port = streams->ports;

    while (port < streams->ports + STREAM_PORTS && port->used)
        port++;
    if (port == streams->ports + STREAM_PORTS) {
        snprintf(why, why_size, "there are %d ports for streams already", STREAM_PORTS);
        return false;
    }
    *port = (struct stream_port){.streams = streams, .id = id, .used = true};
    snprintf(port->hello, sizeof port->hello, "%s", hello);
    port->listener = (struct listener){
        .service = services[id.kind],
        .peers = streams->peers,
        .log = streams->host.strangers,
        .arrived = on_arrived,
        .closed = on_port_closed,
        .user = port,
    };
    if (!listener_open(&port->listener, streams->loop, endpoint, why, why_size))
        return false;
    *endpoint = port->listener.endpoint;
    streams->ready(streams->user, services[id.kind], endpoint);
    return true;
}

bool streams_open_places(struct streams *streams, const struct stream_place *places, size_t count,
                         char *why, size_t why_size)
{
    for (size_t i = 0; i < count; i++) {
        struct endpoint endpoint = places[i].endpoint;

        if (!streams_open(streams, places[i].id, "", &endpoint, why, why_size))
            return false;
    }
    return true;
}

bool streams_close_port(struct streams *streams, enum stream_kind kind, uint16_t number)
{
    for (size_t i = 0; i < STREAM_PORTS; i++) {
        struct stream_port *port = &streams->ports[i];

        if (!port->used || !port->listener.open || port->id.kind != kind ||
            port->listener.endpoint.port != number)
            continue;
        listener_close(&port->listener);
        for (size_t j = 0; j < STREAM_LISTENERS; j++)
            if (streams->listeners[j] && stream_same(streams->listeners[j]->id, port->id))
                stream_listener_close(streams->listeners[j]);
        return true;
    }
    return false;
}

void streams_close(struct streams *streams)
{
    streams->closed = true;
    for (size_t i = 0; i < STREAM_PORTS; i++)
        if (streams->ports[i].used)
            listener_close(&streams->ports[i].listener);
    for (size_t i = 0; i < STREAM_LISTENERS; i++)
        if (streams->listeners[i])
            stream_listener_close(streams->listeners[i]);
}
