/* SPDX-License-Identifier: MIT */
/* What is not true any more: memory that a step changed, debug registers that somebody wrote by
 * hand, breakpoints behind a lost connection, a core that an error kept from running. */
#include "core_bench.h"
#include "probe/fault_injection.h"

#define CODE 0x20002000u
#define PLACE 0x20003000u
#define EMPTY_FLASH 0x0800F000u
#define NO_MEMORY 0x20005000u
#define FLASH_CR 0x40022010u
#define PG 1u
#define DHCSR 0xE000EDF0u
#define DCRSR 0xE000EDF4u
#define DCRDR 0xE000EDF8u
#define DEMCR 0xE000EDFCu
#define FP_CTRL 0xE0002000u
#define FP_COMP(n) (0xE0002008u + 4u * (n))
#define DWT_COMP(n) (0xE0001020u + 16u * (n))
#define DWT_FUNCTION(n) (0xE0001028u + 16u * (n))

/* Stores r1 to where r0 points to, then does nothing much. */
static const uint16_t stores_a_half[] = {0x8001, 0xBF00, 0xBF00, 0xBF00, 0xE7FE, 0xBF00};

/* --- flash that the program writes by itself --- */

/* The controller stays open for the program. */
static void open_flash(struct bench *bench)
{
    bench_halt(bench);
    bench_unlock_flash(bench);
    bench_set_word(bench, FLASH_CR, PG);
}

static void about_to_store(struct bench *bench, uint32_t pc, uint32_t address, uint32_t value)
{
    bench_at(bench, pc);
    bench_set_reg(bench, 0, address);
    bench_set_reg(bench, 1, value);
}

static void code_to(struct bench *bench, uint32_t address)
{
    for (uint32_t i = 0; i < sizeof stores_a_half / 2; i++)
        bench_program_half(bench, address + 2 * i, stores_a_half[i]);
}

static void flash_is_shown_as_a_step_left_it(void **state)
{
    struct bench *bench = *state;
    static const uint32_t codes[] = {CODE, EMPTY_FLASH + 0x400};

    open_flash(bench);
    for (uint32_t i = 0; i < 2; i++) {
        code_to(bench, codes[i]);
        about_to_store(bench, codes[i], EMPTY_FLASH + 4 * i, 0x1234);
        assert_int_equal(bench_word(bench, EMPTY_FLASH + 4 * i), 0xFFFFFFFF);
        bench_step(bench);
        assert_int_equal(bench->stop.pc, codes[i] + 2);
        assert_int_equal(bench_word(bench, EMPTY_FLASH + 4 * i), 0xFFFF1234);
    }
}

/* In RAM instruction by instruction, in flash straight to a comparator. */
static void flash_is_shown_as_a_range_left_it(void **state)
{
    struct bench *bench = *state;
    static const uint32_t codes[] = {CODE, EMPTY_FLASH + 0x400};

    open_flash(bench);
    for (uint32_t i = 0; i < 2; i++) {
        code_to(bench, codes[i]);
        about_to_store(bench, codes[i], EMPTY_FLASH + 4 * i, 0x1234);
        assert_int_equal(bench_word(bench, EMPTY_FLASH + 4 * i), 0xFFFFFFFF);
        bench_ok(bench, target_step_range(bench->target, codes[i], codes[i] + 6, &bench->stop));
        assert_int_equal(bench->stop.pc, codes[i] + 6);
        assert_int_equal(bench_word(bench, EMPTY_FLASH + 4 * i), 0xFFFF1234);
    }
}

static bool asks_for(struct bench *bench, uint32_t address)
{
    uint8_t data[4];

    bench_count(bench);
    bench_fails(bench, target_read(bench->target, address, data, 4, NULL), ERR_FAULT);
    return bench_flushes(bench) > 0;
}

/* A store may have switched something on. */
static void a_refusal_is_remembered_until_a_store(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    code_to(bench, CODE);
    about_to_store(bench, CODE, PLACE, 1);
    assert_true(asks_for(bench, NO_MEMORY));
    assert_false(asks_for(bench, NO_MEMORY));
    bench_step(bench);
    assert_true(asks_for(bench, NO_MEMORY));
    bench_step(bench);
    assert_false(asks_for(bench, NO_MEMORY));
}

/* --- breakpoints in RAM --- */

static void break_in_ram(struct bench *bench)
{
    code_to(bench, CODE);
    bench_break_at(bench, BREAKPOINT_SW, CODE + 2);
    about_to_store(bench, CODE, PLACE, 1);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_SW);
    assert_int_equal(bench_raw(bench, CODE) >> 16, 0xBE00);
}

static void delete_it(struct bench *bench)
{
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_SW, CODE + 2, 2));
}

/* The next operation gets no answer: the connection is lost, the power is not. */
static void lose_connection(struct bench *bench, struct fault_plan *plan)
{
    uint8_t data[4];

    *plan = (struct fault_plan){.kind = FAULT_NO_ACK, .at = 1};
    fault_wrap(bench->probe, plan);
    bench_fails(bench, target_read_width(bench->target, PLACE, 4, data, 1), ERR_NO_TARGET);
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
}

static void connect_again(struct bench *bench)
{
    bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
}

static void a_breakpoint_deleted_before_the_loss_is_lifted_behind_it(void **state)
{
    struct bench *bench = *state;
    static struct fault_plan plan; /* teardown closes the probe through it */

    break_in_ram(bench);
    delete_it(bench);
    lose_connection(bench, &plan);
    connect_again(bench);
    assert_int_equal(bench_raw(bench, CODE), 0xBF008001);
}

static void a_breakpoint_deleted_during_the_loss_is_lifted_behind_it(void **state)
{
    struct bench *bench = *state;
    static struct fault_plan plan; /* teardown closes the probe through it */

    break_in_ram(bench);
    lose_connection(bench, &plan);
    delete_it(bench);
    connect_again(bench);
    assert_int_equal(bench_raw(bench, CODE), 0xBF008001);
}

static void a_breakpoint_kept_over_the_loss_is_there_and_not_seen(void **state)
{
    struct bench *bench = *state;
    static struct fault_plan plan; /* teardown closes the probe through it */

    break_in_ram(bench);
    lose_connection(bench, &plan);
    connect_again(bench);
    assert_int_equal(bench_raw(bench, CODE) >> 16, 0xBE00);
    assert_int_equal(bench_word(bench, CODE), 0xBF008001);
    delete_it(bench);
    bench_step(bench);
    assert_int_equal(bench_raw(bench, CODE), 0xBF008001);
}

static void what_another_hand_put_there_is_left_alone(void **state)
{
    struct bench *bench = *state;
    static struct fault_plan plan; /* teardown closes the probe through it */
    struct ops ops;

    break_in_ram(bench);
    delete_it(bench);
    lose_connection(bench, &plan);
    ops_init(&ops, bench->probe);
    ops_write32(&ops, CODE, 0x12345678);
    bench_ok(bench, probe_connect(bench->probe, PROBE_CONNECT_NORMAL, NULL));
    bench_ok(bench, ops_flush(&ops));
    connect_again(bench);
    assert_int_equal(bench_raw(bench, CODE), 0x12345678);
}

/* Whichever operation of a resume fails that was to lift or to set it: in the end it is lifted. */
static void no_error_leaves_a_breakpoint_behind(void **state)
{
    struct bench *bench = *state;
    static struct fault_plan plan; /* teardown closes the probe through it */

    for (uint64_t at = 1; at < 30; at++) {
        connect_again(bench);
        bench_halt(bench);
        code_to(bench, CODE);
        bench_break_at(bench, BREAKPOINT_SW, CODE + 2);
        about_to_store(bench, at & 1 ? CODE : CODE + 4, PLACE, 1);
        if (at & 1)
            bench_run(bench);
        if (at & 1)
            delete_it(bench);
        plan = (struct fault_plan){.kind = FAULT_NO_ACK, .at = (at + 1) / 2};
        fault_wrap(bench->probe, &plan);
        if (target_resume(bench->target) != ERR_OK)
            job_clear(&bench->job);
        delete_it(bench);
        plan.at = 0;
        job_clear(&bench->job);
        connect_again(bench);
        assert_int_equal(bench_raw(bench, CODE), 0xBF008001);
        bench->probe->driver = plan.inner;
    }
}

/* --- debug registers by hand --- */

static void a_register_written_by_dcrsr_is_read_again(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_reg(bench, 4, 0x44444444); /* not on the chip yet */
    bench_set_word(bench, DCRDR, 0x33333333);
    bench_set_word(bench, DCRSR, 1u << 16 | 3);
    assert_int_equal(bench_reg(bench, 3), 0x33333333);
    assert_int_equal(bench_reg(bench, 4), 0x44444444);
}

static void a_core_let_go_by_hand_is_known_to_run(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_LOOP);
    bench_set_word(bench, DHCSR, 0xA05F0001);
    assert_int_equal(target_state(bench->target), TARGET_RUNNING);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(bench->stop.reason, STOP_NONE);
    bench_set_word(bench, DHCSR, 0xA05F0003);
    bench_ok(bench, bench_poll(bench, 1000));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    bench_set_word(bench, DHCSR, 0xA05F0005); /* a step by hand */
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_in_range(bench_reg(bench, R_PC), AT_LOOP, AT_LOOP + 4);
}

static void catches_written_by_hand_are_a_choice(void **state)
{
    struct bench *bench = *state;

    bench_at(bench, AT_BAD_DIVIDE);
    bench_set_word(bench, DEMCR, 1u << 8); /* VC_BUSERR, and without TRCENA */
    assert_int_equal(target_vector_catch(bench->target), 1u << 8);
    bench_ok(bench, target_resume(bench->target));
    assert_int_equal(bench_raw(bench, DEMCR) & 0x010007F1, 0x01000100);
}

static void our_comparators_come_back(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, PLACE, 4));
    bench_run(bench);
    uint32_t breakpoint = bench_raw(bench, FP_COMP(0));
    bench_set_word(bench, FP_COMP(0), 0);
    bench_set_word(bench, FP_CTRL, 2);
    bench_set_word(bench, DWT_FUNCTION(0), 0);
    bench_run(bench);
    assert_int_equal(bench->stop.reason, STOP_BREAKPOINT_HW);
    assert_int_equal(bench_raw(bench, FP_COMP(0)), breakpoint);
    assert_int_equal(bench_raw(bench, FP_CTRL) & 1, 1);
    assert_int_equal(bench_raw(bench, DWT_FUNCTION(0)) & 0xF, 6);
}

/* They may serve a trace. */
static void comparators_of_others_are_left_alone(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_break_at(bench, BREAKPOINT_HW, AT_LOOP);
    bench_run(bench);
    bench_set_word(bench, DWT_COMP(2), PLACE);
    bench_set_word(bench, DWT_FUNCTION(2), 2); /* traced, and not stopped at */
    bench_run(bench);
    assert_int_equal(bench_raw(bench, DWT_COMP(2)), PLACE);
    assert_int_equal(bench_raw(bench, DWT_FUNCTION(2)) & 0xF, 2);
}

/* --- a core that did not go --- */

/* Not every time limit is that of the look at a core that runs. */
static void a_core_that_could_not_be_let_go_does_not_run(void **state)
{
    struct bench *bench = *state;
    static struct fault_plan plan;

    plan = (struct fault_plan){.kind = FAULT_TIMEOUT, .at = 1};

    bench_at(bench, AT_LOOP);
    fault_wrap(bench->probe, &plan);
    bench_fails(bench, target_resume(bench->target), ERR_TIMEOUT);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_true(bench_raw(bench, DHCSR) & 1u << 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(flash_is_shown_as_a_step_left_it),
        BENCH_TEST(flash_is_shown_as_a_range_left_it),
        BENCH_TEST(a_refusal_is_remembered_until_a_store),
        BENCH_TEST(a_breakpoint_deleted_before_the_loss_is_lifted_behind_it),
        BENCH_TEST(a_breakpoint_deleted_during_the_loss_is_lifted_behind_it),
        BENCH_TEST(a_breakpoint_kept_over_the_loss_is_there_and_not_seen),
        BENCH_TEST(what_another_hand_put_there_is_left_alone),
        BENCH_TEST(no_error_leaves_a_breakpoint_behind),
        BENCH_TEST(a_register_written_by_dcrsr_is_read_again),
        BENCH_TEST(a_core_let_go_by_hand_is_known_to_run),
        BENCH_TEST(catches_written_by_hand_are_a_choice),
        BENCH_TEST(our_comparators_come_back),
        BENCH_TEST(comparators_of_others_are_left_alone),
        BENCH_TEST(a_core_that_could_not_be_let_go_does_not_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
