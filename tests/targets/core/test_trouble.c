/* SPDX-License-Identifier: MIT */
/* Boards with something wrong: firmware that switches SWD off, a noisy wire, a probe that is
 * pulled, a blank chip. */
#include "core_bench.h"

#include "probe/fault_injection.h"

static struct bench *connected(const char *faults, enum target_connect how)
{
    struct bench *bench = bench_open(faults);

    bench_ok(bench, target_connect(bench->target, how));
    return bench;
}

static void firmware_that_switches_swd_off_is_caught_under_reset(void **state)
{
    struct bench *bench = bench_open("bluepill,swj-off");

    clock_sleep_us(probe_clock(bench->probe), 10000);
    enum err err = target_connect(bench->target, TARGET_CONNECT_ATTACH);
    assert_int_not_equal(err, ERR_OK);
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
    job_clear(&bench->job);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_LADDER));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
    preloaded_program(bench); /* and with another program it is a board like any other */
    bench_ok(bench, bench_poll(bench, 10000));
    bench_at(bench, AT_STOP_FIVE);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BKPT);
    bench_close(bench);
}

static void firmware_that_switches_swd_off_while_we_watch(void **state)
{
    struct bench *bench = bench_open("bluepill,swj-off");

    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_UNDER_RESET));
    /* The answer to the write that lets it go may be the last one, or get lost already. */
    enum err err = target_resume(bench->target);
    if (!err)
        err = bench_poll(bench, 10000);
    bench_fails(bench, err, ERR_NO_TARGET);
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
    bench_close(bench);
}

static void a_core_asleep_since_power_up_is_reached(void **state)
{
    struct bench *bench = connected("bluepill,sleep", TARGET_CONNECT_ATTACH);

    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    assert_int_equal(bench_word(bench, 0x08000000), 0x20005000);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_halt(bench);
    assert_in_range(bench_reg(bench, R_PC), 0x08000010, 0x08000014);
    bench_step(bench);
    bench_step(bench);
    assert_in_range(bench_reg(bench, R_PC), 0x08000010, 0x08000014);
    bench_close(bench);
}

static void a_blank_chip_is_locked_up_and_says_so(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);

    bench_halt(bench);
    assert_int_equal(target_last_stop(bench->target)->reason, STOP_FAULT);
    assert_non_null(strstr(target_last_stop(bench->target)->text, "lockup"));
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    bench_close(bench);
}

static void a_noisy_wire_changes_no_result(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);
    static uint8_t out[3000], in[3000];

    preloaded_program(bench);
    bench_hands(bench, "fault", "+noise=200");
    bench_at(bench, AT_RANGE);
    bench_ok(bench, target_step_range(bench->target, AT_RANGE, AT_RANGE_END, &bench->stop));
    assert_int_equal(bench_reg(bench, 0), 100);
    assert_int_equal(bench->stop.pc, AT_RANGE_END);
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (uint8_t)(i * 31 + i / 256);
    bench_ok(bench, target_write(bench->target, 0x20001001, out, sizeof out));
    target_drop_caches(bench->target);
    bench_ok(bench, target_read(bench->target, 0x20001001, in, sizeof in, NULL));
    assert_memory_equal(in, out, sizeof in);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_set_reg(bench, R_PC, AT_RESET);
    for (uint32_t i = 0; i < 20; i++) {
        bench_run(bench);
        assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_HW);
        assert_int_equal(bench_reg(bench, 1), i);
    }
    assert_true(probe_stats(bench->probe)->dap_accesses > 10000);
    assert_true(probe_stats(bench->probe)->repeats > 10);
    bench_close(bench);
}

/* S_RESET_ST clears with a read that the wire then garbles: a reset is told by more than that. */
static void a_noisy_wire_hides_no_reset(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);

    preloaded_program(bench);
    bench_hands(bench, "fault", "+noise=20");
    for (int i = 0; i < 100; i++) {
        bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
        assert_int_equal(target_last_stop(bench->target)->reason, STOP_RESET);
        assert_int_equal(bench_reg(bench, R_PC), AT_RESET);
        bench_ok(bench, target_resume(bench->target));
    }
    assert_true(probe_stats(bench->probe)->repeats > 100);
    bench_close(bench);
}

/* In Stop mode DBGMCU_CR alone keeps the debug port's clock: whatever comes behind it is lost. */
static void a_program_in_stop_mode_is_left_without_a_trace(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);

    preloaded_program(bench);
    bench_break_at(bench, BREAKPOINT_HW, AT_STORES);
    bench_set_word(bench, 0xE000ED10, 4); /* SCR.SLEEPDEEP */
    bench_at(bench, AT_SLEEPS);
    bench_ok(bench, target_resume(bench->target));
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench->job.err, ERR_OK);
    /* Only power resets what a debugger left behind: under reset it can be seen. */
    bench_ok(bench, probe_connect(bench->probe, PROBE_CONNECT_UNDER_RESET, NULL));
    assert_int_equal(bench_raw(bench, 0xE0042004), 0);     /* DBGMCU_CR */
    assert_int_equal(bench_raw(bench, 0xE000EDF0) & 1, 0); /* C_DEBUGEN */
    assert_int_equal(bench_raw(bench, 0xE000EDFC), 0);     /* DEMCR */
    assert_int_equal(bench_raw(bench, 0xE0002008) & 1, 0); /* FP_COMP0 */
    bench_close(bench);
}

/* Where it was not in vain, nothing is left; which is not known of one that fell asleep. */
static void a_write_that_the_wire_swallowed_is_written_again(void **state)
{
    struct fault_plan plan;
    unsigned at = 0;

    do {
        struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);
        preloaded_program(bench);
        plan = (struct fault_plan){.kind = FAULT_NO_ACK, .at = ++at};
        fault_wrap(bench->probe, &plan);
        enum err err = target_disconnect(bench->target);
        bench->probe->driver = plan.inner;
        job_clear(&bench->job);
        bench_ok(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL));
        if (!err)
            assert_int_equal(bench_raw(bench, 0xE0042004), 0); /* DBGMCU_CR */
        bench_close(bench);
    } while (plan.seen >= at);
    assert_in_range(at, 3, 100);
}

static enum err (*inner_run)(struct probe *, struct op *, size_t);

static enum err swallows_dbgmcu(struct probe *probe, struct op *ops, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ops[i].kind == OP_WRITE && ops[i].address == 0xE0042004)
            return probe_fail_op(probe, &ops[i], ops[i].address, SWD_NONE);
    return inner_run(probe, ops, count);
}

static void what_is_swallowed_each_time_is_told(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);
    const struct probe_driver *driver = bench->probe->driver;
    struct probe_driver deaf = *driver;

    preloaded_program(bench);
    inner_run = driver->run;
    deaf.run = swallows_dbgmcu;
    bench->probe->driver = &deaf;
    assert_int_equal(target_disconnect(bench->target), ERR_TIMEOUT);
    assert_non_null(strstr(bench->job.text, "switched off and on"));
    bench->probe->driver = driver;
    job_clear(&bench->job);
    bench_close(bench);
}

static void a_probe_that_is_pulled_leaves_nothing_behind(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);
    uint64_t value;

    preloaded_program(bench);
    bench_halt(bench);
    bench_hands(bench, "unplug", NULL);
    bench_fails(bench, target_step(bench->target, &bench->stop), ERR_PROBE_GONE);
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
    bench_fails(bench, target_read_register(bench->target, 0, &value), ERR_NOT_CONNECTED);
    bench_hands(bench, "plug", NULL);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    bench_close(bench);
}

static void what_was_there_before_us_survives_a_lost_connection(void **state)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);

    preloaded_program(bench);
    bench_hands(bench, "unplug", NULL);
    bench_fails(bench, bench_poll(bench, 100), ERR_PROBE_GONE);
    bench_hands(bench, "plug", NULL);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench_raw(bench, 0xE000EDFC), 0);
    assert_int_equal(bench_raw(bench, 0xE0042004), 0);
    bench_close(bench);
}

/* At a breakpoint that stands in memory. */
static struct bench *stopped_in_ram(void)
{
    struct bench *bench = connected(NULL, TARGET_CONNECT_NORMAL);

    preloaded_program(bench);
    bench_code_to_ram(bench);
    bench_break_at(bench, BREAKPOINT_SW, RAM_CODE + 2);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_SW);
    return bench;
}

/* A link that breaks between writing a breakpoint and the next look. */
static void a_breakpoint_in_ram_survives_a_lost_connection(void **state)
{
    struct bench *bench = stopped_in_ram();
    uint8_t half[2];

    bench_hands(bench, "unplug", NULL);
    bench_fails(bench, target_resume(bench->target), ERR_PROBE_GONE);
    bench_hands(bench, "plug", NULL);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    bench_ok(bench, target_read(bench->target, RAM_CODE + 2, half, 2, NULL));
    assert_memory_equal(half, &bench_ram_code[1], 2);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_SW);
    assert_int_equal(bench_reg(bench, 0), 3);
    bench_ok(bench, target_disconnect(bench->target));
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, bench_ram_code[1]);
    bench_close(bench);
}

/* RAM holds anything behind a power cycle: neither the old BKPT nor what it stood for. */
static void a_breakpoint_in_ram_is_set_anew_after_a_power_cycle(void **state)
{
    struct bench *bench = stopped_in_ram();
    uint8_t before[2], half[2];

    bench_hands(bench, "power", "off");
    bench_hands(bench, "power", "on");
    clock_sleep_us(probe_clock(bench->probe), 100000);
    bench_ok(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL));
    uint32_t word = bench_raw(bench, RAM_CODE);
    memcpy(before, (uint8_t *)&word + 2, 2);
    assert_memory_not_equal(before, &bench_ram_code[1], 2);
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_ATTACH));
    bench_halt(bench);
    bench_ok(bench, target_read(bench->target, RAM_CODE + 2, half, 2, NULL));
    assert_memory_equal(half, before, 2);
    assert_int_equal(bench_raw(bench, RAM_CODE) >> 16, 0xBE00);
    bench_close(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(firmware_that_switches_swd_off_is_caught_under_reset),
        cmocka_unit_test(firmware_that_switches_swd_off_while_we_watch),
        cmocka_unit_test(a_core_asleep_since_power_up_is_reached),
        cmocka_unit_test(a_blank_chip_is_locked_up_and_says_so),
        cmocka_unit_test(a_noisy_wire_changes_no_result),
        cmocka_unit_test(a_noisy_wire_hides_no_reset),
        cmocka_unit_test(a_program_in_stop_mode_is_left_without_a_trace),
        cmocka_unit_test(a_write_that_the_wire_swallowed_is_written_again),
        cmocka_unit_test(what_is_swallowed_each_time_is_told),
        cmocka_unit_test(a_probe_that_is_pulled_leaves_nothing_behind),
        cmocka_unit_test(what_was_there_before_us_survives_a_lost_connection),
        cmocka_unit_test(a_breakpoint_in_ram_survives_a_lost_connection),
        cmocka_unit_test(a_breakpoint_in_ram_is_set_anew_after_a_power_cycle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
