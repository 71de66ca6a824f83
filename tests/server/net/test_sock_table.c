/* SPDX-License-Identifier: MIT */
/* Whose a socket is, by tables made to look like the kernel's. */
#include "net/sock_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lines as Linux writes them (net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c, get_tcp4_sock() and
 * their kin) on a little-endian machine. */
#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
#define REST(uid, inode)                                      \
    " 01 00000000:00000000 00:00000000 00000000 " uid "     " \
    "   0 " inode " 1 0000000000000000 20 4 30 10 -1\n"
#define LISTENS                                                                               \
    "   0: 0100007F:0D05 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000      " \
    "  0 77 1 0000000000000000 100 0 0 10 0\n"
/* Ours is the end at 3333, theirs the one at 50000. */
#define OURS "   1: 0100007F:0D05 0100007F:C350" REST(" 1000", "78")
#define THEIRS(uid, inode) "   2: 0100007F:C350 0100007F:0D05" REST(uid, inode)
#define TO_OTHER_PORT "   3: 0100007F:C350 0100007F:0D06" REST(" 1003", "80")
#define FROM_OTHER_PORT "   4: 0100007F:C35 0100007F:0D05" REST(" 1004", "81")
#define THEIRS_MAPPED                                                      \
    "   5: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF0000" \
    "0100007F:0D05" REST(" 1005", "82")
#define THEIRS_V6                                                          \
    "   6: 00000000000000000000000001000000:C350 000000000000000000000000" \
    "01000000:0D05" REST("100006", "83")

static char folder[64];

static int up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/probed-net-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static void write_table(const char *name, const char *text)
{
    char path[80];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
    if (!text)
        return;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int down(void **state)
{
    (void)state;
    write_table("tcp", NULL);
    write_table("tcp6", NULL);
    return rmdir(folder);
}

static struct sockaddr_storage place(const char *address, uint16_t port)
{
    struct sockaddr_storage at = {.ss_family = strchr(address, ':') ? AF_INET6 : AF_INET};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
    void *where = at.ss_family == AF_INET ? (void *)&v4->sin_addr : (void *)&v6->sin6_addr;

    assert_int_equal(inet_pton(at.ss_family, address, where), 1);
    v4->sin_port = htons(port); /* at the same place for both */
    return at;
}

static bool find(const char *address, uid_t *uid, unsigned long *inode)
{
    struct sockaddr_storage peer = place(address, 50000), own = place(address, 3333);
    struct sock_end local = sock_end_of(&peer), remote = sock_end_of(&own);

    *uid = 12345;
    *inode = 12345;
    return sock_table_find(folder, &local, &remote, uid, inode);
}

static void assert_owned(const char *address, uid_t expected)
{
    unsigned long inode;
    uid_t uid;

    assert_true(find(address, &uid, &inode));
    assert_int_equal(uid, expected);
    assert_int_not_equal(inode, 0);
}

static void the_other_end_is_found_among_others(void **state)
{
    (void)state;
    write_table("tcp", HEAD LISTENS OURS TO_OTHER_PORT FROM_OTHER_PORT THEIRS(" 1002", "79"));
    write_table("tcp6", HEAD THEIRS_V6);
    assert_owned("127.0.0.1", 1002);
    assert_owned("::ffff:127.0.0.1", 1002); /* a port on :: that an IPv4 client came to */
    assert_owned("::1", 100006);
}

static void an_ipv4_address_may_be_written_as_ipv6(void **state)
{
    (void)state;
    write_table("tcp", HEAD LISTENS OURS);
    write_table("tcp6", HEAD THEIRS_MAPPED);
    assert_owned("127.0.0.1", 1005);
}

static void roots_sockets_are_roots(void **state)
{
    (void)state;
    write_table("tcp", HEAD THEIRS("    0", "79"));
    assert_owned("127.0.0.1", 0);
}

static void a_closed_socket_is_nobodys(void **state)
{
    unsigned long inode;
    uid_t uid;

    (void)state;
    write_table("tcp", HEAD OURS THEIRS("    0", "0"));
    assert_true(find("127.0.0.1", &uid, &inode));
    assert_int_equal(uid, 0);
    assert_int_equal(inode, 0);
}

static void without_a_row_nothing_is_known(void **state)
{
    static const char *const tables[] = {NULL, "", "rubbish", HEAD LISTENS OURS TO_OTHER_PORT};
    unsigned long inode;
    uid_t uid;

    (void)state;
    write_table("tcp6", NULL);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        write_table("tcp", tables[i]);
        assert_false(find("127.0.0.1", &uid, &inode));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_other_end_is_found_among_others),
        cmocka_unit_test(an_ipv4_address_may_be_written_as_ipv6),
        cmocka_unit_test(roots_sockets_are_roots),
        cmocka_unit_test(a_closed_socket_is_nobodys),
        cmocka_unit_test(without_a_row_nothing_is_known),
    };

    return cmocka_run_group_tests(tests, up, down);
}
