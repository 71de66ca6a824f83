/* SPDX-License-Identifier: MIT */
/* A client's socket connected to a service in a loop that the test turns; what the service gives
 * the worker, whom the test plays, lies in `posted`. All on one thread. */
#ifndef PROBED_TESTS_LONE_CLIENT_H
#define PROBED_TESTS_LONE_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/listener.h"
#include "session/mailbox.h"

enum { TURNS = 60000 }; /* to wait for something at most: six seconds and more */

struct lone_client {
    uv_loop_t loop;
    struct listener listener;
    struct mailbox posted;
    int socket;
    bool gone; /* the test's, once the service has let go of the connection */
};

/* Loop and mailbox, for what the service is made of; nothing listens yet. */
void lone_client_init(struct lone_client *lone);
/* Connects to the service, whose `arrived` is called in a later turn. */
void lone_client_connect(struct lone_client *lone, const char *service,
                         void (*arrived)(void *user, uv_stream_t *listener));
void lone_client_turn(struct lone_client *lone);
/* Turns the loop until there is one; the caller's. */
struct request *lone_client_next_posted(struct lone_client *lone);
/* The client goes, the worker gives back what it has until `gone`, everything is freed. */
void lone_client_close(struct lone_client *lone);

#endif
