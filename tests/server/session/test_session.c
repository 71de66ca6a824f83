/* SPDX-License-Identifier: MIT */
/* Several gdbs on one probe: who holds run control, who waits, who learns of a stop or a loss. */
#include "desk.h"

static struct desk desk;
static struct gdb *const holder = &desk.gdb[0], *const observer = &desk.gdb[1];

static int set_up(void **state)
{
    (void)state;
    desk_open(&desk);
    desk_join(&desk, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void close_gdb(struct gdb *gdb)
{
    struct job job;

    job_init(&job, NULL);
    session_client_close(&desk.session, gdb->client, &job);
}

static void only_the_first_gdb_halts_the_core(void **state)
{
    (void)state;
    assert_begins(ask(&desk, holder, "?"), "T05thread:1;");
    assert_string_equal(fake_log(), "halt;");
    desk_telnet(&desk, "resume");
    fake_log();
    assert_begins(ask(&desk, observer, "?"), "T05thread:1;");
    assert_string_equal(fake_log(), "");
}

static void only_one_who_waits_halts_a_locked_up_core(void **state)
{
    (void)state;
    fake.locked_up = true;
    ask(&desk, observer, "g");
    desk_poll(&desk);
    assert_string_equal(fake_log(), "");
    ask(&desk, holder, "?");
    fake_log();
    ask(&desk, holder, "vCont;c");
    desk_poll(&desk);
    assert_begins(sent(holder), "[T");
    assert_begins(fake_log(), "continue0;halt;");
}

static void connection_that_asks_nothing_holds_nothing(void **state)
{
    (void)state;
    assert_null(session_holder(&desk.session));
    ask(&desk, holder, "qSupported"); /* it was here first */
    assert_begins(ask(&desk, observer, "?"), "T05thread:1;");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
    ask(&desk, holder, "?");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
    ask(&desk, observer, "D");
    assert_ptr_equal(session_holder(&desk.session), holder->client);
}

static void next_gdb_becomes_holder_and_the_core_keeps_its_state(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, observer, "?");
    fake_log();
    close_gdb(holder);
    assert_string_equal(fake_log(), "drop0;");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
    assert_int_equal(fake.state, TARGET_HALTED);
    desk_join(&desk, 0);
    ask(&desk, holder, "?");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
}

static void stop_goes_to_those_who_wait_and_to_nobody_else(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    assert_string_equal(ask(&desk, holder, "vCont;c"), "LATER");
    assert_true(session_wants_poll(&desk.session));
    desk_poll(&desk);
    assert_string_equal(sent(holder), "");
    fake.next = (struct target_stop){
        .reason = STOP_WATCHPOINT, .owners = 1, .watch = {{0x20000010, WATCH_ACCESS, 1}}};
    desk_poll(&desk);
    assert_begins(sent(holder), "[T05awatch:20000010;thread:1;");
    assert_string_equal(sent(observer), "");
    assert_false(session_wants_poll(&desk.session));
}

static void observer_sees_the_last_stop_while_the_core_runs(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    fake.registers[15] = 0x080001F0;
    ask(&desk, holder, "c");
    fake.registers[15] = 0x08000BAD;
    assert_begins(ask(&desk, observer, "?"), "T05thread:1;");
    assert_non_null(strstr(observer->reply, "0f:f0010008;"));
    assert_string_equal(ask(&desk, observer, "pf"), "f0010008");
    ask(&desk, observer, "g");
    assert_memory_equal(observer->reply + 15 * 8, "f0010008", 8);
    assert_string_equal(ask(&desk, observer, "m20000000,2"), "0001");
    assert_int_equal(fake.state, TARGET_RUNNING);
}

static void registers_never_seen_are_unknown_not_zero(void **state)
{
    (void)state;
    fake.state = TARGET_RUNNING;
    assert_begins(ask(&desk, observer, "g"), "xxxxxxxx");
    assert_begins(ask(&desk, observer, "p0"), "E");
    assert_begins(ask(&desk, observer, "P0=00000000"), "E");
}

static void observer_cannot_resume_or_reset_while_the_holder_waits(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake_log();
    ask(&desk, observer, "qSupported:error-message+");
    assert_begins(ask(&desk, observer, "vCont;c"), "E.the first gdb runs the core");
    assert_begins(ask(&desk, observer, "vCont;s:1;c"), "E.");
    assert_begins(ask(&desk, observer, "vRun;"), "E.");
    assert_begins(ask(&desk, observer, "qRcmd,7265736574"), "E.");   /* reset */
    assert_begins(ask(&desk, observer, "qRcmd,726573756d65"), "E."); /* resume */
    assert_begins(ask(&desk, observer, "vFlashErase:08000000,00000400"), "E.");
    assert_string_equal(ask(&desk, observer, "D"), "OK");
    assert_string_equal(ask(&desk, observer, "vKill;1"), "OK");
    assert_string_equal(fake_log(), "drop1;drop1;");
    assert_int_equal(fake.state, TARGET_RUNNING);
}

static void observer_may_resume_while_the_holder_thinks(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    assert_string_equal(ask(&desk, observer, "c"), "LATER");
    fake_log();
    assert_string_equal(ask(&desk, holder, "c"), "LATER"); /* joins */
    assert_string_equal(fake_log(), "");
    desk_interrupt(&desk, holder);
    assert_begins(sent(holder), "[T02thread:1;");
    assert_begins(sent(observer), "[T02thread:1;");
}

static void telnet_halt_reaches_everybody_who_waits(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    assert_int_equal(desk_telnet(&desk, "halt"), ERR_OK);
    assert_begins(sent(holder), "[T02thread:1;");
}

static void continue_after_a_telnet_resume_joins(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    assert_int_equal(desk_telnet(&desk, "resume"), ERR_OK);
    fake_log();
    assert_string_equal(ask(&desk, holder, "vCont;c"), "LATER");
    assert_string_equal(fake_log(), "");
    fake.next.reason = STOP_BREAKPOINT_HW;
    desk_poll(&desk);
    assert_begins(sent(holder), "[T05thread:1;");
}

static void stop_that_nobody_heard_of_is_told_to_the_next_continue(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    desk_telnet(&desk, "resume");
    fake.next.reason = STOP_BREAKPOINT_HW;
    ask(&desk, observer, "g"); /* looks, and finds it */
    fake_log();
    assert_string_equal(ask(&desk, holder, "c"), "LATER");
    assert_string_equal(fake_log(), "");
    assert_begins(sent(holder), "[T05thread:1;");
    assert_string_equal(ask(&desk, holder, "c"), "LATER");
    assert_string_equal(fake_log(), "continue0;");
}

/* The session keeps it for the next resume. */
static void late_interrupt_halts_nothing(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.next.reason = STOP_BREAKPOINT_HW;
    desk_poll(&desk);
    sent(holder);
    fake_log();
    desk_interrupt(&desk, holder);
    assert_string_equal(sent(holder), "");
    assert_string_equal(fake_log(), "");
}

static void semihosting_text_comes_as_it_happens(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.says = "hello\n";
    desk_poll(&desk);
    assert_string_equal(sent(holder), "[O:hello\n]");
    assert_string_equal(sent(observer), "");
}

/* A packet holds 1 KiB of text: nothing is lost or said twice where one ends. */
static void long_text_comes_in_several_packets(void **state)
{
    static char text[1501], heard[1600];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = (char)('a' + i % 26);
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.says = text;
    desk_poll(&desk);
    snprintf(heard, sizeof heard, "[O:%.1024s][O:%s]", text, text + 1024);
    assert_string_equal(sent(holder), heard);
}

static void lost_target_is_an_exit_with_its_reason(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.poll_error = ERR_NO_TARGET;
    fake.poll_state = TARGET_ABSENT;
    desk_poll(&desk);
    assert_string_equal(sent(holder), "[O:lost the target: something happened\n][X09]");
    assert_string_equal(ask(&desk, holder, "?"), "W00");
    ask(&desk, holder, "qSupported:error-message+");
    assert_string_equal(ask(&desk, holder, "g"), "E.something happened");
    fake_log();
    assert_begins(ask(&desk, holder, "vAttach;1"), "T05thread:1;");
    assert_string_equal(fake_log(), "connect;halt;");
}

/* A job may get over what it met, as a look at memory that may be refused does. */
static void a_loss_that_no_job_told_has_a_reason_too(void **state)
{
    struct job job;

    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    job_init(&job, NULL);
    struct job *before = session_enter(&desk.session, &job);
    fake.state = TARGET_ABSENT;
    session_leave(&desk.session, before);
    assert_begins(sent(holder), "[O:lost the target: it answered no more while it was looked at");
}

/* Whoever lost it waits at a prompt without a program, perhaps for ever. */
static void what_comes_back_is_the_first_ones_to_ask(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, observer, "?");
    ask(&desk, holder, "c");
    fake.poll_error = ERR_NO_TARGET;
    fake.poll_state = TARGET_ABSENT;
    desk_poll(&desk);
    assert_begins(sent(holder), "[O:lost the target: something happened\n][X09]");
    assert_null(session_holder(&desk.session));
    fake_log();
    assert_begins(ask(&desk, observer, "vAttach;1"), "T05thread:1;");
    assert_string_equal(fake_log(), "connect;halt;");
    assert_begins(ask(&desk, holder, "vAttach;1"), "T05thread:1;");
    assert_string_equal(fake_log(), "");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
}

/* The second time nobody has asked since the first. */
static void twice_lost_is_still_lost(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "qSupported:error-message+");
    for (unsigned i = 0; i < 2; i++) {
        fake.fail = ERR_PROBE_GONE;
        assert_int_equal(desk_telnet(&desk, "halt"), ERR_PROBE_GONE);
        assert_false(session_connected(&desk.session));
        fake.fail = ERR_OK;
        assert_begins(ask(&desk, observer, "vAttach;1"), "T05thread:1;");
        assert_begins(ask(&desk, holder, "m20000000,1"), "E.the target was lost and is back");
    }
}

static void who_killed_the_program_holds_nothing(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "vKill;1");
    assert_null(session_holder(&desk.session));
    desk_telnet(&desk, "resume");
    fake_log();
    assert_begins(ask(&desk, observer, "?"), "T05thread:1;");
    assert_string_equal(fake_log(), "halt;");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
}

static void who_was_told_of_an_exit_holds_nothing(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, observer, "?");
    ask(&desk, holder, "c");
    fake.next.reason = STOP_EXIT;
    desk_poll(&desk);
    assert_string_equal(sent(holder), "[W00]");
    assert_ptr_equal(session_holder(&desk.session), observer->client);
}

static void gone_probe_is_closed_and_opened_again(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.poll_error = ERR_PROBE_GONE;
    fake.poll_state = TARGET_RUNNING;
    fake_log();
    desk_poll(&desk);
    assert_string_equal(fake_log(), "close;");
    assert_string_equal(sent(holder), "[O:lost the target: something happened\n][X09]");
    fake.open_error = ERR_NO_PROBE;
    ask(&desk, holder, "qSupported:error-message+");
    assert_string_equal(ask(&desk, holder, "vRun;"), "E.no probe here");
    assert_string_equal(ask(&desk, holder, "m0,4"), "E.no probe here");
    fake.open_error = ERR_OK;
    assert_begins(ask(&desk, holder, "vRun;"), "T05thread:1;");
    assert_string_equal(fake_log(), "open;open;connect;reset 1;");
}

static void unplugged_simulated_probe_stays_open(void **state)
{
    (void)state;
    fake.outlives_cable = true;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.poll_error = ERR_PROBE_GONE;
    fake_log();
    desk_poll(&desk);
    assert_string_equal(fake_log(), "");
    assert_string_equal(sent(holder), "[O:lost the target: something happened\n][X09]");
    assert_false(session_connected(&desk.session));
    fake.connect_error = ERR_PROBE_GONE;
    assert_begins(ask(&desk, holder, "vAttach;1"), "E");
    fake.connect_error = ERR_OK; /* plugged in again */
    assert_begins(ask(&desk, holder, "vAttach;1"), "T05");
    assert_string_equal(fake_log(), "connect;connect;halt;");
}

static void gone_probe_is_noticed_by_any_packet(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    fake.fail = ERR_PROBE_GONE;
    assert_begins(ask(&desk, holder, "g"), "E");
    assert_false(session_connected(&desk.session));
    assert_null(desk.session.probe);
}

static void reset_behind_our_back_is_a_stop(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.poll_error = ERR_RESET_LOST;
    fake.poll_state = TARGET_RUNNING;
    desk_poll(&desk);
    assert_begins(sent(holder), "[O:something happened\n][T02thread:1;");
}

static void reset(unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        ask(&desk, holder, "c");
        fake.poll_error = ERR_RESET_LOST;
        fake.poll_state = TARGET_RUNNING;
        desk_poll(&desk);
    }
}

static void a_reset_loop_is_told_once_with_its_reason(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    reset(2);
    assert_null(strstr(sent(holder), "loops"));
    assert_null(strstr(logged(&desk), "loops"));
    assert_null(strstr(fake_log(), "explain;")); /* nothing is asked of the chip before */
    reset(1);
    assert_begins(sent(holder),
                  "[O:something happened\n][O:it loops by its watchdog\n][T02thread:1;");
    assert_non_null(strstr(logged(&desk), "it loops by its watchdog\n"));
    assert_non_null(strstr(fake_log(), "explain;"));
    assert_string_equal(reset_loop_text(&desk.session), "it loops by its watchdog");
    reset(3);
    assert_null(strstr(sent(holder), "loops"));
    assert_string_equal(logged(&desk), "");
    assert_null(strstr(fake_log(), "explain;"));
}

static void reset_as_asked(void)
{
    struct job job;

    job_init(&job, NULL);
    assert_int_equal(session_reset(&desk.session, &job, TARGET_RESET_HALT), ERR_OK);
}

static void a_reset_that_was_asked_for_begins_anew(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    reset(2);
    reset_as_asked();
    reset(2);
    assert_null(strstr(sent(holder), "loops"));
    assert_null(reset_loop_text(&desk.session));
    reset(1);
    assert_non_null(strstr(sent(holder), "loops"));
    reset_as_asked();
    assert_null(reset_loop_text(&desk.session));
}

static void held_reset_is_a_stop_when_it_ends(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.poll_error = ERR_RESET_LOST;
    fake.poll_state = TARGET_IN_RESET;
    desk_poll(&desk);
    assert_string_equal(sent(holder), "[O:something happened\n]");
    desk_poll(&desk);
    assert_string_equal(sent(holder), "");
    fake.state = TARGET_RUNNING;
    desk_poll(&desk);
    assert_begins(sent(holder), "[T02thread:1;");
}

/* --- inside a long job of another session --- */

static void look_around(void *user)
{
    (void)user;
    assert_begins(ask(&desk, observer, "?"), "T05thread:1;");
    assert_non_null(strstr(observer->reply, "00:00100000;"));
    assert_string_equal(ask(&desk, observer, "p1"), "01100000");
    assert_string_equal(ask(&desk, observer, "m20000000,1"), "00");
    assert_begins(ask(&desk, observer, "c"), "E");
    assert_begins(ask(&desk, observer, "Z1,8000000,2"), "E");
    assert_begins(ask(&desk, observer, "D"), "E");
}

static void others_look_but_do_not_touch_between_slices(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    fake_log();
    fake.between = look_around;
    assert_begins(ask(&desk, holder, "vCont;r8000100,8000110:1;c"), "T05thread:1;");
    assert_string_equal(fake_log(), "range 08000100 08000110;");
    assert_false(session_nested(&desk.session));
    fake.between = look_around;
    ask(&desk, holder, "vFlashWrite:08000000:abcd");
    assert_null(fake.between);
}

static void nobody_runs_the_core_while_flash_is_programmed(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "vFlashErase:08000000,00000400");
    fake_log();
    assert_begins(ask(&desk, observer, "c"), "E");
    assert_int_equal(desk_telnet(&desk, "resume"), ERR_BUSY);
    assert_begins(ask(&desk, observer, "vFlashErase:08000000,00000400"), "E");
    assert_string_equal(fake_log(), "");
    close_gdb(holder); /* in mid-load */
    assert_string_equal(fake_log(), "end;drop0;");
    assert_string_equal(ask(&desk, observer, "c"), "LATER");
}

static void all_places_taken(void **state)
{
    struct client *more[SESSION_CLIENTS - 2];

    (void)state;
    for (size_t i = 0; i < SESSION_CLIENTS - 2; i++) {
        more[i] = session_client_open(&desk.session, 0, holder->client->ops, holder->client->user);
        assert_non_null(more[i]);
    }
    assert_null(session_client_open(&desk.session, 0, holder->client->ops, holder->client->user));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_the_first_gdb_halts_the_core),
        TEST(only_one_who_waits_halts_a_locked_up_core),
        TEST(connection_that_asks_nothing_holds_nothing),
        TEST(next_gdb_becomes_holder_and_the_core_keeps_its_state),
        TEST(stop_goes_to_those_who_wait_and_to_nobody_else),
        TEST(observer_sees_the_last_stop_while_the_core_runs),
        TEST(registers_never_seen_are_unknown_not_zero),
        TEST(observer_cannot_resume_or_reset_while_the_holder_waits),
        TEST(observer_may_resume_while_the_holder_thinks),
        TEST(telnet_halt_reaches_everybody_who_waits),
        TEST(continue_after_a_telnet_resume_joins),
        TEST(stop_that_nobody_heard_of_is_told_to_the_next_continue),
        TEST(late_interrupt_halts_nothing),
        TEST(semihosting_text_comes_as_it_happens),
        TEST(long_text_comes_in_several_packets),
        TEST(lost_target_is_an_exit_with_its_reason),
        TEST(a_loss_that_no_job_told_has_a_reason_too),
        TEST(what_comes_back_is_the_first_ones_to_ask),
        TEST(twice_lost_is_still_lost),
        TEST(who_killed_the_program_holds_nothing),
        TEST(who_was_told_of_an_exit_holds_nothing),
        TEST(gone_probe_is_closed_and_opened_again),
        TEST(unplugged_simulated_probe_stays_open),
        TEST(gone_probe_is_noticed_by_any_packet),
        TEST(reset_behind_our_back_is_a_stop),
        TEST(held_reset_is_a_stop_when_it_ends),
        TEST(a_reset_loop_is_told_once_with_its_reason),
        TEST(a_reset_that_was_asked_for_begins_anew),
        TEST(others_look_but_do_not_touch_between_slices),
        TEST(nobody_runs_the_core_while_flash_is_programmed),
        TEST(all_places_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
