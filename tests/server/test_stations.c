/* SPDX-License-Identifier: MIT */
/* Several boards in one daemon, a gdb and a console each, all at once: for ThreadSanitizer
 * (tests/threads), and for what must hold whoever is first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "daemon_rig.h"

enum { BOARDS = 3, DYING = 1, LOADS = 4, RUNS = 10, PIECE = 64, PAGE = 1024 };

#define BOARD(name) "--probe sim:bluepill,still@" name " "

struct user {
    struct rig *rig;
    size_t station;
    int client;
};

/* Skips what is told on the way: the program's text, a monitor command's. */
static void receive(int client, char *reply, size_t size)
{
    do
        assert_true(client_receive(client, reply, size));
    while (reply[0] == 'O' && reply[1] != 'K');
}

static void ask(int client, const char *packet, const char *beginning)
{
    char reply[4096];

    client_send(client, packet);
    receive(client, reply, sizeof reply);
    assert_memory_equal(reply, beginning, strlen(beginning));
}

static void ask_monitor(int client, const char *command, const char *beginning)
{
    char packet[200] = "qRcmd,";

    for (size_t used = strlen(packet); *command; command++, used += 2)
        snprintf(packet + used, sizeof packet - used, "%02x", (unsigned)*command);
    ask(client, packet, beginning);
}

/* Pages of one letter, another one each time. */
static void load(const struct user *user, int round)
{
    char packet[PIECE + 40], bytes[PIECE + 1] = "";

    memset(bytes, 'A' + round + (int)user->station, PIECE);
    ask(user->client, "vFlashErase:08000000,00000400", "OK");
    for (unsigned at = 0; at < PAGE; at += PIECE) {
        snprintf(packet, sizeof packet, "vFlashWrite:%08x:%s", 0x08000000 + at, bytes);
        ask(user->client, packet, "OK");
    }
    ask(user->client, "vFlashDone", "OK");
    snprintf(packet, sizeof packet, "%02x%02x", bytes[0], bytes[0]);
    ask(user->client, "m080003fe,2", packet);
}

/* b . in RAM, and Ctrl-C. */
static void run_and_stop(const struct user *user)
{
    ask(user->client, "M20000400,4:fee7fee7", "OK");
    ask(user->client, "Pf=00040020", "OK");
    client_send(user->client, "vCont;c");
    client_write(user->client, "\x03", 1);
    char reply[4096];
    receive(user->client, reply, sizeof reply);
    assert_memory_equal(reply, "T02", 3);
}

static void work(void *argument)
{
    const struct user *user = argument;

    for (int round = 0; round < LOADS; round++) {
        load(user, round);
        for (int i = 0; i < RUNS; i++)
            run_and_stop(user);
    }
}

/* Its probe is pulled while it runs, comes back, and then the station ends under its gdb. */
static void die(void *argument)
{
    const struct user *user = argument;
    char reply[4096];

    load(user, 0);
    ask_monitor(user->client, "sim unplug", "OK");
    ask(user->client, "m20000000,4", "E");
    ask_monitor(user->client, "sim plug", "OK");
    ask(user->client, "vAttach;1", "T");
    run_and_stop(user);
    client_send(user->client, "qRcmd,73687574646f776e"); /* shutdown */
    while (client_receive(user->client, reply, sizeof reply))
        ;
}

static void boards_load_and_run_while_another_one_dies(void **state)
{
    static struct rig rig;
    struct user users[BOARDS];
    uv_thread_t threads[BOARDS];
    int consoles[BOARDS];

    (void)state;
    rig_start(&rig, BOARD("0") BOARD("1") BOARD("2") "--telnet 0 -c halt");
    for (size_t i = 0; i < BOARDS; i++) {
        users[i] = (struct user){&rig, i, client_connect_to(rig_gdb_of(&rig, i))};
        consoles[i] = client_connect_to(rig.telnets[i]); /* its port opened first */
        client_no_ack(users[i].client);
        ask(users[i].client, "?", "T");
    }
    for (size_t i = 0; i < BOARDS; i++)
        assert_int_equal(uv_thread_create(&threads[i], i == DYING ? die : work, &users[i]), 0);
    for (size_t i = 0; i < BOARDS; i++)
        uv_thread_join(&threads[i]);
    for (size_t i = 0; i < BOARDS; i++) {
        if (i != DYING)
            ask(users[i].client, "m20000400,4", "fee7fee7");
        close(users[i].client);
        close(consoles[i]);
    }
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boards_load_and_run_while_another_one_dies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
