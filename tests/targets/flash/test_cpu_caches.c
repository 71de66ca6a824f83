/* SPDX-License-Identifier: MIT */
/* The simulated STM32F746 with its caches on: what the debugger writes, the program sees, and what
 * the program wrote, the debugger. */
#include <string.h>

#include "base/bytes.h"
#include "flash_bench.h"

/* Behind the DTCM, so that it is cached. */
#define CODE 0x20020000u
#define DATA 0x20021000u
#define CCR 0xE000ED14u
#define CACHES_ON 0x00030200u
#define MOVS_R0(n) (0x2000u | (n))
#define NOP 0xBF00u
#define STR_R0_R1 0x6008u
#define LDR_R0_R1 0x6808u

static int setup(void **state)
{
    return bench_up_with(state, "nucleo-f746,still");
}

static void put_code(struct bench *bench, uint32_t first, uint32_t second)
{
    uint8_t code[12];

    put_le32(code, first | second << 16);
    put_le32(code + 4, NOP | NOP << 16);
    put_le32(code + 8, NOP | NOP << 16);
    bench_ok(bench, target_write(bench->target, CODE, code, sizeof code));
}

static void step(struct bench *bench, unsigned count)
{
    struct target_stop stop;

    bench_ok(bench, target_write_register(bench->target, 15, CODE));
    for (unsigned i = 0; i < count; i++)
        bench_ok(bench, target_step(bench->target, &stop));
}

static uint32_t r0(struct bench *bench)
{
    uint64_t value;

    bench_ok(bench, target_read_register(bench->target, 0, &value));
    return (uint32_t)value;
}

/* A program that has switched them on. */
static void switch_on(struct bench *bench)
{
    uint32_t on = CACHES_ON;

    put_code(bench, MOVS_R0(1), NOP);
    bench_ok(bench, target_write_width(bench->target, CCR, 4, &on, 1));
    step(bench, 1); /* a stop behind it */
    step(bench, 2);
    assert_int_equal(r0(bench), 1);
}

static void code_that_was_written_is_executed(void **state)
{
    struct bench *bench = *state;

    switch_on(bench);
    put_code(bench, MOVS_R0(2), NOP);
    step(bench, 2);
    assert_int_equal(r0(bench), 2);
}

/* Also where the program had it among its data. */
static void code_that_the_program_had_read_is_executed(void **state)
{
    struct bench *bench = *state;

    switch_on(bench);
    bench_ok(bench, target_write_register(bench->target, 1, CODE));
    put_code(bench, LDR_R0_R1, STR_R0_R1);
    step(bench, 2);
    put_code(bench, MOVS_R0(3), NOP);
    step(bench, 1);
    assert_int_equal(r0(bench), 3);
}

static void what_the_program_wrote_is_read_and_changed(void **state)
{
    struct bench *bench = *state;
    uint32_t value = 0x55;

    switch_on(bench);
    bench_ok(bench, target_write(bench->target, DATA, "\0\0\0\0", 4));
    bench_ok(bench, target_write_register(bench->target, 1, DATA));
    put_code(bench, MOVS_R0(7), STR_R0_R1);
    step(bench, 2);
    assert_int_equal(bench_word(bench, DATA), 7);
    bench_ok(bench, target_write(bench->target, DATA, &value, 4));
    put_code(bench, LDR_R0_R1, NOP);
    step(bench, 1);
    assert_int_equal(r0(bench), 0x55);
}

static void a_breakpoint_instruction_is_seen_and_gone_again(void **state)
{
    struct bench *bench = *state;
    struct target_stop stop = {0};

    switch_on(bench);
    put_code(bench, MOVS_R0(4), NOP);
    step(bench, 3);
    bench_ok(bench, target_breakpoint_set(bench->target, 0, BREAKPOINT_SW, CODE + 4, 2));
    bench_ok(bench, target_write_register(bench->target, 15, CODE));
    bench_ok(bench, target_resume(bench->target));
    for (unsigned i = 0; i < 100 && stop.reason == STOP_NONE; i++) {
        clock_sleep_us(probe_clock(bench->probe), 100);
        bench_ok(bench, target_poll(bench->target, &stop));
    }
    assert_int_equal(stop.reason, STOP_BREAKPOINT_SW);
    assert_int_equal(stop.pc, CODE + 4);
    bench_ok(bench, target_breakpoint_clear(bench->target, 0, BREAKPOINT_SW, CODE + 4, 2));
    bench_ok(bench, target_step(bench->target, &stop));
    assert_int_equal(stop.pc, CODE + 6);
}

/* Into the data cache. */
static void read_flash(struct bench *bench)
{
    bench_ok(bench, target_write_register(bench->target, 1, FLASH));
    put_code(bench, LDR_R0_R1, NOP);
    step(bench, 1);
}

/* What was in flash when it was fetched and read is not there any more. */
static void a_load_is_seen_by_a_program_with_caches(void **state)
{
    static uint8_t image[4096];
    struct bench *bench = *state;
    struct target_stop stop;

    switch_on(bench);
    for (uint32_t round = 1; round <= 2; round++) {
        read_flash(bench);
        memset(image, 0, sizeof image);
        put_le32(image, MOVS_R0(16 + round) | NOP << 16);
        bench_ok(bench, bench_load(bench, FLASH, image, sizeof image, NULL));
        bench_assert_memory(bench, FLASH, image, sizeof image);
        bench_ok(bench, target_write_register(bench->target, 15, FLASH));
        bench_ok(bench, target_step(bench->target, &stop));
        assert_int_equal(r0(bench), 16 + round);
        assert_int_equal(bench_word(bench, CCR) & CACHES_ON, CACHES_ON);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(code_that_was_written_is_executed),
        TEST(code_that_the_program_had_read_is_executed),
        TEST(what_the_program_wrote_is_read_and_changed),
        TEST(a_breakpoint_instruction_is_seen_and_gone_again),
        TEST(a_load_is_seen_by_a_program_with_caches),
    };

    return cmocka_run_group_tests_name("cpu_caches", tests, NULL, NULL);
}
