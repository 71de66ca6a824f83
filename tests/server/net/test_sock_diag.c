/* SPDX-License-Identifier: MIT */
/* Whose a socket is, as this machine's kernel says of real ones. */
#include "net/sock_diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* A connection of this process with itself. */
struct pair {
    int listener, client, server;
    struct sock_end client_end, server_end;
};

static struct sock_end end_of(int socket)
{
    struct sockaddr_in6 at;
    struct sockaddr_in v4;
    socklen_t length = sizeof at;
    struct sock_end end = {.address = {.s6_addr = {[10] = 0xFF, [11] = 0xFF}}};

    assert_int_equal(getsockname(socket, (struct sockaddr *)&at, &length), 0);
    memcpy(&v4, &at, sizeof v4);
    if (at.sin6_family == AF_INET6)
        end.address = at.sin6_addr;
    else
        memcpy(end.address.s6_addr + 12, &v4.sin_addr, 4);
    end.port = ntohs(at.sin6_port); /* at the same place for both */
    return end;
}

static bool open_pair(struct pair *pair, int family, const char *address)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    const void *at = family == AF_INET ? (void *)&v4 : (void *)&v6;
    socklen_t length = family == AF_INET ? sizeof v4 : sizeof v6;
    struct sockaddr_storage bound;
    socklen_t bound_length = sizeof bound;

    inet_pton(family, address, family == AF_INET ? (void *)&v4.sin_addr : (void *)&v6.sin6_addr);
    pair->listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pair->client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pair->listener < 0 || bind(pair->listener, at, length) != 0)
        return false; /* a machine without IPv6 */
    assert_int_equal(listen(pair->listener, 1), 0);
    assert_int_equal(getsockname(pair->listener, (struct sockaddr *)&bound, &bound_length), 0);
    assert_int_equal(connect(pair->client, (struct sockaddr *)&bound, bound_length), 0);
    pair->server = accept(pair->listener, NULL, NULL);
    assert_true(pair->server >= 0);
    pair->client_end = end_of(pair->client);
    pair->server_end = end_of(pair->server);
    return true;
}

static void close_pair(struct pair *pair)
{
    close(pair->server);
    close(pair->client);
    close(pair->listener);
}

static void assert_found(const struct pair *pair)
{
    struct stat status;
    uint32_t inode = 0;
    uid_t uid = 12345;

    assert_int_equal(fstat(pair->client, &status), 0);
    assert_int_equal(sock_diag_find(&pair->client_end, &pair->server_end, &uid, &inode),
                     SOCK_DIAG_FOUND);
    assert_int_equal(uid, getuid());
    assert_int_equal(inode, status.st_ino);
}

static int up(void **state)
{
    static struct pair pair;
    uint32_t inode;
    uid_t uid;

    *state = &pair;
    if (!open_pair(&pair, AF_INET, "127.0.0.1"))
        return -1;
    if (sock_diag_find(&pair.server_end, &pair.client_end, &uid, &inode) == SOCK_DIAG_FOUND)
        return 0;
    *state = NULL; /* a container whose kernel may not be asked */
    close_pair(&pair);
    return 0;
}

static int down(void **state)
{
    if (*state)
        close_pair(*state);
    return 0;
}

static struct pair *pair_or_skip(void **state)
{
    if (!*state)
        skip();
    return *state;
}

static void an_end_is_found_with_its_user_and_inode(void **state)
{
    assert_found(pair_or_skip(state));
}

static void ipv6_and_ipv4_in_its_clothes_are_found(void **state)
{
    static const char *const addresses[] = {"::1", "::ffff:127.0.0.1"};

    pair_or_skip(state);
    for (size_t i = 0; i < 2; i++) {
        struct pair pair;

        if (open_pair(&pair, AF_INET6, addresses[i])) {
            assert_found(&pair);
            close_pair(&pair);
        }
    }
}

static void one_that_is_closed_is_nobodys(void **state)
{
    struct pair *pair = pair_or_skip(state);
    uint32_t inode = 7;
    uid_t uid;

    close(pair->client);
    pair->client = -1;
    assert_int_equal(sock_diag_find(&pair->client_end, &pair->server_end, &uid, &inode),
                     SOCK_DIAG_FOUND);
    assert_int_equal(inode, 0);
}

/* Where there is no connection, the kernel answers with whoever listens at that port. */
static void who_only_listens_is_not_meant(void **state)
{
    struct pair *pair = pair_or_skip(state);
    struct sock_end stranger = pair->client_end;
    uint32_t inode;
    uid_t uid;

    stranger.port = 1;
    assert_int_equal(sock_diag_find(&stranger, &pair->client_end, &uid, &inode), SOCK_DIAG_NONE);
    assert_int_equal(sock_diag_find(&pair->server_end, &stranger, &uid, &inode), SOCK_DIAG_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_end_is_found_with_its_user_and_inode, up, down),
        cmocka_unit_test_setup_teardown(ipv6_and_ipv4_in_its_clothes_are_found, up, down),
        cmocka_unit_test_setup_teardown(one_that_is_closed_is_nobodys, up, down),
        cmocka_unit_test_setup_teardown(who_only_listens_is_not_meant, up, down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
