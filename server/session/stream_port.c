/* SPDX-License-Identifier: MIT */
#include "session/stream_port.h"

#include <stdio.h>

static void keep(struct request *request)
{
    (void)request;
}

static enum err order(struct session *session, struct job *job, struct stream_port_order *order)
{
    struct stream_route *route = session->stream_route;

    if (!route || uv_sem_init(&order->answered, 0) != 0)
        return job_fail(job, ERR_UNSUPPORTED, "nobody can listen to streams here");
    request_init(&order->request, session->log, route->owner, NULL, route->port);
    order->request.destroy = keep;
    session_notify(session, &order->request);
    uv_sem_wait(&order->answered);
    uv_sem_destroy(&order->answered);
    return order->ok ? ERR_OK
                     : job_fail(job, order->open ? ERR_FILE : ERR_ARGUMENT, "%s", order->why);
}

enum err stream_port_open(struct session *session, struct job *job, struct stream_id id,
                          const char *hello, struct endpoint *endpoint)
{
    struct stream_port_order wanted = {.open = true, .id = id, .endpoint = *endpoint};

    snprintf(wanted.hello, sizeof wanted.hello, "%s", hello);
    enum err err = order(session, job, &wanted);
    *endpoint = wanted.endpoint;
    return err;
}

enum err stream_port_close(struct session *session, struct job *job, enum stream_kind kind,
                           uint16_t port)
{
    struct stream_port_order wanted = {.id = {kind, 0}, .endpoint = {.port = port}};

    return order(session, job, &wanted);
}
