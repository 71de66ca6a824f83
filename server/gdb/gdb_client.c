/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"

static void post(struct gdb_client *gdb, struct gdb_request *request)
{
    gdb->flight = request;
    request->client = gdb->client;
    request->request.who = gdb->who;
    worker_post(gdb->host->worker, &request->request);
}

void gdb_client_dispatch(struct gdb_client *gdb)
{
    while (gdb->client && !gdb->flight && !gdb->closing && gdb->first &&
           !gdb->connection.congested) {
        struct gdb_request *request = gdb_client_dequeue(gdb);

        if (!request->too_long) {
            post(gdb, request);
            return;
        }
        gdb_client_reply(gdb, request, "E01", 3);
        gdb_request_destroy(request);
    }
}

/* --- the end --- */

/* The worker forgets the client, once it has nothing else of this gdb. */
static void say_farewell(struct gdb_client *gdb)
{
    struct gdb_request *farewell = gdb->farewell;

    if (gdb->flight || !gdb->client)
        return;
    gdb->farewell = NULL;
    post(gdb, farewell);
}

/* Freed once nothing of it is with the worker or with libuv. */
static void close_step(struct gdb_client *gdb)
{
    say_farewell(gdb);
    if (gdb->flight || gdb->connection.open_handles > 0 || !gdb->timer_closed)
        return;
    gdb->host->gone(gdb->host->user, gdb);
    gdb_request_destroy(gdb->farewell);
    free(gdb->sent);
    free(gdb);
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct gdb_client *gdb = timer->data;

    gdb->timer_closed = true;
    close_step(gdb);
}

static void begin_close(struct gdb_client *gdb, bool orderly)
{
    if (gdb->closing)
        return;
    gdb->closing = true;
    if (gdb->flight)
        gdb_client_cancel(gdb->flight);
    gdb_client_drop_queue(gdb);
    uv_close((uv_handle_t *)&gdb->timer, on_timer_closed);
    if (orderly)
        connection_finish(&gdb->connection);
    else
        connection_close(&gdb->connection);
    say_farewell(gdb); /* the rest when the handles are closed */
}

/* A port scanner, a browser's spare connection, a client that waits to be spoken to: whoever never
 * speaks must not keep a place for ever. */
static void on_silence(uv_timer_t *timer)
{
    struct gdb_client *gdb = timer->data;

    log_line(gdb->host->strangers, LOG_INFO,
             "a client of the gdb port sent no packet for %u s: closing it",
             (unsigned)(gdb->host->silence_ms / 1000));
    begin_close(gdb, false);
}

/* --- what comes back --- */

/* A client that sends no more still gets its answers, then the connection ends. */
static void proceed(struct gdb_client *gdb)
{
    if (gdb->closing) {
        close_step(gdb);
        return;
    }
    gdb_client_dispatch(gdb);
    connection_resume(&gdb->connection);
    gdb_client_watch_time(gdb);
    if (gdb->ended && !gdb->closing && !gdb_client_unanswered(gdb) && gdb->connection.held == 0)
        begin_close(gdb, true);
}

static void finish_packet(struct gdb_client *gdb, struct gdb_request *request)
{
    gdb->flight = NULL;
    if (gdb->closing || request->answered)
        return;
    switch (request->outcome) {
    case PACKET_REPLY:
        if (request->reply.overflow)
            gdb_client_reply(gdb, request, "E01", 3);
        else
            gdb_client_reply(gdb, request, request->reply.data, request->reply.length);
        break;
    case PACKET_LATER:
        gdb->waiting = !request->stopped;
        gdb_client_pay_ack(gdb, request);
        break;
    case PACKET_NO_REPLY:
        if (request->quick && request->interrupted) /* cancelled before it began */
            gdb_client_reply(gdb, request, "E01", 3);
        gdb_client_pay_ack(gdb, request);
        break;
    }
    gdb_client_interrupt_after(gdb, request);
    gdb->no_ack_next = request->actions & CLIENT_NO_ACK;
    if (request->actions & (CLIENT_CLOSE | CLIENT_SHUTDOWN))
        begin_close(gdb, true);
    if (request->actions & CLIENT_SHUTDOWN && gdb->host->shutdown)
        gdb->host->shutdown(gdb->host->user, (int)(request->actions / CLIENT_EXIT_CODE));
}

void gdb_client_forward(struct request *request)
{
    const struct gdb_request *notice = gdb_request_of(request);
    struct gdb_client *gdb = request->owner;
    bool stop = strchr("TSWX", notice->payload[0]);

    if (!gdb->closing) {
        if (gdb->flight) {
            gdb_client_pay_ack(gdb, gdb->flight);
            gdb->flight->stopped |= stop;
        }
        if (stop) {
            gdb_client_tell_lost(gdb);
            gdb_client_told_stop(gdb, notice->payload, notice->length);
        }
        if (notice->text)
            gdb_client_send_text(gdb, notice->payload, notice->length);
        else
            gdb_client_send(gdb, notice->payload, notice->length, false);
    }
    request_destroy(request);
}

void gdb_client_packet_done(struct request *request)
{
    struct gdb_client *gdb = request->owner;

    finish_packet(gdb, gdb_request_of(request));
    request_destroy(request);
    proceed(gdb);
}

void gdb_client_interrupt_done(struct request *request)
{
    struct gdb_client *gdb = request->owner;

    gdb->interrupting = false; /* its effect is a stop reply */
    request_destroy(request);
}

static void on_opened(struct request *request)
{
    struct gdb_client *gdb = request->owner;

    gdb->flight = NULL;
    gdb->client = gdb_request_of(request)->client;
    if (!gdb->client) {
        log_line(gdb->host->strangers, LOG_WARN, "a gdb was turned away: %d are connected already",
                 SESSION_CLIENTS);
        begin_close(gdb, false);
    }
    request_destroy(request);
    proceed(gdb);
}

static void on_client_closed(struct request *request)
{
    struct gdb_client *gdb = request->owner;

    gdb->flight = NULL;
    gdb->client = NULL;
    request_destroy(request);
    proceed(gdb);
}

/* --- the connection, and the beginning --- */

static void on_ended(void *user, bool broken)
{
    struct gdb_client *gdb = user;

    gdb->ended = true;
    if (gdb->closing)
        return;
    if (gdb->flight)
        gdb_client_cancel(gdb->flight);
    if (broken)
        begin_close(gdb, false);
    else
        proceed(gdb);
}

static void on_drained(void *user)
{
    struct gdb_client *gdb = user;

    if (!gdb->closing)
        gdb_client_drained(gdb);
    proceed(gdb);
}

static void on_connection_closed(void *user)
{
    struct gdb_client *gdb = user;

    if (gdb->closing)
        close_step(gdb);
    else
        begin_close(gdb, false);
}

void gdb_client_close(struct gdb_client *gdb)
{
    begin_close(gdb, false);
}

bool gdb_client_closing(const struct gdb_client *gdb)
{
    return gdb->closing;
}

bool gdb_client_spoke(const struct gdb_client *gdb)
{
    return gdb->spoke;
}

uint64_t gdb_client_silent_since(const struct gdb_client *gdb)
{
    return gdb->spoke || gdb->closing ? UINT64_MAX : gdb->arrived_ms;
}

bool gdb_client_extended(const struct gdb_client *gdb)
{
    return gdb->extended;
}

static const struct connection_events events = {
    .bytes = gdb_client_bytes,
    .ended = on_ended,
    .drained = on_drained,
    .closed = on_connection_closed,
};

/* All that takes memory; nothing yet that must be closed. */
static struct gdb_client *allocate(const struct gdb_host *host, struct gdb_request **hello)
{
    struct gdb_client *gdb = calloc(1, sizeof *gdb);

    if (!gdb)
        return NULL;
    gdb->host = host;
    rsp_decoder_init(&gdb->decoder);
    gdb->farewell = gdb_request_create(gdb, host->log, gdb_run_close, on_client_closed, NULL, 0);
    *hello = gdb_request_create(gdb, host->log, gdb_run_open, on_opened, NULL, 0);
    if (gdb->farewell && *hello) {
        (*hello)->worker_side = &gdb->worker_side;
        (*hello)->core = host->core;
        (*hello)->answered = true; /* the client waits for no answer to it */
        return gdb;
    }
    gdb_request_destroy(gdb->farewell);
    gdb_request_destroy(*hello);
    free(gdb);
    return NULL;
}

static struct gdb_client *start(struct gdb_client *gdb, struct gdb_request *hello)
{
    uv_timer_init(gdb->host->loop, &gdb->timer);
    gdb->timer.data = gdb;
    gdb->arrived_ms = uv_now(gdb->host->loop);
    post(gdb, hello);
    return gdb;
}

struct gdb_client *gdb_client_create(const struct gdb_host *host, uv_stream_t *listener)
{
    struct gdb_request *hello;
    struct gdb_client *gdb = allocate(host, &hello);

    if (!gdb)
        return NULL;
    connection_accept(&gdb->connection, listener, &events, gdb, host->strangers);
    connection_name(&gdb->connection, "gdb", gdb->who, sizeof gdb->who);
    start(gdb, hello);
    if (host->silence_ms)
        uv_timer_start(&gdb->timer, on_silence, host->silence_ms, 0);
    return gdb;
}

struct gdb_client *gdb_client_open(const struct gdb_host *host, int input, int output)
{
    struct gdb_request *hello;
    struct gdb_client *gdb = allocate(host, &hello);

    if (!gdb)
        return NULL;
    snprintf(gdb->who, sizeof gdb->who, "gdb on standard input");
    if (connection_open(&gdb->connection, host->loop, input, output, &events, gdb, host->strangers))
        return start(gdb, hello);
    gdb_request_destroy(gdb->farewell);
    gdb_request_destroy(hello);
    free(gdb);
    return NULL;
}
