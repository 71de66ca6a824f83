/* SPDX-License-Identifier: MIT */
/* Lines of memory that were read: found again, grown too old, dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cache.h"

static struct cache *fresh(void)
{
    static struct cache cache;

    memset(&cache, 0, sizeof cache);
    cache_drop_all(&cache);
    return &cache;
}

static void a_line_counts_once_it_was_read(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    assert_null(cache_find(cache, 0, 1));
    struct cache_line *line = cache_claim(cache, 0x08000047, false, 1);
    assert_int_equal(line->address, 0x08000040);
    assert_null(cache_find(cache, 0x08000040, 1));
    cache_commit(cache, true);
    assert_ptr_equal(cache_find(cache, 0x0800007F, 1), line);
    assert_null(cache_find(cache, 0x08000080, 1));
    cache_claim(cache, 0x08000080, false, 1);
    cache_commit(cache, false);
    cache_commit(cache, true);
    assert_null(cache_find(cache, 0x08000080, 1));
}

static void ram_grows_old_and_flash_does_not(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    cache_claim(cache, 0x20000000, true, 1000);
    cache_claim(cache, 0x08000000, false, 1000);
    cache_commit(cache, true);
    assert_non_null(cache_find(cache, 0x20000000, 1000 + CACHE_RAM_LIFE_US));
    assert_null(cache_find(cache, 0x20000000, 1001 + CACHE_RAM_LIFE_US));
    assert_non_null(cache_find(cache, 0x08000000, 1u << 30));
}

static void dropping_takes_what_it_says(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    cache_claim(cache, 0x20000000, true, 1);
    cache_claim(cache, 0x20000040, true, 1);
    cache_claim(cache, 0x08000000, false, 1);
    cache_commit(cache, true);
    cache_drop_range(cache, 0x2000003F, 1);
    assert_null(cache_find(cache, 0x20000000, 1));
    assert_non_null(cache_find(cache, 0x20000040, 1));
    cache_drop_ram(cache);
    assert_null(cache_find(cache, 0x20000040, 1));
    assert_non_null(cache_find(cache, 0x08000000, 1));
    cache_drop_all(cache);
    assert_null(cache_find(cache, 0x08000000, 1));
}

static void a_line_stands_once(void **state)
{
    struct cache *cache = fresh();
    struct cache_line *first = cache_claim(cache, 0x20000000, true, 5);

    (void)state;
    assert_ptr_equal(cache_claim(cache, 0x20000000, true, 6), first);
    cache_commit(cache, true);
    assert_ptr_equal(cache_claim(cache, 0x20000000, true, 7), first);
}

static void the_oldest_line_gives_way(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    for (uint32_t i = 0; i <= CACHE_LINES; i++) {
        cache_claim(cache, i * CACHE_LINE, false, 1);
        cache_commit(cache, true);
    }
    assert_null(cache_find(cache, 0, 1));
    assert_non_null(cache_find(cache, CACHE_LINE, 1));
    assert_non_null(cache_find(cache, CACHE_LINES * CACHE_LINE, 1));
}

static void ram_that_comes_and_goes_leaves_flash_alone(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    cache_claim(cache, 0x08000000, false, 1);
    cache_commit(cache, true);
    for (unsigned i = 0; i < 3 * CACHE_LINES; i++) {
        cache_claim(cache, 0x20000000 + i * CACHE_LINE, true, 1);
        cache_commit(cache, true);
        cache_drop_ram(cache);
    }
    assert_non_null(cache_find(cache, 0x08000000, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_counts_once_it_was_read),
        cmocka_unit_test(ram_grows_old_and_flash_does_not),
        cmocka_unit_test(dropping_takes_what_it_says),
        cmocka_unit_test(a_line_stands_once),
        cmocka_unit_test(the_oldest_line_gives_way),
        cmocka_unit_test(ram_that_comes_and_goes_leaves_flash_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
