/* SPDX-License-Identifier: MIT */
/* What one turn of the loop does for one client and for one port, counted: whoever sends or knocks
 * without end must not make the others wait for more than a portion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/connection.h"
#include "net/listener.h"

enum { KNOCKS = 40, TURNS = 100000 };

static struct guest {
    struct connection connection;
    int client, server; /* the sockets; the server's is the connection's */
    size_t taken;
    bool closed;
} flood, quiet;

static uv_loop_t loop;
static size_t arrived;

static size_t on_bytes(void *user, const char *bytes, size_t length)
{
    struct guest *guest = user;

    (void)bytes;
    guest->taken += length;
    return length;
}

static void on_ended(void *user, bool broken)
{
    struct guest *guest = user;

    (void)broken;
    connection_close(&guest->connection);
}

static void on_drained(void *user)
{
    (void)user;
}

static void on_closed(void *user)
{
    struct guest *guest = user;

    guest->closed = true;
}

static void come(struct guest *guest, size_t portion)
{
    static const struct connection_events events = {on_bytes, on_ended, on_drained, on_closed};
    int ends[2];

    memset(guest, 0, sizeof *guest);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    guest->client = ends[0];
    guest->connection.portion = portion;
    assert_true(
        connection_open(&guest->connection, &loop, ends[1], dup(ends[1]), &events, guest, NULL));
}

static void leave(struct guest *guest)
{
    close(guest->client);
    for (int i = 0; i < TURNS && !guest->closed; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(guest->closed);
}

/* As much as the system takes; returns how much that was. */
static size_t fill(const struct guest *guest)
{
    static const char bytes[4096];
    size_t sent = 0;
    ssize_t part;

    while ((part = write(guest->client, bytes, sizeof bytes)) > 0)
        sent += (size_t)part;
    return sent;
}

static void expect_a_portion_a_turn(size_t portion)
{
    size_t limit = portion ? portion : CONNECTION_INPUT, sent, turns = 0;

    come(&flood, portion);
    come(&quiet, 0);
    sent = fill(&flood);
    assert_true(sent >= 10 * limit);
    for (size_t taken = 0; flood.taken < sent && turns < TURNS; turns++) {
        assert_int_equal(write(quiet.client, "?", 1), 1);
        uv_run(&loop, UV_RUN_NOWAIT);
        assert_in_range(flood.taken - taken, 0, limit);
        assert_int_equal(quiet.taken, turns + 1); /* in this very turn */
        taken = flood.taken;
    }
    assert_int_equal(flood.taken, sent); /* nor is it starved: a portion in every turn */
    assert_in_range(turns, sent / limit, sent / limit + 1);
    leave(&flood);
    leave(&quiet);
}

static void a_flood_gets_a_portion_in_a_turn(void **state)
{
    (void)state;
    expect_a_portion_a_turn(0);
}

static void a_portion_may_be_smaller(void **state)
{
    (void)state;
    expect_a_portion_a_turn(512);
}

/* --- those who knock --- */

static void turn_away(void *user, uv_stream_t *listener)
{
    (void)user;
    arrived++;
    listener_turn_away(&loop, listener);
}

static int knock(const struct listener *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(listener->endpoint.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static void one_arrives_in_a_turn(void **state)
{
    static const struct endpoint anywhere = {.address = "127.0.0.1"};
    static struct listener listener;
    int clients[KNOCKS];
    char why[200];

    (void)state;
    listener = (struct listener){.service = "gdb", .arrived = turn_away};
    assert_true(listener_open(&listener, &loop, &anywhere, why, sizeof why));
    for (size_t i = 0; i < KNOCKS; i++)
        clients[i] = knock(&listener);
    come(&quiet, 0);
    size_t turns = 0;
    for (size_t before = 0; arrived < KNOCKS && turns < TURNS; before = arrived, turns++) {
        assert_int_equal(write(quiet.client, "?", 1), 1);
        uv_run(&loop, UV_RUN_NOWAIT);
        assert_in_range(arrived - before, 0, 1);
        assert_int_equal(quiet.taken, turns + 1);
    }
    assert_int_equal(arrived, KNOCKS);
    for (size_t i = 0; i < KNOCKS; i++)
        close(clients[i]);
    listener_close(&listener);
    leave(&quiet);
}

static int begin(void **state)
{
    (void)state;
    return uv_loop_init(&loop);
}

static int end(void **state)
{
    (void)state;
    for (int i = 0; i < TURNS && uv_run(&loop, UV_RUN_NOWAIT); i++)
        ;
    return uv_loop_close(&loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_gets_a_portion_in_a_turn),
        cmocka_unit_test(a_portion_may_be_smaller),
        cmocka_unit_test(one_arrives_in_a_turn),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
