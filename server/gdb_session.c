/* SPDX-License-Identifier: MIT */
#include "gdb_session.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "packets.h"
#include "rsp.h"
#include "worker.h"

enum {
    QUEUE_LIMIT = 16,      /* packets framed ahead of the one that runs */
    QUICK_LIMIT_MS = 1500, /* gdb 13 asks again after 2 s and then pairs replies wrongly */
};

struct gdb_session {
    const struct session_host *host;
    struct connection connection;
    uv_timer_t timer;
    struct client *client;        /* NULL before the worker opened it and after it closed it */
    struct message *flight;       /* with the worker: one at a time */
    struct message *farewell;     /* MESSAGE_CLIENT_CLOSE, allocated while there is memory */
    struct message *first, *last; /* framed, not yet with the worker */
    size_t queued;
    uint8_t *sent; /* the last frame, for '-'; NULL in no-ack mode */
    size_t sent_length;
    bool waiting;       /* a stop reply is owed */
    bool no_ack_next;   /* once the OK to QStartNoAckMode is acknowledged */
    bool error_message; /* the client understands E.text */
    bool interrupting;  /* a MESSAGE_INTERRUPT is on its way */
    bool spoke, ended, closing;
    bool timer_closed;
    struct rsp_decoder decoder;
};

static void close_step(struct gdb_session *session);

/* --- sending --- */

static void write_ack(struct gdb_session *session, char ack)
{
    connection_write(&session->connection, &ack, 1);
}

static void remember(struct gdb_session *session, const uint8_t *frame, size_t length)
{
    uint8_t *copy = session->decoder.no_ack ? NULL : realloc(session->sent, length);

    if (!copy) {
        free(session->sent);
        session->sent = NULL;
        return;
    }
    session->sent = memcpy(copy, frame, length);
    session->sent_length = length;
}

/* A frame, and the owed acknowledgement before it, in one write. */
static void send_frame(struct gdb_session *session, const void *payload, size_t length, bool ack)
{
    uint8_t memory[1 + RSP_FRAME_SIZE];
    struct buf frame;

    buf_init(&frame, memory, sizeof memory);
    if (ack)
        buf_byte(&frame, '+');
    rsp_encode(&frame, payload, length);
    if (frame.overflow) {
        buf_clear(&frame);
        rsp_encode(&frame, "E01", 3);
    }
    size_t head = ack ? 1 : 0;
    remember(session, frame.data + head, frame.length - head);
    connection_write(&session->connection, frame.data, frame.length);
}

static void pay_ack(struct gdb_session *session, struct message *message)
{
    if (message->ack_owed)
        write_ack(session, '+');
    message->ack_owed = false;
}

static void reply(struct gdb_session *session, struct message *message, const void *payload,
                  size_t length)
{
    send_frame(session, payload, length, message->ack_owed);
    message->ack_owed = false;
    message->answered = true;
}

/* --- the queue of requests --- */

static void enqueue(struct gdb_session *session, struct message *message)
{
    if (session->last)
        session->last->next = message;
    else
        session->first = message;
    session->last = message;
    session->queued++;
}

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

/* The request whose answer the client waits for now. */
static struct message *unanswered(const struct gdb_session *session)
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

/* Hands the next request to the worker, if it is its turn. */
static void dispatch(struct gdb_session *session)
{
    while (session->client && !session->flight && !session->closing && session->first &&
           !session->connection.congested) {
        struct message *message = dequeue(session);

        if (!message->too_long) {
            post(session, message);
            return;
        }
        reply(session, message, "E01", 3);
        message_destroy(message);
    }
}

/* --- time --- */

static void watch_time(struct gdb_session *session);

/* `?` must not be answered by an error: gdb 13 would ask for ever. */
static void answer_late(struct gdb_session *session, struct message *message)
{
    static const char text[] = "E.timeout: the probe is busy with another session, or is stuck";

    log_line(session->host->log, LOG_WARN, "a packet '%.12s' took longer than %d ms",
             message->payload, QUICK_LIMIT_MS);
    if (message->payload[0] == '?')
        reply(session, message, "W00", 3);
    else
        reply(session, message, session->error_message ? text : "E01",
              session->error_message ? sizeof text - 1 : 3);
}

static void on_late(uv_timer_t *timer)
{
    struct gdb_session *session = timer->data;
    struct message *message = unanswered(session);

    if (!message || session->closing)
        return;
    answer_late(session, message);
    if (message == session->flight)
        atomic_store(&message->job.cancelled, true);
    else
        message_destroy(dequeue(session));
    watch_time(session);
}

/* Starts the clock of the request that is due. The client does not read? Then it does not wait. */
static void watch_time(struct gdb_session *session)
{
    struct message *message = unanswered(session);

    if (!message || !message->quick || session->connection.congested) {
        uv_timer_stop(&session->timer);
        return;
    }
    uint64_t now = uv_now(session->host->loop);
    if (message->deadline_ms == 0)
        message->deadline_ms = now + QUICK_LIMIT_MS;
    uv_timer_start(&session->timer, on_late,
                   message->deadline_ms > now ? message->deadline_ms - now : 0, 0);
}

/* --- what comes in --- */

static void accept_packet(struct gdb_session *session, const char *payload, size_t length,
                          bool too_long)
{
    struct message *message =
        message_create(MESSAGE_PACKET, session, session->host->log, payload, length);

    if (!message) {
        gdb_session_close(session);
        return;
    }
    session->spoke = true;
    message->too_long = too_long;
    message->quick = too_long || !packet_may_take_long(payload, length);
    message->ack_owed = !session->decoder.no_ack;
    if (strncmp(message->payload, "qSupported", 10) == 0)
        session->error_message = strstr(message->payload, "error-message+");
    if (!message->quick)
        pay_ack(session, message);
    enqueue(session, message);
}

static void acknowledged(struct gdb_session *session)
{
    if (!session->no_ack_next)
        return;
    session->no_ack_next = false;
    session->decoder.no_ack = true;
    free(session->sent);
    session->sent = NULL;
}

static void resend(struct gdb_session *session)
{
    if (session->sent && !unanswered(session) && !session->waiting &&
        !session->connection.congested)
        connection_write(&session->connection, session->sent, session->sent_length);
}

/* A resume is not cancelled but interrupted once it runs; a range step ends by itself. */
static bool resumes(const struct message *message)
{
    return strchr("cCsS", message->payload[0]) ||
           (strncmp(message->payload, "vCont;", 6) == 0 && message->payload[6] != 'r');
}

static void cancel(struct message *message)
{
    if (message->kind == MESSAGE_PACKET && !message->quick && !resumes(message))
        atomic_store(&message->job.cancelled, true);
}

static void post_interrupt(struct gdb_session *session)
{
    struct message *message =
        message_create(MESSAGE_INTERRUPT, session, session->host->log, NULL, 0);

    if (!message)
        return;
    session->interrupting = true;
    message->client = session->client;
    worker_post(session->host->worker, message);
}

/* 0x03 belongs to the newest request: the one that runs, or the stop that is waited for. */
static void interrupt(struct gdb_session *session)
{
    struct message *message = session->last ? session->last : session->flight;

    if (message && message->kind == MESSAGE_PACKET && !message->answered) {
        message->interrupted = true;
        cancel(message);
    } else if (session->waiting && session->client) {
        if (!session->interrupting)
            post_interrupt(session);
    } else {
        log_line(session->host->log, LOG_DEBUG, "an interrupt came too late and was dropped");
    }
}

static void handle_event(struct gdb_session *session, enum rsp_event event)
{
    struct rsp_decoder *decoder = &session->decoder;

    switch (event) {
    case RSP_PACKET:
    case RSP_TOO_LONG:
        acknowledged(session);
        accept_packet(session, decoder->packet, event == RSP_PACKET ? decoder->length : 0,
                      event == RSP_TOO_LONG);
        break;
    case RSP_BAD:
        if (!decoder->no_ack)
            write_ack(session, '-');
        break;
    case RSP_INTERRUPT:
        interrupt(session);
        break;
    case RSP_ACK:
        acknowledged(session);
        break;
    case RSP_NACK:
        resend(session);
        break;
    case RSP_FOREIGN:
        log_line(session->host->log, LOG_WARN,
                 "a client does not speak gdb's protocol but HTTP: closing it");
        gdb_session_close(session);
        break;
    case RSP_NOTHING:
        break;
    }
}

static size_t on_bytes(void *user, const char *bytes, size_t length)
{
    struct gdb_session *session = user;
    size_t used = 0;

    while (used < length && session->queued < QUEUE_LIMIT && !session->closing) {
        size_t step = 0;
        enum rsp_event event = rsp_decode(&session->decoder, bytes + used, length - used, &step);

        used += step;
        handle_event(session, event);
        dispatch(session);
    }
    watch_time(session);
    return session->closing ? length : used;
}

/* --- what comes back --- */

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
        cancel(session->flight);
    drop_queue(session);
    uv_close((uv_handle_t *)&session->timer, on_timer_closed);
    if (orderly)
        connection_finish(&session->connection);
    else
        connection_close(&session->connection);
    close_step(session);
}

/* A client that sends no more still gets its answers, then the connection ends. */
static void proceed(struct gdb_session *session)
{
    if (session->closing) {
        close_step(session);
        return;
    }
    dispatch(session);
    connection_resume(&session->connection);
    watch_time(session);
    if (session->ended && !session->closing && !unanswered(session) &&
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
            reply(session, message, "E01", 3);
        else
            reply(session, message, message->reply.data, message->reply.length);
        break;
    case PACKET_LATER:
        session->waiting = !message->stopped;
        if (session->waiting && message->interrupted)
            post_interrupt(session);
        pay_ack(session, message);
        break;
    case PACKET_NO_REPLY:
        pay_ack(session, message);
        break;
    }
    session->no_ack_next = message->actions & CLIENT_NO_ACK;
    if (message->actions & CLIENT_CLOSE)
        begin_close(session, true);
}

/* A stop reply or console output from the worker. */
static void forward(struct gdb_session *session, const struct message *message)
{
    bool stop = strchr("TSWX", message->payload[0]);

    if (session->closing)
        return;
    if (session->flight) {
        pay_ack(session, session->flight);
        session->flight->stopped |= stop;
    }
    if (stop)
        session->waiting = false;
    send_frame(session, message->payload, message->length, false);
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
    default: /* MESSAGE_INTERRUPT: its effect is a stop reply */
        session->interrupting = false;
        break;
    }
    bool step = message->kind != MESSAGE_SEND && message->kind != MESSAGE_INTERRUPT;
    message_destroy(message);
    if (step)
        proceed(session);
}

/* --- beginning and end --- */

/* Freed once nothing of it is with the worker or with libuv. */
static void close_step(struct gdb_session *session)
{
    if (session->flight)
        return;
    if (session->client) {
        struct message *farewell = session->farewell;

        session->farewell = NULL;
        post(session, farewell);
        return;
    }
    if (session->connection.open_handles > 0 || !session->timer_closed)
        return;
    session->host->gone(session->host->user, session);
    message_destroy(session->farewell);
    free(session->sent);
    free(session);
}

static void on_ended(void *user, bool broken)
{
    struct gdb_session *session = user;

    session->ended = true;
    if (session->closing)
        return;
    if (session->flight)
        cancel(session->flight);
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

struct gdb_session *gdb_session_create(const struct session_host *host, uv_stream_t *listener)
{
    static const struct connection_events events = {
        .bytes = on_bytes,
        .ended = on_ended,
        .drained = on_drained,
        .closed = on_connection_closed,
    };
    struct gdb_session *session = calloc(1, sizeof *session);

    if (!session)
        return NULL;
    session->host = host;
    rsp_decoder_init(&session->decoder);
    session->farewell = message_create(MESSAGE_CLIENT_CLOSE, session, host->log, NULL, 0);
    struct message *hello = message_create(MESSAGE_CLIENT_OPEN, session, host->log, NULL, 0);
    if (!session->farewell || !hello) {
        message_destroy(session->farewell);
        message_destroy(hello);
        free(session);
        return NULL;
    }
    uv_timer_init(host->loop, &session->timer);
    session->timer.data = session;
    hello->answered = true; /* the client waits for no answer to it */
    connection_accept(&session->connection, listener, &events, session, host->log);
    post(session, hello);
    return session;
}
