/* SPDX-License-Identifier: MIT */
#include "lone_client.h"

#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/request.h"

void lone_client_init(struct lone_client *lone)
{
    memset(lone, 0, sizeof *lone);
    uv_loop_init(&lone->loop);
    mailbox_init(&lone->posted, NULL);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(port)};
    int client = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* bytes arrive when said */
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

void lone_client_connect(struct lone_client *lone, const char *service,
                         void (*arrived)(void *user, uv_stream_t *listener))
{
    struct endpoint any;
    char why[200];

    endpoint_parse("0", &any, why, sizeof why);
    lone->listener = (struct listener){.service = service, .arrived = arrived};
    assert_true(listener_open(&lone->listener, &lone->loop, &any, why, sizeof why));
    lone->socket = connect_to(lone->listener.endpoint.port);
}

void lone_client_turn(struct lone_client *lone)
{
    uv_run(&lone->loop, UV_RUN_NOWAIT);
    usleep(100);
}

struct request *lone_client_next_posted(struct lone_client *lone)
{
    struct request *request = NULL;

    for (int i = 0; i < TURNS && !request; i++) {
        lone_client_turn(lone);
        request = mailbox_take(&lone->posted);
    }
    assert_non_null(request);
    return request;
}

void lone_client_close(struct lone_client *lone)
{
    close(lone->socket);
    for (int i = 0; i < TURNS && !lone->gone; i++) {
        struct request *request = mailbox_take(&lone->posted);

        if (request)
            request->done(request);
        lone_client_turn(lone);
    }
    assert_true(lone->gone);
    listener_close(&lone->listener);
    uv_run(&lone->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&lone->loop), 0);
    mailbox_finish(&lone->posted);
}
