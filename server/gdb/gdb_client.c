/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"

/* gdb 13 takes what comes after 2 s for the answer to what it asks next, but for `?`, which it
 * waits for three times as long. A target may be late then: the first connection is under way. */
enum { QUICK_LIMIT_MS = 1500, WHY_LIMIT_MS = 5000 };

/* --- the queue of requests --- */

static struct message *dequeue(struct gdb_client *gdb)
{
    struct message *message = gdb->first;

    if (!message)
        return NULL;
    gdb->first = message->next;
    if (!gdb->first)
        gdb->last = NULL;
    message->next = NULL;
    gdb->queued--;
    return message;
}

static void drop_queue(struct gdb_client *gdb)
{
    struct message *message;

    while ((message = dequeue(gdb)))
        message_destroy(message);
}

struct message *gdb_client_unanswered(const struct gdb_client *gdb)
{
    if (gdb->flight && !gdb->flight->answered)
        return gdb->flight;
    return gdb->first;
}

static void post(struct gdb_client *gdb, struct message *message)
{
    gdb->flight = message;
    message->client = gdb->client;
    worker_post(gdb->host->worker, message);
}

void gdb_client_dispatch(struct gdb_client *gdb)
{
    while (gdb->client && !gdb->flight && !gdb->closing && gdb->first &&
           !gdb->connection.congested) {
        struct message *message = dequeue(gdb);

        if (!message->too_long) {
            post(gdb, message);
            return;
        }
        gdb_client_reply(gdb, message, "E01", 3);
        message_destroy(message);
    }
}

/* --- time --- */

static uint64_t limit_of(const struct message *message)
{
    return message->letter == '?' ? WHY_LIMIT_MS : QUICK_LIMIT_MS;
}

/* gdb is told that no program runs, and the worker that it was: whatever it finds out about the
 * core still. */
static void answer_no_program(struct gdb_client *gdb, struct message *message)
{
    struct message *ended = message_create(MESSAGE_CLIENT_ENDED, gdb, gdb->host->log, NULL, 0);

    gdb_client_reply(gdb, message, "W00", 3);
    if (!ended)
        return;
    ended->client = gdb->client;
    worker_post(gdb->host->worker, ended);
}

/* `?` must not be answered by an error: gdb 13 would ask for ever. */
static void answer_late(struct gdb_client *gdb, struct message *message)
{
    static const char text[] =
        "E.no answer within 1.5 s: the probe is busy for another session, slow (--speed), or stuck";

    log_line(gdb->host->log, LOG_WARN, "a packet '%c' took longer than %d ms",
             message->letter ? message->letter : ' ', (int)limit_of(message));
    if (message->letter == '?')
        answer_no_program(gdb, message);
    else
        gdb_client_reply(gdb, message, gdb->error_message ? text : "E01",
                         gdb->error_message ? sizeof text - 1 : 3);
}

static void on_late(uv_timer_t *timer)
{
    struct gdb_client *gdb = timer->data;
    struct message *message = gdb_client_unanswered(gdb);

    if (!message || gdb->closing)
        return;
    if (!message->overdue) {
        /* On a busy machine the answer may be here already, and the loop looks at timers first. */
        message->overdue = true;
        uv_timer_start(timer, on_late, 1, 0);
        return;
    }
    answer_late(gdb, message);
    if (message == gdb->flight)
        atomic_store(&message->job.cancelled, true);
    else
        message_destroy(dequeue(gdb));
    gdb_client_watch_time(gdb);
}

void gdb_client_watch_time(struct gdb_client *gdb)
{
    struct message *message = gdb_client_unanswered(gdb);

    /* A client that does not read does not wait either. */
    if (!message || !message->quick || gdb->connection.congested) {
        uv_timer_stop(&gdb->timer);
        return;
    }
    uint64_t now = uv_now(gdb->host->loop);
    if (message->deadline_ms == 0)
        message->deadline_ms = now + limit_of(message);
    uv_timer_start(&gdb->timer, on_late,
                   message->deadline_ms > now ? message->deadline_ms - now : 0, 0);
}

/* --- the end --- */

/* The worker forgets the client, once it has nothing else of this gdb. */
static void say_farewell(struct gdb_client *gdb)
{
    struct message *farewell = gdb->farewell;

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
    message_destroy(gdb->farewell);
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
    drop_queue(gdb);
    uv_close((uv_handle_t *)&gdb->timer, on_timer_closed);
    if (orderly)
        connection_finish(&gdb->connection);
    else
        connection_close(&gdb->connection);
    say_farewell(gdb); /* the rest when the handles are closed */
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

static void finish_packet(struct gdb_client *gdb, struct message *message)
{
    gdb->flight = NULL;
    if (gdb->closing || message->answered)
        return;
    switch (message->outcome) {
    case PACKET_REPLY:
        if (message->reply.overflow)
            gdb_client_reply(gdb, message, "E01", 3);
        else
            gdb_client_reply(gdb, message, message->reply.data, message->reply.length);
        break;
    case PACKET_LATER:
        gdb->waiting = !message->stopped;
        gdb_client_pay_ack(gdb, message);
        break;
    case PACKET_NO_REPLY:
        if (message->quick && message->interrupted) /* cancelled before it began */
            gdb_client_reply(gdb, message, "E01", 3);
        gdb_client_pay_ack(gdb, message);
        break;
    }
    gdb_client_interrupt_after(gdb, message);
    gdb->no_ack_next = message->actions & CLIENT_NO_ACK;
    if (message->actions & (CLIENT_CLOSE | CLIENT_SHUTDOWN))
        begin_close(gdb, true);
    if (message->actions & CLIENT_SHUTDOWN && gdb->host->shutdown)
        gdb->host->shutdown(gdb->host->user, (int)(message->actions / CLIENT_EXIT_CODE));
}

/* A stop reply or console output from the worker. */
static void forward(struct gdb_client *gdb, const struct message *message)
{
    bool stop = strchr("TSWX", message->payload[0]);

    if (gdb->closing)
        return;
    if (gdb->flight) {
        gdb_client_pay_ack(gdb, gdb->flight);
        gdb->flight->stopped |= stop;
    }
    if (stop)
        gdb_client_told_stop(gdb, message->payload, message->length);
    gdb_client_send(gdb, message->payload, message->length, false);
}

static void finish_open(struct gdb_client *gdb, struct message *message)
{
    gdb->flight = NULL;
    gdb->client = message->client;
    if (!gdb->client) {
        log_line(gdb->host->log, LOG_WARN, "a gdb was turned away: %d are connected already",
                 SESSION_CLIENTS);
        begin_close(gdb, false);
    }
}

void gdb_client_take(struct gdb_client *gdb, struct message *message)
{
    switch (message->kind) {
    case MESSAGE_CLIENT_OPEN:
        finish_open(gdb, message);
        break;
    case MESSAGE_CLIENT_CLOSE:
        gdb->flight = NULL;
        gdb->client = NULL;
        break;
    case MESSAGE_PACKET:
        finish_packet(gdb, message);
        break;
    case MESSAGE_SEND:
        forward(gdb, message);
        break;
    case MESSAGE_CLIENT_ENDED:
        break;
    default: /* MESSAGE_INTERRUPT: its effect is a stop reply */
        gdb->interrupting = false;
        break;
    }
    bool step = message->kind != MESSAGE_SEND && message->kind != MESSAGE_INTERRUPT &&
                message->kind != MESSAGE_CLIENT_ENDED;
    message_destroy(message);
    if (step)
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
    proceed(user);
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
static struct gdb_client *allocate(const struct gdb_host *host, struct message **hello)
{
    struct gdb_client *gdb = calloc(1, sizeof *gdb);

    if (!gdb)
        return NULL;
    gdb->host = host;
    rsp_decoder_init(&gdb->decoder);
    gdb->farewell = message_create(MESSAGE_CLIENT_CLOSE, gdb, host->log, NULL, 0);
    *hello = message_create(MESSAGE_CLIENT_OPEN, gdb, host->log, NULL, 0);
    if (gdb->farewell && *hello) {
        (*hello)->answered = true; /* the client waits for no answer to it */
        return gdb;
    }
    message_destroy(gdb->farewell);
    message_destroy(*hello);
    free(gdb);
    return NULL;
}

static struct gdb_client *start(struct gdb_client *gdb, struct message *hello)
{
    uv_timer_init(gdb->host->loop, &gdb->timer);
    gdb->timer.data = gdb;
    post(gdb, hello);
    return gdb;
}

struct gdb_client *gdb_client_create(const struct gdb_host *host, uv_stream_t *listener)
{
    struct message *hello;
    struct gdb_client *gdb = allocate(host, &hello);

    if (!gdb)
        return NULL;
    connection_accept(&gdb->connection, listener, &events, gdb, host->log);
    return start(gdb, hello);
}

struct gdb_client *gdb_client_open(const struct gdb_host *host, int input, int output)
{
    struct message *hello;
    struct gdb_client *gdb = allocate(host, &hello);

    if (!gdb)
        return NULL;
    if (connection_open(&gdb->connection, host->loop, input, output, &events, gdb, host->log))
        return start(gdb, hello);
    message_destroy(gdb->farewell);
    message_destroy(hello);
    free(gdb);
    return NULL;
}
