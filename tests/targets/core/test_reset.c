/* SPDX-License-Identifier: MIT */
/* Resets of all kinds, wanted and not, and power that goes away. */
#include "core_bench.h"

#include <stdlib.h>

#include "core/core.h"
#include "probe/driver.h"

static void reset_halt_stands_before_the_first_instruction(void **state)
{
    struct bench *bench = *state;

    bench_set_word(bench, 0x40021018, 4); /* RCC_APB2ENR: a reset clears it */
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
    assert_int_equal(bench_reg(bench, R_PC), AT_RESET);
    assert_int_equal(bench_reg(bench, R_SP), 0x20005000);
    assert_int_equal(bench_word(bench, 0x40021018), 0);
    assert_int_equal(bench_raw(bench, 0xE000EDFC) & 1, 0);
    bench_ok(bench, target_halt(bench->target, &bench->stop));
    assert_int_equal(bench->stop.reason, STOP_NONE);
}

static void reset_run_runs(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_FOREVER);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_RUN));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    assert_in_range(bench_word(bench, 0x20000000), 1, 1u << 30);
}

static void reset_run_stops_at_a_breakpoint_at_the_vector(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_break_at(bench, BREAKPOINT_HW, AT_RESET);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_RUN));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_RESET);
}

static void reset_init_freezes_watchdogs(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, target_reset(bench->target, TARGET_RESET_INIT));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(bench_word(bench, 0xE0042004) & 0x307, 0x307);
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench_raw(bench, 0xE0042004), 0);
}

static void a_program_that_resets_itself_is_reported(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_RESETS_ITSELF);
    bench_break_at(bench, BREAKPOINT_HW, AT_STORES + 4);
    bench_ok(bench, target_resume(bench->target));
    bench_fails(bench, bench_poll(bench, 10000), ERR_RESET_LOST);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    /* and its breakpoints are still there */
    bench_at(bench, AT_STORES);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_HW);
}

static void the_reset_button_is_reported(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, bench_poll(bench, 100));
    bench_hands(bench, "nrst", "press");
    bench_fails(bench, bench_poll(bench, 1000), ERR_RESET_LOST);
    assert_int_equal(target_state(bench->target), TARGET_IN_RESET);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(target_state(bench->target), TARGET_IN_RESET);
    bench_hands(bench, "nrst", "release");
    enum err err = bench_poll(bench, 1000);
    if (err) /* the reset may be seen once more when it ends */
        bench_fails(bench, err, ERR_RESET_LOST);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

static void a_reset_of_a_halted_core_is_no_stale_data(void **state)
{
    struct bench *bench = *state;
    uint8_t data[4];

    bench_at(bench, AT_FOREVER);
    bench_hands(bench, "nrst", "press");
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_hands(bench, "nrst", "release");
    clock_sleep_us(probe_clock(bench->probe), 200000);
    enum err err = target_read(bench->target, 0x20000100, data, 4, NULL);
    bench_fails(bench, err, ERR_RESET_LOST);
    bench_halt(bench);
    assert_in_range(bench_reg(bench, R_PC), AT_RESET, AT_LOOP + 8);
}

/* As they were read before: known for a while, not for ever. */
static void a_reset_of_a_halted_core_is_noticed_by_its_registers(void **state)
{
    struct bench *bench = *state;
    uint64_t value;

    bench_at(bench, AT_FOREVER);
    assert_int_equal(bench_reg(bench, R_PC), AT_FOREVER);
    bench_hands(bench, "nrst", "press");
    bench_hands(bench, "nrst", "release");
    clock_sleep_us(probe_clock(bench->probe), 200000);
    bench_fails(bench, target_read_register(bench->target, R_PC, &value), ERR_RESET_LOST);
}

/* The core stands again by the time somebody looks, but not where it stood. */
static void a_reset_that_is_caught_is_no_stale_data(void **state)
{
    struct bench *bench = *state;
    uint8_t data[4];

    bench_ok(bench, target_set_vector_catch(bench->target, 0x401)); /* VC_CORERESET too */
    bench_at(bench, AT_FOREVER);
    bench_hands(bench, "nrst", "press");
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_hands(bench, "nrst", "release");
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_fails(bench, target_read(bench->target, 0x20000100, data, 4, NULL), ERR_RESET_LOST);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
    assert_int_equal(bench_reg(bench, R_PC), AT_RESET);
    bench_ok(bench, target_read(bench->target, 0x20000100, data, 4, NULL)); /* told once */
}

/* A debug port that is gone for a moment behind the request for a reset. */
struct deaf {
    struct probe_driver driver;
    const struct probe_driver *inner;
    bool asked;
    unsigned silences; /* so many reads of DFSR to come */
};

static enum err run_deaf(struct probe *probe, struct op *ops, size_t count)
{
    struct deaf *deaf = (struct deaf *)((uintptr_t)probe->driver - offsetof(struct deaf, driver));
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && !err; i++) {
        if (deaf->asked && ops[i].kind == OP_READ && ops[i].address == SCB_DFSR && deaf->silences) {
            deaf->silences--;
            return probe_fail_op(probe, &ops[i], ops[i].address, SWD_NONE);
        }
        deaf->asked = deaf->asked || (ops[i].kind == OP_WRITE && ops[i].address == SCB_AIRCR);
        err = deaf->inner->run(probe, &ops[i], 1);
    }
    return err;
}

static void a_port_that_is_gone_for_a_moment_is_looked_for_again(void **state)
{
    struct bench *bench = *state;
    struct deaf deaf = {
        .driver = *bench->probe->driver, .inner = bench->probe->driver, .silences = 3};

    deaf.driver.run = run_deaf;
    bench_at(bench, AT_FOREVER);
    bench->probe->driver = &deaf.driver;
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench->probe->driver = deaf.inner;
    assert_int_equal(deaf.silences, 0);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
    assert_int_equal(bench_reg(bench, R_PC), AT_RESET);
}

static enum err held_read(struct bench *bench)
{
    uint8_t data[4];

    return target_read(bench->target, 0x20000100, data, 4, NULL);
}

static enum err held_write(struct bench *bench)
{
    return target_write(bench->target, 0x20000100, "abcd", 4);
}

static enum err held_step(struct bench *bench)
{
    return target_step(bench->target, &bench->stop);
}

static enum err held_resume(struct bench *bench)
{
    bench_set_reg(bench, 3, 7);
    return target_resume(bench->target);
}

static enum err held_reset(struct bench *bench)
{
    return target_reset(bench->target, TARGET_RESET_HALT);
}

static enum err held_dirty_reset(struct bench *bench)
{
    bench_set_reg(bench, 3, 7);
    return held_reset(bench);
}

static enum err held_word(struct bench *bench)
{
    uint32_t word;

    return target_read_width(bench->target, 0x20000100, 4, &word, 1);
}

static enum err held_write_word(struct bench *bench)
{
    uint32_t word = 1;

    return target_write_width(bench->target, 0x20000100, 4, &word, 1);
}

static enum err held_halt(struct bench *bench)
{
    return target_halt(bench->target, &bench->stop);
}

static enum err held_register(struct bench *bench)
{
    uint64_t value;

    return target_read_register(bench->target, 0, &value);
}

static enum err target_resume_of(struct bench *bench)
{
    return target_resume(bench->target);
}

static void fails_as_held(struct bench *bench, enum err err)
{
    assert_int_not_equal(err, ERR_OK);
    assert_string_equal(bench->job.text, TARGET_HELD_TEXT);
    assert_int_equal(target_state(bench->target), TARGET_IN_RESET);
    job_clear(&bench->job);
}

/* What is refused, and whether first or later, does not matter: NRST is low, and that is said. */
static void a_core_held_in_reset_is_known_as_such(void **state)
{
    enum err (*const tries[])(struct bench *) = {held_read,       held_write, held_step,
                                                 held_resume,     held_reset, held_word,
                                                 held_write_word, held_halt,  held_dirty_reset};
    enum err (*const again[])(struct bench *) = {held_read,       held_write, held_step,
                                                 held_register,   held_reset, held_word,
                                                 held_write_word, held_halt,  target_resume_of};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        bench_at(bench, AT_FOREVER);
        bench_hands(bench, "nrst", "press");
        fails_as_held(bench, tries[i](bench));
        fails_as_held(bench, again[i](bench));
        bench_hands(bench, "nrst", "release");
        clock_sleep_us(probe_clock(bench->probe), 1000);
        bench_halt(bench);
    }
}

static void power_off_while_running(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_set_reg(bench, R_PC, AT_FOREVER);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_hands(bench, "power", "off");
    enum err err = bench_poll(bench, 1000);
    assert_int_not_equal(err, ERR_OK);
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
    job_clear(&bench->job);
    bench_fails(bench, target_resume(bench->target), ERR_NOT_CONNECTED);
    err = target_connect(bench->target, TARGET_CONNECT_ATTACH);
    assert_int_not_equal(err, ERR_OK);
    job_clear(&bench->job);
    bench_hands(bench, "power", "on");
    clock_sleep_us(probe_clock(bench->probe), 100000);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    bench_ok(bench, bench_poll(bench, 1000));
    bench_assert_stopped(bench, STOP_BREAKPOINT_HW, AT_LOOP);
}

static void a_power_cycle_between_two_polls_is_noticed(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, bench_poll(bench, 1000));
    bench_hands(bench, "power", "off");
    clock_sleep_us(probe_clock(bench->probe), 1000);
    bench_hands(bench, "power", "on");
    enum err err = bench_poll(bench, 100000);
    assert_int_not_equal(err, ERR_OK);
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
    job_clear(&bench->job);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
}

static void connecting_under_reset_halts_at_the_vector(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, target_disconnect(bench->target));
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_UNDER_RESET));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(bench_reg(bench, R_PC), AT_RESET);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
    assert_int_equal(bench_raw(bench, 0xE000EDFC) & 1, 0);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
}

static void a_button_that_stays_pressed_is_named(void **state)
{
    static const enum target_connect ways[] = {TARGET_CONNECT_ATTACH, TARGET_CONNECT_NORMAL,
                                               TARGET_CONNECT_PRE_RESET,
                                               TARGET_CONNECT_UNDER_RESET};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        bench_ok(bench, target_disconnect(bench->target));
        bench_hands(bench, "nrst", "press");
        enum err err = target_connect(bench->target, ways[i]);
        assert_string_equal(bench->job.text, TARGET_HELD_TEXT);
        bench_fails(bench, err, ERR_TIMEOUT);
        assert_int_equal(target_state(bench->target), TARGET_ABSENT);
        bench_hands(bench, "nrst", "release");
        clock_sleep_us(probe_clock(bench->probe), 1000);
        bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
        assert_int_equal(target_state(bench->target), TARGET_RUNNING); /* nothing was left armed */
    }
}

static void let_go(void *user)
{
    bench_hands(user, "nrst", "release");
}

static void the_core_is_caught_when_the_button_is_let_go(void **state)
{
    static const enum target_connect ways[] = {TARGET_CONNECT_NORMAL, TARGET_CONNECT_PRE_RESET,
                                               TARGET_CONNECT_UNDER_RESET};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        bench_ok(bench, target_disconnect(bench->target));
        bench_hands(bench, "nrst", "press");
        bench->job.between = let_go;
        bench->job.between_user = bench;
        bench_ok(bench, target_connect(bench->target, ways[i]));
        bench->job.between = NULL;
        assert_int_equal(target_state(bench->target), TARGET_HALTED);
        assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
        assert_int_equal(bench_reg(bench, R_PC), AT_RESET);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(reset_halt_stands_before_the_first_instruction),
        BENCH_TEST(reset_run_runs),
        BENCH_TEST(reset_run_stops_at_a_breakpoint_at_the_vector),
        BENCH_TEST(reset_init_freezes_watchdogs),
        BENCH_TEST(a_program_that_resets_itself_is_reported),
        BENCH_TEST(the_reset_button_is_reported),
        BENCH_TEST(a_reset_of_a_halted_core_is_no_stale_data),
        BENCH_TEST(a_reset_of_a_halted_core_is_noticed_by_its_registers),
        BENCH_TEST(a_reset_that_is_caught_is_no_stale_data),
        BENCH_TEST(a_port_that_is_gone_for_a_moment_is_looked_for_again),
        BENCH_TEST(a_core_held_in_reset_is_known_as_such),
        BENCH_TEST(power_off_while_running),
        BENCH_TEST(a_power_cycle_between_two_polls_is_noticed),
        BENCH_TEST(connecting_under_reset_halts_at_the_vector),
        BENCH_TEST(a_button_that_stays_pressed_is_named),
        BENCH_TEST(the_core_is_caught_when_the_button_is_let_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
