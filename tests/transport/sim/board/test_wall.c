/* SPDX-License-Identifier: MIT */
/* The board's time beside the wall's, on a wall clock that the test moves. */
#include "rig.h"
#include "sim/board/wall.h"

enum { MS = 1000, S = 1000000 };

struct bench {
    struct clock clock;
    uint64_t now_us, slept_us;
    uint64_t cost_us; /* of the machine, whenever it looks at the clock */
    unsigned looks;
    struct sim_board *board;
    struct sim_wall wall;
};

static uint64_t now_us(struct clock *clock)
{
    struct bench *bench = (struct bench *)clock;

    bench->looks++;
    return bench->now_us += bench->cost_us;
}

static void sleep_us(struct clock *clock, uint64_t us)
{
    struct bench *bench = (struct bench *)clock;

    bench->slept_us += us;
    bench->now_us += us;
}

static void open_bench(struct bench *bench, const char *spec)
{
    *bench = (struct bench){.clock = {now_us, sleep_us}, .now_us = 77 * (uint64_t)S};
    bench->board = rig_board(spec);
    sim_board_advance_us(bench->board, 10 * MS);
    sim_wall_init(&bench->wall, bench->board, &bench->clock);
}

/* What a look finds to have passed since the last, after so long on the wall. */
static uint64_t passed_after(struct bench *bench, uint64_t us)
{
    uint64_t before = sim_board_now_us(bench->board);

    bench->now_us += us;
    sim_wall_begin(&bench->wall);
    uint64_t passed = sim_board_now_us(bench->board) - before;
    sim_wall_end(&bench->wall);
    return passed;
}

static void what_passed_on_the_wall_has_passed(void **state)
{
    struct bench b;

    open_bench(&b, "bluepill,sleep");
    assert_int_equal(passed_after(&b, 5 * S), 5 * S);
    assert_int_equal(passed_after(&b, 0), 0);
    assert_int_equal(passed_after(&b, 3), 3);
    assert_int_equal(passed_after(&b, 1234567), 1234567);
    assert_int_equal(b.wall.lost_us, 0);
    assert_int_equal(b.slept_us, 0);
    sim_board_destroy(b.board);
}

/* Neither what the machine worked nor what the board ran ahead counts. */
static void only_the_time_between_looks_counts(void **state)
{
    struct bench b;

    open_bench(&b, "bluepill,sleep");
    sim_wall_begin(&b.wall);
    b.now_us += 3 * S; /* a slow request */
    sim_wall_end(&b.wall);
    assert_int_equal(passed_after(&b, 10), 10);
    sim_wall_begin(&b.wall);
    sim_board_advance_us(b.board, 60 * S); /* somebody waited in virtual time */
    sim_wall_end(&b.wall);
    assert_int_equal(passed_after(&b, 2 * S), 2 * S);
    sim_board_destroy(b.board);
}

static void a_still_board_stands_still(void **state)
{
    struct bench b;

    open_bench(&b, "bluepill,sleep,still");
    assert_int_equal(passed_after(&b, 5 * S), 0);
    assert_int_equal(b.wall.lost_us, 0);
    sim_board_destroy(b.board);
}

/* A core that is busy on a machine too slow for it: a second of work at most, then the rest is
 * lost, and once. */
static void catching_up_is_bounded(void **state)
{
    struct bench b;

    open_bench(&b, "bluepill");
    b.cost_us = 50 * MS; /* a slice, whatever it holds */
    uint64_t before = b.now_us + 5 * S, passed = passed_after(&b, 5 * S);
    assert_in_range(b.now_us - before, 1 * S, 1 * S + 5 * 50 * MS);
    assert_in_range(passed, 1, 1 * S);
    assert_in_range(passed + b.wall.lost_us, 5 * S, 5 * S + 50 * MS);
    assert_true(passed_after(&b, 0) <= 2 * 50 * MS);
    sim_board_destroy(b.board);
}

/* Somebody who looks every 20 ms does not keep the machine busier than half. */
static void catching_up_takes_no_longer_than_nobody_looked(void **state)
{
    struct bench b;

    open_bench(&b, "bluepill");
    b.cost_us = 8 * MS;
    uint64_t before = b.now_us + 20 * MS;
    passed_after(&b, 20 * MS);
    assert_in_range(b.now_us - before, 20 * MS, 100 * MS);
    sim_board_destroy(b.board);
}

/* Two days of sleep are as cheap as a second of it. */
static void slices_grow_while_they_are_cheap(void **state)
{
    struct bench b;
    const uint64_t two_days = 2 * 86400 * (uint64_t)S;

    open_bench(&b, "bluepill,sleep");
    b.looks = 0;
    assert_true(passed_after(&b, two_days) == two_days);
    assert_in_range(b.looks, 10, 100);
    sim_board_destroy(b.board);
}

static void real_time_waits_for_the_wall(void **state)
{
    struct bench b;

    open_bench(&b, "bluepill,sleep,realtime");
    assert_int_equal(passed_after(&b, 5 * S), 5 * S);
    sim_wall_begin(&b.wall);
    sim_board_advance_us(b.board, 50 * MS);
    sim_wall_end(&b.wall);
    assert_int_equal(b.slept_us, 50 * MS);
    sim_wall_begin(&b.wall);
    sim_board_advance_us(b.board, 900); /* too little to sleep for: it is kept */
    sim_wall_end(&b.wall);
    assert_int_equal(b.slept_us, 50 * MS);
    assert_int_equal(passed_after(&b, 1000), 100);
    sim_board_destroy(b.board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_passed_on_the_wall_has_passed),
        cmocka_unit_test(only_the_time_between_looks_counts),
        cmocka_unit_test(a_still_board_stands_still),
        cmocka_unit_test(catching_up_is_bounded),
        cmocka_unit_test(catching_up_takes_no_longer_than_nobody_looked),
        cmocka_unit_test(slices_grow_while_they_are_cheap),
        cmocka_unit_test(real_time_waits_for_the_wall),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
