/* SPDX-License-Identifier: MIT */
/* What the program says reaches all who listen, and who waits for it. */
#include "desk.h"

#include "session/program_text.h"

struct ear {
    struct text_listener listener;
    struct desk *desk;
    bool leaves; /* with the first text */
    char heard[200];
};

static struct desk desk;
static struct gdb *const holder = &desk.gdb[0], *const observer = &desk.gdb[1];

static void hear(struct text_listener *listener, const struct program_text *text)
{
    struct ear *ear = (struct ear *)listener;
    size_t used = strlen(ear->heard);

    snprintf(ear->heard + used, sizeof ear->heard - used, "%d/%u:%.*s;", (int)text->source,
             text->channel, (int)text->length, text->bytes);
    if (ear->leaves)
        session_unlisten(&ear->desk->session, listener);
}

static struct ear ears[2];

static int set_up(void **state)
{
    (void)state;
    desk_open(&desk);
    desk_join(&desk, 1);
    for (size_t i = 0; i < 2; i++) {
        ears[i] = (struct ear){.listener.text = hear, .desk = &desk};
        session_listen(&desk.session, &ears[i].listener);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

static void the_text_of_a_call_is_heard_by_all_and_the_gdb_that_waits(void **state)
{
    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    fake.says = "hello\n";
    desk_poll(&desk);
    assert_string_equal(ears[0].heard, "0/1:hello\n;");
    assert_string_equal(ears[1].heard, "0/1:hello\n;");
    assert_string_equal(sent(holder), "[O:hello\n]");
    assert_string_equal(sent(observer), "");
}

static void nobody_else_need_wait(void **state)
{
    const struct program_text text = {TEXT_RTT, 3, "beep", 4};

    (void)state;
    session_say(&desk.session, &text); /* between jobs, as a poller of its own does */
    assert_string_equal(ears[0].heard, "1/3:beep;");
    assert_string_equal(sent(holder), "");
}

static void between_jobs_it_reaches_the_gdb_that_waits(void **state)
{
    const struct program_text text = {TEXT_SWO, 0, "beep", 4};

    (void)state;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    session_say(&desk.session, &text);
    assert_string_equal(sent(holder), "[O:beep]");
    assert_string_equal(sent(observer), "");
}

static void one_may_leave_while_it_is_told(void **state)
{
    const struct program_text text = {TEXT_UART, 1, "x", 1};

    (void)state;
    ears[1].leaves = true; /* the one that is told first */
    session_say(&desk.session, &text);
    session_say(&desk.session, &text);
    assert_string_equal(ears[1].heard, "3/1:x;");
    assert_string_equal(ears[0].heard, "3/1:x;3/1:x;");
    session_unlisten(&desk.session, &ears[1].listener); /* once more: nothing */
}

/* The target that comes after a loss tells, too. */
static void a_new_target_is_heard(void **state)
{
    (void)state;
    fake.text = NULL;
    fake.poll_error = ERR_PROBE_GONE;
    ask(&desk, holder, "?");
    ask(&desk, holder, "c");
    desk_poll(&desk);
    ask(&desk, holder, "vAttach;1");
    ask(&desk, holder, "c");
    fake.says = "again";
    desk_poll(&desk);
    assert_string_equal(ears[0].heard, "0/1:again;");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_text_of_a_call_is_heard_by_all_and_the_gdb_that_waits),
        TEST(nobody_else_need_wait),
        TEST(between_jobs_it_reaches_the_gdb_that_waits),
        TEST(one_may_leave_while_it_is_told),
        TEST(a_new_target_is_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
