/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flash/pace.h"

enum { BLOCK = 512 };

/* Looks as the loader does, until a flash with this time a unit is through with `blocks`; returns
 * how often a look came too early. The flash never stands still. */
static unsigned look(struct pace *pace, uint32_t unit_ns, unsigned blocks)
{
    unsigned early = 0;

    for (unsigned i = 0; i < blocks; i++) {
        uint64_t done = (i + 1) * (uint64_t)BLOCK * unit_ns / 1000;
        uint64_t due = pace_expects_us(pace, BLOCK) + BLOCK * (uint64_t)unit_ns / 8000;
        if (due < done)
            early++;
        pace_done(pace, BLOCK, due < done, due < done ? done + 500 : due);
    }
    return early;
}

static void a_slow_clone_is_learnt(void **state)
{
    struct pace pace = {.unit_ns = 40000};

    (void)state;
    pace_begin(&pace, 0);
    assert_in_range(look(&pace, 90000, 64), 1, 6);
    /* Never beyond what it takes: the flash would wait for us. */
    assert_in_range(pace.unit_ns, 86000, 90000);
}

static void time_it_stood_is_no_work(void **state)
{
    struct pace pace = {.unit_ns = 50000};

    (void)state;
    pace_begin(&pace, 1000);
    assert_int_equal(pace_expects_us(&pace, 100), 6000);
    pace_stood(&pace, 700);
    assert_int_equal(pace_expects_us(&pace, 100), 6700);
    pace_done(&pace, 100, false, 9000);
    assert_int_equal(pace_expects_us(&pace, 100), 11700);
    pace_done(&pace, 100, true, 21700);
    assert_int_equal(pace.unit_ns, 90000); /* 200 in 20 ms, less what a look may be late */
    assert_int_equal(pace_expects_us(&pace, 100), 30700);
}

/* The host was slow once: that says nothing of the flash. */
static void time_without_work_teaches_nothing(void **state)
{
    struct pace pace = {.unit_ns = 50000};

    (void)state;
    pace_begin(&pace, 0);
    pace_goes_on(&pace, 100, 4000);
    pace_goes_on(&pace, 100, 9000);
    pace_done(&pace, 200, true, 20000);
    assert_int_equal(pace.unit_ns, 50000);
    pace_done(&pace, 200, true, 40000);
    assert_int_equal(pace.unit_ns, 90000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_clone_is_learnt),
        cmocka_unit_test(time_it_stood_is_no_work),
        cmocka_unit_test(time_without_work_teaches_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
