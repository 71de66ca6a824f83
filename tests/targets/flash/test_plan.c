/* SPDX-License-Identifier: MIT */
/* The planner's rules one by one: what is final, what is kept, what must be erased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flash/plan.h"

enum { START = 0x08000000, PAGE = 16, SECTOR = 32, SECTORS = 8 };

static const struct flash_area area = {START, SECTOR *SECTORS, SECTOR, 1000};

static int setup(void **state)
{
    struct flash_plan *plan = malloc(sizeof *plan);

    *state = plan;
    return !plan || plan_init(plan, &area, 1, PAGE, 2, 0xFF);
}

static int teardown(void **state)
{
    plan_finish(*state);
    free(*state);
    return 0;
}

static struct plan_sector *sector(struct flash_plan *plan, unsigned i)
{
    return plan_sector_at(plan, START + i * SECTOR);
}

static void compare_all(struct flash_plan *plan, unsigned i, const uint8_t *now)
{
    for (uint32_t page = 0; page < SECTOR / PAGE; page++)
        assert_int_equal(plan_compare(plan, sector(plan, i), page, now + page * PAGE), ERR_OK);
}

static void refuses_sizes_that_do_not_divide(void **state)
{
    static const struct flash_area bad[] = {
        {START, 33, 32, 1}, {START, 32, 24, 1}, {START, 32, 0, 1}, {0xFFFFFFF0, 32, 32, 1}};
    static const struct flash_area overlap[] = {{START, 64, 32, 1}, {START + 32, 32, 32, 1}};
    struct flash_plan plan;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(plan_init(&plan, &bad[i], 1, 16, 2, 0xFF), ERR_ARGUMENT);
        plan_finish(&plan);
    }
    assert_int_equal(plan_init(&plan, overlap, 2, 16, 2, 0xFF), ERR_ARGUMENT);
    plan_finish(&plan);
    assert_int_equal(plan_init(&plan, &area, 1, 16, 3, 0xFF), ERR_ARGUMENT);
    plan_finish(&plan);
}

static void takes_nothing_outside_the_flash(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t data[64] = {0};

    assert_int_equal(plan_write(plan, START - 1, data, 2), ERR_NOT_FLASH);
    assert_int_equal(plan_write(plan, START + SECTOR * SECTORS - 1, data, 2), ERR_NOT_FLASH);
    assert_int_equal(plan_write(plan, 0xFFFFFFFF, data, 2), ERR_NOT_FLASH);
    assert_int_equal(plan_announce(plan, START, SECTOR * SECTORS + 1), ERR_NOT_FLASH);
    assert_int_equal(plan_announce(plan, 0, 0xFFFFFFFF), ERR_NOT_FLASH);
    for (unsigned i = 0; i < SECTORS; i++) {
        assert_null(sector(plan, i)->want);
        assert_false(sector(plan, i)->open);
    }
}

static void knows_gaps_between_areas(void **state)
{
    static const struct flash_area areas[] = {{START, 64, 32, 1}, {START + 0x100, 128, 64, 1}};
    struct flash_plan plan;
    uint8_t data[2] = {0};

    (void)state;
    assert_int_equal(plan_init(&plan, areas, 2, 16, 2, 0xFF), ERR_OK);
    assert_int_equal(plan.count, 4);
    assert_null(plan_sector_at(&plan, START + 64));
    assert_int_equal(plan_sector_at(&plan, START + 0x17F)->address, START + 0x140);
    assert_int_equal(plan_write(&plan, START + 63, data, 2), ERR_NOT_FLASH);
    plan_finish(&plan);
}

static void a_sector_is_final_when_a_write_passes_its_end(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t data[SECTOR] = {0};

    plan_announce(plan, START, 4 * SECTOR);
    assert_false(plan_is_final(plan, sector(plan, 0), false));
    plan_write(plan, START, data, SECTOR - 1);
    assert_false(plan_is_final(plan, sector(plan, 0), false));
    plan_write(plan, START + SECTOR - 1, data, 1);
    assert_true(plan_is_final(plan, sector(plan, 0), false));
    plan_write(plan, START + SECTOR + 4, data, 4);
    assert_false(plan_is_final(plan, sector(plan, 1), false));
    plan_write(plan, START + 3 * SECTOR, data, 4);
    assert_true(plan_is_final(plan, sector(plan, 1), false));
    assert_false(plan_is_final(plan, sector(plan, 2), false)); /* nothing written yet */
    assert_true(plan_is_final(plan, sector(plan, 2), true));
    assert_false(plan_is_final(plan, sector(plan, 4), true)); /* nobody asked for it */
}

static void an_announcement_widens_to_sectors(void **state)
{
    struct flash_plan *plan = *state;

    plan_announce(plan, START + SECTOR + 1, SECTOR);
    assert_false(sector(plan, 0)->announced);
    assert_true(sector(plan, 1)->announced);
    assert_true(sector(plan, 2)->announced);
    assert_false(sector(plan, 3)->announced);
}

static void bytes_nobody_named_are_kept(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t now[SECTOR], page[PAGE];

    for (unsigned i = 0; i < SECTOR; i++)
        now[i] = (uint8_t)i;
    plan_write(plan, START + 3, "\x55\x66", 2);
    assert_true(plan_must_keep(sector(plan, 0)));
    plan_keep(sector(plan, 0), now);
    assert_false(plan_must_keep(sector(plan, 0)));
    compare_all(plan, 0, now);
    assert_true(plan_needs_erase(plan, sector(plan, 0)));
    plan_erased(plan, sector(plan, 0));
    assert_true(plan_page_program(plan, sector(plan, 0), 0, page));
    assert_memory_equal(page, "\x00\x01\x02\x55\x66\x05\x06\x07", 8);
    assert_true(plan_page_program(plan, sector(plan, 0), 1, page));
    assert_memory_equal(page, now + PAGE, PAGE);
}

static void a_late_announcement_lets_kept_bytes_go(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t now[SECTOR] = {0}, page[PAGE];

    plan_write(plan, START, "\x01\x02", 2);
    plan_keep(sector(plan, 0), now);
    plan_announce(plan, START, SECTOR);
    plan_page_want(plan, sector(plan, 0), 0, page);
    assert_memory_equal(page, "\x01\x02\xff\xff", 4);
}

static void erased_units_need_no_erase(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t now[SECTOR], page[PAGE];

    memset(now, 0xFF, sizeof now);
    memcpy(now, "\x11\x22", 2);
    plan_announce(plan, START, SECTOR);
    plan_write(plan, START, "\x11\x22\x33\x44", 4);
    compare_all(plan, 0, now);
    assert_false(plan_needs_erase(plan, sector(plan, 0)));
    assert_true(plan_page_program(plan, sector(plan, 0), 0, page));
    assert_memory_equal(page, "\xff\xff\x33\x44\xff\xff", 6); /* what is there is left alone */
    assert_false(plan_page_program(plan, sector(plan, 0), 1, page));
}

static void a_unit_that_is_not_erased_needs_one(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t now[SECTOR];

    /* Only 1 -> 0, but the unit was programmed: the controller refuses (PGERR). */
    memset(now, 0xFF, sizeof now);
    memcpy(now, "\xff\x7f", 2);
    plan_announce(plan, START, SECTOR);
    plan_write(plan, START, "\x00\x7f", 2);
    compare_all(plan, 0, now);
    assert_true(plan_needs_erase(plan, sector(plan, 0)));
}

static void announced_and_unwritten_ends_erased(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t now[SECTOR], page[PAGE];

    memset(now, 0xFF, sizeof now);
    now[SECTOR - 1] = 0xFE;
    plan_announce(plan, START, SECTOR);
    compare_all(plan, 0, now);
    assert_true(plan_needs_erase(plan, sector(plan, 0)));
    plan_erased(plan, sector(plan, 0));
    assert_false(plan_page_program(plan, sector(plan, 0), 0, page));
    assert_false(plan_page_program(plan, sector(plan, 0), 1, page));
}

static void a_write_opens_a_closed_sector_again(void **state)
{
    struct flash_plan *plan = *state;
    uint8_t data[SECTOR] = {1}, page[PAGE];

    plan_announce(plan, START, SECTOR);
    plan_write(plan, START, data, SECTOR);
    plan_found_blank(plan, sector(plan, 0));
    plan_page_begins(sector(plan, 0), 0);
    plan_close(sector(plan, 0));
    assert_false(plan_is_final(plan, sector(plan, 0), true));
    plan_write(plan, START, "\x02", 1);
    assert_true(plan_is_final(plan, sector(plan, 0), true));
    compare_all(plan, 0, data);
    assert_true(plan_needs_erase(plan, sector(plan, 0)));
    plan_erased(plan, sector(plan, 0));
    assert_true(plan_page_program(plan, sector(plan, 0), 0, page));
    assert_memory_equal(page, "\x02\x00", 2);
}

/* Sectors 0..stale-1 are compared and stale, up to `same` they hold what is wanted. */
static void chip(struct flash_plan *plan, unsigned stale, unsigned same)
{
    uint8_t data[SECTOR] = {0}, other[SECTOR] = {1};

    for (unsigned i = 0; i < same; i++) {
        plan_write(plan, START + i * SECTOR, data, SECTOR);
        compare_all(plan, i, i < stale ? other : data);
        if (i < stale) /* the second page is the same in both */
            plan_compare(plan, sector(plan, i), 1, other);
    }
}

static void mass_erase_must_lose_nothing(void **state)
{
    static const struct flash_costs costs = {20, 1000, 0};
    struct flash_plan *plan = *state;

    chip(plan, 6, 6);
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 1);
    assert_true(plan_has_rest(plan, 1));
    assert_true(plan_is_rest(sector(plan, 6)));
    plan_found_blank(plan, sector(plan, 6));
    plan_found_blank(plan, sector(plan, 7));
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 1);
    assert_false(plan_has_rest(plan, 1));
    assert_int_equal(plan_mass_erase(plan, &costs, 1), 0); /* barred */
    plan_write(plan, START + 7 * SECTOR, "\x01", 1); /* the rest of that sector is to be kept */
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 0);
    plan_announce(plan, START + 7 * SECTOR, SECTOR);
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 1);
}

static void mass_erase_must_be_cheaper(void **state)
{
    static const struct flash_costs slow_mass = {20, 9000, 0}, dear_pages = {2000, 1000, 0};
    struct flash_plan *plan = *state;

    chip(plan, 4, 8);
    assert_int_equal(plan_mass_erase(plan, &slow_mass, 0), 0);
    assert_int_equal(plan_mass_erase(plan, &dear_pages, 0), 0); /* 12 good pages */
}

/* F4's sectors take from 0.25 to 1 s. */
static void sectors_count_by_the_time_they_take(void **state)
{
    static const struct flash_area areas[] = {{START, 64, 32, 1000}, {START + 64, 64, 64, 4000}};
    static const struct flash_costs costs = {20, 3000, 0};
    uint8_t old[64] = {0}, new[64];
    struct flash_plan plan;

    (void)state;
    memset(new, 0x11, sizeof new);
    for (unsigned large = 0; large < 2; large++) {
        assert_int_equal(plan_init(&plan, areas, 2, PAGE, 2, 0xFF), ERR_OK);
        for (unsigned i = 0; i < 3; i++)
            plan_found_blank(&plan, &plan.sectors[i]);
        struct plan_sector *stale = &plan.sectors[large ? 2 : 0];
        stale->blank = false;
        plan_write(&plan, stale->address, new, stale->size);
        for (uint32_t page = 0; page < stale->size / PAGE; page++)
            plan_compare(&plan, stale, page, old + page * PAGE);
        assert_int_equal(plan_mass_erase(&plan, &costs, 0), large ? 1 : 0);
        plan_finish(&plan);
    }
}

/* The second half of the chip is another bank. */
static void a_bank_is_erased_for_itself(void **state)
{
    static const struct flash_costs costs = {20, 1900, 1000}, only_all = {20, 1900, 0};
    struct flash_plan *plan = *state;

    plan_begin_bank(plan, START + SECTORS / 2 * SECTOR);
    assert_int_equal(plan->bank_count, 2);
    chip(plan, 4, 4); /* all of the first bank, and nobody named the second */
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 1);
    assert_false(plan_has_rest(plan, 1));
    assert_true(plan_has_rest(plan, 2));
    assert_int_equal(plan_mass_erase(plan, &costs, 1), 0);
    assert_int_equal(plan_mass_erase(plan, &only_all, 0), 3); /* if the rest is blank */
    assert_int_equal(plan_mass_erase(plan, &only_all, 2), 0);
}

static void both_banks_are_erased_together(void **state)
{
    static const struct flash_costs costs = {20, 1900, 1000}, in_turn = {20, 99999, 1000};
    struct flash_plan *plan = *state;

    plan_begin_bank(plan, START + SECTORS / 2 * SECTOR);
    chip(plan, 8, 8);
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 3);
    assert_int_equal(plan_mass_erase(plan, &costs, 1), 2);
    assert_int_equal(plan_mass_erase(plan, &in_turn, 0), 3);
}

/* What is to stay in one bank does not matter to the other. */
static void a_bank_that_keeps_bytes_does_not_bind_the_other(void **state)
{
    static const struct flash_costs costs = {20, 1900, 1000};
    struct flash_plan *plan = *state;

    plan_begin_bank(plan, START + SECTORS / 2 * SECTOR);
    chip(plan, 4, 4);
    plan_write(plan, START + 7 * SECTOR, "\x01", 1); /* the rest of that sector is to be kept */
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 1);
}

static void one_stale_sector_does_not_condemn_the_chip(void **state)
{
    static const struct flash_costs costs = {1350, 1000, 0};
    struct flash_plan *plan = *state;

    plan_announce(plan, START, SECTORS * SECTOR);
    chip(plan, 1, 1);
    assert_int_equal(plan_mass_erase(plan, &costs, 0), 0);
}

static void describes_what_was_changed(void **state)
{
    struct flash_plan *plan = *state;
    char text[200];

    plan_describe(plan, text, sizeof text);
    assert_string_equal(text, "unchanged");
    chip(plan, 4, 5);
    for (unsigned i = 0; i < 4; i++)
        plan_erased(plan, sector(plan, i));
    plan_page_begins(sector(plan, 0), 0);
    plan_page_begins(sector(plan, 1), 0);
    plan_close(sector(plan, 0));
    plan_describe(plan, text, sizeof text);
    assert_string_equal(text, "0x08000000-0x0800001f programmed, 0x08000020-0x0800003f partly "
                              "programmed, 0x08000040-0x0800007f erased, not programmed");
}

/* What an erase left is told and verified; where nothing was done at all, nothing is. */
static void what_was_never_programmed_is_as_it_was_before(void **state)
{
    struct flash_plan *plan = *state;

    plan_announce(plan, START, 2 * SECTOR);
    plan_erased(plan, sector(plan, 0));
    for (unsigned i = 0; i < 2; i++) {
        plan_page_begins(sector(plan, i), 0);
        plan_found_unprogrammed(sector(plan, i));
    }
    assert_int_equal(sector(plan, 0)->state, SECTOR_ERASED);
    assert_true(sector(plan, 0)->touched);
    assert_int_equal(sector(plan, 1)->state, SECTOR_UNTOUCHED);
    assert_false(sector(plan, 1)->touched);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(refuses_sizes_that_do_not_divide),
        TEST(takes_nothing_outside_the_flash),
        TEST(knows_gaps_between_areas),
        TEST(a_sector_is_final_when_a_write_passes_its_end),
        TEST(an_announcement_widens_to_sectors),
        TEST(bytes_nobody_named_are_kept),
        TEST(a_late_announcement_lets_kept_bytes_go),
        TEST(erased_units_need_no_erase),
        TEST(a_unit_that_is_not_erased_needs_one),
        TEST(announced_and_unwritten_ends_erased),
        TEST(a_write_opens_a_closed_sector_again),
        TEST(mass_erase_must_lose_nothing),
        TEST(mass_erase_must_be_cheaper),
        TEST(sectors_count_by_the_time_they_take),
        TEST(one_stale_sector_does_not_condemn_the_chip),
        TEST(a_bank_is_erased_for_itself),
        TEST(both_banks_are_erased_together),
        TEST(a_bank_that_keeps_bytes_does_not_bind_the_other),
        TEST(describes_what_was_changed),
        TEST(what_was_never_programmed_is_as_it_was_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
