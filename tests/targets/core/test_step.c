/* SPDX-License-Identifier: MIT */
/* Stepping: one instruction, past interrupts, past breakpoints, through ranges. */
#include "core_bench.h"

#define TICKS 0x20000004u
#define ICSR 0xE000ED04u
#define PENDSTSET (1u << 26)

static void a_step_is_one_instruction(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_RESET + 4);
    assert_int_equal(bench_reg(bench, 0), 0x20000000);
    bench_step(bench);
    assert_int_equal(bench_reg(bench, R_PC), AT_RESET + 6);
}

static void a_step_costs_few_flushes(void **state)
{
    struct bench *bench = *state;
    uint8_t bytes[64];
    uint64_t value;

    bench_at(bench, AT_RESET);
    bench_step(bench);
    bench_count(bench);
    bench_step(bench);
    for (size_t i = 0; i <= R_CONTROL; i++)
        bench_ok(bench, target_read_register(bench->target, i, &value));
    for (int i = 0; i < 14; i++)
        bench_ok(bench, target_read(bench->target, bench->stop.pc, bytes, 4, NULL));
    bench_ok(bench, target_read(bench->target, bench->stop.pc - 4, bytes, 4, NULL));
    bench_ok(bench, target_read(bench->target, 0x20004000, bytes, 64, NULL));
    assert_int_equal(bench_flushes(bench), 1);
}

/* Until pc is at `address`, at most `limit` steps. */
static unsigned step_to(struct bench *bench, uint32_t address, unsigned limit)
{
    for (unsigned i = 0; i < limit; i++) {
        if (bench_reg(bench, R_PC) == address)
            return i;
        bench_step(bench);
        assert_int_equal(bench->stop.reason, STOP_STEP);
    }
    return limit;
}

static void waiting_for_a_tick_ends(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_TICK_START);
    bench_set_word(bench, TICKS, 0);
    assert_true(step_to(bench, AT_TICK_SEEN, 3000) < 3000);
    assert_true(bench_word(bench, TICKS) > 0);
}

static void no_step_ends_in_a_handler(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_TICK_START);
    bench_set_word(bench, TICKS, 0);
    for (unsigned i = 0; i < 1000; i++) {
        bench_step(bench);
        uint32_t pc = bench_reg(bench, R_PC);
        assert_false(pc >= AT_SYS_TICK && pc < AT_PEND_SV);
        assert_int_equal(bench_reg(bench, R_XPSR) & 0x1FF, 0);
        assert_int_equal(bench_reg(bench, R_SP), 0x20004000);
    }
    assert_true(bench_word(bench, TICKS) > 1);
}

static void a_handler_runs_before_the_step(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    assert_int_equal(bench_word(bench, TICKS), 1);
    assert_int_equal(bench->stop.pc, AT_RESET + 4);
    assert_int_equal(bench_word(bench, ICSR) & PENDSTSET, 0);
}

static void a_handler_that_shares_code_is_not_mistaken(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SHARED_MIDDLE);
    bench_set_reg(bench, 0, 0x20000800);
    bench_set_reg(bench, 1, 7);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_SHARED_MIDDLE + 2);
    assert_int_equal(bench_word(bench, TICKS), 1);
    assert_int_equal(bench_reg(bench, 1), 8);
    assert_int_equal(bench_reg(bench, R_SP), 0x20004000);
}

static void a_breakpoint_in_a_handler_ends_the_step_there(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_SYS_TICK);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_SYS_TICK);
}

static void a_handler_that_never_returns_is_halted(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_set_word(bench, ICSR, 1u << 28); /* PendSV */
    bench_step(bench);
    assert_int_equal(bench->stop.pc, AT_PEND_SV);
    assert_non_null(strstr(bench->stop.text, "did not come back"));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

/* Longer than a slice, and not for ever. */
static void a_handler_that_takes_its_time_is_waited_for(void **state)
{
    /* ldr r3, =rounds; 1: subs r3, #1; bne 1b; bx lr */
    static const uint16_t slow[] = {0x4B01, 0x3B01, 0xD1FD, 0x4770};
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    for (uint32_t at = 0; at < 64; at += 4)
        bench_set_word(bench, 0x20000800 + at, bench_word(bench, 0x08000000 + at));
    bench_set_word(bench, 0x2000083C, 0x20000A01); /* SysTick's vector */
    bench_ok(bench, target_write(bench->target, 0x20000A00, slow, sizeof slow));
    bench_set_word(bench, 0x20000A08, 250000);
    bench_set_word(bench, 0xE000ED08, 0x20000800); /* VTOR */
    bench_set_word(bench, ICSR, PENDSTSET);
    uint64_t began = clock_now_us(probe_clock(bench->probe));
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_RESET + 4);
    assert_string_equal(bench->stop.text, "");
    assert_in_range(clock_now_us(probe_clock(bench->probe)) - began, 60000, 400000);
}

static void all_comparators_in_use_do_not_stop_the_tick(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    for (uint32_t i = 0; i < 6; i++)
        bench_break_at(bench, BREAKPOINT_HW, AT_SAYS_HELLO + 4 * i);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    assert_int_equal(bench_word(bench, TICKS), 1);
    bench_at(bench, AT_SAYS_HELLO + 2);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_SAYS_HELLO + 4);
}

static void modes_of_masking_do_what_they_say(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    target_set_maskisr(bench->target, MASKISR_STEPONLY);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    assert_int_equal(bench->stop.pc, AT_RESET + 4);
    assert_int_equal(bench_word(bench, TICKS), 0);
    target_set_maskisr(bench->target, MASKISR_OFF);
    bench_step(bench);
    assert_in_range(bench->stop.pc, AT_SYS_TICK, AT_PEND_SV - 1);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT)); /* out of the handler */
    target_set_maskisr(bench->target, MASKISR_ON);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench_word(bench, TICKS), 0);
    bench_halt(bench);
    target_set_maskisr(bench->target, MASKISR_AUTO);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench_word(bench, TICKS), 1);
}

static void masked_code_is_stepped_as_it_is(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_MASKED_LOOP);
    bench_step(bench);
    assert_int_equal(bench_reg(bench, R_PRIMASK), 1);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    bench_step(bench);
    assert_int_equal(bench_word(bench, TICKS), 0);
    bench_step(bench); /* cpsie i */
    bench_step(bench);
    assert_int_equal(bench_word(bench, TICKS), 1);
}

static void sleep_is_stepped_over(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SLEEP_THEN);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, AT_SLEEP_THEN + 2);
    bench_step(bench);
    assert_int_equal(bench_reg(bench, 7), 78);
}

static void a_range_is_left_in_one_call(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RANGE);
    bench_count(bench);
    bench_ok(bench, target_step_range(bench->target, AT_RANGE, AT_RANGE_END, &bench->stop));
    bench_assert_stopped(bench, STOP_STEP, AT_RANGE_END);
    assert_int_equal(bench_reg(bench, 0), 100);
    /* 302 instructions, one flush each, and the registers at the end */
    assert_in_range(bench_flushes(bench), 300, 310);
}

static void a_range_steps_at_least_once(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RANGE);
    bench_ok(bench, target_step_range(bench->target, 0, 0, &bench->stop));
    assert_int_equal(bench->stop.pc, AT_RANGE + 2);
}

static void a_call_leaves_the_range(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RANGE_CALL);
    bench_ok(bench,
             target_step_range(bench->target, AT_RANGE_CALL, AT_RANGE_CALL + 8, &bench->stop));
    assert_int_equal(bench->stop.pc, AT_SHARED);
}

static void a_breakpoint_in_the_range_counts(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RANGE);
    bench_break_at(bench, BREAKPOINT_HW, AT_RANGE_BODY + 2);
    bench_ok(bench, target_step_range(bench->target, AT_RANGE, AT_RANGE_END, &bench->stop));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_RANGE_BODY + 2);
    bench_ok(bench, target_step_range(bench->target, AT_RANGE, AT_RANGE_END, &bench->stop));
    assert_int_equal(bench_reg(bench, 0), 2);
}

static void ticks_pass_while_a_range_is_stepped(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_TICK_START);
    bench_set_word(bench, TICKS, 0);
    bench_ok(bench, target_step_range(bench->target, AT_TICK_START, AT_TICK_SEEN, &bench->stop));
    bench_assert_stopped(bench, STOP_STEP, AT_TICK_SEEN);
}

static void cancel_after_some(void *user)
{
    struct bench *bench = user;

    atomic_store(&bench->job.cancelled, true);
}

static void a_cancelled_range_is_a_requested_stop(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_FOREVER);
    bench->job.between = cancel_after_some;
    bench->job.between_user = bench;
    bench_ok(bench, target_step_range(bench->target, AT_FOREVER, AT_FOREVER + 4, &bench->stop));
    bench_assert_stopped(bench, STOP_REQUEST, AT_FOREVER);
    atomic_store(&bench->job.cancelled, false);
    bench->job.between = NULL;
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(bench_reg(bench, R_PC), AT_FOREVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_step_is_one_instruction),
        BENCH_TEST(a_step_costs_few_flushes),
        BENCH_TEST(waiting_for_a_tick_ends),
        BENCH_TEST(no_step_ends_in_a_handler),
        BENCH_TEST(a_handler_runs_before_the_step),
        BENCH_TEST(a_handler_that_shares_code_is_not_mistaken),
        BENCH_TEST(a_breakpoint_in_a_handler_ends_the_step_there),
        BENCH_TEST(a_handler_that_never_returns_is_halted),
        BENCH_TEST(a_handler_that_takes_its_time_is_waited_for),
        BENCH_TEST(all_comparators_in_use_do_not_stop_the_tick),
        BENCH_TEST(modes_of_masking_do_what_they_say),
        BENCH_TEST(masked_code_is_stepped_as_it_is),
        BENCH_TEST(sleep_is_stepped_over),
        BENCH_TEST(a_range_is_left_in_one_call),
        BENCH_TEST(a_range_steps_at_least_once),
        BENCH_TEST(a_call_leaves_the_range),
        BENCH_TEST(a_breakpoint_in_the_range_counts),
        BENCH_TEST(ticks_pass_while_a_range_is_stepped),
        BENCH_TEST(a_cancelled_range_is_a_requested_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
