/* SPDX-License-Identifier: MIT */
/* A core that stands again before its resume was over, which the next poll tells: what may come
 * before that poll, and what a cancel leaves of a resume or a walk. */
#include "core_bench.h"
#include "probe/driver.h"

#define DHCSR 0xE000EDF0u
#define DHCSR_C_HALT (1u << 1)
#define DHCSR_S_HALT (1u << 17)

static bool stands(struct bench *bench)
{
    return bench_raw(bench, DHCSR) & DHCSR_S_HALT;
}

/* The breakpoint is hit within the resume. */
static void make_pending(struct bench *bench)
{
    bench_at(bench, AT_LOOP);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP + 2);
    bench_ok(bench, target_resume(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

static void nrst_held_takes_the_stop_with_it(void **state)
{
    struct bench *bench = *state;
    uint8_t word[4];

    make_pending(bench);
    bench_hands(bench, "nrst", "press");
    assert_int_not_equal(target_read(bench->target, 0x20000000, word, 4, NULL), ERR_OK);
    job_clear(&bench->job);
    assert_int_equal(target_state(bench->target), TARGET_IN_RESET);
    bench_ok(bench, target_poll(bench->target, &bench->stop));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    assert_int_equal(target_state(bench->target), TARGET_IN_RESET);
    bench_hands(bench, "nrst", "release");
}

static void what_others_do_before_the_poll_changes_nothing(void **state)
{
    struct bench *bench = *state;

    make_pending(bench);
    bench_set_word(bench, 0x20000040, 0x12345678);
    bench_ok(bench, target_breakpoint_set(bench->target, 1, BREAKPOINT_HW, AT_LOOP, 2));
    bench_ok(bench, target_breakpoints_drop_owner(bench->target, 1));
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, target_poll(bench->target, &bench->stop));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP + 2);
    assert_int_equal(bench_word(bench, 0x20000040), 0x12345678);
}

/* That the core was reset before it came to the breakpoint is no news of the breakpoint's time. */
static void a_reset_on_the_way_to_the_stop_is_over(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESETS_ITSELF);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_ok(bench, probe_set_speed(bench->probe, 10, NULL)); /* time enough for a reset */
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, target_poll(bench->target, &bench->stop));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
    bench_word(bench, 0x20000000);
    bench_step(bench);
}

static void a_halt_among_semihosting_calls_is_what_was_asked_for(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_SAYS_HELLO);
    for (int i = 0; i < 3; i++) {
        bench_ok(bench, target_resume(bench->target));
        bench_ok(bench, target_halt(bench->target, &bench->stop));
        assert_int_equal(bench->stop.reason, STOP_REQUEST);
    }
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_EXIT);
    assert_string_equal(bench->output, "hello!world\n");
}

/* --- cancelled --- */

/* Sees to it that the job is cancelled right after the core was let go. */
struct canceller {
    struct probe_driver driver;
    const struct probe_driver *inner;
    struct job *job;
};

static bool lets_go(const struct op *op)
{
    return op->kind == OP_WRITE && op->address == DHCSR && !(op->value & DHCSR_C_HALT);
}

static enum err run_and_cancel(struct probe *probe, struct op *ops, size_t count)
{
    struct canceller *canceller =
        (struct canceller *)((uintptr_t)probe->driver - offsetof(struct canceller, driver));
    size_t first = 0;

    while (first < count && !lets_go(&ops[first]))
        first++;
    if (first == count)
        return canceller->inner->run(probe, ops, count);
    enum err err = canceller->inner->run(probe, ops, first + 1);
    atomic_store(&canceller->job->cancelled, true);
    return err ? err : canceller->inner->run(probe, ops + first + 1, count - first - 1);
}

static void a_cancelled_resume_knows_that_the_core_runs(void **state)
{
    struct bench *bench = *state;
    struct canceller canceller = {.inner = bench->probe->driver, .job = &bench->job};

    bench_at(bench, AT_LOOP);
    canceller.driver = *canceller.inner;
    canceller.driver.run = run_and_cancel;
    bench->probe->driver = &canceller.driver;
    bench_ok(bench, target_resume(bench->target));
    bench->probe->driver = canceller.inner;
    atomic_store(&bench->job.cancelled, false);
    assert_false(stands(bench));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

struct patience {
    struct job *job;
    unsigned checkpoints; /* until the cancel */
};

static void cancel_after_a_while(void *user)
{
    struct patience *patience = user;

    if (patience->checkpoints-- == 0)
        atomic_store(&patience->job->cancelled, true);
}

/* gdb takes a breakpoint that nobody set for a stale one and goes on: Ctrl-C would do nothing. */
static void a_cancelled_walk_never_ends_at_its_own_comparator(void **state)
{
    struct bench *bench = *state;

    for (unsigned n = 0; n < 20; n++) {
        struct patience patience = {&bench->job, n};

        bench_at(bench, AT_STRAIGHT);
        bench->job.between = cancel_after_a_while;
        bench->job.between_user = &patience;
        bench_ok(bench, target_step_range(bench->target, AT_SHARED, AT_STRAIGHT_END, &bench->stop));
        bench->job.between = NULL;
        atomic_store(&bench->job.cancelled, false);
        assert_int_equal(bench->stop.reason, STOP_REQUEST);
        assert_string_equal(bench->stop.text, "");
    }
}

/* As a driver may: nothing is begun. */
static enum err refuse_cancelled(struct probe *probe, struct op *ops, size_t count)
{
    struct canceller *canceller =
        (struct canceller *)((uintptr_t)probe->driver - offsetof(struct canceller, driver));

    if (job_cancelled(probe->job))
        return job_fail(probe->job, ERR_CANCELLED, "interrupted");
    return canceller->inner->run(probe, ops, count);
}

static void a_walk_cancelled_at_its_beginning_stops_where_it_is(void **state)
{
    struct bench *bench = *state;
    struct canceller canceller = {.inner = bench->probe->driver};

    bench_at(bench, AT_STRAIGHT);
    target_drop_caches(bench->target);
    canceller.driver = *canceller.inner;
    canceller.driver.run = refuse_cancelled;
    bench->probe->driver = &canceller.driver;
    atomic_store(&bench->job.cancelled, true);
    bench_ok(bench, target_step_range(bench->target, AT_STRAIGHT, AT_STRAIGHT_END, &bench->stop));
    bench->probe->driver = canceller.inner;
    atomic_store(&bench->job.cancelled, false);
    bench_assert_stopped(bench, STOP_REQUEST, AT_STRAIGHT);
    assert_int_equal(bench_reg(bench, R_PC), AT_STRAIGHT);
}

/* The cancel comes behind the operations of the nth run; what is cancelled is not begun. */
struct late_canceller {
    struct canceller canceller;
    unsigned runs;
};

static enum err cancel_after_runs(struct probe *probe, struct op *ops, size_t count)
{
    struct late_canceller *late =
        (struct late_canceller *)((uintptr_t)probe->driver -
                                  offsetof(struct late_canceller, canceller.driver));
    enum err err = refuse_cancelled(probe, ops, count);

    if (late->runs-- == 0)
        atomic_store(&late->canceller.job->cancelled, true);
    return err;
}

/* The handler that comes first makes it a long one. Wherever it is cut, the core stands. */
static void a_cancelled_step_ends_in_a_stop(void **state)
{
    struct bench *bench = *state;

    for (unsigned n = 0; n < 8; n++) {
        struct late_canceller late = {{.inner = bench->probe->driver, .job = &bench->job}, n};

        bench_at(bench, AT_RESET);
        bench_set_word(bench, 0xE000ED04, 1u << 26); /* PENDSTSET */
        target_drop_caches(bench->target);
        late.canceller.driver = *late.canceller.inner;
        late.canceller.driver.run = cancel_after_runs;
        bench->probe->driver = &late.canceller.driver;
        bench_ok(bench, target_step(bench->target, &bench->stop));
        bench->probe->driver = late.canceller.inner;
        atomic_store(&bench->job.cancelled, false);
        assert_int_equal(target_state(bench->target), TARGET_HALTED);
        assert_true(stands(bench));
        assert_int_equal(bench->stop.pc, bench_reg(bench, R_PC));
        if (n == 0)
            assert_int_equal(bench->stop.reason, STOP_REQUEST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(nrst_held_takes_the_stop_with_it),
        BENCH_TEST(what_others_do_before_the_poll_changes_nothing),
        BENCH_TEST(a_reset_on_the_way_to_the_stop_is_over),
        BENCH_TEST(a_halt_among_semihosting_calls_is_what_was_asked_for),
        BENCH_TEST(a_cancelled_resume_knows_that_the_core_runs),
        BENCH_TEST(a_cancelled_walk_never_ends_at_its_own_comparator),
        BENCH_TEST(a_walk_cancelled_at_its_beginning_stops_where_it_is),
        BENCH_TEST(a_cancelled_step_ends_in_a_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
