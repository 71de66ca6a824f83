/* SPDX-License-Identifier: MIT */
/* One gdb connection against a worker played by the test: order, time, acknowledgement, interrupts.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <unistd.h>

#include "gdb/gdb_client.h"
#include "gdb/gdb_request.h"
#include "gdb/rsp.h"
#include "lone_client.h"
#include "session/worker.h"

enum { CLIENT_ID = 1 };

static struct bench {
    struct lone_client lone;
    struct gdb_host host;
    struct gdb_client *gdb;
    struct client client;
    unsigned progress; /* the worker's */
    bool gets_on;      /* it grows with every look */
    bool connected;
} bench;

/* In place of worker.c. */
void worker_post(struct worker *worker, struct request *request)
{
    (void)worker;
    mailbox_put(&bench.lone.posted, request);
}

unsigned worker_progress(const struct worker *worker)
{
    (void)worker;
    return bench.progress += bench.gets_on;
}

bool worker_is_connected(const struct worker *worker)
{
    (void)worker;
    return bench.connected;
}

static void on_gone(void *user, struct gdb_client *gdb)
{
    (void)user;
    assert_ptr_equal(gdb, bench.gdb);
    bench.lone.gone = true;
    bench.gdb = NULL;
}

static void on_arrived(void *user, uv_stream_t *listener)
{
    (void)user;
    bench.gdb = gdb_client_create(&bench.host, listener);
    assert_non_null(bench.gdb);
}

/* --- driving the loop --- */

static void turn(void)
{
    lone_client_turn(&bench.lone);
}

/* Turns the loop until the gdb has posted something. */
static struct gdb_request *next_posted(void (*run)(struct request *, struct session *))
{
    struct request *request = lone_client_next_posted(&bench.lone);

    assert_true(request->run == run);
    return gdb_request_of(request);
}

static void nothing_posted(void)
{
    for (int i = 0; i < 20; i++)
        turn();
    assert_null(mailbox_take(&bench.lone.posted));
}

static void say(const char *bytes)
{
    assert_int_equal(send(bench.lone.socket, bytes, strlen(bytes), 0), (ssize_t)strlen(bytes));
}

/* Turns the loop until exactly these bytes came. */
static void hear(const char *bytes)
{
    char got[256] = "";
    size_t length = 0;

    for (int i = 0; i < TURNS && length < strlen(bytes); i++) {
        turn();
        ssize_t more = recv(bench.lone.socket, got + length, strlen(bytes) - length,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        length += more > 0 ? (size_t)more : 0;
    }
    assert_string_equal(got, bytes);
}

static void hear_nothing(void)
{
    char byte;

    for (int i = 0; i < 20; i++)
        turn();
    assert_int_equal(recv(bench.lone.socket, &byte, 1, MSG_DONTWAIT), -1);
}

static void hear_the_end(void)
{
    char byte;
    ssize_t got = -1;

    for (int i = 0; i < TURNS && got != 0; i++) {
        turn();
        got = recv(bench.lone.socket, &byte, 1, MSG_DONTWAIT);
    }
    assert_int_equal(got, 0);
}

static void let_pass(uint64_t ms)
{
    for (uint64_t end = uv_hrtime() + ms * 1000000; uv_hrtime() < end;)
        turn();
}

static void done(struct gdb_request *message)
{
    message->request.done(&message->request);
}

static void answer(struct gdb_request *message, const char *reply)
{
    message->outcome = PACKET_REPLY;
    message->reply.data = (uint8_t *)strdup(reply);
    message->reply.length = strlen(reply);
    done(message);
}

static void answer_later(struct gdb_request *message)
{
    message->outcome = PACKET_LATER;
    done(message);
}

static void worker_sends(const char *payload)
{
    done(gdb_request_create(bench.gdb, NULL, NULL, gdb_client_forward, payload, strlen(payload)));
}

/* --- each test: a connected gdb --- */

static uint64_t silence_ms; /* that the next connection may keep */

static int set_up_stranger(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    lone_client_init(&bench.lone);
    bench.host =
        (struct gdb_host){.loop = &bench.lone.loop, .gone = on_gone, .silence_ms = silence_ms};
    lone_client_connect(&bench.lone, "gdb", on_arrived);
    struct gdb_request *hello = next_posted(gdb_run_open);
    bench.client.id = CLIENT_ID;
    hello->client = &bench.client;
    done(hello);
    return 0;
}

/* ..that is known for a gdb's. */
static int set_up(void **state)
{
    set_up_stranger(state);
    say("$qSupported:#71");
    answer(next_posted(gdb_run_packet), "");
    hear("+$#00");
    say("+");
    return 0;
}

/* ..that is not waited for. */
static int set_up_impatient(void **state)
{
    silence_ms = 1000; /* the test itself may stand still for a while, on a busy machine */
    int failed = set_up_stranger(state);
    silence_ms = 0;
    return failed;
}

static int tear_down(void **state)
{
    (void)state;
    lone_client_close(&bench.lone);
    return 0;
}

/* --- order and acknowledgement --- */

static void one_packet_at_a_time_is_with_the_worker(void **state)
{
    (void)state;
    say("$qC#b4$m0,4#fd$qC#b4");
    struct gdb_request *first = next_posted(gdb_run_packet);
    assert_string_equal(first->payload, "qC");
    nothing_posted();
    answer(first, "QC1");
    hear("+$QC1#c5");
    struct gdb_request *second = next_posted(gdb_run_packet);
    assert_string_equal(second->payload, "m0,4");
    answer(second, "E01");
    hear("+$E01#a6");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("+$QC1#c5");
}

static void long_packets_are_acknowledged_at_once(void **state)
{
    (void)state;
    say("$vFlashDone#ea");
    struct gdb_request *message = next_posted(gdb_run_packet);
    hear("+");
    answer(message, "OK");
    hear("$OK#9a");
}

static void nack_resends_only_what_was_answered(void **state)
{
    (void)state;
    say("$m0,4#fd");
    answer(next_posted(gdb_run_packet), "E01");
    hear("+$E01#a6");
    say("+$qC#b4");
    struct gdb_request *message = next_posted(gdb_run_packet);
    say("-");
    hear_nothing();
    answer(message, "QC1");
    hear("+$QC1#c5");
    say("--");
    hear("$QC1#c5$QC1#c5");
}

static void no_ack_begins_after_the_acknowledged_ok(void **state)
{
    (void)state;
    say("$QStartNoAckMode#b0");
    struct gdb_request *message = next_posted(gdb_run_packet);
    message->actions = CLIENT_NO_ACK;
    answer(message, "OK");
    hear("+$OK#9a");
    say("-"); /* not yet: it did not arrive */
    hear("$OK#9a");
    say("+$qC#b4");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("$QC1#c5");
    say("-");
    hear_nothing();
}

static void too_long_packets_get_their_error_in_turn(void **state)
{
    static char packet[RSP_PACKET_SIZE + 16];

    (void)state;
    memset(packet, 'm', sizeof packet - 1);
    memcpy(packet, "$qC#b4$", 7);
    memcpy(packet + sizeof packet - 4, "#00", 4);
    say(packet);
    struct gdb_request *message = next_posted(gdb_run_packet);
    nothing_posted();
    answer(message, "QC1");
    hear("+$QC1#c5+$E01#a6");
}

static void close_comes_after_the_reply(void **state)
{
    (void)state;
    say("$D#44");
    struct gdb_request *message = next_posted(gdb_run_packet);
    message->actions = CLIENT_CLOSE;
    answer(message, "OK");
    hear("+$OK#9a");
    hear_the_end();
    struct gdb_request *farewell = next_posted(gdb_run_close);
    assert_ptr_equal(farewell->client, &bench.client);
    done(farewell);
}

/* --- time --- */

static void late_answers_are_replaced_and_dropped(void **state)
{
    (void)state;
    say("$m0,4#fd");
    struct gdb_request *late = next_posted(gdb_run_packet);
    hear("+$E01#a6"); /* after 1.5 s */
    assert_true(atomic_load(&late->request.job.cancelled));
    say("$qC#b4");
    nothing_posted(); /* the late one is still with the worker */
    answer(late, "00000000");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("+$QC1#c5");
}

static void late_question_for_the_stop_says_that_nothing_runs(void **state)
{
    (void)state;
    say("$?#3f");
    struct gdb_request *late = next_posted(gdb_run_packet);
    hear("+$W00#b7");                                       /* after 5 s */
    struct gdb_request *ended = next_posted(gdb_run_ended); /* whatever `?` finds out yet */
    assert_ptr_equal(ended->client, &bench.client);
    done(ended);
    answer(late, "T05");
    hear_nothing();
}

/* A slow wire, a busy machine: the probe gets on, so the answer is waited for. gdb hears at once
 * that the packet arrived, else it would say it again. */
static void what_is_late_is_not_what_is_stuck(void **state)
{
    (void)state;
    bench.gets_on = true;
    say("$m0,4#fd");
    struct gdb_request *late = next_posted(gdb_run_packet);
    hear("+"); /* after 1.5 s */
    let_pass(2000);
    hear_nothing();
    assert_false(atomic_load(&late->request.job.cancelled));
    answer(late, "01234567");
    hear("$01234567#9c");
    say("$qC#b4");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("+$QC1#c5");
}

/* gdb says '-' after 2 s and 4 s; after the second one its patience ends soon. */
static void gdb_s_patience_is_not_overdrawn(void **state)
{
    (void)state;
    bench.gets_on = true;
    say("$m0,4#fd");
    struct gdb_request *late = next_posted(gdb_run_packet);
    say("--");
    hear("+$E01#a6"); /* 1.5 s later */
    assert_true(atomic_load(&late->request.job.cancelled));
    answer(late, "00000000");
    hear_nothing();
}

static void late_question_for_the_stop_of_a_known_target_is_answered(void **state)
{
    (void)state;
    bench.connected = true;
    say("$?#3f");
    struct gdb_request *late = next_posted(gdb_run_packet);
    hear("+$T05thread:1;#d7");                               /* after 5 s */
    assert_false(atomic_load(&late->request.job.cancelled)); /* it shall stand, after all */
    nothing_posted();
    answer(late, "T05");
    hear_nothing();
    say("$qC#b4");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("+$QC1#c5");
}

/* gdb waits three times 2 s for it. */
static void question_for_the_stop_may_be_answered_later_than_others(void **state)
{
    (void)state;
    say("$?#3f");
    struct gdb_request *late = next_posted(gdb_run_packet);
    let_pass(2500);
    answer(late, "T05");
    hear("+$T05#b9");
}

/* --- interrupts --- */

static void interrupt_cancels_a_long_job(void **state)
{
    (void)state;
    say("$qRcmd,68#91\x03");
    struct gdb_request *message = next_posted(gdb_run_packet);
    hear("+");
    assert_true(atomic_load(&message->request.job.cancelled));
    answer(message, "E01");
    hear("$E01#a6");
    nothing_posted();
}

/* A step may take long: it passes handlers, and serves the program's calls. */
static void interrupt_cancels_a_step_but_no_resume(void **state)
{
    static const struct {
        const char *packet;
        bool cancelled;
    } cases[] = {{"$vCont;r8000000,8000010:1#ff\x03", true},
                 {"$vCont;s:1#23\x03", true},
                 {"$s#73\x03", true},
                 {"$S05#b8\x03", true},
                 {"$vCont;c#a8\x03", false},
                 {"$c#63\x03", false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        say(cases[i].packet);
        struct gdb_request *message = next_posted(gdb_run_packet);
        assert_int_equal(atomic_load(&message->request.job.cancelled), cases[i].cancelled);
        answer(message, "T02");
        hear("+$T02#b6");
    }
}

/* What was said is the next request, and it has been interrupted before it came, or not. */
static struct gdb_request *says_and_meets(const char *bytes, bool interrupt)
{
    say(bytes);
    struct gdb_request *message = next_posted(gdb_run_packet);
    assert_int_equal(message->interrupt_first, interrupt);
    return message;
}

static void asks(const char *bytes, const char *reply, const char *heard)
{
    answer(says_and_meets(bytes, false), reply);
    hear(heard);
}

/* A stop before that is fresh. */
static void begins_to_debug(void)
{
    asks("$?#3f", "T05", "+$T05#b9");
}

static void interrupt_of_a_standing_core_stops_the_next_resume(void **state)
{
    (void)state;
    begins_to_debug();
    say("\x03\x03");
    nothing_posted();
    asks("$qC#b4\x03", "QC1", "+$QC1#c5"); /* what is quick is not cancelled */
    answer(says_and_meets("$c#63", true), "T02");
    hear("+$T02#b6");
    answer(says_and_meets("$s#73", false), "T05"); /* one is kept, not three */
    hear("+$T05#b9");
}

static void interrupt_that_crosses_a_stop_is_kept(void **state)
{
    (void)state;
    answer(says_and_meets("$s#73\x03", false), "T05"); /* behind a step that has ended by itself */
    hear("+$T05#b9");
    answer(says_and_meets("$vCont;r0,2:1#b0", true), "T02");
    hear("+$T02#b6");
    answer(says_and_meets("$vCont;r0,2:1#b0\x03", false), "T05");
    hear("+$T05#b9");
    struct gdb_request *resume = says_and_meets("$c#63", true);
    worker_sends("T05"); /* of another gdb's, overtakes it */
    answer_later(resume);
    hear("+$T05#b9");
    answer_later(says_and_meets("$c#63", true));
    struct gdb_request *interrupt = next_posted(gdb_run_interrupt); /* the core ran */
    worker_sends("T05");                                            /* in the same moment */
    done(interrupt);
    hear("+$T05#b9");
    answer(says_and_meets("$c#63", true), "T02");
    hear("+$T02#b6");
}

static void interrupt_is_forgotten_by_what_begins_anew(void **state)
{
    static const char *const packets[] = {"$?#3f",     "$D#44",   "$vAttach;1#37",
                                          "$vRun;#e6", "$R00#b2", "$k#6b"};

    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        begins_to_debug();
        say("\x03");
        struct gdb_request *message = says_and_meets(packets[i], false);
        message->outcome = PACKET_NO_REPLY;
        done(message);
        hear("+");
        answer_later(says_and_meets("$c#63", false));
        worker_sends("T05");
        hear("+$T05#b9");
    }
}

static void interrupt_is_forgotten_by_a_reset(void **state)
{
    (void)state;
    begins_to_debug();
    say("\x03");
    struct gdb_request *message = says_and_meets("$qRcmd,68#91", false);
    message->actions = CLIENT_RESET;
    answer(message, "OK");
    hear("+$OK#9a");
    answer_later(says_and_meets("$c#63", false));
}

static void interrupt_is_consumed_by_what_it_cancels(void **state)
{
    (void)state;
    begins_to_debug();
    say("$vFlashDone#ea\x03");
    struct gdb_request *message = next_posted(gdb_run_packet);
    hear("+");
    assert_true(atomic_load(&message->request.job.cancelled));
    answer(message, "E01");
    hear("$E01#a6");
    answer_later(says_and_meets("$c#63", false));
}

static void interrupt_ends_slow_questions(void **state)
{
    (void)state;
    begins_to_debug();
    say("$qCRC:0,4#13\x03");
    struct gdb_request *message = next_posted(gdb_run_packet);
    nothing_posted();
    assert_true(atomic_load(&message->request.job.cancelled));
    message->outcome = PACKET_NO_REPLY; /* the worker had not begun it */
    done(message);
    hear("+$E01#a6");
    answer_later(says_and_meets("$c#63", false));
}

static void interrupt_is_forgotten_after_two_seconds(void **state)
{
    (void)state;
    begins_to_debug();
    say("\x03");
    for (int i = 0; i < 22; i++) {
        turn();
        usleep(100000);
    }
    answer_later(says_and_meets("$c#63", false));
}

/* It does not stop what is resumed later, but what runs. */
static void interrupt_of_lldb_is_not_kept(void **state)
{
    (void)state;
    asks("$QListThreadsInStopReply#21", "OK", "+$OK#9a");
    begins_to_debug();
    say("\x03");
    nothing_posted();
    asks("$qC#b4\x03", "QC1", "+$QC1#c5");
    answer_later(says_and_meets("$c#63\x03", false));
    struct gdb_request *interrupt = next_posted(gdb_run_interrupt);
    worker_sends("T05");
    done(interrupt);
    hear("+$T05#b9");
    answer_later(says_and_meets("$c#63", false));
}

static void interrupt_waits_for_its_resume(void **state)
{
    (void)state;
    say("$c#63\x03");
    struct gdb_request *resume = next_posted(gdb_run_packet);
    nothing_posted();
    assert_false(atomic_load(&resume->request.job.cancelled));
    answer_later(resume);
    struct gdb_request *interrupt = next_posted(gdb_run_interrupt);
    assert_ptr_equal(interrupt->client, &bench.client);
    say("\x03\x03"); /* one on its way is enough */
    nothing_posted();
    done(interrupt);
    worker_sends("T02");
    hear("+$T02#b6");
    answer_later(says_and_meets("+$c#63", false)); /* it has done its work */
}

static void interrupt_stops_what_runs_whatever_else_is_asked(void **state)
{
    (void)state;
    answer_later(says_and_meets("$c#63", false));
    struct gdb_request *question = says_and_meets("$m0,4#fd\x03", false);
    struct gdb_request *interrupt = next_posted(gdb_run_interrupt);
    answer(question, "00");
    done(interrupt);
    hear("++$00#60");
}

static void a_stop_may_overtake_the_answer_to_its_resume(void **state)
{
    (void)state;
    say("$c#63");
    struct gdb_request *resume = next_posted(gdb_run_packet);
    worker_sends("O41");
    worker_sends("T05");
    answer_later(resume);
    hear("+$O41#b4$T05#b9");
    say("++-"); /* the stop again, since nobody waits any more */
    hear("$T05#b9");
    say("\x03");
    nothing_posted();
}

/* --- ends --- */

static void a_vanished_client_ends_its_job_first(void **state)
{
    (void)state;
    say("$qRcmd,68#91$qC#b4");
    struct gdb_request *message = next_posted(gdb_run_packet);
    hear("+");
    struct linger now = {.l_onoff = 1};
    setsockopt(bench.lone.socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(bench.lone.socket); /* a reset, not an orderly end */
    bench.lone.socket = -1;
    for (int i = 0; i < TURNS && !atomic_load(&message->request.job.cancelled); i++)
        turn();
    assert_true(atomic_load(&message->request.job.cancelled));
    nothing_posted(); /* neither the queued packet nor the farewell while the job runs */
    answer(message, "E01");
    done(next_posted(gdb_run_close));
}

static void reading_stops_while_requests_pile_up(void **state)
{
    static char many[5 * 10000];
    size_t sent = 0;
    int small = 4096, stalled = 0;

    (void)state;
    for (size_t i = 0; i < sizeof many; i += 5)
        memcpy(many + i, "$g#67", 5);
    setsockopt(bench.lone.socket, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    /* The worker is slow: what the gdb does not take stays with the sender. */
    for (; stalled < 50 && sent < (16 << 20); turn()) {
        size_t from = sent % sizeof many;
        ssize_t more = send(bench.lone.socket, many + from, sizeof many - from, MSG_DONTWAIT);

        stalled = more > 0 ? 0 : stalled + 1;
        sent += more > 0 ? (size_t)more : 0;
    }
    assert_int_equal(stalled, 50);
    /* All are served in the end. */
    for (int i = 0; i < 200; i++) {
        answer(next_posted(gdb_run_packet), "00");
        hear("+$00#60");
    }
}

/* --- strangers: a method of an HTTP request may be "$k#6b" --- */

static void a_stranger_may_ask_but_not_act(void **state)
{
    (void)state;
    say("$qC#b4");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("+$QC1#c5");
    say("+$k#6b++");
    hear_the_end();
    done(next_posted(gdb_run_close)); /* and no packet */
}

static void what_acts_is_no_first_packet(void **state)
{
    static const char *const packets[] = {"$c#63",   "$C05#a8",        "$s#73",
                                          "$S05#b8", "$k#6b",          "$R00#b2",
                                          "$D#44",   "$vFlashDone#ea", "$G00#a7"};

    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        say(packets[i]);
        hear_the_end();
        done(next_posted(gdb_run_close));
        tear_down(state);
        set_up_stranger(state);
    }
}

static void a_known_gdb_may_act(void **state)
{
    (void)state;
    say("$k#6b");
    struct gdb_request *message = next_posted(gdb_run_packet);
    message->outcome = PACKET_NO_REPLY;
    done(message);
    hear("+");
}

#define STRANGER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_stranger, tear_down)
#define SESSION_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void who_never_speaks_is_closed(void **state)
{
    (void)state;
    uint64_t before = uv_hrtime();
    say("+"); /* no packet */
    hear_the_end();
    assert_true(uv_hrtime() - before >= 900 * UINT64_C(1000000));
}

static void who_has_spoken_may_be_silent(void **state)
{
    (void)state;
    say("$qSupported:#71");
    answer(next_posted(gdb_run_packet), "");
    hear("+$#00");
    let_pass(1200);
    say("+$qC#b4");
    answer(next_posted(gdb_run_packet), "QC1");
    hear("+$QC1#c5");
}

/* An answer may be 32 KiB: a '-' costs its sender one byte. */
static void nack_without_end_ends_it(void **state)
{
    (void)state;
    say("+$?#3f");
    answer(next_posted(gdb_run_packet), "S05");
    hear("+$S05#b8");
    for (int i = 0; i < 16; i++) {
        say("-");
        hear("$S05#b8");
    }
    say("+$?#3f"); /* a packet: it is alive */
    answer(next_posted(gdb_run_packet), "S05");
    hear("+$S05#b8");
    say("----------------");
    for (int i = 0; i < 16; i++)
        hear("$S05#b8");
    say("-");
    hear_the_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_never_speaks_is_closed, set_up_impatient, tear_down),
        cmocka_unit_test_setup_teardown(who_has_spoken_may_be_silent, set_up_impatient, tear_down),
        STRANGER_TEST(a_stranger_may_ask_but_not_act),
        STRANGER_TEST(what_acts_is_no_first_packet),
        SESSION_TEST(a_known_gdb_may_act),
        SESSION_TEST(one_packet_at_a_time_is_with_the_worker),
        SESSION_TEST(long_packets_are_acknowledged_at_once),
        SESSION_TEST(nack_resends_only_what_was_answered),
        SESSION_TEST(nack_without_end_ends_it),
        SESSION_TEST(no_ack_begins_after_the_acknowledged_ok),
        SESSION_TEST(too_long_packets_get_their_error_in_turn),
        SESSION_TEST(close_comes_after_the_reply),
        SESSION_TEST(late_answers_are_replaced_and_dropped),
        SESSION_TEST(late_question_for_the_stop_says_that_nothing_runs),
        SESSION_TEST(what_is_late_is_not_what_is_stuck),
        SESSION_TEST(gdb_s_patience_is_not_overdrawn),
        SESSION_TEST(late_question_for_the_stop_of_a_known_target_is_answered),
        SESSION_TEST(question_for_the_stop_may_be_answered_later_than_others),
        SESSION_TEST(interrupt_cancels_a_long_job),
        SESSION_TEST(interrupt_cancels_a_step_but_no_resume),
        SESSION_TEST(interrupt_of_a_standing_core_stops_the_next_resume),
        SESSION_TEST(interrupt_that_crosses_a_stop_is_kept),
        SESSION_TEST(interrupt_is_forgotten_by_what_begins_anew),
        SESSION_TEST(interrupt_is_forgotten_by_a_reset),
        SESSION_TEST(interrupt_is_consumed_by_what_it_cancels),
        SESSION_TEST(interrupt_ends_slow_questions),
        SESSION_TEST(interrupt_is_forgotten_after_two_seconds),
        SESSION_TEST(interrupt_of_lldb_is_not_kept),
        SESSION_TEST(interrupt_stops_what_runs_whatever_else_is_asked),
        SESSION_TEST(interrupt_waits_for_its_resume),
        SESSION_TEST(a_stop_may_overtake_the_answer_to_its_resume),
        SESSION_TEST(a_vanished_client_ends_its_job_first),
        SESSION_TEST(reading_stops_while_requests_pile_up),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
