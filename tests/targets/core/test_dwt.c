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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_powers_of_two_take_one),
        cmocka_unit_test(unaligned_ranges_take_more),
        cmocka_unit_test(small_masks_take_several),
        cmocka_unit_test(too_many_pieces_are_said_so),
        cmocka_unit_test(the_end_of_the_address_space_is_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
