/* SPDX-License-Identifier: MIT */
/* Waking the debug port, and what is said when it does not wake. */
#include "dap_bench.h"

static enum err connect_again(struct bench *b, uint32_t *dpidr)
{
    job_clear(&b->job);
    return probe_connect(b->probe, PROBE_CONNECT_NORMAL, dpidr);
}

static void connecting_powers_up(void **state)
{
    struct bench *b = *state;
    uint32_t dpidr;

    b->fake.ctrl = 0;
    assert_int_equal(connect_again(b, &dpidr), ERR_OK);
    assert_int_equal(dpidr, 0x1BA01477);
    assert_int_equal(b->fake.ctrl, 0xF0000000);
    assert_int_equal(b->fake.line_resets, 1);
}

static void a_floating_line_is_no_port(void **state)
{
    struct bench *b = *state;

    b->fake.dpidr = 0xFFFFFFFF;
    assert_int_equal(connect_again(b, NULL), ERR_NO_TARGET);
    assert_string_equal(b->job.text,
                        "DPIDR reads 0xffffffff: an open or shorted line, not a debug port");
    b->fake.alive = false;
    assert_int_equal(connect_again(b, NULL), ERR_NO_TARGET);
    assert_string_equal(b->job.text, "read of DPIDR: no answer on SWD");
}

static void old_errors_are_cleared(void **state)
{
    struct bench *b = *state;

    b->fake.ctrl |= DP_CTRL_STICKYERR | DP_CTRL_WDATAERR;
    assert_int_equal(connect_again(b, NULL), ERR_OK);
    assert_int_equal(b->fake.ctrl, 0xF0000000);
    b->fake.ctrl |= DP_CTRL_STICKYERR;
    assert_int_equal(dap_clear_sticky(b->probe), ERR_OK);
}

static void no_power_is_said(void **state)
{
    struct bench *b = *state;

    b->fake.never_powers_up = true;
    assert_int_equal(connect_again(b, NULL), ERR_POWER);
    assert_in_range(b->fake.now_us, 200000, 300000);
}

static void a_closed_port_is_said(void **state)
{
    struct bench *b = *state;

    b->fake.closed = true;
    assert_int_equal(connect_again(b, NULL), ERR_PROTECTED);
}

static void garbled_answers_are_asked_for_again(void **state)
{
    struct bench *b = *state;

    fake_dap_trouble(&b->fake, 1, 1, SWD_PARITY);
    assert_int_equal(connect_again(b, NULL), ERR_OK);
}

/* The port drops the write and refuses what follows: that is the wire's doing, and passes. */
static void a_garbled_write_is_repeated(void **state)
{
    struct bench *b = *state;

    fake_dap_trouble(&b->fake, 3, 1, SWD_OK); /* SELECT, behind DPIDR twice and ABORT */
    b->fake.troubles[0].drop_write = true;
    assert_int_equal(connect_again(b, NULL), ERR_OK);
}

static void writes_that_stay_garbled_are_an_error_of_the_wire(void **state)
{
    struct bench *b = *state;

    fake_dap_trouble(&b->fake, 3, 1000, SWD_OK);
    b->fake.troubles[0].drop_write = true;
    assert_int_equal(connect_again(b, NULL), ERR_PARITY);
}

static void disconnecting_powers_down(void **state)
{
    struct bench *b = *state;

    assert_int_equal(probe_disconnect(b->probe), ERR_OK);
    assert_int_equal(b->fake.ctrl, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(connecting_powers_up),
        BENCH_TEST(a_floating_line_is_no_port),
        BENCH_TEST(old_errors_are_cleared),
        BENCH_TEST(no_power_is_said),
        BENCH_TEST(a_closed_port_is_said),
        BENCH_TEST(garbled_answers_are_asked_for_again),
        BENCH_TEST(a_garbled_write_is_repeated),
        BENCH_TEST(writes_that_stay_garbled_are_an_error_of_the_wire),
        BENCH_TEST(disconnecting_powers_down),
    };

    return cmocka_run_group_tests_name("dap", tests, NULL, NULL);
}
