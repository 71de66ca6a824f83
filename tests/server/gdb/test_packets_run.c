/* SPDX-License-Identifier: MIT */
/* ? c C s S vCont R vRun k vKill D vFlash*: what runs the core, and how it is told. */
#include "desk.h"

static struct desk desk;
static struct gdb *const gdb = &desk.gdb[0];

static int set_up(void **state)
{
    (void)state;
    desk_open(&desk);
    ask(&desk, gdb, "qSupported:swbreak+;hwbreak+;error-message+");
    assert_begins(ask(&desk, gdb, "?"), "T05thread:1;");
    fake_log();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void vcont_takes_the_leftmost_action_for_our_thread(void **state)
{
    static const struct {
        const char *packet, *asked;
    } cases[] = {
        {"vCont;c", "continue0;"},
        {"vCont;c:1", "continue0;"},
        {"vCont;C05:-1", "continue0;"},
        {"vCont;C05", "continue0;"},
        {"vCont;s:1;c", "step;"},
        {"vCont;s:-1;c", "step;"},
        {"vCont;s", "step;"},
        {"vCont;S0b:0;c", "step;"},
        {"vCont;c;s:1", "continue0;"},
        {"vCont;r8000100,8000110:1;c", "range 08000100 08000110;"},
        {"vCont;r8000100,8000100:1;c", "step;"},
        {"c", "continue0;"},
        {"C0b", "continue0;"},
        {"s", "step;"},
        {"S05", "step;"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake.state = TARGET_HALTED;
        gdb->client->waiting = false;
        const char *reply = ask(&desk, gdb, cases[i].packet);
        if (strcmp(cases[i].asked, "continue0;") == 0)
            assert_string_equal(reply, "LATER");
        else
            assert_begins(reply, "T05thread:1;");
        assert_string_equal(fake_log(), cases[i].asked);
    }
}

static void learn_symbols(void)
{
    ask(&desk, gdb, "qSymbol::");
    ask(&desk, gdb, "qSymbol:20000000:70784669727374");
    ask(&desk, gdb, "qSymbol:20000001:70785365636f6e64");
}

static void a_thread_that_does_not_run_is_stepped_when_it_does(void **state)
{
    static const struct {
        const char *packet, *asked;
    } cases[] = {
        {"vCont;s:2;c", "thread 2 runs;step;"},
        {"vCont;s:2;c:1", "thread 2 runs;step;"},
        {"vCont;c:1;r8000100,8000110:2", "thread 2 runs;range 08000100 08000110;"},
        {"vCont;s:1a;c", "thread 1a runs;"},
    };

    (void)state;
    learn_symbols();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake.state = TARGET_HALTED;
        assert_begins(ask(&desk, gdb, cases[i].packet), "T05thread:1;");
        assert_string_equal(fake_log(), cases[i].asked);
    }
}

static void a_thread_that_does_not_run_does_not_run_alone(void **state)
{
    static const char *const packets[] = {"vCont;s:2", "vCont;c:2", "vCont;r8000100,8000110:2",
                                          "vCont;s:7;c"};

    (void)state;
    learn_symbols();
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        assert_begins(ask(&desk, gdb, packets[i]), "E");
        assert_string_equal(fake_log(), "");
    }
}

static void garbled_resumes_are_errors_and_leave_the_core(void **state)
{
    static const char *const packets[] = {
        "vCont",       "vCont;",  "vCont;x",    "vCont;c:2", "vCont;t",
        "vCont;r1:1",  "vCont;C", "vCont;Cxyz", "vCont;c:",  "vContinue",
        "vCont;s:1;?", "czz",     "C",          "Szz",       "vCont;r100000000,2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        const char *reply = ask(&desk, gdb, packets[i]);

        if (strcmp(packets[i], "vContinue") == 0)
            assert_string_equal(reply, "");
        else
            assert_begins(reply, "E.");
    }
    assert_string_equal(fake_log(), "");
    assert_false(gdb->client->waiting);
}

static void old_resumes_may_say_where(void **state)
{
    (void)state;
    assert_begins(ask(&desk, gdb, "s8000200"), "T05");
    assert_int_equal(fake.registers[15], 0x08000200);
    assert_string_equal(ask(&desk, gdb, "C05;8000300"), "LATER");
    assert_int_equal(fake.registers[15], 0x08000300);
}

static void each_reason_has_its_stop_reply(void **state)
{
    static const struct {
        struct target_stop stop;
        const char *reply;
    } cases[] = {
        {{.reason = STOP_STEP}, "T05thread:1;00:00100000;"},
        {{.reason = STOP_REQUEST}, "T02thread:1;"},
        {{.reason = STOP_BREAKPOINT_HW, .owners = 1}, "T05hwbreak:;thread:1;"},
        {{.reason = STOP_BREAKPOINT_SW, .owners = 1}, "T05swbreak:;thread:1;"},
        {{.reason = STOP_BKPT}, "T05thread:1;"},
        {{.reason = STOP_WATCHPOINT, .owners = 1, .watch = {{0x20000004, WATCH_WRITE, 1}}},
         "T05watch:20000004;thread:1;"},
        {{.reason = STOP_WATCHPOINT,
          .owners = 3,
          .watch = {{0x20000004, WATCH_WRITE, 2}, {0, WATCH_READ, 1}}},
         "T05rwatch:00000000;thread:1;"},
        {{.reason = STOP_FAULT}, "T0bthread:1;"},
        {{.reason = STOP_RESET}, "T05thread:1;"},
        {{.reason = STOP_EXTERNAL}, "T05thread:1;"},
        {{.reason = STOP_EXIT, .exit_code = 259}, "W03"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fake.next = cases[i].stop;
        assert_begins(ask(&desk, gdb, "s"), cases[i].reply);
    }
    assert_begins(ask(&desk, gdb, "?"), "T05thread:1;"); /* exited, but the core stands */
}

static void breakpoint_reasons_are_told_only_to_those_who_know_them(void **state)
{
    (void)state;
    gdb->state.hwbreak = gdb->state.swbreak = false;
    fake.next = (struct target_stop){.reason = STOP_BREAKPOINT_HW, .owners = 1};
    assert_begins(ask(&desk, gdb, "s"), "T05thread:1;");
    fake.next = (struct target_stop){.reason = STOP_BREAKPOINT_SW, .owners = 1};
    assert_begins(ask(&desk, gdb, "s"), "T05thread:1;");
}

/* gdb takes hwbreak, swbreak and watch of a point it did not set for a stale trap, and T05 after a
 * step for one that went well: both times it would go on. */
static void points_of_others_are_told_as_theirs(void **state)
{
    static const struct {
        struct target_stop stop;
        const char *says;
    } cases[] = {
        {{.reason = STOP_BREAKPOINT_HW,
          .owners = UINT64_C(1) << SESSION_OWNER_MONITOR,
          .text = "here"},
         "[O:here, set by a monitor or telnet command\n]"},
        {{.reason = STOP_BREAKPOINT_SW, .owners = 2, .text = "here"},
         "[O:here, set by another gdb\n]"},
        {{.reason = STOP_WATCHPOINT,
          .owners = 4,
          .watch = {{0x20000004, WATCH_WRITE, 4}},
          .text = "there"},
         "[O:there, set by another gdb\n]"},
        {{.reason = STOP_BREAKPOINT_HW, .text = "not set any more"}, "[O:not set any more\n]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char begins[128];

        fake.next = cases[i].stop;
        assert_begins(ask(&desk, gdb, "s"), "T02thread:1;");
        assert_string_equal(sent(gdb), cases[i].says);
        assert_begins(ask(&desk, gdb, "?"), "T05thread:1;");
        assert_string_equal(ask(&desk, gdb, "c"), "LATER");
        fake.next = cases[i].stop;
        desk_poll(&desk);
        snprintf(begins, sizeof begins, "%s[T05thread:1;", cases[i].says);
        assert_begins(sent(gdb), begins);
    }
}

static void fault_comes_with_its_explanation(void **state)
{
    (void)state;
    fake.next = (struct target_stop){.reason = STOP_FAULT, .text = "HardFault: it fell"};
    ask(&desk, gdb, "c");
    desk_poll(&desk);
    assert_begins(sent(gdb), "[O:HardFault: it fell\n][T0bthread:1;");
    fake.next = (struct target_stop){.reason = STOP_FAULT, .text = "HardFault: again"};
    assert_begins(ask(&desk, gdb, "s"), "T0b");
    assert_string_equal(sent(gdb), "[O:HardFault: again\n]");
    /* What gdb shows itself is not said twice. */
    fake.next =
        (struct target_stop){.reason = STOP_BREAKPOINT_HW, .owners = 1, .text = "breakpoint"};
    assert_begins(ask(&desk, gdb, "s"), "T05hwbreak:;");
    assert_string_equal(sent(gdb), "");
}

static void cancel(void *user)
{
    (void)user;
    atomic_store(&fake.job->cancelled, true);
}

static void range_step_can_be_interrupted(void **state)
{
    (void)state;
    fake.between = cancel;
    assert_begins(ask(&desk, gdb, "vCont;r8000100,8000110:1;c"), "T02thread:1;");
}

static void an_interrupt_kept_for_a_resume_ends_it_before_it_begins(void **state)
{
    static const char *const packets[] = {
        "c", "vCont;c", "vCont;s:1;c", "vCont;r8000100,8000110:1;c", "s", "C05", "S05"};

    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        gdb->state.interrupted = true;
        assert_begins(ask(&desk, gdb, packets[i]), "T02thread:1;");
        assert_string_equal(fake_log(), "");
        assert_false(gdb->client->waiting);
    }
    /* With the core on its way already it is a Ctrl-C like others: the session sends it behind. */
    fake.state = TARGET_RUNNING;
    gdb->state.interrupted = true;
    assert_string_equal(ask(&desk, gdb, "c"), "LATER");
}

static void a_reset_is_told_to_the_session(void **state)
{
    (void)state;
    ask(&desk, gdb, "vRun;");
    assert_int_equal(gdb->actions, CLIENT_RESET);
    ask(&desk, gdb, "qRcmd,7265736574"); /* reset */
    assert_int_equal(gdb->actions, CLIENT_RESET);
    ask(&desk, gdb, "?");
    assert_int_equal(gdb->actions, CLIENT_NOTHING);
}

static void failures_are_errors_with_their_sentence(void **state)
{
    (void)state;
    fake.fail = ERR_WAIT;
    assert_string_equal(ask(&desk, gdb, "vCont;c"), "E.it fails");
    assert_false(gdb->client->waiting);
    assert_string_equal(ask(&desk, gdb, "s"), "E.it fails");
    gdb->state.error_message = false;
    char expected[8];
    snprintf(expected, sizeof expected, "E%02x", ERR_WAIT);
    assert_string_equal(ask(&desk, gdb, "s"), expected);
}

static void restart_halts_at_the_reset_vector(void **state)
{
    (void)state;
    assert_begins(ask(&desk, gdb, "vRun;"), "T05thread:1;");
    assert_string_equal(ask(&desk, gdb, "R00"), "NOTHING");
    assert_string_equal(fake_log(), "reset 1;reset 1;");
}

static void kill_leaves_a_core_that_does_not_run(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "vKill;a410"), "OK");
    assert_string_equal(fake_log(), "drop0;reset 1;");
    ask(&desk, gdb, "!");
    assert_string_equal(ask(&desk, gdb, "k"), "NOTHING");
    assert_false(gdb->actions & CLIENT_CLOSE); /* extended: the connection stays */
    gdb->state.extended = false;
    assert_string_equal(ask(&desk, gdb, "k"), "NOTHING");
    assert_true(gdb->actions & CLIENT_CLOSE);
}

/* An observer kills nothing but its own breakpoints, nor does one whose target was lost since. */
static void kill_resets_for_the_holder_alone(void **state)
{
    struct gdb *observer = desk_join(&desk, 1);

    (void)state;
    ask(&desk, gdb, "?");
    ask(&desk, observer, "?");
    fake_log();
    assert_string_equal(ask(&desk, observer, "vKill;1"), "OK");
    assert_string_equal(fake_log(), "drop1;");
    gdb->client->lost = true;
    assert_string_equal(ask(&desk, gdb, "vKill;1"), "OK");
    assert_string_equal(fake_log(), "drop0;");
    gdb->client->lost = false;
    fake.state = TARGET_ABSENT;
    assert_string_equal(ask(&desk, gdb, "vKill;1"), "OK");
    assert_string_equal(fake_log(), "drop0;");
}

static void close_gdb(void)
{
    struct job job;

    job_init(&job, NULL);
    session_client_close(&desk.session, gdb->client, &job);
}

static void killed_program_runs_when_its_gdb_leaves(void **state)
{
    (void)state;
    ask(&desk, gdb, "?");
    ask(&desk, gdb, "vKill;1");
    fake_log();
    close_gdb();
    assert_string_equal(fake_log(), "drop0;resume;");
}

static void program_begun_after_a_kill_stays_as_it_is(void **state)
{
    static const char *const begins[] = {"vRun;", "vAttach;1", "R00"};

    (void)state;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        ask(&desk, gdb, "?");
        ask(&desk, gdb, "vKill;1");
        ask(&desk, gdb, begins[i]);
        fake_log();
        close_gdb();
        assert_string_equal(fake_log(), "drop0;");
        desk_join(&desk, 0);
    }
}

static void killed_program_stands_for_those_who_stay(void **state)
{
    struct gdb *other = desk_join(&desk, 1);

    (void)state;
    ask(&desk, gdb, "?");
    ask(&desk, other, "?");
    ask(&desk, gdb, "vKill;1");
    fake_log();
    close_gdb();
    assert_string_equal(fake_log(), "drop0;");
}

static void killed_program_stands_until_all_who_killed_it_left(void **state)
{
    struct gdb *other = desk_join(&desk, 1);
    struct job job;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        ask(&desk, i ? other : gdb, "?");
        ask(&desk, i ? other : gdb, "vKill;1");
    }
    fake_log();
    close_gdb();
    assert_string_equal(fake_log(), "drop0;");
    job_init(&job, NULL);
    session_client_close(&desk.session, other->client, &job);
    assert_string_equal(fake_log(), "drop1;resume;");
}

static void load_needs_a_program(void **state)
{
    (void)state;
    fake.state = TARGET_ABSENT;
    fake.connect_error = ERR_NO_TARGET;
    assert_string_equal(ask(&desk, gdb, "?"), "W00");
    fake.state = TARGET_RUNNING; /* power on */
    fake.connect_error = ERR_OK;
    assert_begins(ask(&desk, gdb, "vFlashErase:08000000,00000400"), "E.this gdb was told that");
    assert_begins(ask(&desk, gdb, "vFlashWrite:8000000:abcd"), "E.");
    ask(&desk, gdb, "vAttach;1");
    assert_string_equal(ask(&desk, gdb, "vFlashErase:08000000,00000400"), "OK");
}

static void ended_program_has_no_thread_until_the_next(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "m1");
    ask(&desk, gdb, "vKill;1");
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "l");
    assert_null(strstr(ask(&desk, gdb, "qXfer:threads:read::0,1000"), "id="));
    ask(&desk, gdb, "vRun;");
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "m1");
    fake.next = (struct target_stop){.reason = STOP_EXIT};
    ask(&desk, gdb, "c");
    desk_poll(&desk);
    assert_string_equal(sent(gdb), "[W00]");
    assert_non_null(strstr(fake_log(), "continue0;drop0;"));
    assert_string_equal(ask(&desk, gdb, "qC"), "QC0");
    ask(&desk, gdb, "vAttach;1");
    assert_string_equal(ask(&desk, gdb, "qC"), "QC1");
    ask(&desk, gdb, "D");
    assert_string_equal(ask(&desk, gdb, "qfThreadInfo"), "l");
}

static void detach_removes_breakpoints_and_resumes(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "D;1"), "OK");
    assert_string_equal(fake_log(), "drop0;resume;");
    fake.state = TARGET_HALTED;
    fake.fail = ERR_WAIT;
    assert_string_equal(ask(&desk, gdb, "D"), "OK");
}

static void load_is_one_flash_session(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "vFlashErase:08000000,00000400"), "OK");
    assert_string_equal(ask_bytes(&desk, gdb, "vFlashWrite:8000000:a}\x03:\x00", 25), "OK");
    assert_string_equal(ask(&desk, gdb, "vFlashDone"), "OK");
    assert_string_equal(fake_log(), "flash;erase 08000000/400;write 08000000/4;done;end;");
    assert_memory_equal(fake.flash, "a#:\x00", 4);
    assert_null(gdb->client->flash);
    assert_string_equal(ask(&desk, gdb, "vFlashDone"), "OK");
}

/* The core goes on with what a packet brought while the next one of the load comes. */
static void a_load_is_left_at_work_until_somebody_else_comes(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "vFlashErase:08000000,00000400"), "OK");
    assert_string_equal(ask(&desk, gdb, "vFlashWrite:8000000:abcd"), "OK");
    assert_string_equal(ask(&desk, gdb, "vFlashWrite:8000004:abcd"), "OK");
    assert_int_equal(fake.stood, 0);
    ask(&desk, gdb, "m20000000,4");
    assert_int_not_equal(fake.stood, 0);
    fake.stood = 0;
    desk_telnet(&desk, "targets");
    assert_int_not_equal(fake.stood, 0);
    fake.stood = 0;
    assert_string_equal(ask(&desk, gdb, "vFlashDone"), "OK");
    assert_int_equal(fake.stood, 0);
}

static void load_ends_with_the_gdb_that_began_it(void **state)
{
    static const struct {
        const char *packet, *log;
    } ends[] = {{"vKill;1", "end;drop0;reset 1;"}, {"D", "end;drop0;resume;"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fake.state = TARGET_HALTED;
        ask(&desk, gdb, "?");
        ask(&desk, gdb, "vRun;");
        assert_string_equal(ask(&desk, gdb, "vFlashErase:08000000,00000400"), "OK");
        fake_log();
        assert_string_equal(ask(&desk, gdb, ends[i].packet), "OK");
        assert_null(gdb->client->flash);
        assert_string_equal(fake_log(), ends[i].log);
    }
}

static void load_outside_flash_has_its_own_error(void **state)
{
    (void)state;
    assert_string_equal(ask(&desk, gdb, "vFlashWrite:20000000:abcd"), "E.memtype");
    assert_null(gdb->client->flash);
    gdb->state.error_message = false;
    assert_string_equal(ask(&desk, gdb, "vFlashErase:20000000,400"), "E.memtype");
    assert_begins(ask(&desk, gdb, "vFlashErase:ffffff00,400"), "E");
    assert_begins(ask(&desk, gdb, "vFlashWrite:fffffffe:abcd"), "E");
    assert_begins(ask(&desk, gdb, "vFlashWrite:8000000:abcd}"), "E");
}

static void failed_load_ends_its_session(void **state)
{
    (void)state;
    ask(&desk, gdb, "vFlashErase:08000000,00000400");
    fake.fail = ERR_FLASH;
    assert_string_equal(ask(&desk, gdb, "vFlashWrite:8000000:abcd"), "E.it fails");
    assert_null(gdb->client->flash);
    fake.fail = ERR_OK;
    fake_log();
    ask(&desk, gdb, "vFlashErase:08000000,00000400");
    assert_string_equal(ask(&desk, gdb, "vCont;c"), "LATER"); /* an interrupted load ends here */
    assert_string_equal(fake_log(), "flash;erase 08000000/400;end;continue0;");
}

static const char *load_and_go(uint64_t xpsr, uint64_t sp, const char *go)
{
    fake.state = TARGET_HALTED;
    gdb->client->waiting = false;
    fake.registers[16] = xpsr;
    fake.registers[13] = sp;
    assert_string_equal(ask(&desk, gdb, "vFlashErase:08000000,00000400"), "OK");
    assert_string_equal(ask(&desk, gdb, "vFlashWrite:08000000:abcd"), "OK");
    assert_string_equal(ask(&desk, gdb, "vFlashDone"), "OK");
    sent(gdb);
    ask(&desk, gdb, go);
    return sent(gdb);
}

/* gdb's load changes pc alone: what else the core stood in stays. */
static void a_program_that_begins_in_a_handler_is_warned_of(void **state)
{
    (void)state;
    assert_string_equal(load_and_go(0x01000000, 0x20005000, "c"), "");
    assert_begins(load_and_go(0x01000003, 0x20005000, "c"), "[O:before the load the core stood in");
    assert_begins(load_and_go(0x01000000, 0xFFFFFFFC, "s"), "[O:before the load the core stood in");
    ask(&desk, gdb, "s");
    assert_string_equal(sent(gdb), ""); /* once */
    load_and_go(0x01000003, 0x20005000, "R00");
    ask(&desk, gdb, "c");
    assert_string_equal(sent(gdb), ""); /* a reset is what was asked for */
}

static void held_in_reset_is_told_and_waited_for(void **state)
{
    static const char *const packets[] = {"s", "c", "vCont;s:1", "vCont;r8000100,8000110:1"};

    (void)state;
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        fake.state = TARGET_IN_RESET;
        gdb->client->waiting = false;
        assert_string_equal(ask(&desk, gdb, packets[i]), "LATER");
        assert_begins(sent(gdb), "[O:" TARGET_HELD_TEXT "; it is halted");
        fake.state = TARGET_RUNNING;
        desk_poll(&desk);
        assert_begins(sent(gdb), "[T02thread:1;");
    }
    fake.state = TARGET_IN_RESET;
    assert_begins(ask(&desk, gdb, "s8000200"), "E."
                                               "the core is held in reset");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vcont_takes_the_leftmost_action_for_our_thread),
        TEST(a_thread_that_does_not_run_is_stepped_when_it_does),
        TEST(a_thread_that_does_not_run_does_not_run_alone),
        TEST(garbled_resumes_are_errors_and_leave_the_core),
        TEST(old_resumes_may_say_where),
        TEST(each_reason_has_its_stop_reply),
        TEST(breakpoint_reasons_are_told_only_to_those_who_know_them),
        TEST(points_of_others_are_told_as_theirs),
        TEST(fault_comes_with_its_explanation),
        TEST(range_step_can_be_interrupted),
        TEST(an_interrupt_kept_for_a_resume_ends_it_before_it_begins),
        TEST(a_reset_is_told_to_the_session),
        TEST(failures_are_errors_with_their_sentence),
        TEST(restart_halts_at_the_reset_vector),
        TEST(kill_leaves_a_core_that_does_not_run),
        TEST(kill_resets_for_the_holder_alone),
        TEST(killed_program_runs_when_its_gdb_leaves),
        TEST(program_begun_after_a_kill_stays_as_it_is),
        TEST(killed_program_stands_for_those_who_stay),
        TEST(killed_program_stands_until_all_who_killed_it_left),
        TEST(load_needs_a_program),
        TEST(ended_program_has_no_thread_until_the_next),
        TEST(detach_removes_breakpoints_and_resumes),
        TEST(load_is_one_flash_session),
        TEST(a_load_is_left_at_work_until_somebody_else_comes),
        TEST(load_ends_with_the_gdb_that_began_it),
        TEST(load_outside_flash_has_its_own_error),
        TEST(a_program_that_begins_in_a_handler_is_warned_of),
        TEST(held_in_reset_is_told_and_waited_for),
        TEST(failed_load_ends_its_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
