/* SPDX-License-Identifier: MIT */
/* A chip with two cores, seen through one target: which one a call is for, and what they share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe/fault_injection.h"
#include "probe/ops.h"
#include "target.h"

#define RAM 0x20000000u
#define PROGRAM 0x20001000u
#define PWR_CR4 0x5800040Cu /* RM0453 */
#define C2BOOT (1u << 15)
enum { PC = 15, XPSR = 16 }; /* gdb's numbers */

static struct job job;
static struct probe *probe;
static struct target *target;

static void *open_target(const char *spec)
{
    struct probe_info info;

    job_init(&job, NULL);
    assert_int_equal(probe_sim_info(spec, &info, &job), ERR_OK);
    assert_int_equal(probe_open(&info, &job, NULL, &probe), ERR_OK);
    assert_int_equal(target_create(probe, &target), ERR_OK);
    assert_int_equal(target_connect(target, TARGET_CONNECT_NORMAL), ERR_OK);
    return target;
}

static int begin(void **state)
{
    *state = open_target("nucleo-wl55,still");
    return 0;
}

static int finish(void **state)
{
    (void)state;
    target_destroy(target);
    probe_close(probe);
    return 0;
}

static void write_word(uint32_t address, uint32_t value)
{
    assert_int_equal(target_write_width(target, address, 4, &value, 1), ERR_OK);
}

static uint32_t read_word(uint32_t address)
{
    uint32_t value = 0;

    assert_int_equal(target_read(target, address, &value, sizeof value, NULL), ERR_OK);
    return value;
}

/* adds r0, #1; b to it; the second core stands there. */
static void start_second(void)
{
    struct target_stop stop;

    assert_int_equal(target_halt(target, &stop), ERR_OK);
    write_word(PROGRAM, 0xE7FD3001);
    write_word(PWR_CR4, C2BOOT);
    clock_sleep_us(probe_clock(probe), 100);
    target_select_core(target, 1);
    assert_int_equal(target_reach_core(target), ERR_OK);
    assert_int_equal(target_halt(target, &stop), ERR_OK);
    assert_int_equal(target_write_register(target, PC, PROGRAM), ERR_OK);
    assert_int_equal(target_write_register(target, XPSR, 0x01000000), ERR_OK);
}

static void one_core_is_all_that_most_chips_have(void **state)
{
    (void)state;
    finish(NULL);
    open_target("bluepill,still");
    assert_int_equal(target_core_count(target), 1);
    target_select_core(target, 1);
    assert_int_equal(target_state(target), TARGET_ABSENT);
    assert_int_equal(target_reach_core(target), ERR_NOT_CONNECTED);
}

static void the_second_is_known_before_it_runs(void **state)
{
    (void)state;
    assert_int_equal(target_core_count(target), 2);
    assert_string_equal(target_core(target)->name, "Cortex-M4");
    assert_int_equal(target_select_core(target, 1), 0);
    assert_string_equal(target_core(target)->name, "Cortex-M0+");
    assert_int_equal(target_state(target), TARGET_ABSENT);
    assert_int_equal(target_reach_core(target), ERR_NOT_CONNECTED);
    assert_non_null(strstr(job.text, "PWR_CR4.C2BOOT"));
}

static void each_has_its_own_profile_comparators_and_registers(void **state)
{
    uint64_t pc;

    (void)state;
    start_second();
    assert_int_equal(target_core(target)->breakpoints, 4);
    assert_int_equal(target_core(target)->watchpoints, 2);
    assert_int_equal(target_core(target)->cpuid, 0x410CC601);
    target_select_core(target, 0);
    assert_int_equal(target_core(target)->breakpoints, 6);
    assert_int_equal(target_read_register(target, PC, &pc), ERR_OK);
    assert_int_not_equal(pc, PROGRAM);
}

/* What is in RAM, past all that hides breakpoints. */
static uint16_t raw_code(void)
{
    struct ops ops;
    uint16_t code = 0;

    ops_init(&ops, probe);
    ops_read(&ops, PROGRAM, 2, &code, 1);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    return code;
}

static void set_in_ram(unsigned core, bool on)
{
    target_select_core(target, core);
    assert_int_equal(on ? target_breakpoint_set(target, core, BREAKPOINT_SW, PROGRAM, 2)
                        : target_breakpoint_clear(target, core, BREAKPOINT_SW, PROGRAM, 2),
                     ERR_OK);
}

/* One instruction in RAM that both wait at: it is there as long as one of them wants it, and gone
 * with the last, whoever that is. */
static void a_breakpoint_in_ram_may_be_both_cores(void **state)
{
    enum { ADDS = 0x3001, BKPT = 0xBE00 };

    (void)state;
    start_second();
    target_select_core(target, 0);
    write_word(RAM, 0xE7FEE7FE);
    assert_int_equal(target_write_register(target, PC, RAM), ERR_OK);
    for (unsigned core = 0; core < 2; core++) { /* both run: what is set is on the chip at once */
        target_select_core(target, core);
        if (core)
            assert_int_equal(target_write_register(target, PC, PROGRAM + 2), ERR_OK);
        if (core)
            write_word(PROGRAM, 0xE7FE3001);
        assert_int_equal(target_resume(target), ERR_OK);
    }
    for (unsigned last = 0; last < 2; last++) {
        set_in_ram(!last, true);
        set_in_ram(last, true);
        assert_int_equal(raw_code(), BKPT);
        set_in_ram(!last, false);
        assert_int_equal(raw_code(), BKPT);
        assert_int_equal(read_word(PROGRAM) & 0xFFFF, ADDS);
        set_in_ram(last, false);
        assert_int_equal(raw_code(), ADDS);
        set_in_ram(!last, true);
        set_in_ram(last, true);
        set_in_ram(last, false);
        set_in_ram(!last, false);
        assert_int_equal(raw_code(), ADDS);
    }
}

/* That one address is refused says nothing of a core, nor does it end a step that only read ahead.
 */
static void what_was_read_ahead_may_be_refused(void **state)
{
    unsigned survived = 0;
    struct fault_plan plan = {.kind = FAULT_REFUSED};
    struct target_stop stop;

    (void)state;
    start_second();
    do {
        job_clear(&job);
        assert_int_equal(target_step(target, &stop), ERR_OK); /* its registers are known */
        target_drop_caches(target);
        plan.at++;
        fault_wrap(probe, &plan);
        enum err err = target_step(target, &stop);
        probe->driver = plan.inner;
        survived += plan.seen >= plan.at && err == ERR_OK;
        job_clear(&job);
        if (target_state(target) == TARGET_ABSENT)
            assert_int_equal(target_reach_core(target), ERR_OK);
        if (target_state(target) != TARGET_HALTED)
            assert_int_equal(target_halt(target, &stop), ERR_OK);
    } while (plan.seen >= plan.at);
    assert_true(survived > 2); /* two that nobody needed, and what was read ahead */
}

static void memory_that_the_other_writes_is_not_remembered(void **state)
{
    struct target_stop stop;

    (void)state;
    start_second();
    write_word(RAM, 1);
    target_select_core(target, 0);
    assert_int_equal(read_word(RAM), 1);
    target_select_core(target, 1);
    write_word(RAM, 2);
    target_select_core(target, 0);
    assert_int_equal(read_word(RAM), 2);
    target_select_core(target, 1);
    write_word(PROGRAM, 0xE7FD6008); /* str r0, [r1] */
    assert_int_equal(target_write_register(target, 0, 3), ERR_OK);
    assert_int_equal(target_write_register(target, 1, RAM), ERR_OK);
    assert_int_equal(target_step(target, &stop), ERR_OK);
    target_select_core(target, 0);
    assert_int_equal(read_word(RAM), 3);
}

static void a_breakpoint_in_ram_shows_to_neither(void **state)
{
    struct target_stop stop;

    (void)state;
    start_second();
    assert_int_equal(target_breakpoint_set(target, 0, BREAKPOINT_SW, PROGRAM + 2, 2), ERR_OK);
    assert_int_equal(target_resume(target), ERR_OK);
    clock_sleep_us(probe_clock(probe), 100);
    target_select_core(target, 0);
    assert_int_equal(read_word(PROGRAM), 0xE7FD3001);
    target_select_core(target, 1);
    assert_int_equal(target_poll(target, &stop), ERR_OK);
    assert_int_equal(stop.reason, STOP_BREAKPOINT_SW);
    assert_int_equal(stop.pc, PROGRAM + 2);
}

static void a_reset_ends_it_until_it_is_started_again(void **state)
{
    (void)state;
    start_second();
    assert_int_equal(target_reset(target, TARGET_RESET_HALT), ERR_OK);
    assert_int_equal(target_state(target), TARGET_ABSENT);
    target_select_core(target, 0);
    assert_int_equal(target_state(target), TARGET_HALTED);
    assert_int_equal(target_last_stop(target)->reason, STOP_RESET);
    start_second();
    assert_int_equal(target_state(target), TARGET_HALTED);
}

static void a_reset_behind_our_back_shows_at_the_next_look(void **state)
{
    struct target_stop stop;

    (void)state;
    start_second();
    assert_int_equal(target_resume(target), ERR_OK);
    assert_int_equal(probe_nrst(probe, PROBE_NRST_ASSERT), ERR_OK);
    assert_int_equal(probe_nrst(probe, PROBE_NRST_RELEASE), ERR_OK);
    assert_int_equal(target_poll(target, &stop), ERR_RESET_LOST);
    assert_int_equal(target_state(target), TARGET_ABSENT);
    assert_non_null(strstr(job.text, "Cortex-M0+ answers no more"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest tests[] = {
        TEST(one_core_is_all_that_most_chips_have),
        TEST(the_second_is_known_before_it_runs),
        TEST(each_has_its_own_profile_comparators_and_registers),
        TEST(a_breakpoint_in_ram_may_be_both_cores),
        TEST(what_was_read_ahead_may_be_refused),
        TEST(memory_that_the_other_writes_is_not_remembered),
        TEST(a_breakpoint_in_ram_shows_to_neither),
        TEST(a_reset_ends_it_until_it_is_started_again),
        TEST(a_reset_behind_our_back_shows_at_the_next_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
