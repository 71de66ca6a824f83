/* SPDX-License-Identifier: MIT */
#include "streams/stream_listener.h"

#include <stdlib.h>
#include <string.h>

#include "session/worker.h"

enum { CHOICE_MS = 100 };

/* --- to the worker --- */

static struct stream_request *request_create(const struct stream_listener *listener,
                                             void (*run)(struct request *, struct session *),
                                             const void *bytes, size_t length)
{
    struct stream_request *request = malloc(sizeof *request + length);

    if (!request)
        return NULL;
    request_init(&request->request, listener->host->log, listener->host->worker, run,
                 request_destroy); /* nobody's who may have a long job */
    request->request.who = "a stream's listener";
    request->request.between = true;
    request->id = listener->id;
    request->length = length;
    if (length > 0)
        memcpy(request->bytes, bytes, length);
    return request;
}

/* False without memory. */
static bool listen_to(struct stream_listener *listener)
{
    struct stream_request *listens = request_create(listener, stream_listen, NULL, 0);
    struct stream_request *leaves = request_create(listener, stream_leave, NULL, 0);

    if (!listens || !leaves) {
        free(listens);
        free(leaves);
        return false;
    }
    listener->leave = &leaves->request;
    worker_post(listener->host->worker, &listens->request);
    return true;
}

static void leave(struct stream_listener *listener)
{
    if (listener->leave)
        worker_post(listener->host->worker, listener->leave);
    listener->leave = NULL;
}

/* --- its end --- */

static void tell_lost(struct stream_listener *listener)
{
    if (listener->lost > 0)
        log_line(listener->host->strangers, LOG_WARN,
                 "%s did not read in time: %llu bytes were lost to it", listener->who,
                 (unsigned long long)listener->lost);
    listener->lost = 0;
}

static void free_if_closed(struct stream_listener *listener)
{
    if (--listener->open_handles > 0)
        return;
    listener->host->gone(listener->host->user, listener);
    free(listener);
}

static void on_timer_closed(uv_handle_t *timer)
{
    free_if_closed(timer->data);
}

static void begin_close(struct stream_listener *listener, bool orderly)
{
    if (listener->closing)
        return;
    listener->closing = true;
    uv_close((uv_handle_t *)&listener->timer, on_timer_closed);
    leave(listener);
    tell_lost(listener);
    if (orderly)
        connection_finish(&listener->connection);
    else
        connection_close(&listener->connection);
}

void stream_listener_close(struct stream_listener *listener)
{
    begin_close(listener, false);
}

static void on_closed(void *user)
{
    struct stream_listener *listener = user;

    begin_close(listener, false); /* if it was not asked for */
    free_if_closed(listener);
}

/* --- what it sends --- */

/* What trace brings has no way down. */
static size_t send_chunk(struct stream_listener *listener, const char *bytes, size_t length)
{
    if (listener->id.kind != STREAM_RTT && listener->id.kind != STREAM_SEMIHOSTING)
        return length;
    size_t chunk = length < STREAM_CHUNK ? length : STREAM_CHUNK;
    struct stream_request *request =
        chunk > 0 ? request_create(listener, stream_send, bytes, chunk) : NULL;

    if (!request)
        return 0;
    listener->waits = true;
    worker_post(listener->host->worker, &request->request);
    return chunk;
}

static void refuse(struct stream_listener *listener)
{
    log_line(listener->host->strangers, LOG_WARN,
             "%s speaks HTTP, as a web page would make a browser do: closing it, nothing reached "
             "the program",
             listener->who);
    begin_close(listener, false);
}

static void begin_to_listen(struct stream_listener *listener)
{
    uv_timer_stop(&listener->timer);
    if (!listener->leave && !listen_to(listener))
        begin_close(listener, false);
}

static void on_nothing_chosen(uv_timer_t *timer)
{
    begin_to_listen(timer->data);
}

static void choose(struct stream_listener *listener, unsigned channel)
{
    if (listener->id.kind == STREAM_RTT && channel != listener->id.number) {
        leave(listener);
        listener->id.number = channel;
    }
    begin_to_listen(listener);
}

/* All of it is used, and what is the program's has been sent on: a string's rest is shorter than a
 * chunk. */
static void judge(struct stream_listener *listener)
{
    size_t used = 0;
    unsigned channel = listener->id.number;
    enum opening_is is = opening_judge(listener->opening, listener->opened, &used, &channel);

    if (is == OPENING_UNSURE)
        return;
    listener->judged = true;
    if (is == OPENING_HTTP) {
        refuse(listener);
        return;
    }
    choose(listener, channel);
    if (!listener->closing)
        send_chunk(listener, listener->opening + used, listener->opened - used);
}

static size_t on_bytes(void *user, const char *bytes, size_t length)
{
    struct stream_listener *listener = user;
    size_t room = sizeof listener->opening - listener->opened;
    size_t used = length < room ? length : room;

    if (listener->closing)
        return length;
    if (listener->waits)
        return 0;
    if (listener->judged)
        return send_chunk(listener, bytes, length);
    memcpy(listener->opening + listener->opened, bytes, used);
    listener->opened += used;
    judge(listener);
    return listener->closing ? length : used;
}

/* Who sends no more has left: whether he still reads cannot be told, and what is read for him is
 * lost to the next. What he sent still goes its way. */
static void end_if_done(struct stream_listener *listener)
{
    if (listener->ended && !listener->waits && listener->connection.held == 0)
        begin_close(listener, true);
}

void stream_listener_go_on(struct stream_listener *listener)
{
    listener->waits = false;
    if (listener->closing)
        return;
    connection_resume(&listener->connection);
    end_if_done(listener);
}

static void on_ended(void *user, bool broken)
{
    struct stream_listener *listener = user;

    listener->ended = true;
    if (broken)
        begin_close(listener, false);
    else
        end_if_done(listener);
}

/* --- what it gets --- */

static void on_drained(void *user)
{
    tell_lost(user);
}

void stream_listener_bring(struct stream_listener *listener, const void *bytes, size_t length)
{
    if (listener->closing)
        return;
    if (listener->connection.congested) {
        if (listener->lost == 0)
            log_line(listener->host->strangers, LOG_WARN,
                     "%s does not read: what comes for it is lost, to it alone", listener->who);
        listener->lost += length;
        return;
    }
    connection_write(&listener->connection, bytes, length);
}

/* --- its beginning --- */

/* Who is slow shall be behind by seconds, not by all that the kernel would keep for it. */
static void keep_short(struct stream_listener *listener)
{
    int size = CONNECTION_CONGESTED;

    (void)uv_send_buffer_size(&listener->connection.socket.handle, &size);
}

struct stream_listener *stream_listener_create(const struct stream_host *host, struct stream_id id,
                                               const char *hello, uv_stream_t *port)
{
    static const struct connection_events events = {
        .bytes = on_bytes,
        .ended = on_ended,
        .drained = on_drained,
        .closed = on_closed,
    };
    static const char *const kinds[] = {[STREAM_RTT] = "rtt channel",
                                        [STREAM_SWO_RAW] = "swo",
                                        [STREAM_ITM] = "itm port",
                                        [STREAM_SEMIHOSTING] = "semihosting"};
    struct stream_listener *listener = calloc(1, sizeof *listener);
    char service[40];

    if (!listener)
        return NULL;
    listener->host = host;
    listener->id = id;
    uv_timer_init(port->loop, &listener->timer);
    listener->timer.data = listener;
    listener->open_handles = 2;
    uv_timer_start(&listener->timer, on_nothing_chosen, CHOICE_MS, 0);
    listener->connection.portion = STREAM_CHUNK / 2;
    listener->connection.patient = true;
    snprintf(service, sizeof service, "a client of %s %u", kinds[id.kind], id.number);
    connection_accept(&listener->connection, port, &events, listener, host->strangers);
    keep_short(listener);
    connection_name(&listener->connection, service, listener->who, sizeof listener->who);
    if (hello[0]) {
        connection_write(&listener->connection, hello, strlen(hello));
        connection_write(&listener->connection, "\n", 1);
    }
    return listener;
}
