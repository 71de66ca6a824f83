/* SPDX-License-Identifier: MIT */
/* Whole daemons in one process: several at once, several clients, rude clients, orderly ends. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon_rig.h"
#include "session/session.h"

enum { ROUNDS = 50, CROWD = 100 };

/* Endless: b . in RAM, pc there. */
static void prepare_loop(int client)
{
    char reply[1024];

    client_send(client, "?");
    assert_true(client_receive(client, reply, sizeof reply));
    client_expect(client, "M20000400,4:fee7fee7", "OK");
    client_expect(client, "Pf=00040020", "OK");
}

/* Console output may stand before it. */
static void expect_stop(int client, const char *beginning)
{
    char reply[4096];

    do
        assert_true(client_receive(client, reply, sizeof reply));
    while (reply[0] == 'O');
    assert_memory_equal(reply, beginning, strlen(beginning));
}

static void use_memory(void *user)
{
    int client = client_connect(user);
    char packet[64], reply[64];

    client_no_ack(client);
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(packet, sizeof packet, "M20000%03x,4:%08x", 0x800 + 4 * i, i * 0x01010101);
        client_expect(client, packet, "OK");
        snprintf(packet, sizeof packet, "m20000%03x,4", 0x800 + 4 * i);
        snprintf(reply, sizeof reply, "%08x", i * 0x01010101);
        client_expect(client, packet, reply);
    }
    close(client);
}

static void three_daemons_do_not_know_each_other(void **state)
{
    static struct rig rigs[3];
    uv_thread_t threads[3];

    (void)state;
    for (size_t i = 0; i < 3; i++)
        rig_start(&rigs[i], "--sim");
    for (size_t i = 0; i < 3; i++)
        uv_thread_create(&threads[i], use_memory, &rigs[i]);
    for (size_t i = 0; i < 3; i++)
        uv_thread_join(&threads[i]);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(rig_stop(&rigs[i]), DAEMON_OK);
}

static void observers_read_while_the_core_runs(void **state)
{
    static struct rig rig;
    uv_thread_t threads[3];

    (void)state;
    rig_start(&rig, "--sim");
    int holder = client_connect(&rig);
    client_no_ack(holder);
    prepare_loop(holder);
    client_send(holder, "vCont;c");
    for (size_t i = 0; i < 3; i++)
        uv_thread_create(&threads[i], use_memory, &rig);
    for (size_t i = 0; i < 3; i++)
        uv_thread_join(&threads[i]);
    client_write(holder, "\x03", 1);
    expect_stop(holder, "T02");
    close(holder);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

/* A range step that never leaves its range is one long job of the holder's. */
static void observers_are_served_between_the_slices_of_a_long_job(void **state)
{
    static struct rig rig;
    char reply[1024];

    (void)state;
    rig_start(&rig, "--sim");
    int holder = client_connect(&rig), observer = client_connect(&rig);
    client_no_ack(holder);
    client_no_ack(observer);
    prepare_loop(holder);
    client_send(holder, "vCont;r20000400,20000404:1");
    for (int i = 0; i < ROUNDS; i++)
        client_expect(observer, "m20000400,4", "fee7fee7");
    client_send(observer, "P0=00000000"); /* would disturb */
    assert_true(client_receive(observer, reply, sizeof reply));
    assert_int_equal(reply[0], 'E');
    int late = client_connect(&rig); /* even arriving is possible */
    client_expect(late, "qAttached", "1");
    client_write(holder, "\x03", 1);
    expect_stop(holder, "T0");
    close(late);
    close(observer);
    close(holder);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void interrupt_meets_resume_at_any_time(void **state)
{
    static struct rig rig;

    (void)state;
    rig_start(&rig, "--sim");
    int client = client_connect(&rig);
    client_no_ack(client);
    prepare_loop(client);
    for (int i = 0; i < ROUNDS; i++) {
        client_send(client, "vCont;c");
        if (i % 2)
            usleep((useconds_t)(i * 50)); /* any time will do, that is the test */
        client_write(client, "\x03", 1);
        expect_stop(client, "T02");
    }
    client_write(client, "\x03\x03\x03", 3); /* late: dropped */
    client_expect(client, "qAttached", "1");
    close(client);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void a_crowd_is_served_or_turned_away(void **state)
{
    static struct rig rig;
    int crowd[CROWD], served = 0;
    char reply[64];

    (void)state;
    rig_start(&rig, "--sim --log error");
    for (size_t i = 0; i < CROWD; i++)
        crowd[i] = client_connect(&rig);
    for (size_t i = 0; i < CROWD; i++) {
        client_send(crowd[i], "qC");
        served += client_receive(crowd[i], reply, sizeof reply) ? 1 : 0;
    }
    assert_int_equal(served, SESSION_CLIENTS);
    for (size_t i = 0; i < CROWD; i++)
        close(crowd[i]);
    int after = client_connect(&rig);
    client_expect(after, "qAttached", "1");
    close(after);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

/* Silent connections must not lock a gdb out, nor one that speaks. */
static void the_silent_make_room(void **state)
{
    static struct rig rig;
    int silent[SESSION_CLIENTS];

    (void)state;
    rig_start(&rig, "--sim --log debug");
    int first = client_connect(&rig);
    client_expect(first, "qAttached", "1");
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        silent[i] = client_connect(&rig);
    int last = client_connect(&rig);
    client_expect(last, "qAttached", "1");
    client_expect(first, "qAttached", "1");
    for (size_t i = 0; i < SESSION_CLIENTS; i++)
        close(silent[i]);
    close(first);
    close(last);
    rig_wait_for_log(&rig, "a gdb left, 0 remain");
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
    assert_null(strstr(rig.log, "turned away")); /* a place that comes free is for who asks */
}

static void rude_clients_harm_nobody(void **state)
{
    static const char *const rude[] = {
        "$",         "$m2000",       "$m20000000,4#",        "$qC#00",      "+++---+++", "\x03\x03",
        "$g#67$g#6", "nonsense\r\n", "$vFlashWrite:0:\x7d#", "$qRcmd,7#00", "}}}}#$#",
    };
    static struct rig rig;

    (void)state;
    rig_start(&rig, "--sim --log error");
    int polite = client_connect(&rig);
    client_no_ack(polite);
    for (size_t i = 0; i < sizeof rude / sizeof *rude; i++) {
        int client = client_connect(&rig);

        client_write(client, rude[i], strlen(rude[i]));
        close(client);
        client_expect(polite, "qAttached", "1");
    }
    close(polite);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void web_pages_are_closed(void **state)
{
    static const char request[] = "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n$k#6b";
    static struct rig rig;

    (void)state;
    rig_start(&rig, "--sim");
    int client = client_connect(&rig);
    client_write(client, request, sizeof request - 1);
    client_wait_for_end(client);
    close(client);
    rig_wait_for_log(&rig, "HTTP");
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

/* It asks until the daemon stops reading, and reads nothing itself. */
static void client_that_never_reads_is_held_back(void **state)
{
    static const char request[] = "$m20000000,1000#dc";
    static struct rig rig;
    size_t sent = 0;
    int stalled = 0, small = 4096;

    (void)state;
    rig_start(&rig, "--sim");
    int deaf = client_connect(&rig), polite = client_connect(&rig);
    setsockopt(deaf, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    client_no_ack(deaf);
    client_no_ack(polite);
    while (stalled < 1000 && sent < 100000) {
        if (send(deaf, request, sizeof request - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
            sent++;
            continue;
        }
        stalled++; /* the daemon gets its turn, then once more */
        client_expect(polite, "qAttached", "1");
    }
    assert_true(sent < 100000);
    close(deaf);
    client_expect(polite, "qAttached", "1");
    close(polite);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
    assert_null(strstr(rig.log, "closing it")); /* held back, not thrown out */
}

static void half_closed_client_still_gets_its_answers(void **state)
{
    static struct rig rig;
    char reply[64];

    (void)state;
    rig_start(&rig, "--sim");
    int client = client_connect(&rig);
    client_write(client, "$qAttached#8f$qC#b4$qAttached#8f", 32);
    shutdown(client, SHUT_WR);
    assert_true(client_receive(client, reply, sizeof reply));
    assert_string_equal(reply, "1");
    assert_true(client_receive(client, reply, sizeof reply));
    assert_true(client_receive(client, reply, sizeof reply));
    assert_string_equal(reply, "1");
    assert_false(client_receive(client, reply, sizeof reply));
    close(client);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void acknowledgements_follow_the_protocol(void **state)
{
    static struct rig rig;
    char bytes[16];

    (void)state;
    rig_start(&rig, "--sim");
    int client = client_connect(&rig);
    client_expect(client, "vOther?", "");       /* nobody but a gdb */
    client_write(client, "+$qAttached#00", 14); /* wrong checksum */
    assert_int_equal(recv(client, bytes, 1, MSG_WAITALL), 1);
    assert_memory_equal(bytes, "-", 1);
    client_write(client, "$qAttached#8f", 13);
    assert_int_equal(recv(client, bytes, 6, MSG_WAITALL), 6);
    assert_memory_equal(bytes, "+$1#31", 6);
    client_write(client, "-", 1); /* once more, without another '+' */
    assert_int_equal(recv(client, bytes, 5, MSG_WAITALL), 5);
    assert_memory_equal(bytes, "$1#31", 5);
    client_write(client, "+", 1);
    client_no_ack(client);
    client_write(client, "$qAttached#8f", 13);
    assert_int_equal(recv(client, bytes, 5, MSG_WAITALL), 5);
    assert_memory_equal(bytes, "$1#31", 5);
    close(client);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void once_means_until_the_last_gdb_left(void **state)
{
    static struct rig rig;

    (void)state;
    rig_start(&rig, "--sim --once --log debug");
    close(client_connect(&rig)); /* said nothing: no gdb */
    rig_wait_for_log(&rig, "a gdb left, 0 remain");
    int first = client_connect(&rig), second = client_connect(&rig);
    client_expect(first, "qAttached", "1");
    client_expect(second, "qAttached", "1");
    close(first);
    client_expect(second, "qAttached", "1");
    close(second);
    assert_int_equal(rig_join(&rig), DAEMON_OK);
}

static void commands_run_before_the_port_opens(void **state)
{
    static struct rig rig;

    (void)state;
    rig_start(&rig, "--sim -c halt;mww{0x20000000}x -c mww\t0x20000000\t0x11223344 --log error");
    assert_non_null(strstr(rig.log, "-c halt;mww{0x20000000}x: "));
    int client = client_connect(&rig);
    client_expect(client, "m20000000,4", "44332211");
    close(client);
    assert_int_equal(rig_stop(&rig), DAEMON_FAILED); /* one of them did */
}

static void target_is_taken_when_it_appears(void **state)
{
    static struct rig rig;
    char reply[64];

    (void)state;
    rig_start(&rig, "--sim bluepill,noack -c mww\t0x20000000\t0x11223344");
    assert_non_null(strstr(rig.log, "trying again"));
    int client = client_connect(&rig);
    client_no_ack(client);
    client_expect(client, "?", "W00");
    /* sim fault -noack */
    client_send(client, "qRcmd,73696d206661756c74202d6e6f61636b");
    assert_true(client_receive(client, reply, sizeof reply));
    rig_wait_for_log(&rig, "connected: ");
    /* Nobody asked for it: the worker's own try. Then the command runs. */
    do {
        client_send(client, "m20000000,4");
        assert_true(client_receive(client, reply, sizeof reply));
    } while (strcmp(reply, "44332211") != 0);
    close(client);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void a_port_in_use_ends_the_start(void **state)
{
    static struct rig rig, other;
    char options[64];

    (void)state;
    rig_start(&rig, "--sim");
    snprintf(options, sizeof options, "--sim --gdb %d", rig_port(&rig));
    rig_start(&other, options);
    assert_non_null(strstr(other.log, "is in use"));
    assert_int_equal(rig_join(&other), DAEMON_FAILED);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
}

static void an_unknown_board_is_a_usage_error(void **state)
{
    static struct rig rig;

    (void)state;
    rig_start(&rig, "--sim=redpill");
    assert_non_null(strstr(rig.log, "bluepill"));
    assert_int_equal(rig_join(&rig), DAEMON_USAGE);
}

static void unix_sockets_are_private_and_replaced_when_stale(void **state)
{
    static struct rig rig, other;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char folder[] = "/tmp/probed-test-XXXXXX", options[160];
    struct stat status;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(address.sun_path, sizeof address.sun_path, "%s/gdb", folder);
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stale, (struct sockaddr *)&address, sizeof address), 0);
    close(stale); /* the file stays, as after a kill */

    snprintf(options, sizeof options, "--sim --gdb unix:%s", address.sun_path);
    rig_start(&rig, options);
    assert_non_null(strstr(rig.ready, address.sun_path));
    assert_int_equal(stat(address.sun_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    rig_start(&other, options); /* the first one still listens */
    assert_int_equal(rig_join(&other), DAEMON_FAILED);

    int client = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    client_expect(client, "qAttached", "1");
    close(client);
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
    assert_int_equal(rmdir(folder), 0); /* the socket went with the daemon */
}

static void it_ends_with_clients_in_every_state(void **state)
{
    static struct rig rig;
    int clients[4];

    (void)state;
    rig_start(&rig, "--sim --log error");
    for (size_t i = 0; i < 4; i++)
        clients[i] = client_connect(&rig);
    client_no_ack(clients[0]);
    prepare_loop(clients[0]);
    client_send(clients[0], "vCont;c");
    client_write(clients[1], "$half", 5);
    client_send(clients[2], "qAttached"); /* asked and never read */
    assert_int_equal(rig_stop(&rig), DAEMON_OK);
    for (size_t i = 0; i < 4; i++) {
        client_wait_for_end(clients[i]);
        close(clients[i]);
    }
}

static void it_may_be_destroyed_without_a_run(void **state)
{
    struct options options;
    struct daemon *daemon;
    const char *const argv[] = {"probed", "--sim"};
    char why[240];

    (void)state;
    assert_true(options_parse(&options, 2, argv, why, sizeof why));
    const struct daemon_setup setup = {.options = &options,
                                       .log = {.level = LOG_ERROR, .write = log_write_stderr}};
    assert_int_equal(daemon_create(&setup, &daemon), DAEMON_OK);
    daemon_destroy(daemon);
    daemon_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_daemons_do_not_know_each_other),
        cmocka_unit_test(observers_read_while_the_core_runs),
        cmocka_unit_test(observers_are_served_between_the_slices_of_a_long_job),
        cmocka_unit_test(interrupt_meets_resume_at_any_time),
        cmocka_unit_test(a_crowd_is_served_or_turned_away),
        cmocka_unit_test(the_silent_make_room),
        cmocka_unit_test(rude_clients_harm_nobody),
        cmocka_unit_test(web_pages_are_closed),
        cmocka_unit_test(client_that_never_reads_is_held_back),
        cmocka_unit_test(half_closed_client_still_gets_its_answers),
        cmocka_unit_test(acknowledgements_follow_the_protocol),
        cmocka_unit_test(once_means_until_the_last_gdb_left),
        cmocka_unit_test(commands_run_before_the_port_opens),
        cmocka_unit_test(target_is_taken_when_it_appears),
        cmocka_unit_test(a_port_in_use_ends_the_start),
        cmocka_unit_test(an_unknown_board_is_a_usage_error),
        cmocka_unit_test(unix_sockets_are_private_and_replaced_when_stale),
        cmocka_unit_test(it_ends_with_clients_in_every_state),
        cmocka_unit_test(it_may_be_destroyed_without_a_run),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
