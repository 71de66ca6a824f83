/* SPDX-License-Identifier: MIT */
#include "net/listener.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/endpoint_trouble.h"

enum { BACKLOG = 128 };

/* A socket file that nobody listens at, as a killed daemon leaves it. */
static bool is_stale(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat status;

    if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode))
        return false;
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    bool refused =
        connect(probe, (struct sockaddr *)&address, sizeof address) != 0 && errno == ECONNREFUSED;
    close(probe);
    return refused;
}

static int bind_pipe(struct listener *listener)
{
    const char *path = listener->endpoint.path;

    if (is_stale(path))
        unlink(path);
    int result = uv_pipe_bind(&listener->socket.pipe, path);
    /* Before anybody can connect: that takes listen(). */
    mode_t others = listener->peers && peer_rules_admit_others(listener->peers)
                        ? S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH
                        : 0;
    if (result == 0 && chmod(path, S_IRUSR | S_IWUSR | others) != 0)
        result = uv_translate_sys_error(errno);
    return result;
}

static int bind_tcp(struct listener *listener)
{
    const struct endpoint *endpoint = &listener->endpoint;
    struct sockaddr_storage address;
    int result = uv_ip4_addr(endpoint->address, endpoint->port, (struct sockaddr_in *)&address);

    if (result != 0)
        result = uv_ip6_addr(endpoint->address, endpoint->port, (struct sockaddr_in6 *)&address);
    if (result != 0)
        return result;
    return uv_tcp_bind(&listener->socket.tcp, (struct sockaddr *)&address, 0);
}

static void learn_port(struct listener *listener)
{
    struct sockaddr_storage address = {0};
    int length = sizeof address;

    if (uv_tcp_getsockname(&listener->socket.tcp, (struct sockaddr *)&address, &length) != 0)
        return;
    /* The port stands at the same place for both families. */
    listener->endpoint.port = ntohs(((struct sockaddr_in *)&address)->sin_port);
}

/* libuv has accepted it already, but gives it out only by uv_accept(), for which a connection must
 * be there: its own field is the one way to look first. */
static bool may_enter(const struct listener *listener)
{
    return !listener->peers || peer_may_enter(listener->peers, listener->socket.stream.accepted_fd,
                                              listener->log, listener->service);
}

static void on_turn(uv_idle_t *turn)
{
    struct listener *listener = turn->data;
    uv_stream_t *stream = &listener->socket.stream;

    uv_idle_stop(turn);
    if (may_enter(listener))
        listener->arrived(listener->user, stream);
    else
        listener_turn_away(stream->loop, stream);
}

/* libuv accepts no other before this one is asked for: that is for the next turn. */
static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;

    if (status == 0)
        uv_idle_start(&listener->turn, on_turn);
}

static void warn_if_reachable(const struct listener *listener)
{
    if (!endpoint_is_local(&listener->endpoint))
        log_line(listener->log, LOG_WARN,
                 "anyone who reaches this machine owns the board and this user's files by the %s "
                 "port: it has no password",
                 listener->service);
}

/* It is bound, and who may reach it is up to who made it; peers are asked all the same. */
static int take_given(struct listener *listener)
{
    return listener->endpoint.is_unix
               ? uv_pipe_open(&listener->socket.pipe, listener->endpoint.given)
               : uv_tcp_open(&listener->socket.tcp, listener->endpoint.given);
}

static int start(struct listener *listener)
{
    int result = listener->endpoint.given     ? take_given(listener)
                 : listener->endpoint.is_unix ? bind_pipe(listener)
                                              : bind_tcp(listener);

    return result ? result : uv_listen(&listener->socket.stream, BACKLOG, on_connection);
}

bool listener_open(struct listener *listener, uv_loop_t *loop, const struct endpoint *endpoint,
                   char *why, size_t why_size)
{
    listener->endpoint = *endpoint;
    if (endpoint->is_unix)
        uv_pipe_init(loop, &listener->socket.pipe, 0);
    else
        uv_tcp_init(loop, &listener->socket.tcp);
    uv_idle_init(loop, &listener->turn);
    listener->open = true;
    listener->open_handles = 2;
    listener->socket.handle.data = listener;
    listener->turn.data = listener;
    int result = start(listener);
    if (result != 0) {
        endpoint_trouble(endpoint, listener->service, result, why, why_size);
        listener_close(listener);
        return false;
    }
    if (!endpoint->is_unix)
        learn_port(listener);
    warn_if_reachable(listener);
    return true;
}

static void on_turned_away(uv_handle_t *handle)
{
    free(handle);
}

void listener_turn_away(uv_loop_t *loop, uv_stream_t *listener)
{
    struct listener *visitor = calloc(1, sizeof *visitor);

    if (!visitor)
        return;
    if (listener->type == UV_TCP)
        uv_tcp_init(loop, &visitor->socket.tcp);
    else
        uv_pipe_init(loop, &visitor->socket.pipe, 0);
    uv_accept(listener, &visitor->socket.stream);
    uv_close(&visitor->socket.handle, on_turned_away);
}

static void on_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;

    if (--listener->open_handles == 0 && listener->closed)
        listener->closed(listener->user);
}

void listener_close(struct listener *listener)
{
    if (!listener->open)
        return;
    listener->open = false;
    uv_close(&listener->socket.handle, on_closed);
    uv_close((uv_handle_t *)&listener->turn, on_closed);
}
