/* SPDX-License-Identifier: MIT */
/* Faults caught and explained, lockup, semihosting. */
#include "core_bench.h"

#include <stdio.h>

#include "core/core.h"

static void a_bad_read_is_explained(void **state)
{
    struct bench *bench = *state;
    char where[40];

    bench_at(bench, AT_BAD_READ);
    bench_run(bench);
    bench_assert_stopped(bench, STOP_FAULT, AT_HARD_FAULT);
    snprintf(where, sizeof where, "instruction at 0x%08x", AT_BAD_READ_AT);
    assert_non_null(strstr(bench->stop.text, "HardFault: precise data bus error at 0x60000000"));
    assert_non_null(strstr(bench->stop.text, where));
}

static void a_division_by_zero_is_explained(void **state)
{
    struct bench *bench = *state;
    char where[40];

    bench_at(bench, AT_BAD_DIVIDE);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_FAULT);
    snprintf(where, sizeof where, "instruction at 0x%08x", AT_BAD_DIVIDE_AT);
    assert_non_null(strstr(bench->stop.text, "division by zero"));
    assert_non_null(strstr(bench->stop.text, where));
}

static void a_program_s_own_handler_is_left_alone(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_BAD_READ);
    bench_set_word(bench, 0xE000ED24, 1u << 17); /* SHCSR.BUSFAULTENA */
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_ok(bench, target_set_vector_catch(bench->target, 0x500)); /* VC_BUSERR too */
    assert_int_equal(target_vector_catch(bench->target), 0x500);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_at(bench, AT_BAD_READ);
    bench_set_word(bench, 0xE000ED24, 1u << 17);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_FAULT);
    assert_non_null(strstr(bench->stop.text, "BusFault: precise"));
}

/* A range is run through with faults caught, which must not show: pc is where single steps end. */
static void a_range_ends_in_the_program_s_own_handler(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_BAD_READ);
    bench_set_word(bench, 0xE000ED24, 1u << 17); /* SHCSR.BUSFAULTENA */
    bench_ok(bench,
             target_step_range(bench->target, AT_BAD_READ, AT_BAD_READ_AT + 2, &bench->stop));
    bench_assert_stopped(bench, STOP_STEP, AT_FOREVER);
    assert_string_equal(bench->stop.text, "");
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_ok(bench, target_set_vector_catch(bench->target, 0x500)); /* VC_BUSERR: asked for */
    bench_at(bench, AT_BAD_READ);
    bench_set_word(bench, 0xE000ED24, 1u << 17);
    bench_ok(bench,
             target_step_range(bench->target, AT_BAD_READ, AT_BAD_READ_AT + 2, &bench->stop));
    assert_int_equal(bench->stop.reason, STOP_FAULT);
}

/* The core cannot read flash that is read-protected either; what else it cannot read is a fault
 * like others. It stands in lockup since its reset, and what that left in HFSR is cleared. */
static void a_read_of_protected_flash_is_told_from_other_faults(void **state)
{
    static const struct {
        uint32_t address;
        const char *says, *never;
    } cases[] = {{0x08000000, "the flash is read-protected", "bus error"},
                 {0x60000000, "precise data bus error at 0x60000000", "read-protected"}};
    static const uint16_t code[] = {0x6801, 0xBF00, 0xE7FE}; /* ldr r1, [r0]; nop; b . */
    struct bench *bench = bench_open("bluepill,locked");

    (void)state;
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
        bench_ok(bench, target_write(bench->target, 0x20000400, code, sizeof code));
        bench_set_word(bench, 0xE000ED28, UINT32_MAX); /* CFSR */
        bench_set_word(bench, 0xE000ED2C, UINT32_MAX); /* HFSR */
        bench_at(bench, 0x20000400);
        bench_set_reg(bench, 0, cases[i].address);
        bench_ok(bench, target_resume(bench->target));
        bench_ok(bench, bench_poll(bench, 1000));
        bench_ok(bench, target_halt(bench->target, &bench->stop));
        assert_int_equal(bench->stop.reason, STOP_FAULT);
        assert_non_null(strstr(bench->stop.text, cases[i].says));
        assert_null(strstr(bench->stop.text, cases[i].never));
    }
    bench_close(bench);
}

/* Of some chips it is not known which register tells. */
static void unknown_protection_is_neither_claimed_nor_asked_for_again(void **state)
{
    struct bench *bench = *state;
    struct target_chip *chip = &bench->target->chip;

    chip->protection_known = false;
    assert_false(core_protection_is_on(bench->target->core));
    chip->readout_protected = true;
    bench_ok(bench, target_measure(bench->target, &bench->stop));
    assert_true(chip->readout_protected && !chip->protection_known); /* not detected anew */
}

static void lockup_is_noticed_and_left_alone(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_BAD_READ);
    bench_ok(bench, target_set_vector_catch(bench->target, 0));
    bench_ok(bench, target_resume(bench->target));
    assert_false(target_locked_up(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    assert_true(target_locked_up(bench->target));
    bench_halt(bench);
    assert_false(target_locked_up(bench->target));
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_FAULT);
    assert_non_null(strstr(target_last_stop(bench->target)->text, "lockup"));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

static void a_fault_under_a_step_is_a_fault(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_BAD_READ_AT);
    bench_set_reg(bench, 0, 0x60000000);
    bench_step(bench);
    bench_assert_stopped(bench, STOP_FAULT, AT_HARD_FAULT);
}

static void a_wild_jump_is_survived(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_reg(bench, R_PC, 0x60000000);
    bench_set_reg(bench, R_SP, 0x20004000);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_FAULT);
    assert_non_null(strstr(bench->stop.text, "fetch"));
}

static void the_program_talks(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_HELLO);
    bench_run(bench);
    assert_string_equal(bench->output, "hello!world\n");
    assert_int_equal(bench->stop.reason, STOP_EXIT);
    assert_int_equal(bench->stop.exit_code, 0);
    assert_int_equal(bench->stop.pc, AT_EXITED - 2);
    assert_int_equal(bench_reg(bench, R_PC), AT_EXITED - 2);
    assert_int_equal(bench_reg(bench, 5), 0);          /* all bytes written */
    assert_int_equal(bench_reg(bench, 6), 1);          /* ":tt" for output */
    assert_int_equal(bench_reg(bench, 7), 1);          /* a terminal */
    assert_in_range(bench_reg(bench, 8), 0, 100);      /* SYS_CLOCK */
    assert_int_equal(bench_reg(bench, 9), 0xFFFFFFFF); /* a file */
    assert_int_not_equal(bench_reg(bench, 10), 0);     /* errno */
    assert_int_equal(bench->warnings, 1);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_EXIT);
    assert_int_equal(bench->stop.exit_code, 42);
}

static void a_call_can_be_stepped(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_HELLO);
    bench_step(bench); /* ldr r1 */
    bench_step(bench); /* movs r0 */
    bench_step(bench); /* bkpt */
    assert_int_equal(bench->stop.reason, STOP_STEP);
    assert_string_equal(bench->output, "hello");
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
}

static void a_breakpoint_behind_a_call_is_hit(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_HELLO);
    bench_break_at(bench, BREAKPOINT_HW, AT_SAYS_HELLO + 6);
    bench_run(bench);
    assert_string_equal(bench->output, "hello");
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_SAYS_HELLO + 6);
}

static void calls_inside_a_range_are_served(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_HELLO);
    bench_ok(bench,
             target_step_range(bench->target, AT_SAYS_HELLO, AT_SAYS_HELLO + 26, &bench->stop));
    assert_string_equal(bench->output, "hello!world\n");
    bench_assert_stopped(bench, STOP_STEP, AT_SAYS_HELLO + 26);
}

static void a_call_with_a_bad_address_fails_in_the_program(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_AT_BAD_ADDRESS);
    bench_ok(bench, target_resume(bench->target));
    for (int i = 0; i < 5; i++)
        bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 0), 0xFFFFFFFF);
    assert_int_equal(bench_reg(bench, 7), 79);
}

/* The core stands at a call, r1 its argument, and is let go as a detach does: it must get on. */
static void assert_call_fails(struct bench *bench, uint32_t call, uint32_t argument)
{
    bench_at(bench, AT_SAYS_AT_BAD_ADDRESS + 6);
    bench_set_reg(bench, 0, call);
    bench_set_reg(bench, 1, argument);
    bench_set_reg(bench, 7, 0);
    bench_ok(bench, target_resume(bench->target));
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_halt(bench);
    assert_int_equal(bench_reg(bench, 0), UINT32_MAX);
    assert_int_equal(bench_reg(bench, 7), 79);
}

static void each_call_that_is_not_served_is_warned_of_once(void **state)
{
    static const uint32_t calls[] = {0x0B, 0x14, 0x32, 0x0B, 0x14, 0x32};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        assert_call_fails(bench, calls[i], 0x20000600);
    assert_int_equal(bench->warnings, 3);
}

enum { OPEN = 1, CLOSE, WRITEC, WRITE0, WRITE, READ, ISERROR = 8, ISTTY };

/* What the call gives back is how many bytes were not written. */
static void output_and_errors_are_written_and_no_other_handle(void **state)
{
    static const struct {
        uint32_t handle, left;
        const char *output; /* so far */
    } cases[] = {{0, 2, ""}, {1, 0, "hi"}, {2, 0, "hihi"}, {3, 2, "hihi"}};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_at(bench, AT_SAYS_AT_BAD_ADDRESS + 6);
        bench_set_word(bench, 0x20000600, cases[i].handle);
        bench_set_word(bench, 0x20000604, 0x20000610);
        bench_set_word(bench, 0x20000608, 2);
        bench_ok(bench, target_write(bench->target, 0x20000610, "hi", 2));
        bench_set_reg(bench, 0, WRITE);
        bench_set_reg(bench, 1, 0x20000600);
        bench_step(bench);
        assert_int_equal(bench_reg(bench, 0), cases[i].left);
        assert_string_equal(bench->output, cases[i].output);
    }
}

static void blocks_that_run_past_4_gib_fail_in_the_program(void **state)
{
    static const struct {
        uint32_t call, words;
    } cases[] = {{OPEN, 3}, {CLOSE, 1}, {WRITE, 3}, {READ, 3}, {ISERROR, 1}, {ISTTY, 1}};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint32_t room = 1; room < 4 * cases[i].words; room++)
            assert_call_fails(bench, cases[i].call, 0 - room);
    assert_call_fails(bench, WRITE0, 0xFFFFFFF0);
    assert_string_equal(bench->output, "");
}

static void buffers_that_run_past_4_gib_fail_in_the_program(void **state)
{
    static const uint32_t buffers[][2] = {
        {0xFFFFFF00, 0x200}, {0xFFFFFF00, 0x80000000}, {0xFFFFFFFE, 3}, {0xFFFFFFFF, UINT32_MAX}};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        bench_halt(bench);
        bench_set_word(bench, 0x20000600, 1);
        bench_set_word(bench, 0x20000604, buffers[i][0]);
        bench_set_word(bench, 0x20000608, buffers[i][1]);
        assert_call_fails(bench, WRITE, 0x20000600);
        bench_set_word(bench, 0x20000600, buffers[i][0] | 0xFE);
        bench_set_word(bench, 0x20000604, 4);
        bench_set_word(bench, 0x20000608, 3);
        assert_call_fails(bench, OPEN, 0x20000600);
    }
    assert_string_equal(bench->output, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_bad_read_is_explained),
        BENCH_TEST(a_division_by_zero_is_explained),
        BENCH_TEST(a_program_s_own_handler_is_left_alone),
        BENCH_TEST(a_range_ends_in_the_program_s_own_handler),
        cmocka_unit_test(a_read_of_protected_flash_is_told_from_other_faults),
        BENCH_TEST(unknown_protection_is_neither_claimed_nor_asked_for_again),
        BENCH_TEST(lockup_is_noticed_and_left_alone),
        BENCH_TEST(a_fault_under_a_step_is_a_fault),
        BENCH_TEST(a_wild_jump_is_survived),
        BENCH_TEST(the_program_talks),
        BENCH_TEST(a_call_can_be_stepped),
        BENCH_TEST(a_breakpoint_behind_a_call_is_hit),
        BENCH_TEST(calls_inside_a_range_are_served),
        BENCH_TEST(a_call_with_a_bad_address_fails_in_the_program),
        BENCH_TEST(each_call_that_is_not_served_is_warned_of_once),
        BENCH_TEST(output_and_errors_are_written_and_no_other_handle),
        BENCH_TEST(blocks_that_run_past_4_gib_fail_in_the_program),
        BENCH_TEST(buffers_that_run_past_4_gib_fail_in_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
