/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "gdb/gdb_client_internal.h"

/* gdb 13 takes what comes after 2 s for the answer to what it asks next, but for `?`, which it
 * waits for three times as long. A target may be late then: the first connection is under way. */
enum { QUICK_LIMIT_MS = 1500, WHY_LIMIT_MS = 5000 };

/* --- the queue of requests --- */

static struct message *dequeue(struct gdb_session *session)
{
    struct message *message = session->first;

    if (!message)
        return NULL;
    session->first = message->next;
    if (!session->first)
        session->last = NULL;
    message->next = NULL;
    session->queued--;
    return message;
}

static void drop_queue(struct gdb_session *session)
{
    struct message *message;

    while ((message = dequeue(session)))
        message_destroy(message);
}

struct message *gdb_session_unanswered(const struct gdb_session *session)
{
    if (session->flight && !session->flight->answered)
        return session->flight;
    return session->first;
}

static void post(struct gdb_session *session, struct message *message)
{
    session->flight = message;
    message->client = session->client;
    worker_post(session->host->worker, message);
}

void gdb_session_dispatch(struct gdb_session *session)
{
    while (session->client && !session->flight && !session->closing && session->first &&
           !session->connection.congested) {
        struct message *message = dequeue(session);

        if (!message->too_long) {
            post(session, message);
            return;
        }
        gdb_session_reply(session, message, "E01", 3);
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
static void answer_no_program(struct gdb_session *session, struct message *message)
{
    struct message *ended =
        message_create(MESSAGE_CLIENT_ENDED, session, session->host->log, NULL, 0);

    gdb_session_reply(session, message, "W00", 3);
    if (!ended)
        return;
    ended->client = session->client;
    worker_post(session->host->worker, ended);
}

/* `?` must not be answered by an error: gdb 13 would ask for ever. */
static void answer_late(struct gdb_session *session, struct message *message)
{
    static const char text[] =
        "E.no answer within 1.5 s: the probe is busy for another session, slow (--speed), or stuck";

    log_line(session->host->log, LOG_WARN, "a packet '%c' took longer than %d ms",
             message->letter ? message->letter : ' ', (int)limit_of(message));
    if (message->letter == '?')
        answer_no_program(session, message);
    else
        gdb_session_reply(session, message, session->error_message ? text : "E01",
                          session->error_message ? sizeof text - 1 : 3);
}

static void on_late(uv_timer_t *timer)
{
    struct gdb_session *session = timer->data;
    struct message *message = gdb_session_unanswered(session);

    if (!message || session->closing)
        return;
    if (!message->overdue) {
        /* On a busy machine the answer may be here already, and the loop looks at timers first. */
        message->overdue = true;
        uv_timer_start(timer, on_late, 1, 0);
        return;
    }
    answer_late(session, message);
    if (message == session->flight)
        atomic_store(&message->job.cancelled, true);
    else
        message_destroy(dequeue(session));
    gdb_session_watch_time(session);
}

void gdb_session_watch_time(struct gdb_session *session)
{
    struct message *message = gdb_session_unanswered(session);

    /* A client that does not read does not wait either. */
    if (!message || !message->quick || session->connection.congested) {
        uv_timer_stop(&session->timer);
        return;
    }
    uint64_t now = uv_now(session->host->loop);
    if (message->deadline_ms == 0)
        message->deadline_ms = now + limit_of(message);
    uv_timer_start(&session->timer, on_late,
                   message->deadline_ms > now ? message->deadline_ms - now : 0, 0);
}

/* --- the end --- */

/* The worker forgets the client, once it has nothing else of this session. */
static void say_farewell(struct gdb_session *session)
{
    struct message *farewell = session->farewell;

    if (session->flight || !session->client)
        return;
    session->farewell = NULL;
    post(session, farewell);
}

/* Freed once nothing of it is with the worker or with libuv. */
static void close_step(struct gdb_session *session)
{
    say_farewell(session);
    if (session->flight || session->connection.open_handles > 0 || !session->timer_closed)
        return;
    session->host->gone(session->host->user, session);
    message_destroy(session->farewell);
    free(session->sent);
    free(session);
}

static void on_timer_closed(uv_handle_t *timer)
{
    struct gdb_session *session = timer->data;

    session->timer_closed = true;
    close_step(session);
}

static void begin_close(struct gdb_session *session, bool orderly)
{
    if (session->closing)
        return;
    session->closing = true;
    if (session->flight)
        gdb_session_cancel(session->flight);
    drop_queue(session);
    uv_close((uv_handle_t *)&session->timer, on_timer_closed);
    if (orderly)
        connection_finish(&session->connection);
    else
        connection_close(&session->connection);
    say_farewell(session); /* the rest when the handles are closed */
}

/* --- what comes back --- */

/* A client that sends no more still gets its answers, then the connection ends. */
static void proceed(struct gdb_session *session)
{
    if (session->closing) {
        close_step(session);
        return;
    }
    gdb_session_dispatch(session);
    connection_resume(&session->connection);
    gdb_session_watch_time(session);
    if (session->ended && !session->closing && !gdb_session_unanswered(session) &&
        session->connection.held == 0)
        begin_close(session, true);
}

static void finish_packet(struct gdb_session *session, struct message *message)
{
    session->flight = NULL;
    if (session->closing || message->answered)
        return;
    switch (message->outcome) {
    case PACKET_REPLY:
        if (message->reply.overflow)
            gdb_session_reply(session, message, "E01", 3);
        else
            gdb_session_reply(session, message, message->reply.data, message->reply.length);
        break;
    case PACKET_LATER:
        session->waiting = !message->stopped;
        gdb_session_pay_ack(session, message);
        break;
    case PACKET_NO_REPLY:
        if (message->quick && message->interrupted) /* cancelled before it began */
            gdb_session_reply(session, message, "E01", 3);
        gdb_session_pay_ack(session, message);
        break;
    }
    gdb_session_interrupt_after(session, message);
    session->no_ack_next = message->actions & CLIENT_NO_ACK;
    if (message->actions & (CLIENT_CLOSE | CLIENT_SHUTDOWN))
        begin_close(session, true);
    if (message->actions & CLIENT_SHUTDOWN && session->host->shutdown)
        session->host->shutdown(session->host->user, (int)(message->actions / CLIENT_EXIT_CODE));
}

/* A stop reply or console output from the worker. */
static void forward(struct gdb_session *session, const struct message *message)
{
    bool stop = strchr("TSWX", message->payload[0]);

    if (session->closing)
        return;
    if (session->flight) {
        gdb_session_pay_ack(session, session->flight);
        session->flight->stopped |= stop;
    }
    if (stop)
        gdb_session_told_stop(session, message->payload, message->length);
    gdb_session_send(session, message->payload, message->length, false);
}

static void finish_open(struct gdb_session *session, struct message *message)
{
    session->flight = NULL;
    session->client = message->client;
    if (!session->client) {
        log_line(session->host->log, LOG_WARN, "a gdb was turned away: %d are connected already",
                 UNIT_CLIENTS);
        begin_close(session, false);
    }
}

void gdb_session_take(struct gdb_session *session, struct message *message)
{
    switch (message->kind) {
    case MESSAGE_CLIENT_OPEN:
        finish_open(session, message);
        break;
    case MESSAGE_CLIENT_CLOSE:
        session->flight = NULL;
        session->client = NULL;
        break;
    case MESSAGE_PACKET:
        finish_packet(session, message);
        break;
    case MESSAGE_SEND:
        forward(session, message);
        break;
    case MESSAGE_CLIENT_ENDED:
        break;
    default: /* MESSAGE_INTERRUPT: its effect is a stop reply */
        session->interrupting = false;
        break;
    }
    bool step = message->kind != MESSAGE_SEND && message->kind != MESSAGE_INTERRUPT &&
                message->kind != MESSAGE_CLIENT_ENDED;
    message_destroy(message);
    if (step)
        proceed(session);
}

/* --- the connection, and the beginning --- */

static void on_ended(void *user, bool broken)
{
    struct gdb_session *session = user;

    session->ended = true;
    if (session->closing)
        return;
    if (session->flight)
        gdb_session_cancel(session->flight);
    if (broken)
        begin_close(session, false);
    else
        proceed(session);
}

static void on_drained(void *user)
{
    proceed(user);
}

static void on_connection_closed(void *user)
{
    struct gdb_session *session = user;

    if (session->closing)
        close_step(session);
    else
        begin_close(session, false);
}

void gdb_session_close(struct gdb_session *session)
{
    begin_close(session, false);
}

bool gdb_session_closing(const struct gdb_session *session)
{
    return session->closing;
}

bool gdb_session_spoke(const struct gdb_session *session)
{
    return session->spoke;
}

bool gdb_session_extended(const struct gdb_session *session)
{
    return session->extended;
}

static const struct connection_events events = {
    .bytes = gdb_session_bytes,
    .ended = on_ended,
    .drained = on_drained,
    .closed = on_connection_closed,
};

/* All that takes memory; nothing yet that must be closed. */
static struct gdb_session *allocate(const struct session_host *host, struct message **hello)
{
    struct gdb_session *session = calloc(1, sizeof *session);

    if (!session)
        return NULL;
    session->host = host;
    rsp_decoder_init(&session->decoder);
    session->farewell = message_create(MESSAGE_CLIENT_CLOSE, session, host->log, NULL, 0);
    *hello = message_create(MESSAGE_CLIENT_OPEN, session, host->log, NULL, 0);
    if (session->farewell && *hello) {
        (*hello)->answered = true; /* the client waits for no answer to it */
        return session;
    }
    message_destroy(session->farewell);
    message_destroy(*hello);
    free(session);
    return NULL;
}

static struct gdb_session *start(struct gdb_session *session, struct message *hello)
{
    uv_timer_init(session->host->loop, &session->timer);
    session->timer.data = session;
    post(session, hello);
    return session;
}

struct gdb_session *gdb_session_create(const struct session_host *host, uv_stream_t *listener)
{
    struct message *hello;
    struct gdb_session *session = allocate(host, &hello);

    if (!session)
        return NULL;
    connection_accept(&session->connection, listener, &events, session, host->log);
    return start(session, hello);
}

struct gdb_session *gdb_session_open(const struct session_host *host, int input, int output)
{
    struct message *hello;
    struct gdb_session *session = allocate(host, &hello);

    if (!session)
        return NULL;
    if (connection_open(&session->connection, host->loop, input, output, &events, session,
                        host->log))
        return start(session, hello);
    message_destroy(session->farewell);
    message_destroy(hello);
    free(session);
    return NULL;
}
