/* SPDX-License-Identifier: MIT */
/* Who looks at the target between jobs: nobody for nothing, all in turn. */
#include "desk.h"

#include "session/poller.h"

#define HOUR_US UINT64_C(3600000000)

struct eye {
    struct poller poller;
    bool wanted;
    uint64_t wait_us;
    unsigned looks, left;
};

static struct desk desk;
static struct eye eyes[2];
static char order[64];
static struct job job;

static bool wanted(struct poller *poller, struct session *session)
{
    (void)session;
    return ((struct eye *)poller)->wanted;
}

static uint64_t look(struct poller *poller, struct session *session, struct job *by)
{
    struct eye *eye = (struct eye *)poller;

    assert_ptr_equal(session->current, by);
    eye->looks++;
    strncat(order, eye == eyes ? "0" : "1", sizeof order - strlen(order) - 1);
    return eye->wait_us;
}

static void leaves(struct poller *poller, struct session *session)
{
    assert_non_null(session->current);
    ((struct eye *)poller)->left++;
}

static int set_up(void **state)
{
    (void)state;
    desk_open(&desk);
    job_init(&job, &desk.log);
    order[0] = '\0';
    for (size_t i = 0; i < 2; i++) {
        eyes[i] = (struct eye){.poller = {.wanted = wanted, .look = look, .leaves = leaves}};
        poller_add(&desk.session, &eyes[i].poller);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pollers_end(&desk.session, &job);
    desk_close(&desk);
    return 0;
}

static void they_sleep_while_nobody_wants_anything(void **state)
{
    (void)state;
    assert_true(pollers_wait_us(&desk.session) == POLLER_NEVER);
    assert_false(pollers_look(&desk.session, &job));
    eyes[1].wanted = true;
    assert_int_equal(pollers_wait_us(&desk.session), 0);
    assert_true(pollers_look(&desk.session, &job));
    assert_string_equal(order, "1");
}

static void each_says_when_it_looks_again(void **state)
{
    (void)state;
    eyes[0].wanted = true;
    eyes[0].wait_us = HOUR_US;
    assert_true(pollers_look(&desk.session, &job));
    assert_true(pollers_wait_us(&desk.session) > HOUR_US / 2);
    assert_true(pollers_wait_us(&desk.session) <= HOUR_US);
    assert_false(pollers_look(&desk.session, &job));
    pollers_hurry(&desk.session);
    assert_int_equal(pollers_wait_us(&desk.session), 0);
    assert_true(pollers_look(&desk.session, &job));
    eyes[0].wait_us = POLLER_NEVER;
    pollers_hurry(&desk.session);
    assert_true(pollers_look(&desk.session, &job));
    assert_true(pollers_wait_us(&desk.session) > HOUR_US);
    assert_int_equal(eyes[0].looks, 3);
}

static void those_that_look_at_once_take_turns(void **state)
{
    (void)state;
    eyes[0].wanted = eyes[1].wanted = true;
    for (unsigned i = 0; i < 200; i++)
        assert_true(pollers_look(&desk.session, &job));
    assert_true(eyes[0].looks >= 50 && eyes[1].looks >= 50);
}

static void they_look_again_when_the_core_goes_on(void **state)
{
    (void)state;
    eyes[0].wanted = true;
    eyes[0].wait_us = HOUR_US;
    assert_true(pollers_look(&desk.session, &job));
    ask(&desk, &desk.gdb[0], "?");
    assert_true(pollers_wait_us(&desk.session) > 0);
    ask(&desk, &desk.gdb[0], "c");
    assert_int_equal(pollers_wait_us(&desk.session), 0);
}

/* Its RAM is not the program's. */
static void they_look_at_no_core_that_a_routine_of_ours_has(void **state)
{
    (void)state;
    eyes[0].wanted = true;
    fake.borrowed = true;
    assert_true(pollers_wait_us(&desk.session) == POLLER_NEVER);
    assert_false(pollers_look(&desk.session, &job));
    fake.borrowed = false;
    assert_true(pollers_look(&desk.session, &job));
}

static void they_leave_the_target_once(void **state)
{
    (void)state;
    eyes[0].wanted = true;
    pollers_end(&desk.session, &job);
    assert_int_equal(eyes[0].left, 1);
    assert_int_equal(eyes[1].left, 1);
    assert_false(pollers_look(&desk.session, &job));
    pollers_end(&desk.session, &job);
    assert_int_equal(eyes[0].left, 1);
}

#define EYE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EYE_TEST(they_sleep_while_nobody_wants_anything),
        EYE_TEST(each_says_when_it_looks_again),
        EYE_TEST(those_that_look_at_once_take_turns),
        EYE_TEST(they_look_again_when_the_core_goes_on),
        EYE_TEST(they_look_at_no_core_that_a_routine_of_ours_has),
        EYE_TEST(they_leave_the_target_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
