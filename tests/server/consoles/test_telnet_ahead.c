/* SPDX-License-Identifier: MIT */
/* What a person types while a command runs, against a worker played by the test: much of it is
 * served a portion in each turn of the loop, and an interrupt finds the command it is meant for. */
#include <signal.h>
#include <string.h>

#include <sys/socket.h>

#include "consoles/telnet.h"
#include "lone_client.h"
#include "session/worker.h"

enum { AHEAD = 4000 };

static struct bench {
    struct lone_client lone;
    struct console_host host;
    struct console *console;
} bench;

/* --- in place of worker.c --- */

void worker_post(struct worker *worker, struct request *request)
{
    (void)worker;
    if (request->run == worker_watch || request->run == worker_unwatch)
        request_destroy(request);
    else
        mailbox_put(&bench.lone.posted, request);
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
    bench.lone.gone = true;
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
    lone_client_turn(&bench.lone);
}

static void say(const char *bytes, size_t length)
{
    assert_int_equal(send(bench.lone.socket, bytes, length, 0), (ssize_t)length);
}

static struct command_request *next_command(void)
{
    return (struct command_request *)lone_client_next_posted(&bench.lone); /* its first member */
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
        ssize_t got = recv(bench.lone.socket, bytes, sizeof bytes, MSG_DONTWAIT);

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
    (void)state;
    memset(&bench, 0, sizeof bench);
    lone_client_init(&bench.lone);
    bench.host = (struct console_host){.loop = &bench.lone.loop, .gone = on_gone};
    lone_client_connect(&bench.lone, "telnet", on_arrived);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lone_client_close(&bench.lone);
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

    shutdown(bench.lone.socket, SHUT_WR);
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
