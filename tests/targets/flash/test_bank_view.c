/* SPDX-License-Identifier: MIT */
/* Banks that the program exchanged (FB_MODE): pages and sectors are erased by their bank's number.
 */
#include <string.h>

#include "chip/chips.h"
#include "core/core.h"
#include "flash_bench.h"

static const struct board {
    const char *name;
    uint32_t memrmp, enable, clock, half;
} boards[] = {
    {"nucleo-l476,still", 0x40010000, 0x40021060, 1u << 0, 512 * KIB},
    {"f429i-disco,still", 0x40013800, 0x40023844, 1u << 14, 1024 * KIB},
};
enum { FB_MODE = 1 << 8, SOME = 4 * KIB };

static uint8_t first[SOME], second[SOME], other[SOME];

static void set(struct bench *bench, uint32_t address, uint32_t word)
{
    bench_ok(bench, target_write_width(bench->target, address, 4, &word, 1));
}

/* The program need not leave SYSCFG its clock. */
static void exchange(struct bench *bench, const struct board *board, bool clocked)
{
    uint32_t enabled = bench_word(bench, board->enable);

    set(bench, board->enable, enabled | board->clock);
    set(bench, board->memrmp, FB_MODE);
    if (!clocked)
        set(bench, board->enable, enabled);
}

static void load(struct bench *bench, uint32_t address, const uint8_t *data)
{
    bench_loaded(bench, address, data, SOME);
}

/* As they are shown after a reset. */
static void fill(struct bench *bench, const struct board *board)
{
    bench_fill(first, SOME, 1);
    bench_fill(second, SOME, 2);
    bench_fill(other, SOME, 3);
    load(bench, FLASH, first);
    load(bench, FLASH + board->half, second);
}

static void with_each(void (*test)(struct bench *bench, const struct board *board))
{
    for (size_t i = 0; i < sizeof boards / sizeof *boards; i++) {
        void *state;

        assert_int_equal(bench_up_at(&state, boards[i].name, 8000), 0);
        fill(state, &boards[i]);
        test(state, &boards[i]);
        assert_int_equal(bench_down(&state), 0);
    }
}

static void load_into_exchanged(struct bench *bench, const struct board *board, bool clocked)
{
    exchange(bench, board, clocked);
    uint32_t enabled = bench_word(bench, board->enable);
    bench_assert_memory(bench, FLASH, second, SOME);
    bench_assert_memory(bench, FLASH + board->half, first, SOME);
    load(bench, FLASH, other);
    bench_assert_memory(bench, FLASH, other, SOME);
    bench_assert_memory(bench, FLASH + board->half, first, SOME);
    assert_true(target_chip(bench->target)->banks_swapped);
    assert_int_equal(bench_word(bench, board->enable), enabled);
}

static void what_shows_is_replaced(struct bench *bench, const struct board *board)
{
    load_into_exchanged(bench, board, true);
}

static void without_a_clock(struct bench *bench, const struct board *board)
{
    load_into_exchanged(bench, board, false);
}

/* And the next session looks again. */
static void and_a_reset_shows_the_first(struct bench *bench, const struct board *board)
{
    load_into_exchanged(bench, board, true);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    bench_assert_memory(bench, FLASH, first, SOME);
    bench_assert_memory(bench, FLASH + board->half, other, SOME);
    load(bench, FLASH, second);
    assert_false(target_chip(bench->target)->banks_swapped);
    bench_assert_memory(bench, FLASH + board->half, other, SOME);
    bench_power_cycle(bench);
    bench_assert_memory(bench, FLASH, second, SOME);
}

static void what_shows_first_is_replaced_and_the_other_bank_kept(void **state)
{
    (void)state;
    with_each(what_shows_is_replaced);
}

static void so_it_is_without_a_clock_for_syscfg(void **state)
{
    (void)state;
    with_each(without_a_clock);
}

static void a_reset_puts_them_back(void **state)
{
    (void)state;
    with_each(and_a_reset_shows_the_first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_shows_first_is_replaced_and_the_other_bank_kept),
        cmocka_unit_test(so_it_is_without_a_clock_for_syscfg),
        cmocka_unit_test(a_reset_puts_them_back),
    };

    return cmocka_run_group_tests_name("bank_view", tests, NULL, NULL);
}
