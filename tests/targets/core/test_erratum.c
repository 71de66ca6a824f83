/* SPDX-License-Identifier: MIT */
/* The first Cortex-M7 enter what is pending when C_MASKINTS is set: steps do not end there. The
 * simulated STM32F746 has an r0p1, the STM32H743 an r1p1. */
#include "core_bench.h"

#define ICSR 0xE000ED04u
#define VTOR 0xE000ED08u
#define PENDSTSET (1u << 26)
#define PENDSVSET (1u << 28)
#define VECTORS 0x20001000u
#define SYS_TICK 0x20000600u
#define PEND_SV 0x20000700u
#define TICKS 0x20000800u
#define RAM_CODE_END (RAM_CODE + 8)

/* ldr r1, =TICKS; ldr r0, [r1]; adds r0, #1; str r0, [r1]; bx lr */
static const uint32_t sys_tick[] = {0x68084902, 0x60083001, 0xBF004770, TICKS};

static int begin_with(void **state, const char *board)
{
    struct bench *bench = bench_open(board);

    *state = bench;
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    for (unsigned i = 0; i < 4; i++)
        bench_set_word(bench, SYS_TICK + 4 * i, sys_tick[i]);
    bench_set_word(bench, PEND_SV, 0xE7FEE7FE); /* b . */
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, VECTORS + 4 * 14, PEND_SV + 1);
    bench_set_word(bench, VECTORS + 4 * 15, SYS_TICK + 1);
    bench_set_word(bench, VTOR, VECTORS);
    bench_code_to_ram(bench);
    bench_at(bench, RAM_CODE);
    return 0;
}

static int begin(void **state)
{
    return begin_with(state, "nucleo-f746");
}

static int begin_without(void **state)
{
    return begin_with(state, "nucleo-h743");
}

/* A step that leaves the core unmasked, then one that masks it, with something pending. */
static void pend_unmasked(struct bench *bench, uint32_t what)
{
    target_set_maskisr(bench->target, MASKISR_OFF);
    bench_step(bench);
    bench_set_word(bench, ICSR, what);
    target_set_maskisr(bench->target, MASKISR_ON);
}

static void assert_in_the_program(struct bench *bench)
{
    assert_int_equal(bench->stop.reason, STOP_STEP);
    assert_in_range(bench->stop.pc, RAM_CODE, RAM_CODE_END - 1);
    assert_int_equal(bench_reg(bench, R_XPSR) & 0x1FF, 0);
    assert_int_equal(bench_reg(bench, R_SP), 0x20004000);
}

static void steps_never_end_in_the_handler(void **state)
{
    struct bench *bench = *state;

    for (unsigned i = 1; i <= 50; i++) {
        pend_unmasked(bench, PENDSTSET);
        uint32_t pc = bench_reg(bench, R_PC);
        bench_step(bench);
        assert_in_the_program(bench);
        assert_int_equal(bench->stop.pc, pc == RAM_CODE + 6 ? RAM_CODE + 2 : pc + 2);
        assert_int_equal(bench_word(bench, TICKS), i);
    }
}

static void nor_do_they_in_a_range(void **state)
{
    struct bench *bench = *state;

    pend_unmasked(bench, PENDSTSET);
    bench_ok(bench, target_step_range(bench->target, RAM_CODE, RAM_CODE + 6, &bench->stop));
    assert_in_the_program(bench);
    assert_int_equal(bench->stop.pc, RAM_CODE + 6);
    assert_int_equal(bench_word(bench, TICKS), 1);
}

static void nor_does_the_breakpoint_that_is_left_stop_again(void **state)
{
    struct bench *bench = *state;

    pend_unmasked(bench, PENDSTSET);
    bench_break_at(bench, BREAKPOINT_HW, RAM_CODE + 2);
    bench_break_at(bench, BREAKPOINT_HW, RAM_CODE + 4);
    target_set_maskisr(bench->target, MASKISR_STEPONLY);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, RAM_CODE + 4);
    assert_int_equal(bench_word(bench, TICKS), 1);
}

static void a_breakpoint_in_the_handler_stops_there(void **state)
{
    struct bench *bench = *state;

    pend_unmasked(bench, PENDSTSET);
    bench_break_at(bench, BREAKPOINT_HW, SYS_TICK + 4);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, SYS_TICK + 4);
}

static void a_handler_that_stays_is_told_of(void **state)
{
    struct bench *bench = *state;

    pend_unmasked(bench, PENDSVSET);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_STEP, PEND_SV);
    assert_non_null(strstr(bench->stop.text, "did not come back"));
}

static void other_cores_hold_it_back(void **state)
{
    struct bench *bench = *state;

    pend_unmasked(bench, PENDSTSET);
    bench_step(bench);
    assert_in_the_program(bench);
    assert_int_equal(bench_word(bench, TICKS), 0);
}

#define ON_R0P1(f) cmocka_unit_test_setup_teardown(f, begin, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_R0P1(steps_never_end_in_the_handler),
        ON_R0P1(nor_do_they_in_a_range),
        ON_R0P1(nor_does_the_breakpoint_that_is_left_stop_again),
        ON_R0P1(a_breakpoint_in_the_handler_stops_there),
        ON_R0P1(a_handler_that_stays_is_told_of),
        cmocka_unit_test_setup_teardown(other_cores_hold_it_back, begin_without, bench_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
