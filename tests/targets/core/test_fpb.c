/* SPDX-License-Identifier: MIT */
/* Comparator values of both FPB revisions, and who gets which comparator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/fpb.h"

static void fp_ctrl_says_how_many(void **state)
{
    struct fpb fpb;

    (void)state;
    fpb_init(&fpb, 0x00000261); /* Cortex-M3: 6 code, 2 literal */
    assert_int_equal(fpb.count, 6);
    assert_int_equal(fpb.revision, 0);
    fpb_init(&fpb, 0x10000080); /* Cortex-M7: FPBv2, 8 */
    assert_int_equal(fpb.count, 8);
    assert_int_equal(fpb.revision, 1);
    fpb_init(&fpb, 0x10001000); /* NUM_CODE[6:4] */
    assert_int_equal(fpb.count, 16);
}

static void v1_replaces_a_half_of_a_word(void **state)
{
    struct fpb fpb = {.count = 6};

    (void)state;
    assert_int_equal(fpb_encode(&fpb, 0x08000100), 0x48000101);
    assert_int_equal(fpb_encode(&fpb, 0x08000102), 0x88000101);
    assert_true(fpb_can_reach(&fpb, 0x1FFFFFFE));
    assert_false(fpb_can_reach(&fpb, 0x20000000));
}

static void v2_holds_the_address_itself(void **state)
{
    struct fpb fpb = {.count = 8, .revision = 1};

    (void)state;
    assert_int_equal(fpb_encode(&fpb, 0x20000102), 0x20000103);
    assert_true(fpb_can_reach(&fpb, 0x20000000));
}

static void v1_halves_of_a_word_share_a_comparator(void **state)
{
    struct fpb fpb = {.count = 1};
    uint32_t addresses[] = {0x08000100, 0x08000102};
    uint32_t slots[FPB_MAX] = {0};

    (void)state;
    assert_int_equal(fpb_plan(&fpb, addresses, 2, slots), 2);
    assert_int_equal(slots[0], 0xC8000101);
    assert_int_equal(fpb_plan(&fpb, addresses + 1, 1, slots), 1);
    assert_int_equal(slots[0], 0x88000101);
}

static void breakpoints_stay_where_they_are(void **state)
{
    struct fpb fpb = {.count = 3};
    uint32_t three[] = {0x100, 0x200, 0x300}, two[] = {0x400, 0x300};
    uint32_t slots[FPB_MAX] = {0};

    (void)state;
    assert_int_equal(fpb_plan(&fpb, three, 3, slots), 3);
    assert_int_equal(fpb_plan(&fpb, two, 2, slots), 2);
    assert_int_equal(slots[2], fpb_encode(&fpb, 0x300));
}

static void what_does_not_fit_is_counted(void **state)
{
    struct fpb fpb = {.count = 2};
    uint32_t three[] = {0x100, 0x200, 0x300};
    uint32_t slots[FPB_MAX] = {0};

    (void)state;
    assert_int_equal(fpb_plan(&fpb, three, 3, slots), 2);
    assert_int_equal(slots[0], fpb_encode(&fpb, 0x100));
    assert_int_equal(slots[1], fpb_encode(&fpb, 0x200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fp_ctrl_says_how_many),
        cmocka_unit_test(v1_replaces_a_half_of_a_word),
        cmocka_unit_test(v2_holds_the_address_itself),
        cmocka_unit_test(v1_halves_of_a_word_share_a_comparator),
        cmocka_unit_test(breakpoints_stay_where_they_are),
        cmocka_unit_test(what_does_not_fit_is_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
