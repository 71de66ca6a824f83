/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32L053R8, L152RC and L152RE, whose flash is erased to zeros and
 * programmed by half pages; their option bytes, which a load on demand puts into force. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash/content.h"
#include "flash/stm32/stm32l0.h"
#include "flash_bench.h"

enum { STEP_US = 3280, BOR_LEV = 4, ALL = 64 * KIB };

static uint8_t image[ALL];
static const struct chip {
    const char *board;
    const struct flash_options *table;
    uint32_t page, pecr, bor_lev; /* the last: as delivered */
    uint32_t icscr, apb1enr;      /* of RCC */
} chips[] = {
    {"nucleo-l053,still", &stm32l0_option_table, 128, 0x40022004, 0, 0x40021004, 0x40021038},
    {"l152c-disco,still", &stm32l1_cat3_option_table, 256, 0x40023C04, 8, 0x40023804, 0x40023824},
    {"nucleo-l152,still", &stm32l1_cat5_option_table, 256, 0x40023C04, 8, 0x40023804, 0x40023824},
};
enum { PWR_CR = 0x40007000, PWREN = 1 << 28, RANGE_3 = 3 << 11, RANGE_2 = 2 << 11 };
static const struct chip *chip;
static const struct flash_options *table;

static int up(void **state, const struct chip *on)
{
    chip = on;
    table = on->table;
    return bench_up_at(state, on->board, 4000);
}

static int l0(void **state)
{
    return up(state, &chips[0]);
}

static int cat3(void **state)
{
    return up(state, &chips[1]);
}

static int cat5(void **state)
{
    return up(state, &chips[2]);
}

static struct flash_report load(struct bench *bench, uint32_t length)
{
    return bench_loaded(bench, FLASH, image, length);
}

static struct option_state options(struct bench *bench)
{
    return bench_option_state(bench, table);
}

static void it_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t least_ms = ALL / (chip->page / 2) * STEP_US / 1000;

    bench_fill(image, sizeof image, 1);
    /* The core looks at all of it before and behind that, at 4.2 MHz. */
    uint64_t us = bench_load_blank(bench, image, ALL, least_ms, least_ms * 109 / 100);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_load_again(bench, image, ALL, us);
    assert_int_equal(bench_word(bench, chip->pecr), 7); /* locked */
}

static void set_word(struct bench *bench, uint32_t address, uint32_t value)
{
    ops_write32(&bench->target->core->ops, address, value);
    bench_ok(bench, core_flush(bench->target->core));
}

/* How long it takes to see that nothing is to be done: the core sums it up. */
static uint64_t compare(struct bench *bench)
{
    bench_job(bench);
    uint64_t began_us = bench_now_us(bench);
    load(bench, 32 * KIB);
    return bench_now_us(bench) - began_us;
}

/* MSI is faster during a load only, and not where the program lowered the voltage or chose a speed:
 * PWR is looked at, though it has no clock. */
static void the_core_is_clocked_as_before_a_load(void **state)
{
    struct bench *bench = *state;
    uint32_t icscr = bench_word(bench, chip->icscr);

    bench_fill(image, sizeof image, 1);
    load(bench, 32 * KIB);
    uint64_t fast_us = compare(bench);
    assert_int_equal(bench_word(bench, chip->icscr), icscr);
    assert_int_equal(bench_word(bench, chip->apb1enr), 0);
    for (int lowered = 0; lowered < 2; lowered++) {
        set_word(bench, chip->apb1enr, PWREN);
        set_word(bench, PWR_CR, lowered ? RANGE_3 : RANGE_2);
        set_word(bench, chip->apb1enr, 0);
        set_word(bench, chip->icscr, lowered ? icscr : icscr - 0x2000); /* 1 MHz */
        assert_in_range(compare(bench), fast_us * 5 / 4, 100 * fast_us);
        assert_int_equal(bench_word(bench, chip->icscr), lowered ? icscr : icscr - 0x2000);
    }
}

/* 0xFF is no erased byte here, and 0 is one. */
static void what_is_zero_counts_as_erased(void **state)
{
    struct bench *bench = *state;

    memset(image, 0, sizeof image);
    memset(image + chip->page, 0xFF, chip->page / 2);
    struct flash_report report = load(bench, 4 * KIB);
    assert_int_equal(report.bytes_programmed, chip->page);
    bench_assert_memory(bench, FLASH, image, 4 * KIB);
    memset(image + chip->page, 0, chip->page / 2);
    report = load(bench, 4 * KIB);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_programmed, 0);
    bench_assert_filled(bench, FLASH, 0, 4 * KIB);
}

static void a_page_is_erased_when_it_must_be(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, 4 * KIB);
    image[3 * chip->page + 77] ^= 0xFF;
    struct flash_report report = load(bench, 4 * KIB);
    assert_int_equal(report.bytes_erased, chip->page);
    assert_int_equal(report.bytes_programmed, chip->page);
    bench_assert_memory(bench, FLASH, image, 4 * KIB);
}

/* Two banks, and no erase of all: page by page. */
static void all_is_erased_by_pages(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, 4 * KIB);
    bench_job(bench);
    uint64_t began_us = bench_now_us(bench);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    assert_in_range(bench_now_us(bench) - began_us, 16 * STEP_US, 1000000);
    bench_assert_filled(bench, FLASH, 0, 8 * KIB);
}

static bool somebody_waits(void *user)
{
    (void)user;
    return true;
}

/* Halted between two words of a half page, nothing of it would be programmed. */
static void others_do_not_break_a_half_page(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    bench->waiting = somebody_waits;
    load(bench, 16 * KIB);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

static void fields_are_stored_and_are_loaded_on_demand(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench), now;

    assert_int_equal(option_get(&table->fields[BOR_LEV], wanted.in_force), chip->bor_lev);
    assert_false(option_pending(table, &wanted));
    assert_false(wanted.broken); /* all words that there are are whole */
    option_set(&table->fields[BOR_LEV], wanted.stored, 9);
    bench_ok(bench, table->write(bench->target, &wanted));
    now = options(bench);
    assert_int_equal(option_get(&table->fields[BOR_LEV], now.stored), 9);
    assert_true(option_pending(table, &now));
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    assert_int_equal(option_get(&table->fields[BOR_LEV], options(bench).in_force), chip->bor_lev);
    bench_ok(bench, table->load(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(option_get(&table->fields[BOR_LEV], options(bench).in_force), 9);
}

/* The last sector's bit is in the last register. */
static void a_protected_sector_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);
    uint32_t count = option_block_count(table, bench->target);
    struct option_block block;

    bench_fill(image, sizeof image, 1);
    load(bench, 16 * KIB);
    assert_int_equal(count, target_chip(bench->target)->flash_size / (4 * KIB));
    assert_true(option_block_get(table, bench->target, count - 1, &block));
    option_block_protect(&block, wanted.stored, true);
    assert_int_equal(wanted.stored[table->register_count - 1], 1u << (count - 1) % 32);
    assert_true(option_block_get(table, bench->target, 1, &block));
    assert_int_equal(block.address, FLASH + 4 * KIB);
    option_block_protect(&block, wanted.stored, true);
    bench_ok(bench, table->write(bench->target, &wanted));
    bench_ok(bench, table->load(bench->target));
    assert_true(option_block_protected(&block, options(bench).in_force));
    bench_fill(image, sizeof image, 2); /* what is there is to be erased */
    assert_int_equal(bench_load(bench, FLASH, image, 16 * KIB, NULL), ERR_PROTECTED);
    bench_fill(image, sizeof image, 1);
    assert_non_null(strstr(bench->job.text, "0x08001000 is write protected by the option bytes"));
    assert_non_null(strstr(bench->job.text, "flash: unchanged"));
    bench_job(bench);
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

static void protect(struct bench *bench, uint32_t index)
{
    struct option_state wanted = options(bench);
    struct option_block block;

    assert_true(option_block_get(table, bench->target, index, &block));
    option_block_protect(&block, wanted.stored, true);
    bench_ok(bench, table->write(bench->target, &wanted));
    bench_ok(bench, table->load(bench->target));
}

/* A boot loader that is protected may be in every image, as long as it is the same. */
static void protected_sectors_may_be_loaded_with_what_they_hold(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, 16 * KIB);
    protect(bench, 1);
    image[0] ^= 0xFF;
    image[9 * KIB] ^= 0xFF;
    struct flash_report report = load(bench, 16 * KIB);
    assert_int_equal(report.bytes_erased, 2 * chip->page);
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

/* Of a file that has more than one segment, too, and of none of them anything is begun. */
static void a_file_is_refused_for_its_last_segment(void **state)
{
    struct bench *bench = *state;
    struct image_segment segments[] = {{FLASH, KIB, image},
                                       {FLASH + 6 * KIB, KIB, image + 6 * KIB}};
    const struct image file = {.segments = segments, .count = 2};

    bench_fill(image, sizeof image, 1);
    load(bench, 16 * KIB);
    protect(bench, 1);
    bench_job(bench);
    image[0] ^= 0xFF;
    image[6 * KIB] ^= 0xFF;
    assert_int_equal(flash_image(bench->target, &file, &(struct flash_image_options){0}, NULL),
                     ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "flash: unchanged"));
    bench_job(bench);
    image[0] ^= 0xFF;
    image[6 * KIB] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 16 * KIB);
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, 4 * KIB);
    bench_ok(bench, table->lock(bench->target));
    assert_false(options(bench).readout_protected);
    bench_ok(bench, table->load(bench->target));
    assert_true(target_chip(bench->target)->readout_protected);
    assert_true(options(bench).readout_protected);
    bench_assert_protection_ends(bench, table, image, 4 * KIB, 0);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, table, 0xCC);
}

int main(void)
{
#define ALL_OF_THEM(name)                                        \
    cmocka_unit_test_setup_teardown(name, l0, bench_down),       \
        cmocka_unit_test_setup_teardown(name, cat3, bench_down), \
        cmocka_unit_test_setup_teardown(name, cat5, bench_down)
    const struct CMUnitTest tests[] = {
        ALL_OF_THEM(it_is_loaded_at_the_speed_of_the_flash),
        ALL_OF_THEM(the_core_is_clocked_as_before_a_load),
        ALL_OF_THEM(what_is_zero_counts_as_erased),
        ALL_OF_THEM(a_page_is_erased_when_it_must_be),
        ALL_OF_THEM(all_is_erased_by_pages),
        ALL_OF_THEM(others_do_not_break_a_half_page),
        ALL_OF_THEM(fields_are_stored_and_are_loaded_on_demand),
        ALL_OF_THEM(a_protected_sector_is_named),
        ALL_OF_THEM(protected_sectors_may_be_loaded_with_what_they_hold),
        ALL_OF_THEM(a_file_is_refused_for_its_last_segment),
        ALL_OF_THEM(protection_goes_on_and_off),
        ALL_OF_THEM(level_2_is_for_ever),
    };

    return cmocka_run_group_tests_name("l0_load", tests, NULL, NULL);
}
