/* SPDX-License-Identifier: MIT */
/* Whose a socket is, by tables made to look like the kernel's; who is known as a user. */
#include "net/peer.h"

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

static enum peer_owner owner_at(const char *address, uid_t *uid)
{
    struct sockaddr_storage peer = place(address, 50000), own = place(address, 3333);

    *uid = 12345;
    return peer_find(folder, &peer, &own, uid);
}

static void assert_owned(const char *address, uid_t expected)
{
    uid_t uid;

    assert_int_equal(owner_at(address, &uid), PEER_OWNED);
    assert_int_equal(uid, expected);
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
    uid_t uid;

    (void)state;
    write_table("tcp", HEAD OURS THEIRS("    0", "0"));
    assert_int_equal(owner_at("127.0.0.1", &uid), PEER_CLOSED);
}

static void without_a_row_nothing_is_known(void **state)
{
    static const char *const tables[] = {NULL, "", "rubbish", HEAD LISTENS OURS TO_OTHER_PORT};
    uid_t uid;

    (void)state;
    write_table("tcp6", NULL);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        write_table("tcp", tables[i]);
        assert_int_equal(owner_at("127.0.0.1", &uid), PEER_NO_ROW);
    }
}

static bool knows(const struct peer_rules *rules, uid_t uid)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->users[i] == uid)
            return true;
    return false;
}

static void users_are_names_or_numbers(void **state)
{
    struct peer_rules rules;
    char why[160];

    (void)state;
    setenv("SUDO_UID", "4711", 1);
    assert_true(peer_rules_init(&rules, NULL, why, sizeof why));
    assert_true(knows(&rules, geteuid()) && knows(&rules, 0) && knows(&rules, 4711));
    assert_false(rules.all || peer_rules_admit_others(&rules));
    unsetenv("SUDO_UID");
    assert_true(peer_rules_init(&rules, "daemon,4712", why, sizeof why));
    assert_true(knows(&rules, 1) && knows(&rules, 4712));
    assert_false(knows(&rules, 4711) || rules.all);
    assert_true(peer_rules_init(&rules, "all", why, sizeof why));
    assert_true(rules.all && peer_rules_admit_others(&rules));
}

static void unknown_users_are_said(void **state)
{
    static const char *const wrong[] = {"no-such-user", "0x10", "4294967295", "-1", "root;daemon"};
    struct peer_rules rules;
    char why[160];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(peer_rules_init(&rules, wrong[i], why, sizeof why));
        assert_non_null(strstr(why, wrong[i]));
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
        cmocka_unit_test(users_are_names_or_numbers),
        cmocka_unit_test(unknown_users_are_said),
    };

    return cmocka_run_group_tests(tests, up, down);
}
