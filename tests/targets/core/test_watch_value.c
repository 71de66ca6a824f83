/* SPDX-License-Identifier: MIT */
/* Watchpoints that are for one value. */
#include "core_bench.h"

#define PLACE 0x20000800u
#define OTHER 0x20000810u

/* again: adds r0, #1; str r0, [r2]; str r0, [r1]; strb r0, [r3]; b again */
static const uint16_t counts[] = {0x3001, 0x6010, 0x6008, 0x7018, 0xE7FA};

static void begin_at(struct bench *bench)
{
    for (unsigned i = 0; i < sizeof counts / sizeof *counts; i += 2)
        bench_set_word(
            bench, RAM_CODE + 2 * i,
            counts[i] |
                (i + 1 < sizeof counts / sizeof *counts ? (uint32_t)counts[i + 1] << 16 : 0));
    bench_at(bench, RAM_CODE);
    bench_set_reg(bench, 0, 0);
    bench_set_reg(bench, 1, PLACE);
    bench_set_reg(bench, 2, OTHER);
    bench_set_reg(bench, 3, OTHER + 4);
}

static enum err set(struct bench *bench, enum watch_kind kind, uint32_t address, uint32_t length,
                    uint32_t value)
{
    return target_watchpoint_set_value(bench->target, 0, kind, address, length, value);
}

static void assert_hit(struct bench *bench, uint32_t address, uint32_t rounds)
{
    assert_int_equal(bench->stop.reason, STOP_WATCHPOINT);
    assert_int_equal(bench->stop.watch[0].address, address);
    assert_int_equal(bench_reg(bench, 0), rounds);
}

/* Other values there, and that value elsewhere, before it, do not count. */
static void the_write_of_that_value_stops(void **state)
{
    struct bench *bench = *state;

    begin_at(bench);
    bench_ok(bench, set(bench, WATCH_WRITE, PLACE, 4, 1000));
    bench_run(bench);
    assert_hit(bench, PLACE, 1000);
    assert_int_equal(bench_word(bench, PLACE), 1000);
    bench_ok(bench, target_watchpoint_clear(bench->target, 0, WATCH_WRITE, PLACE, 4));
    bench_ok(bench, set(bench, WATCH_ACCESS, OTHER + 4, 1, 0xF0)); /* the byte of a round */
    bench_run(bench);
    assert_hit(bench, OTHER + 4, 0x3F0);
}

/* Two comparators are left for others, and what runs meanwhile takes them for a while. */
static void others_stand_beside_it(void **state)
{
    struct bench *bench = *state;

    begin_at(bench);
    bench_ok(bench, set(bench, WATCH_WRITE, PLACE, 4, 3));
    bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, PLACE + 0x40, 4));
    bench_ok(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, PLACE + 0x50, 4));
    bench_fails(bench, target_watchpoint_set(bench->target, 0, WATCH_WRITE, PLACE + 0x60, 4),
                ERR_NO_RESOURCE);
    for (unsigned i = 0; i < 3; i++)
        bench_step(bench);
    bench_run(bench);
    assert_hit(bench, PLACE, 3);
}

static void what_cannot_be_compared_is_said(void **state)
{
    struct bench *bench = *state;

    bench_halt(bench);
    bench_fails(bench, set(bench, WATCH_WRITE, PLACE + 1, 4, 1), ERR_ARGUMENT);
    bench_fails(bench, set(bench, WATCH_WRITE, PLACE, 8, 1), ERR_ARGUMENT);
    bench_fails(bench, set(bench, WATCH_WRITE, PLACE, 1, 256), ERR_ARGUMENT);
    bench_ok(bench, set(bench, WATCH_WRITE, PLACE, 4, 1));
    bench_fails(bench, set(bench, WATCH_WRITE, OTHER, 4, 1), ERR_NO_RESOURCE);
}

static void other_cores_refuse(void **state)
{
    static const char *const boards[] = {"f031", "nucleo-u575"};

    (void)state;
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        struct bench *bench = bench_open(boards[i]);

        bench_ok(bench, target_connect(bench->target, TARGET_CONNECT_NORMAL));
        bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
        bench_fails(bench, set(bench, WATCH_WRITE, PLACE, 4, 1), ERR_UNSUPPORTED);
        bench_close(bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(the_write_of_that_value_stops),
        BENCH_TEST(others_stand_beside_it),
        BENCH_TEST(what_cannot_be_compared_is_said),
        cmocka_unit_test(other_cores_refuse),
    };

    return cmocka_run_group_tests_name("watch_value", tests, NULL, NULL);
}
