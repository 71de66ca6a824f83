/* SPDX-License-Identifier: MIT */
/* What a person types while a command runs, against a worker played by the test: much of it is
 * served a portion in each turn of the loop, and an interrupt finds the command it is meant for. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "consoles/telnet.h"
#include "net/listener.h"
#include "session/mailbox.h"
#include "session/worker.h"

enum { TURNS = 60000, AHEAD = 4000 };

static struct bench {
    uv_loop_t loop;
    struct listener listener;
    struct console_host host;
    struct console *console;
    struct mailbox posted;
    int socket;
    bool gone;
} bench;

/* --- in place of worker.c --- */

void worker_post(struct worker *worker, struct request *request)
{
    (void)worker;
    if (request->run == worker_watch || request->run == worker_unwatch)
        request_destroy(request);
    else
        mailbox_put(&bench.posted, request);
}

void worker_watch(struct request *request, struct session *session)
{
    (void)request;
    (void)session;
}

void worker_unwatch(struct request *request, struct session *session)
{
    (void)request;
    (void)session;
}

static void on_gone(void *user, struct console *console)
{
    (void)user;
    assert_ptr_equal(console, bench.console);
    bench.gone = true;
}

static void on_arrived(void *user, uv_stream_t *listener)
{
    (void)user;
    bench.console = telnet_console_create(&bench.host, listener);
    assert_non_null(bench.console);
}

/* --- a client --- */

static void turn(void)
{
    uv_run(&bench.loop, UV_RUN_NOWAIT);
    usleep(100);
}

static void say(const char *bytes, size_t length)
{
    assert_int_equal(send(bench.socket, bytes, length, 0), (ssize_t)length);
}

static struct command_request *next_command(void)
{
    struct request *request = NULL;

    for (int i = 0; i < TURNS && !request; i++) {
        turn();
        request = mailbox_take(&bench.posted);
    }
    assert_non_null(request);
    return (struct command_request *)request; /* its first member */
}

static void done(struct command_request *command)
{
    command->request.done(&command->request);
}

/* Prompts that have come since the last look. */
static size_t prompts(void)
{
    char bytes[65536];
    size_t count = 0;

    for (;;) {
        ssize_t got = recv(bench.socket, bytes, sizeof bytes, MSG_DONTWAIT);

        if (got <= 0)
            return count;
        for (ssize_t i = 0; i < got; i++)
            count += bytes[i] == '>';
    }
}

/* A command runs, and `keys` (one of them unlike the others at the end) are here. */
static struct command_request *type_ahead(const char *line)
{
    static char returns[AHEAD];

    say("slow\r\n", 6);
    struct command_request *command = next_command();
    assert_string_equal(command->text, "slow");
    memset(returns, '\r', sizeof returns);
    say(returns, sizeof returns);
    say(line, strlen(line));
    for (int i = 0; i < 200; i++)
        turn();
    prompts();
    return command;
}

static int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct endpoint any;
    char why[200];

    (void)state;
    memset(&bench, 0, sizeof bench);
    uv_loop_init(&bench.loop);
    mailbox_init(&bench.posted, NULL);
    bench.host = (struct console_host){.loop = &bench.loop, .gone = on_gone};
    endpoint_parse("0", &any, why, sizeof why);
    bench.listener = (struct listener){.service = "telnet", .arrived = on_arrived};
    assert_true(listener_open(&bench.listener, &bench.loop, &any, why, sizeof why));
    address.sin_port = htons(bench.listener.endpoint.port);
    bench.socket = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(bench.socket, (struct sockaddr *)&address, sizeof address), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(bench.socket);
    for (int i = 0; i < TURNS && !bench.gone; i++)
        turn();
    assert_true(bench.gone);
    listener_close(&bench.listener);
    uv_run(&bench.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&bench.loop), 0);
    mailbox_finish(&bench.posted);
    return 0;
}

/* --- tests --- */

static void a_turn_of_the_loop_serves_a_portion(void **state)
{
    size_t served = 0;

    (void)state;
    done(type_ahead(""));
    for (int i = 0; i < TURNS && served < AHEAD; i++) {
        size_t now = prompts();

        assert_in_range(now, 0, CONSOLE_PORTION + 1); /* and the command's own */
        served += now;
        turn();
    }
    assert_int_equal(served, AHEAD + 1);
}

static void an_interrupt_behind_it_all_ends_the_command_before_it(void **state)
{
    (void)state;
    done(type_ahead("long\r"));
    say("forgotten\r\x03next\r", 16);
    struct command_request *command = next_command();
    assert_string_equal(command->text, "long");
    for (int i = 0; i < TURNS && !atomic_load(&command->request.job.cancelled); i++)
        turn();
    assert_true(atomic_load(&command->request.job.cancelled));
    done(command);
    command = next_command();
    assert_string_equal(command->text, "next");
    done(command);
}

/* A script that wrote all it had to say; a person who left has no use for the rest. */
static void what_a_script_leaves_behind_is_run(void **state)
{
    (void)state;
    struct command_request *command = type_ahead("long\r");

    shutdown(bench.socket, SHUT_WR);
    for (int i = 0; i < 20; i++)
        turn();
    done(command);
    command = next_command();
    assert_string_equal(command->text, "long");
    done(command);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* as the daemon does */
    const struct CMUnitTest tests[] = {
        TEST(a_turn_of_the_loop_serves_a_portion),
        TEST(an_interrupt_behind_it_all_ends_the_command_before_it),
        TEST(what_a_script_leaves_behind_is_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
