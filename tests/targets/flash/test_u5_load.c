/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32U575, whose quad words are programmed once between two erases, and
 * faster in rows; its banks, which may be swapped; its option bytes and their doors. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32u5.h"
#include "flash_bench.h"

enum { PAGE = 8 * KIB, ALL = 2048 * KIB, HALF = ALL / 2 };
enum {
    RCC_ICSCR1 = 0x46020C08,
    RCC_CFGR1 = 0x46020C1C,
    RCC_AHB3ENR = 0x46020C94,
    PWR_VOSR = 0x4602080C,
    ICACHE_CR = 0x40030400,
    ICACHE_SR = 0x40030404,
    ACR = 0x40022000,
    KEYR = 0x40022008,
    SR = 0x40022020,
    CR = 0x40022028,
    ROW_US = 8 * 48,
    ROW = 128,
    PAGE_ERASE_US = 1500,
};
#define LOCKED 0xC0000000u
#define WDW (1u << 17)
#define VOS_RANGE_3 0x10000u
#define AS_DELIVERED 0x1FEFF8AAu
enum { OPTR, WRP1AR, WRP1BR, WRP2AR, SECWM1R1 = 8 };
static const struct flash_options *const table = &stm32u5_option_table;

static uint8_t image[ALL];

static int up(void **state)
{
    return bench_up_at(state, "nucleo-u575,still", 24000);
}

static struct flash_report load(struct bench *bench, uint32_t address, uint32_t length)
{
    return bench_loaded(bench, address, image + (address - FLASH), length);
}

static void set_word(struct bench *bench, uint32_t address, uint32_t word)
{
    bench_ok(bench, target_write_width(bench->target, address, 4, &word, 1));
}

static struct option_state options(struct bench *bench)
{
    return bench_option_state(bench, table);
}

static const struct option_field *field(const char *name)
{
    for (unsigned i = 0; i < table->field_count; i++)
        if (!strcmp(table->fields[i].name, name))
            return &table->fields[i];
    fail_msg("there is no field %s", name);
    return NULL;
}

/* What is asked for is written, and loaded. */
static void set_option(struct bench *bench, const char *name, uint32_t value)
{
    struct option_state wanted = options(bench);

    option_set(field(name), wanted.stored, value);
    bench_ok(bench, table->write(bench->target, &wanted));
    bench_ok(bench, table->load(bench->target));
}

static void assert_refused(struct bench *bench, const char *name, uint32_t value, const char *why)
{
    struct option_state before = options(bench), wanted = before;

    option_set(field(name), wanted.stored, value);
    bench_job(bench);
    assert_int_equal(option_change(bench->target, table, &before, &wanted, true), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench->job.text, why));
    assert_memory_equal(options(bench).stored, before.stored, sizeof before.stored);
}

/* --- loading --- */

/* Rows of eight quad words, and the pages that had to be erased; quad words one by one would take
 * two and a half times as long. */
static void all_of_it_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t length = 512 * KIB, least_ms = length / ROW * ROW_US / 1000;

    bench_fill(image, sizeof image, 1);
    uint64_t us = bench_load_blank(bench, image, length, least_ms, least_ms * 11 / 10);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_load_again(bench, image, length, us);
}

/* A row with a quad word that is left alone is programmed one by one. */
static void rows_with_gaps_are_programmed_quad_word_by_quad_word(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    for (uint32_t row = 0; row < 2 * PAGE; row += ROW)
        memset(image + row + row / ROW % 8 * 16, 0xFF, 16);
    memset(image + 8 * ROW, 0xFF, 8 * ROW);
    load(bench, FLASH, 2 * PAGE);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    memset(image + 8 * ROW, 0x12, 8 * ROW); /* what was left alone can be programmed */
    struct flash_report report = load(bench, FLASH, PAGE);
    assert_int_equal(report.sectors_erased, 0);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
}

/* Bits that could be cleared are no reason to program a cell again: its ECC could not. */
static void a_cell_is_never_programmed_twice(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    image[4] = 0xFF;
    load(bench, FLASH, PAGE);
    image[4] = 0x0F;
    struct flash_report report = load(bench, FLASH, PAGE);
    assert_int_equal(report.sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, PAGE);
}

/* Voltage range, clocks and cache are during a load as it wants them, and as they were behind it.
 */
static void what_a_load_changes_is_given_back(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    set_word(bench, ICACHE_CR, 5);
    load(bench, FLASH, PAGE);
    assert_int_equal(bench_word(bench, RCC_ICSCR1),
                     0x44800000); /* chosen by the bits that say it */
    assert_int_equal(bench_word(bench, RCC_AHB3ENR), 0x80000000);
    assert_int_equal(bench_word(bench, ACR), 1);
    assert_int_equal(bench_word(bench, ICACHE_CR), 5);
    assert_int_equal(bench_word(bench, ICACHE_SR) & 2, 2); /* it was emptied */
    set_word(bench, RCC_AHB3ENR, 0x80000004);
    assert_int_equal(bench_word(bench, PWR_VOSR), 0x8000);
    set_word(bench, PWR_VOSR, VOS_RANGE_3 * 2);
    set_word(bench, RCC_CFGR1, 0x30); /* the program's: no clock is raised */
    load(bench, FLASH + PAGE, PAGE);
    assert_int_equal(bench_word(bench, PWR_VOSR), 0x28000);
    assert_int_equal(bench_word(bench, RCC_AHB3ENR), 0x80000004);
}

/* Errors that the program left would make every operation fail. */
static void stale_errors_and_the_programs_unlock_do_not_matter(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    set_word(bench, FLASH, 0); /* a stray write: PGSERR */
    assert_int_equal(bench_word(bench, SR), 0x80);
    set_word(bench, KEYR, 0x45670123);
    set_word(bench, KEYR, 0xCDEF89AB);
    assert_int_equal(bench_word(bench, CR) >> 31, 0);
    image[0] ^= 0xFF;
    assert_int_equal(load(bench, FLASH, PAGE).sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, PAGE);
    assert_int_equal(bench_word(bench, CR), LOCKED);
    assert_int_equal(bench_word(bench, SR), 0);
}

/* Nobody but a reset ends that: to program on would spoil the cell. */
static void half_a_quad_word_is_told_of(void **state)
{
    struct bench *bench = *state;

    set_word(bench, KEYR, 0x45670123);
    set_word(bench, KEYR, 0xCDEF89AB);
    set_word(bench, CR, 1);
    set_word(bench, FLASH, 0);
    assert_int_equal(bench_word(bench, SR), WDW);
    bench_fill(image, sizeof image, 1);
    assert_int_equal(bench_load(bench, FLASH, image, PAGE, NULL), ERR_FLASH);
    assert_non_null(strstr(bench->job.text, "waits for the rest of a quad word"));
    bench_job(bench);
    bench_ok(bench, target_reset(bench->target, TARGET_RESET_HALT));
    load(bench, FLASH, PAGE);
}

/* --- banks --- */

static void pages_of_the_second_bank_are_its_own(void **state)
{
    struct bench *bench = *state;
    enum { ACROSS = FLASH + HALF - 2 * PAGE };

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    load(bench, ACROSS, 4 * PAGE);
    image[HALF] ^= 0xFF;
    image[HALF + PAGE] ^= 0xFF;
    assert_int_equal(load(bench, ACROSS, 4 * PAGE).sectors_erased, 2);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    bench_assert_memory(bench, ACROSS, image + (ACROSS - FLASH), 4 * PAGE);
}

static void nothing_is_left_by_an_erase_of_all(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    load(bench, FLASH + ALL - PAGE, PAGE);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_assert_filled(bench, FLASH, 0xFF, PAGE);
    bench_assert_filled(bench, FLASH + ALL - PAGE, 0xFF, PAGE);
}

/* SWAP_BANK exchanges what is seen; pages are still numbered in the banks as they are. */
static void swapped_banks_are_written_where_they_are_seen(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    load(bench, FLASH + HALF, 2 * PAGE);
    set_option(bench, "SWAP_BANK", 1);
    bench_assert_memory(bench, FLASH, image + HALF, 2 * PAGE);
    bench_assert_memory(bench, FLASH + HALF, image, 2 * PAGE);
    load(bench, FLASH, PAGE); /* erases one page of the second bank, which is the first now */
    bench_assert_memory(bench, FLASH, image, PAGE);
    bench_assert_memory(bench, FLASH + PAGE, image + HALF + PAGE, PAGE);
    bench_assert_memory(bench, FLASH + HALF, image, 2 * PAGE);
    set_option(bench, "SWAP_BANK", 0);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    bench_assert_memory(bench, FLASH + HALF, image, PAGE);
}

/* A size register that lies of one bank: with the size that somebody says there are two, exchanged.
 */
static void banks_of_a_size_that_is_said_are_swapped_too(void **state)
{
    void *rig;

    (void)state;
    assert_int_equal(bench_up_with(&rig, "nucleo-u575,still,flash-size=1024"), 0);
    struct bench *bench = rig;
    set_option(bench, "DUALBANK", 0);
    set_option(bench, "SWAP_BANK", 1);
    bench_power_cycle(bench);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    assert_false(target_chip(bench->target)->banks_swapped);
    bench_ok(bench, target_say_flash_size(bench->target, ALL));
    assert_true(target_chip(bench->target)->banks_swapped);
    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    load(bench, FLASH + HALF, 2 * PAGE);
    image[0] ^= 0xFF;
    load(bench, FLASH, PAGE);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    bench_assert_memory(bench, FLASH + HALF, image + HALF, 2 * PAGE);
    bench_down(&rig);
}

static void write_protection_belongs_to_the_bank_wherever_it_is_seen(void **state)
{
    struct bench *bench = *state;

    set_option(bench, "SWAP_BANK", 1);
    struct option_state wanted = options(bench);
    bench_ok(bench,
             option_blocks_set(&bench->job, table, bench->target, 2, 3, true, wanted.stored));
    assert_int_equal(wanted.stored[WRP1AR], options(bench).stored[WRP1AR]);
    assert_int_equal(wanted.stored[WRP2AR] & 0x7F007F, 0x30002);
    bench_ok(bench, table->write(bench->target, &wanted));
    bench_ok(bench, table->load(bench->target));
    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    assert_int_equal(bench_load(bench, FLASH + 2 * PAGE, image, PAGE, NULL), ERR_PROTECTED);
}

/* --- option bytes --- */

static void options_are_programmed_and_loaded_on_demand(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);

    assert_int_equal(wanted.stored[OPTR], AS_DELIVERED);
    assert_int_equal(wanted.stored[SECWM1R1], 0xFFFFFF80);
    option_set(field("IWDG_SW"), wanted.stored, 0);
    bench_ok(bench, table->write(bench->target, &wanted));
    assert_int_equal(bench_word(bench, CR), LOCKED);
    bench_ok(bench, table->load(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(options(bench).stored[OPTR], AS_DELIVERED & ~0x10000u);
}

static void a_protected_page_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = options(bench);

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 8 * PAGE);
    bench_ok(bench,
             option_blocks_set(&bench->job, table, bench->target, 2, 3, true, wanted.stored));
    assert_int_equal(wanted.stored[WRP1AR], 0xFF83FF82); /* UNLOCK stays */
    bench_ok(bench, table->write(bench->target, &wanted));
    bench_ok(bench, table->load(bench->target));
    image[0] ^= 0xFF; /* before it */
    image[2 * PAGE] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 8 * PAGE, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "0x08004000 is write protected by the option bytes"));
    bench_job(bench);
    image[0] ^= 0xFF; /* nothing was erased */
    image[2 * PAGE] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 8 * PAGE);
}

static void pins_for_a_low_supply_are_asked_about(void **state)
{
    struct bench *bench = *state;
    struct option_state before = options(bench), wanted = before;

    option_set(field("IO_VDDIO2_HSLV"), wanted.stored, 1);
    bench_job(bench);
    assert_int_equal(option_change(bench->target, table, &before, &wanted, false), ERR_ARGUMENT);
    assert_non_null(strstr(bench->job.text, "IO_VDDIO2_HSLV = below-2.5V: pins set up so are "
                                            "damaged by a higher supply; say --irreversible"));
    assert_memory_equal(options(bench).stored, before.stored, sizeof before.stored);
    bench_job(bench);
    bench_ok(bench, option_change(bench->target, table, &before, &wanted, true));
    before = options(bench);
    assert_int_equal(option_get(field("IO_VDDIO2_HSLV"), before.stored), 1);
    wanted = before;
    option_set(field("IO_VDDIO2_HSLV"), wanted.stored, 0);
    bench_ok(bench, option_change(bench->target, table, &before, &wanted, false));
}

/* An area that was locked stays as it is: until read protection ends. */
static void doors_are_one_way(void **state)
{
    struct bench *bench = *state;
    static const char *const names[] = {"TZEN", "BOOT_LOCK", "HDP1EN", "WRP1A_UNLOCK",
                                        "SECWM1_PEND"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct option_state before = options(bench), wanted = before;

        option_set(field(names[i]), wanted.stored,
                   names[i][0] == 'W' || names[i][0] == 'S' ? 0 : 1);
        bench_job(bench);
        assert_int_equal(option_change(bench->target, table, &before, &wanted, false),
                         ERR_ARGUMENT);
        assert_non_null(strstr(bench->job.text, names[i]));
        assert_non_null(strstr(bench->job.text, "--irreversible"));
    }
    set_option(bench, "WRP1A_UNLOCK", 0);
    struct option_state wanted = options(bench);
    option_set(field("WRP1A_UNLOCK"), wanted.stored, 1);
    bench_job(bench);
    assert_int_equal(table->write(bench->target, &wanted), ERR_FLASH);
    assert_non_null(strstr(bench->job.text, "the chip refused other option bytes"));
    assert_refused(bench, "BOOT_LOCK", 1, "changed by secure accesses");
}

/* With TrustZone on the program can be debugged as far as it is not secure, but not replaced. */
static void trust_zone_is_explained(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    set_option(bench, "TZEN", 1);
    assert_int_equal(bench_load(bench, FLASH, image, PAGE, NULL), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench->job.text, "TrustZone is on"));
    assert_refused(bench, "TZEN", 0, "TrustZone goes off only");
    set_option(bench, "nSWBOOT0", 0);
    assert_int_equal(options(bench).stored[OPTR], (AS_DELIVERED | 1u << 31) & ~(1u << 26));
}

/* Level 0.5 keeps what is secure alone, and exists with TrustZone only. */
static void half_a_level_protects_nothing_of_ours(void **state)
{
    const struct target_chip u575 = {.dev_id = 0x482};

    assert_false(detect_is_protected(&u575, 0xFFEFF855));
    assert_true(detect_is_protected(&u575, 0x7FEFF855));
    assert_true(detect_is_protected(&u575, 0xFFEFF8BB));
    assert_false(detect_is_protected(&u575, 0xFFEFF8AA));
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    bench_ok(bench, table->lock(bench->target));
    bench_ok(bench, table->load(bench->target));
    assert_true(target_chip(bench->target)->readout_protected);
    assert_int_equal(options(bench).stored[OPTR] & 0xFF, 0xBB);
    bench_assert_protection_ends(bench, table, image, PAGE, 0xFF);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, table, 0xCC);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(all_of_it_is_loaded_at_the_speed_of_the_flash),
        TEST(rows_with_gaps_are_programmed_quad_word_by_quad_word),
        TEST(a_cell_is_never_programmed_twice),
        TEST(what_a_load_changes_is_given_back),
        TEST(stale_errors_and_the_programs_unlock_do_not_matter),
        TEST(half_a_quad_word_is_told_of),
        TEST(pages_of_the_second_bank_are_its_own),
        TEST(nothing_is_left_by_an_erase_of_all),
        TEST(swapped_banks_are_written_where_they_are_seen),
        cmocka_unit_test(banks_of_a_size_that_is_said_are_swapped_too),
        TEST(write_protection_belongs_to_the_bank_wherever_it_is_seen),
        TEST(options_are_programmed_and_loaded_on_demand),
        TEST(a_protected_page_is_named),
        TEST(pins_for_a_low_supply_are_asked_about),
        TEST(doors_are_one_way),
        TEST(trust_zone_is_explained),
        cmocka_unit_test(half_a_level_protects_nothing_of_ours),
        TEST(protection_goes_on_and_off),
        TEST(level_2_is_for_ever),
    };

    return cmocka_run_group_tests_name("u5_load", tests, NULL, NULL);
}
