/* SPDX-License-Identifier: MIT */
/* A watched range cut into aligned powers of two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/dwt.h"

static void assert_piece(const struct dwt_slot *piece, uint32_t comp, uint32_t mask)
{
    assert_int_equal(piece->comp, comp);
    assert_int_equal(piece->mask, mask);
}

static void aligned_powers_of_two_take_one(void **state)
{
    struct dwt_slot pieces[4];

    (void)state;
    assert_int_equal(dwt_cut(0x20000000, 4, 15, pieces, 4), 1);
    assert_piece(&pieces[0], 0x20000000, 2);
    assert_int_equal(dwt_cut(0x20000003, 1, 15, pieces, 4), 1);
    assert_piece(&pieces[0], 0x20000003, 0);
    assert_int_equal(dwt_cut(0x20000000, 0x8000, 15, pieces, 4), 1);
    assert_piece(&pieces[0], 0x20000000, 15);
}

static void unaligned_ranges_take_more(void **state)
{
    struct dwt_slot pieces[4];

    (void)state;
    assert_int_equal(dwt_cut(0x20000003, 4, 15, pieces, 4), 3);
    assert_piece(&pieces[0], 0x20000003, 0);
    assert_piece(&pieces[1], 0x20000004, 1);
    assert_piece(&pieces[2], 0x20000006, 0);
    assert_int_equal(dwt_cut(0x20000004, 12, 15, pieces, 4), 2);
    assert_piece(&pieces[0], 0x20000004, 2);
    assert_piece(&pieces[1], 0x20000008, 3);
}

static void small_masks_take_several(void **state)
{
    struct dwt_slot pieces[4];

    (void)state;
    assert_int_equal(dwt_cut(0x20000000, 16, 3, pieces, 4), 2);
    assert_piece(&pieces[1], 0x20000008, 3);
}

static void too_many_pieces_are_said_so(void **state)
{
    struct dwt_slot pieces[4];

    (void)state;
    assert_int_equal(dwt_cut(0x20000001, 0x10000, 15, pieces, 4), 5);
    assert_int_equal(dwt_cut(0x20000000, 4, 15, pieces, 0), 1);
}

static void the_end_of_the_address_space_is_an_end(void **state)
{
    struct dwt_slot pieces[4];

    (void)state;
    assert_int_equal(dwt_cut(0xFFFFFFFC, 4, 15, pieces, 4), 1);
    assert_piece(&pieces[0], 0xFFFFFFFC, 2);
}

/* --- Armv8-M --- */

enum { ACCESS = 4, WRITE = 5, READ = 6, LIMIT = 7, STOP = 1 << 4, HALF = 1 << 10, WORD = 2 << 10 };

/* As those of a Cortex-M33 read: its TRM, DWT_FUNCTION. */
static struct dwt m33(void)
{
    static const uint32_t functions[] = {0x58000000, 0xD0000000, 0x50000000, 0xF0000000};

    return (struct dwt){.kind = DWT_PAIRS, .count = 4, .limits = dwt_limits(functions, 4)};
}

static void assert_slot(const struct dwt_slot *slot, uint32_t comp, uint32_t function, unsigned of)
{
    assert_int_equal(slot->comp, comp);
    assert_int_equal(slot->function, function);
    assert_int_equal(slot->watchpoint, of);
}

static void a_word_or_less_takes_one_and_more_takes_two(void **state)
{
    static const struct dwt_watch watches[] = {
        {0x20000001, 1, WATCH_WRITE, 0},
        {0x20000100, 0x2F0, WATCH_READ, 3},
        {0x20000004, 4, WATCH_ACCESS, 7},
    };
    struct dwt dwt = m33();
    struct dwt_slot slots[DWT_MAX];

    (void)state;
    assert_true(dwt_plan(&dwt, watches, 3, slots));
    assert_slot(&slots[0], 0x20000100, READ | STOP, 3);
    assert_slot(&slots[1], 0x200003EF, LIMIT | STOP, 3);
    assert_slot(&slots[2], 0x20000001, WRITE | STOP, 0);
    assert_slot(&slots[3], 0x20000004, ACCESS | STOP | WORD, 7);
}

static void only_some_can_end_a_range(void **state)
{
    static const struct dwt_watch ranges[] = {
        {0x20000000, 12, WATCH_WRITE, 0},
        {0x20000100, 12, WATCH_WRITE, 1},
        {0x20000200, 12, WATCH_WRITE, 2},
    };
    static const struct dwt_watch mixed[] = {
        {0x20000000, 2, WATCH_WRITE, 0}, {0x20000100, 1, WATCH_WRITE, 1},
        {0x20000204, 4, WATCH_WRITE, 2}, {0x20000304, 4, WATCH_WRITE, 3},
        {0x20000404, 4, WATCH_WRITE, 4},
    };
    struct dwt dwt = m33();
    struct dwt_slot slots[DWT_MAX];

    (void)state;
    assert_true(dwt_plan(&dwt, ranges, 2, slots));
    assert_slot(&slots[2], 0x20000100, WRITE | STOP, 1);
    assert_slot(&slots[3], 0x2000010B, LIMIT | STOP, 1);
    assert_false(dwt_plan(&dwt, ranges, 3, slots));
    assert_true(dwt_plan(&dwt, mixed, 4, slots));
    assert_slot(&slots[0], 0x20000000, WRITE | STOP | HALF, 0);
    assert_false(dwt_plan(&dwt, mixed, 5, slots));
}

/* No pair is left, or there is none: pieces do as well, if they suffice. */
static void without_a_pair_it_is_cut(void **state)
{
    static const struct dwt_watch watch = {0x20000003, 3, WATCH_WRITE, 0};
    struct dwt dwt = {.kind = DWT_PAIRS, .count = 2};
    struct dwt_slot slots[DWT_MAX];

    (void)state;
    assert_true(dwt_plan(&dwt, &watch, 1, slots));
    assert_slot(&slots[0], 0x20000003, WRITE | STOP, 0);
    assert_slot(&slots[1], 0x20000004, WRITE | STOP | HALF, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_powers_of_two_take_one),
        cmocka_unit_test(unaligned_ranges_take_more),
        cmocka_unit_test(small_masks_take_several),
        cmocka_unit_test(too_many_pieces_are_said_so),
        cmocka_unit_test(the_end_of_the_address_space_is_an_end),
        cmocka_unit_test(a_word_or_less_takes_one_and_more_takes_two),
        cmocka_unit_test(only_some_can_end_a_range),
        cmocka_unit_test(without_a_pair_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
