/* SPDX-License-Identifier: MIT */
/* Attach, halt, resume, poll, registers, and going away again. */
#include "core_bench.h"

static void attaching_disturbs_nobody(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    uint32_t before = bench_word(bench, 0x20000000);
    clock_sleep_us(probe_clock(bench->probe), 1000);
    assert_true(bench_word(bench, 0x20000000) > before);
    assert_int_equal(target_core(bench->target)->cpuid, 0x411FC231);
    assert_int_equal(target_core(bench->target)->breakpoints, 6);
    assert_int_equal(target_core(bench->target)->watchpoints, 4);
}

static void halting_stops_the_count(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, target_halt(bench->target, &bench->stop));
    assert_int_equal(bench->stop.reason, STOP_REQUEST);
    assert_in_range(bench->stop.pc, AT_LOOP, AT_LOOP + 8);
    assert_int_equal(bench->stop.pc, bench_reg(bench, R_PC));
    uint32_t before = bench_word(bench, 0x20000000);
    clock_sleep_us(probe_clock(bench->probe), 200000);
    assert_int_equal(bench_word(bench, 0x20000000), before);
    bench_ok(bench, target_halt(bench->target, &bench->stop));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    assert_true(bench_word(bench, 0x20000000) > before);
}

static void registers_reach_the_core_with_the_next_resume(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_set_reg(bench, 1, 0x10000000);
    bench_set_reg(bench, 9, 0x99);
    assert_int_equal(bench_reg(bench, 1), 0x10000000);
    bench_ok(bench, target_resume(bench->target));
    clock_sleep_us(probe_clock(bench->probe), 100);
    bench_halt(bench);
    assert_true(bench_reg(bench, 1) > 0x10000000);
    assert_int_equal(bench_reg(bench, 9), 0x99);
}

static void registers_of_a_running_core_are_refused(void **state)
{
    struct bench *bench = *state;
    uint64_t value;

    bench_fails(bench, target_read_register(bench->target, 0, &value), ERR_NOT_HALTED);
    bench_halt(bench);
    bench_fails(bench, target_read_register(bench->target, 23, &value), ERR_ARGUMENT);
}

static void sp_is_one_of_two_stacks(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_reg(bench, R_SP, 0x20001000);
    assert_int_equal(bench_reg(bench, R_MSP), 0x20001000);
    bench_set_reg(bench, R_PSP, 0x20002000);
    assert_int_equal(bench_reg(bench, R_SP), 0x20001000);
    bench_set_reg(bench, R_CONTROL, 2);
    assert_int_equal(bench_reg(bench, R_SP), 0x20002000);
    bench_set_reg(bench, R_SP, 0x20002103);
    assert_int_equal(bench_reg(bench, R_PSP), 0x20002100);
    bench_step(bench);
    assert_int_equal(bench_reg(bench, R_PSP), 0x20002100);
    assert_int_equal(bench_reg(bench, R_MSP), 0x20001000);
    bench_set_reg(bench, R_CONTROL, 0);
    assert_int_equal(bench_reg(bench, R_SP), 0x20001000);
}

static void masks_are_parts_of_one_word(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_reg(bench, R_PRIMASK, 1);
    bench_set_reg(bench, R_BASEPRI, 0x40);
    bench_set_reg(bench, R_FAULTMASK, 0);
    assert_int_equal(bench_reg(bench, R_PRIMASK), 1);
    assert_int_equal(bench_reg(bench, R_BASEPRI), 0x40);
    assert_int_equal(bench_reg(bench, R_FAULTMASK), 0);
    assert_int_equal(bench_reg(bench, R_CONTROL), 0);
}

static void a_sleeping_core_can_be_attached_to_and_halted(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SLEEPS);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, target_disconnect(bench->target));
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_ok(bench, bench_poll(bench, 100));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_ok(bench, target_halt(bench->target, &bench->stop));
    assert_in_range(bench->stop.pc, AT_SLEEPS, AT_SLEEPS + 4);
}

static void disconnecting_leaves_the_core_as_it_is(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STOP_FIVE + 2);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_ok(bench, target_disconnect(bench->target));
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(bench_reg(bench, R_PC), AT_STOP_FIVE + 2);
    bench_at(bench, AT_RESET);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, target_disconnect(bench->target));
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    assert_in_range(bench_word(bench, 0x20000000), 100, 1u << 30);
}

static void disconnecting_puts_dbgmcu_and_demcr_back(void **state)
{
    struct bench *bench = *state;

    bench_break_at(bench, BREAKPOINT_HW, AT_STOP_FIVE);
    bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, 0x20000800, 4));
    assert_int_equal(bench_raw(bench, 0xE0042004) & 7, 7);
    assert_int_equal(bench_raw(bench, 0xE000EDFC), 0x01000400);
    assert_int_not_equal(bench_raw(bench, 0xE0002008), 0);
    assert_int_not_equal(bench_raw(bench, 0xE0001028), 0);
    assert_int_equal(bench_raw(bench, 0xE0002000) & 1, 1);
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench_raw(bench, 0xE0042004) & 7, 0);
    assert_int_equal(bench_raw(bench, 0xE000EDFC), 0);
    assert_int_equal(bench_raw(bench, 0xE0002008), 0);
    assert_int_equal(bench_raw(bench, 0xE0001028), 0);
    assert_int_equal(bench_raw(bench, 0xE0002000) & 1, 0);
    assert_int_equal(bench_raw(bench, 0xE000EDF0) & 0xF, 0);
    bench_fails(bench, target_resume(bench->target), ERR_NOT_CONNECTED);
}

/* Whoever debugs between two connections of ours: what is found then is theirs, not ours. */
static void what_others_left_is_put_back_and_not_ours(void **state)
{
    struct bench *bench = *state;
    struct ops ops;

    bench_ok(bench, target_disconnect(bench->target));
    ops_init(&ops, bench->probe);
    ops_write32(&ops, 0xE000EDF0, 0xA05F0001); /* C_DEBUGEN */
    ops_write32(&ops, 0xE000EDFC, 0x01000000); /* TRCENA */
    bench_ok(bench, ops_flush(&ops));
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench_raw(bench, 0xE000EDFC), 0x01000000);
}

static void a_stop_costs_few_flushes(void **state)
{
    struct bench *bench = *state;
    uint8_t line[64];
    uint64_t value;

    bench_count(bench);
    bench_ok(bench, target_poll(bench->target, &bench->stop));
    assert_int_equal(bench_flushes(bench), 1);
    bench_count(bench);
    bench_ok(bench, target_halt(bench->target, &bench->stop));
    for (size_t i = 0; i <= R_CONTROL; i++)
        bench_ok(bench, target_read_register(bench->target, i, &value));
    bench_ok(bench, target_read(bench->target, bench->stop.pc & ~63u, line, 64, NULL));
    bench_ok(bench, target_read(bench->target, bench->stop.pc - 4, line, 4, NULL));
    assert_true(bench_flushes(bench) <= 2);
    bench_count(bench);
    bench_ok(bench, target_resume(bench->target));
    assert_int_equal(bench_flushes(bench), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(attaching_disturbs_nobody),
        BENCH_TEST(halting_stops_the_count),
        BENCH_TEST(registers_reach_the_core_with_the_next_resume),
        BENCH_TEST(registers_of_a_running_core_are_refused),
        BENCH_TEST(sp_is_one_of_two_stacks),
        BENCH_TEST(masks_are_parts_of_one_word),
        BENCH_TEST(a_sleeping_core_can_be_attached_to_and_halted),
        BENCH_TEST(disconnecting_leaves_the_core_as_it_is),
        BENCH_TEST(disconnecting_puts_dbgmcu_and_demcr_back),
        BENCH_TEST(what_others_left_is_put_back_and_not_ours),
        BENCH_TEST(a_stop_costs_few_flushes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
