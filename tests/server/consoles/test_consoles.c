/* SPDX-License-Identifier: MIT */
/* Telnet and TCL clients of whole daemons, many at once and beside gdb: what crosses threads. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "consoles/ports.h"
#include "daemon_rig.h"

enum { ROUNDS = 30, CROWD = 6, GONE = 60 };

static void say(int client, const char *text)
{
    client_write(client, text, strlen(text));
}

/* Reads up to and including `text`. */
static void hear(int client, const char *text)
{
    size_t matched = 0;
    char byte;

    while (text[matched]) {
        assert_int_equal(recv(client, &byte, 1, 0), 1);
        matched = byte == text[matched] ? matched + 1 : byte == text[0];
    }
}

static void rig_start_consoles(struct rig *rig)
{
    rig_start(rig, "--sim --log error --telnet 0 --tcl 0 -c halt "
                   "-c mww\t0x20000400\t0xe7fee7fe -c reg\tpc\t0x20000400");
    assert_true(rig->telnet > 0);
    assert_true(rig->tcl > 0);
}

/* --- what one client does, on a thread of its own --- */

static void use_telnet(void *user)
{
    int client = client_connect_to(((struct rig *)user)->telnet);
    char text[96];

    say(client, "\xff\xfd\x01\xff\xfb\x1f\xff\xfa\x1f\x01\x50\x01\x18\xff\xf0");
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(text, sizeof text,
                 "resume; mdw 0x20000400; wait_halt 1\x03\r\nhalt; echo {<%d >}\r\n", i);
        say(client, text);
        snprintf(text, sizeof text, "echo <%d>\r\n", i);
        say(client, text);
        snprintf(text, sizeof text, "\n<%d>", i);
        hear(client, text);
    }
    close(client);
}

static void use_tcl(void *user)
{
    int client = client_connect_to(((struct rig *)user)->tcl);

    say(client, "tcl_notifications on\x1a");
    hear(client, "enabled\x1a");
    for (int i = 0; i < ROUNDS; i++) {
        say(client, i % 2 ? "resume\x1a" : "halt\x1a");
        say(client, "capture {mdw 0x20000400}\x1a");
        hear(client, ": e7fee7fe \n\x1a");
    }
    close(client);
}

static void use_gdb(void *user)
{
    int client = client_connect(user);
    char reply[4096];

    client_no_ack(client);
    for (int i = 0; i < ROUNDS; i++) {
        client_expect(client, "m20000400,4", "fee7fee7");
        client_send(client, "qRcmd,68616c74"); /* halt */
        do
            assert_true(client_receive(client, reply, sizeof reply));
        while (reply[0] == 'O' && strcmp(reply, "OK") != 0);
    }
    close(client);
}

/* Says a part of it and is gone. */
static void come_and_go(void *user)
{
    static const char talk[] =
        "\xff\xfd\x01halt; mdw 0x08000000 2048\r\nfla\tresume\r\nwait_halt 60000\r\n";
    const struct linger reset = {.l_onoff = 1};

    for (size_t i = 0; i < GONE; i++) {
        int client = client_connect_to(((struct rig *)user)->telnet);

        client_write(client, talk, i % sizeof talk);
        if (i % 2)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(client);
    }
}

/* --- tests --- */

static void many_consoles_beside_gdb(void **state)
{
    static void (*const kinds[])(void *) = {use_telnet, use_tcl, use_gdb};
    static struct rig rig;
    uv_thread_t threads[CROWD];

    (void)state;
    rig_start_consoles(&rig);
    for (size_t i = 0; i < CROWD; i++)
        uv_thread_create(&threads[i], kinds[i % 3], &rig);
    for (size_t i = 0; i < CROWD; i++)
        uv_thread_join(&threads[i]);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void clients_that_vanish(void **state)
{
    static struct rig rig;
    uv_thread_t threads[2];

    (void)state;
    rig_start_consoles(&rig);
    int witness = client_connect_to(rig.telnet);
    for (size_t i = 0; i < 2; i++)
        uv_thread_create(&threads[i], come_and_go, &rig);
    for (size_t i = 0; i < 2; i++)
        uv_thread_join(&threads[i]);
    say(witness, "echo still here\n");
    hear(witness, "still here\r\n");
    close(witness);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void news_reach_who_did_not_ask(void **state)
{
    static struct rig rig;

    (void)state;
    rig_start_consoles(&rig);
    int listener = client_connect_to(rig.telnet), actor = client_connect_to(rig.telnet);
    hear(listener, "\r> ");
    for (int i = 0; i < ROUNDS; i++) {
        say(actor, "resume\n");
        hear(listener, "the core runs\r\n");
        say(actor, "halt\n");
        hear(listener, "halted due to");
    }
    close(listener);
    close(actor);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

/* The command of one has to end for it. */
static void it_ends_with_consoles_in_every_state(void **state)
{
    static const char *const says[] = {"",
                                       "half a li",
                                       "resume; wait_halt 86400000\n",
                                       "mdw 0x08000000 16384\n",
                                       "\xff\xfa\x1f",
                                       "\xff\xfd\x01hal"};
    static struct rig rig;
    int clients[6], tcl;

    (void)state;
    rig_start_consoles(&rig);
    for (size_t i = 0; i < 6; i++) {
        clients[i] = client_connect_to(rig.telnet);
        hear(clients[i], "\r> ");
        say(clients[i], says[i]);
    }
    tcl = client_connect_to(rig.tcl);
    say(tcl, "halt\x1a");
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
    for (size_t i = 0; i < 6; i++) {
        client_wait_for_end(clients[i]);
        close(clients[i]);
    }
    close(tcl);
}

/* Telnets that say nothing must not lock out Tcl, nor a telnet that has been used. */
static void the_silent_make_room(void **state)
{
    static struct rig rig;
    int silent[PORTS_CONSOLES];

    (void)state;
    rig_start_consoles(&rig);
    int used = client_connect_to(rig.telnet);
    say(used, "echo <used>\r\n");
    hear(used, "<used>");
    for (size_t i = 0; i < PORTS_CONSOLES; i++)
        silent[i] = client_connect_to(rig.telnet);
    int tcl = client_connect_to(rig.tcl);
    say(tcl, "capture {mdw 0x20000400}\x1a");
    hear(tcl, ": e7fee7fe \n\x1a");
    say(used, "echo <again>\r\n");
    hear(used, "<again>");
    for (size_t i = 0; i < PORTS_CONSOLES; i++)
        close(silent[i]);
    close(tcl);
    close(used);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void one_shell_ends_the_daemon_under_the_others(void **state)
{
    static struct rig rig;

    (void)state;
    rig_start_consoles(&rig);
    int other = client_connect_to(rig.telnet), actor = client_connect_to(rig.tcl);
    hear(other, "\r> ");
    say(other, "halt\nhelp\nhelp\n");
    say(actor, "shutdown 3\x1a");
    assert_int_equal(rig_join(&rig), 3);
    close(other);
    close(actor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_consoles_beside_gdb),
        cmocka_unit_test(clients_that_vanish),
        cmocka_unit_test(news_reach_who_did_not_ask),
        cmocka_unit_test(it_ends_with_consoles_in_every_state),
        cmocka_unit_test(the_silent_make_room),
        cmocka_unit_test(one_shell_ends_the_daemon_under_the_others),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
