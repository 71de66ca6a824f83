/* SPDX-License-Identifier: MIT */
/* A stop that nobody hears of, on every way on which the core comes to stand. The table of filters
 * is ours: a scripted one before semihosting. */
#include "core_bench.h"

#include "core/semihosting.h"
#include "core/stop_filter.h"

#define ICSR 0xE000ED04u
#define VTOR 0xE000ED08u
#define PENDSTSET (1u << 26)
#define COUNTER 0x20000000u
#define TICKS 0x20000004u

enum { REMEMBERED = 128 };

static struct script {
    enum stop_reason claims;
    enum stop_verdict answer; /* the first times.. */
    size_t times;
    enum stop_verdict then; /* ..and from then on */
    struct job *cancelled;  /* the answer is that this job was */
    size_t asked;           /* of such stops */
    enum stop_of of[REMEMBERED];
    uint32_t pc[REMEMBERED];
} script;

static enum err look(struct core *core, enum stop_of of, struct target_stop *stop,
                     enum stop_verdict *verdict)
{
    (void)core;
    if (stop->reason != script.claims)
        return ERR_OK;
    assert_true(script.asked < REMEMBERED);
    script.of[script.asked] = of;
    script.pc[script.asked] = stop->pc;
    *verdict = script.asked < script.times ? script.answer : script.then;
    script.asked++;
    return script.cancelled ? job_fail(script.cancelled, ERR_CANCELLED, "interrupted") : ERR_OK;
}

static const struct stop_filter scripted = {.name = "scripted", .look = look};

const struct stop_filter *const stop_filters[] = {&scripted, &semihosting_filter, NULL};

static int set_up(void **state)
{
    script = (struct script){.claims = STOP_NONE};
    return bench_setup(state);
}

static void answers(enum stop_reason reason, enum stop_verdict verdict, size_t times,
                    enum stop_verdict then)
{
    script = (struct script){.claims = reason, .answer = verdict, .times = times, .then = then};
}

static void assert_asked(enum stop_of of, uint32_t pc, size_t times)
{
    assert_int_equal(script.asked, times);
    for (size_t i = 0; i < times; i++) {
        assert_int_equal(script.of[i], of);
        assert_int_equal(script.pc[i], pc);
    }
}

static void assert_stop(const struct bench *bench, enum stop_reason reason, uint32_t pc)
{
    bench_assert_stopped(bench, reason, pc);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(target_last_stop(bench->target)->reason, reason);
}

/* --- continue --- */

static void a_run_goes_on_past_a_breakpoint_that_is_served(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP + 2);
    answers(STOP_BREAKPOINT_HW, VERDICT_SERVED, 3, VERDICT_STOP);
    bench_run(bench);
    assert_asked(STOP_OF_RUN, AT_LOOP + 2, 4);
    assert_stop(bench, STOP_BREAKPOINT_HW, AT_LOOP + 2);
    assert_int_equal(bench_reg(bench, 1), 4); /* rounds */
    assert_int_equal(bench->stop.owners, 1);
}

/* From the BKPT, which is served once. */
static void run_on_behind_the_bkpt(struct bench *bench)
{
    answers(STOP_BKPT, VERDICT_SERVED, 1, VERDICT_STOP);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_asked(STOP_OF_RUN, AT_STOP_FIVE, 1);
    assert_int_equal(bench_reg(bench, 7), 77);
}

static void a_run_goes_on_behind_a_bkpt_that_is_served(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STOP_FIVE);
    run_on_behind_the_bkpt(bench);
}

/* --- a call that waits, for a key, say --- */

static void wait_at_the_bkpt(struct bench *bench, unsigned polls)
{
    bench_at(bench, AT_STOP_FIVE);
    bench_set_reg(bench, 7, 0);
    answers(STOP_BKPT, VERDICT_LATER, REMEMBERED, VERDICT_STOP);
    bench_ok(bench, target_resume(bench->target));
    for (unsigned i = 0; i < polls; i++) {
        bench_ok(bench, bench_poll(bench, 1000));
        assert_int_equal(bench->stop.reason, STOP_NONE);
        assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    }
    assert_asked(STOP_OF_RUN, AT_STOP_FIVE, polls);
}

static void a_core_that_waits_counts_as_running_until_it_is_served(void **state)
{
    struct bench *bench = *state;

    wait_at_the_bkpt(bench, 3);
    bench_ok(bench, target_resume(bench->target)); /* somebody joins */
    answers(STOP_BKPT, VERDICT_SERVED, 1, VERDICT_STOP);
    bench_ok(bench, bench_poll(bench, 1000));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_halt(bench);
    assert_asked(STOP_OF_RUN, AT_STOP_FIVE, 1);
    assert_int_equal(bench_reg(bench, 7), 77);
}

/* Ctrl-C, also before the first poll. */
static void a_wait_that_is_interrupted_is_a_halt_and_begins_again_with_the_next_run(void **state)
{
    struct bench *bench = *state;

    for (unsigned polls = 0; polls < 3; polls++) {
        wait_at_the_bkpt(bench, polls);
        bench_ok(bench, target_halt(bench->target, &bench->stop));
        assert_stop(bench, STOP_REQUEST, AT_STOP_FIVE);
        assert_int_equal(script.of[script.asked - 1], STOP_OF_HALT);
        assert_int_equal(bench_reg(bench, R_PC), AT_STOP_FIVE);
        run_on_behind_the_bkpt(bench);
    }
}

static void a_reset_while_it_waits_is_noticed(void **state)
{
    struct bench *bench = *state;

    wait_at_the_bkpt(bench, 2);
    bench_hands(bench, "nrst", "press");
    bench_fails(bench, bench_poll(bench, 1000), ERR_RESET_LOST);
    assert_int_equal(target_state(bench->target), TARGET_IN_RESET);
    bench_hands(bench, "nrst", "release");
}

/* --- steps --- */

static void a_step_of_what_is_served_is_a_step(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_STOP_FIVE);
    answers(STOP_BKPT, VERDICT_SERVED, 1, VERDICT_STOP);
    bench_step(bench);
    assert_asked(STOP_OF_STEP, AT_STOP_FIVE, 1);
    assert_stop(bench, STOP_STEP, AT_STOP_FIVE + 2);
    assert_int_equal(bench_reg(bench, R_PC), AT_STOP_FIVE + 2);
}

static enum err step_range_from_here(struct bench *bench)
{
    return target_step_range(bench->target, AT_STOP_FIVE, AT_STOP_FIVE + 4, &bench->stop);
}

static enum err step_from_here(struct bench *bench)
{
    return target_step(bench->target, &bench->stop);
}

/* Either way of saying so: it stands where it was, and may be asked again. */
static void a_step_that_is_cut_short_stands_where_it_was(void **state)
{
    static enum err (*const steps[])(struct bench *) = {step_from_here, step_range_from_here};
    struct bench *bench = *state;

    for (size_t i = 0; i < 4; i++) {
        bench_at(bench, AT_STOP_FIVE);
        answers(STOP_BKPT, VERDICT_LATER, i < 2 ? 1 : 0, VERDICT_STOP);
        script.cancelled = i < 2 ? NULL : &bench->job;
        bench_ok(bench, steps[i % 2](bench));
        assert_asked(STOP_OF_STEP, AT_STOP_FIVE, 1);
        assert_stop(bench, STOP_REQUEST, AT_STOP_FIVE);
        assert_int_equal(bench_reg(bench, R_PC), AT_STOP_FIVE);
        answers(STOP_BKPT, VERDICT_SERVED, 1, VERDICT_STOP);
        bench_step(bench);
        assert_stop(bench, STOP_STEP, AT_STOP_FIVE + 2);
    }
}

static void a_range_goes_on_past_breakpoints_that_are_served(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RANGE);
    bench_break_at(bench, BREAKPOINT_HW, AT_RANGE_BODY + 2);
    answers(STOP_BREAKPOINT_HW, VERDICT_SERVED, 100, VERDICT_STOP);
    bench_ok(bench, target_step_range(bench->target, AT_RANGE, AT_RANGE_END, &bench->stop));
    assert_asked(STOP_OF_STEP, AT_RANGE_BODY + 2, 100); /* rounds */
    assert_stop(bench, STOP_STEP, AT_RANGE_END);
}

static void a_range_ends_at_a_breakpoint_that_is_not(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RANGE);
    bench_break_at(bench, BREAKPOINT_HW, AT_RANGE_BODY + 2);
    answers(STOP_BREAKPOINT_HW, VERDICT_SERVED, 7, VERDICT_STOP);
    bench_ok(bench, target_step_range(bench->target, AT_RANGE, AT_RANGE_END, &bench->stop));
    assert_asked(STOP_OF_STEP, AT_RANGE_BODY + 2, 8);
    assert_stop(bench, STOP_BREAKPOINT_HW, AT_RANGE_BODY + 2);
    assert_int_equal(bench_reg(bench, 0), 8);
}

/* SYS_WRITEC of "p", the first byte of its return. */
static void write_code_that_talks(struct bench *bench, uint32_t at)
{
    bench_set_word(bench, at, 0x46792003);     /* movs r0, #3; mov r1, pc */
    bench_set_word(bench, at + 4, 0x4770BEAB); /* bkpt #0xAB; bx lr */
}

/* Two stops one after the other, with nothing executed in between. */
static void a_breakpoint_right_behind_a_call_in_a_range_is_asked_for(void **state)
{
    enum { CODE = 0x20001100 };
    struct bench *bench = *state;

    bench_at(bench, CODE);
    bench_set_reg(bench, R_LR, AT_LOOP + 1);
    write_code_that_talks(bench, CODE);
    bench_break_at(bench, BREAKPOINT_HW, CODE + 6);
    answers(STOP_BREAKPOINT_SW, VERDICT_STOP, 1, VERDICT_SERVED);
    bench_ok(bench, target_step_range(bench->target, CODE, CODE + 8, &bench->stop));
    assert_stop(bench, STOP_BREAKPOINT_SW, CODE + 6);
    bench_set_reg(bench, R_PC, CODE);
    bench_ok(bench, target_step_range(bench->target, CODE, CODE + 8, &bench->stop));
    assert_asked(STOP_OF_STEP, CODE + 6, 2);
    assert_stop(bench, STOP_STEP, AT_LOOP);
    assert_string_equal(bench->output, "pp");
}

static void a_breakpoint_in_a_handler_that_is_served_does_not_end_the_step(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    bench_break_at(bench, BREAKPOINT_HW, AT_SHARED);
    bench_set_word(bench, TICKS, 0);
    bench_set_word(bench, ICSR, PENDSTSET);
    answers(STOP_BREAKPOINT_HW, VERDICT_SERVED, 1, VERDICT_STOP);
    bench_step(bench);
    assert_asked(STOP_OF_STEP, AT_SHARED, 1);
    assert_stop(bench, STOP_STEP, AT_RESET + 4);
    assert_int_equal(bench_word(bench, TICKS), 1);
}

/* --- semihosting, where nobody but the filter is asked --- */

static void install_handler_that_talks(struct bench *bench)
{
    enum { TABLE = 0x20001000, CODE = 0x20001100, SYSTICK = 15 };

    write_code_that_talks(bench, CODE);
    for (uint32_t i = 0; i < 16; i++)
        bench_set_word(bench, TABLE + 4 * i, bench_word(bench, 0x08000000 + 4 * i));
    bench_set_word(bench, TABLE + 4 * SYSTICK, CODE + 1);
    bench_set_word(bench, VTOR, TABLE);
}

static void a_handler_may_talk_during_a_step(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESET);
    install_handler_that_talks(bench);
    bench_set_word(bench, ICSR, PENDSTSET);
    bench_step(bench);
    assert_stop(bench, STOP_STEP, AT_RESET + 4);
    assert_string_equal(bench->output, "p");
}

static void cancel(void *user)
{
    struct bench *bench = user;

    atomic_store(&bench->job.cancelled, true);
}

/* SYS_WRITE says how much was not written: nothing is said twice. */
static void a_write_that_is_interrupted_is_a_short_one(void **state)
{
    enum { CALL = AT_SAYS_AT_BAD_ADDRESS + 6, BLOCK = 0x20001000, SYS_WRITE = 5, LENGTH = 3000 };
    struct bench *bench = *state;

    bench_at(bench, CALL);
    bench_set_reg(bench, 0, SYS_WRITE);
    bench_set_reg(bench, 1, BLOCK);
    bench_set_word(bench, BLOCK, 1);
    bench_set_word(bench, BLOCK + 4, 0x20001100);
    bench_set_word(bench, BLOCK + 8, LENGTH);
    for (uint32_t at = 0; at < LENGTH; at += 4)
        bench_set_word(bench, 0x20001100 + at, 0x61616161);
    bench->job.between = cancel;
    bench->job.between_user = bench;
    bench_step(bench);
    bench->job.between = NULL;
    atomic_store(&bench->job.cancelled, false);
    assert_stop(bench, STOP_STEP, CALL + 2);
    assert_in_range(bench->output_length, 1, LENGTH - 1);
    assert_int_equal(bench_reg(bench, 0), LENGTH - bench->output_length);
}

/* As one that another daemon left at a call. */
static void a_core_that_is_found_at_a_call_gets_on(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_HELLO);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_not_equal(target_last_stop(bench->target)->reason, STOP_BKPT);
    assert_string_equal(bench->output, "");
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_EXIT);
    assert_string_equal(bench->output, "hello!world\n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_goes_on_past_a_breakpoint_that_is_served),
        TEST(a_run_goes_on_behind_a_bkpt_that_is_served),
        TEST(a_core_that_waits_counts_as_running_until_it_is_served),
        TEST(a_wait_that_is_interrupted_is_a_halt_and_begins_again_with_the_next_run),
        TEST(a_reset_while_it_waits_is_noticed),
        TEST(a_step_of_what_is_served_is_a_step),
        TEST(a_step_that_is_cut_short_stands_where_it_was),
        TEST(a_range_goes_on_past_breakpoints_that_are_served),
        TEST(a_range_ends_at_a_breakpoint_that_is_not),
        TEST(a_breakpoint_right_behind_a_call_in_a_range_is_asked_for),
        TEST(a_breakpoint_in_a_handler_that_is_served_does_not_end_the_step),
        TEST(a_handler_may_talk_during_a_step),
        TEST(a_write_that_is_interrupted_is_a_short_one),
        TEST(a_core_that_is_found_at_a_call_gets_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
