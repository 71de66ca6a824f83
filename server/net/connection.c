/* SPDX-License-Identifier: MIT */
#include "net/connection.h"

#include <stdlib.h>
#include <string.h>

enum {
    STALL_MS = 30000, /* a peer that reads nothing for so long is gone */
    FINISH_MS = 1000,
    KEEPALIVE_S = 30, /* finds half-open peers */
};

struct outgoing {
    uv_write_t request;
    char bytes[];
};

static bool closing(const struct connection *connection)
{
    return uv_is_closing(&connection->socket.handle);
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;

    if (--connection->open_handles == 0)
        connection->events->closed(connection->user);
}

void connection_close(struct connection *connection)
{
    if (closing(connection))
        return;
    uv_close(&connection->socket.handle, on_closed);
    uv_close((uv_handle_t *)&connection->timer, on_closed);
    if (connection->sink != &connection->socket.stream)
        uv_close((uv_handle_t *)&connection->output, on_closed);
}

/* --- reading --- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct connection *connection = handle->data;

    size_t size = connection->portion ? connection->portion : sizeof connection->input;

    (void)suggested;
    /* libuv reads on in the same turn while buffers get full, unless there is none. */
    *buf = uv_buf_init(connection->input, connection->sated ? 0 : (unsigned)size);
    connection->sated = false;
}

/* Offers the input to the reader; keeps what it leaves. */
static void offer(struct connection *connection)
{
    size_t used = connection->events->bytes(
        connection->user, connection->input + connection->offered, connection->held);

    if (connection->finishing) /* midway: nothing is held any more */
        return;
    connection->offered += used;
    connection->held -= used;
}

static void stop_reading(struct connection *connection)
{
    connection->reading = false;
    uv_read_stop(&connection->socket.stream);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct connection *connection = stream->data;

    if (count == 0 || count == UV_ENOBUFS)
        return;
    connection->sated = count == (ssize_t)buf->len;
    if (connection->finishing) {
        if (count < 0)
            connection_close(connection);
        return;
    }
    if (count < 0) {
        connection->at_end = true;
        stop_reading(connection);
        connection->events->ended(connection->user, count != UV_EOF);
        return;
    }
    connection->offered = 0;
    connection->held = (size_t)count;
    offer(connection);
    if (connection->held > 0 && connection->reading && !connection->finishing)
        stop_reading(connection);
}

static void start_reading(struct connection *connection)
{
    if (connection->reading || connection->at_end || closing(connection))
        return;
    connection->sated = false;
    connection->reading = uv_read_start(&connection->socket.stream, on_alloc, on_read) == 0;
}

void connection_resume(struct connection *connection)
{
    if (connection->finishing || closing(connection))
        return;
    if (connection->held > 0)
        offer(connection);
    if (connection->held == 0)
        start_reading(connection);
}

/* --- writing --- */

static void on_impatient(uv_timer_t *timer)
{
    struct connection *connection = timer->data;

    if (connection->finishing) {
        connection_close(connection);
        return;
    }
    log_line(connection->log, LOG_WARN, "a client does not read what it asked for: closing it");
    connection->events->ended(connection->user, true);
}

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->data;

    free(request);
    if (closing(connection) || connection->finishing)
        return;
    if (status < 0) {
        connection->events->ended(connection->user, true);
        return;
    }
    if (connection->congested) {
        if (!connection->patient)
            uv_timer_again(&connection->timer);
        if (uv_stream_get_write_queue_size(connection->sink) < CONNECTION_CONGESTED) {
            connection->congested = false;
            uv_timer_stop(&connection->timer);
            connection->events->drained(connection->user);
        }
    }
}

static void write_later(struct connection *connection, const char *bytes, size_t length)
{
    struct outgoing *outgoing = malloc(sizeof *outgoing + length);

    if (!outgoing) {
        connection->events->ended(connection->user, true);
        return;
    }
    memcpy(outgoing->bytes, bytes, length);
    outgoing->request.data = connection;
    uv_buf_t buf = uv_buf_init(outgoing->bytes, (unsigned)length);
    if (uv_write(&outgoing->request, connection->sink, &buf, 1, on_written) != 0) {
        free(outgoing);
        connection->events->ended(connection->user, true);
    }
}

void connection_write(struct connection *connection, const void *bytes, size_t length)
{
    uv_stream_t *stream = connection->sink;
    const char *from = bytes;

    if (closing(connection) || connection->finishing)
        return;
    if (uv_stream_get_write_queue_size(stream) == 0) {
        uv_buf_t buf = uv_buf_init((char *)(uintptr_t)from, (unsigned)length);
        int sent = uv_try_write(stream, &buf, 1);

        if (sent > 0) {
            from += sent;
            length -= (size_t)sent;
        }
    }
    if (length > 0)
        write_later(connection, from, length);

    size_t unsent = uv_stream_get_write_queue_size(stream);
    if (unsent > CONNECTION_CONGESTED && !connection->congested) {
        connection->congested = true;
        if (!connection->patient)
            uv_timer_start(&connection->timer, on_impatient, STALL_MS, STALL_MS);
    }
    if (unsent > CONNECTION_LIMIT) {
        log_line(connection->log, LOG_WARN, "a client does not read fast enough: closing it");
        connection->events->ended(connection->user, true);
    }
}

/* --- beginning and end --- */

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)request;
    (void)status;
}

void connection_finish(struct connection *connection)
{
    if (closing(connection) || connection->finishing)
        return;
    connection->finishing = true;
    connection->held = 0;
    if (connection->at_end ||
        uv_shutdown(&connection->shutdown, connection->sink, on_shutdown) != 0) {
        uv_timer_start(&connection->timer, on_impatient,
                       uv_stream_get_write_queue_size(connection->sink) ? FINISH_MS : 0, 0);
        return;
    }
    /* Closing with unread input would reset the connection and lose the last reply. */
    start_reading(connection);
    uv_timer_start(&connection->timer, on_impatient, FINISH_MS, 0);
}

static void begin(struct connection *connection, uv_loop_t *loop,
                  const struct connection_events *events, void *user, const struct log *log)
{
    connection->events = events;
    connection->user = user;
    connection->log = log;
    connection->sink = &connection->socket.stream;
    uv_timer_init(loop, &connection->timer);
    connection->open_handles = 2;
    connection->socket.handle.data = connection;
    connection->timer.data = connection;
}

void connection_accept(struct connection *connection, uv_stream_t *listener,
                       const struct connection_events *events, void *user, const struct log *log)
{
    if (listener->type == UV_TCP)
        uv_tcp_init(listener->loop, &connection->socket.tcp);
    else
        uv_pipe_init(listener->loop, &connection->socket.pipe, 0);
    begin(connection, listener->loop, events, user, log);
    if (uv_accept(listener, &connection->socket.stream) != 0) {
        connection_close(connection);
        return;
    }
    if (listener->type == UV_TCP) {
        uv_tcp_nodelay(&connection->socket.tcp, 1);
        uv_tcp_keepalive(&connection->socket.tcp, 1, KEEPALIVE_S);
    }
    start_reading(connection);
}

void connection_name(const struct connection *connection, const char *service, char *name,
                     size_t size)
{
    struct sockaddr_storage peer;
    int length = sizeof peer;
    char address[INET6_ADDRSTRLEN];

    snprintf(name, size, "%s", service);
    if (connection->socket.handle.type != UV_TCP ||
        uv_tcp_getpeername(&connection->socket.tcp, (struct sockaddr *)&peer, &length) != 0 ||
        uv_ip_name((const struct sockaddr *)&peer, address, sizeof address) != 0)
        return;
    const struct sockaddr_in *port = (const struct sockaddr_in *)&peer; /* IPv6 has it there, too */
    snprintf(name, size, strchr(address, ':') ? "%s from [%s]:%u" : "%s from %s:%u", service,
             address, ntohs(port->sin_port));
}

bool connection_open(struct connection *connection, uv_loop_t *loop, int input, int output,
                     const struct connection_events *events, void *user, const struct log *log)
{
    if (uv_guess_handle(input) != UV_NAMED_PIPE || uv_guess_handle(output) != UV_NAMED_PIPE)
        return false;
    uv_pipe_init(loop, &connection->socket.pipe, 0);
    uv_pipe_init(loop, &connection->output, 0);
    begin(connection, loop, events, user, log);
    connection->sink = (uv_stream_t *)&connection->output;
    connection->output.data = connection;
    connection->open_handles++;
    if (uv_pipe_open(&connection->socket.pipe, input) != 0 ||
        uv_pipe_open(&connection->output, output) != 0)
        connection_close(connection);
    else
        start_reading(connection);
    return true;
}
