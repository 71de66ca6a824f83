/* SPDX-License-Identifier: MIT */
/* Parts of lines of memory that were read: found again, grown too old, dropped. */
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

static void claim_line(struct cache *cache, uint32_t address, bool ram, uint64_t now_us)
{
    for (uint32_t at = address; at < address + CACHE_LINE; at += CACHE_PART)
        cache_claim(cache, at, ram, now_us);
}

static void a_part_counts_once_it_was_read(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    assert_null(cache_find(cache, 0, 1));
    uint8_t *part = cache_claim(cache, 0x08000057, false, 1);
    assert_null(cache_find(cache, 0x08000050, 1));
    assert_true(cache_is_claimed(cache, 0x0800005F));
    assert_false(cache_is_claimed(cache, 0x08000060));
    cache_commit(cache, true);
    assert_false(cache_is_claimed(cache, 0x08000050));
    assert_ptr_equal(cache_find(cache, 0x08000050, 1), part);
    assert_ptr_equal(cache_find(cache, 0x0800005F, 1), part + 15);
    assert_null(cache_find(cache, 0x0800004F, 1));
    assert_null(cache_find(cache, 0x08000060, 1));
    assert_null(cache_find(cache, 0x08000090, 1));
    cache_claim(cache, 0x08000080, false, 1);
    cache_commit(cache, false);
    cache_commit(cache, true);
    assert_null(cache_find(cache, 0x08000080, 1));
}

/* One access can read them together. */
static void parts_of_a_line_follow_each_other(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    uint8_t *part = cache_claim(cache, 0x08000040, false, 1);
    cache_commit(cache, true);
    for (uint32_t i = 1; i < CACHE_LINE / CACHE_PART; i++)
        assert_ptr_equal(cache_claim(cache, 0x08000040 + i * CACHE_PART, false, 1),
                         part + (size_t)i * CACHE_PART);
    assert_int_equal(cache_claimed_parts(cache), 3);
    assert_ptr_equal(cache_find(cache, 0x08000040, 1), part);
    cache_commit(cache, false); /* what was there before is still there */
    assert_int_equal(cache_claimed_parts(cache), 0);
    assert_ptr_equal(cache_find(cache, 0x08000040, 1), part);
    assert_null(cache_find(cache, 0x08000050, 1));
}

static void what_is_read_again_is_not_there_before(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    cache_claim(cache, 0x08000040, false, 1);
    cache_commit(cache, true);
    cache_claim(cache, 0x08000040, false, 1);
    assert_null(cache_find(cache, 0x08000040, 1));
    cache_commit(cache, false);
    assert_null(cache_find(cache, 0x08000040, 1));
}

static void a_line_is_as_old_as_its_first_part(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    cache_claim(cache, 0x20000000, true, 1000);
    cache_commit(cache, true);
    cache_claim(cache, 0x20000010, true, 2000);
    cache_commit(cache, true);
    assert_non_null(cache_find(cache, 0x20000010, 1000 + CACHE_RAM_LIFE_US));
    assert_null(cache_find(cache, 0x20000010, 1001 + CACHE_RAM_LIFE_US));
    cache_claim(cache, 0x20000010, true, 1001 + CACHE_RAM_LIFE_US);
    cache_commit(cache, true);
    assert_non_null(cache_find(cache, 0x20000010, 1001 + CACHE_RAM_LIFE_US));
    assert_null(cache_find(cache, 0x20000000, 1001 + CACHE_RAM_LIFE_US));
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
    claim_line(cache, 0x20000000, true, 1);
    claim_line(cache, 0x20000040, true, 1);
    cache_claim(cache, 0x08000000, false, 1);
    cache_commit(cache, true);
    cache_drop_range(cache, 0x2000001F, 2);
    assert_non_null(cache_find(cache, 0x2000000F, 1));
    assert_null(cache_find(cache, 0x20000010, 1));
    assert_null(cache_find(cache, 0x2000002F, 1));
    assert_non_null(cache_find(cache, 0x20000030, 1));
    cache_drop_range(cache, 0x2000003F, 1);
    assert_null(cache_find(cache, 0x20000030, 1));
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
    uint8_t *first = cache_claim(cache, 0x20000000, true, 5);

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

/* Its data would arrive under the address of another. */
static void what_is_being_read_does_not_give_way(void **state)
{
    struct cache *cache = fresh();

    (void)state;
    for (uint32_t i = 0; i <= CACHE_LINES; i++) {
        cache_claim(cache, i * CACHE_LINE, false, 1);
        cache_commit(cache, true);
    }
    cache_drop_range(cache, CACHE_LINE, 1); /* the one that would give way next is free */
    const uint8_t *first = cache_claim(cache, 0x08000000, false, 1);
    assert_ptr_not_equal(cache_claim(cache, 0x08000040, false, 1), first);
    cache_commit(cache, true);
    assert_ptr_equal(cache_find(cache, 0x08000000, 1), first);
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
        cmocka_unit_test(a_part_counts_once_it_was_read),
        cmocka_unit_test(parts_of_a_line_follow_each_other),
        cmocka_unit_test(what_is_read_again_is_not_there_before),
        cmocka_unit_test(a_line_is_as_old_as_its_first_part),
        cmocka_unit_test(ram_grows_old_and_flash_does_not),
        cmocka_unit_test(dropping_takes_what_it_says),
        cmocka_unit_test(a_line_stands_once),
        cmocka_unit_test(the_oldest_line_gives_way),
        cmocka_unit_test(what_is_being_read_does_not_give_way),
        cmocka_unit_test(ram_that_comes_and_goes_leaves_flash_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
