/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32H563, whose core is behind access port 1 and whose quad words are
 * programmed once between two erases; its option bytes and product states. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32h5.h"
#include "flash_bench.h"

enum { SECTOR = 8 * KIB, ALL = 2048 * KIB, HALF = ALL / 2 };
enum {
    BASE = 0x40022000,
    OPTCR = BASE + 0x1C,
    NSSR = BASE + 0x20,
    NSCR = BASE + 0x28,
    ICACHE_CR = 0x40030400,
    DBGMCU_APB1LFZR = 0x44024008,
    UNIT_NS = 30000,
    UNIT = 16,
    KHZ = 10000, /* the simulated probe's fastest: what is slow is the flash */
};
#define OPTIONS (&stm32h5_option_table)
enum { OPTSR, OPTSR2 };
#define OPTSR_FACTORY 0x2D30EDF8u

static uint8_t image[ALL];

static int up(void **state)
{
    return bench_up_at(state, "nucleo-h563,still", KHZ);
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
    return bench_option_state(bench, OPTIONS);
}

/* As `probed options` does it. */
static enum err choose(struct bench *bench, const char *word, bool irreversible)
{
    struct option_state before = options(bench), wanted = before;

    bench_ok(bench, option_take(&bench->job, OPTIONS, bench->target, 1, &word, wanted.stored));
    return option_change(bench->target, OPTIONS, &before, &wanted,
                         irreversible ? OPTION_SEALS : OPTION_NOTHING_SAID);
}

static void chosen(struct bench *bench, const char *word)
{
    bench_ok(bench, choose(bench, word, false));
    bench_ok(bench, OPTIONS->load(bench->target));
}

/* --- loading --- */

static bool nobody_waits(void *user)
{
    (void)user;
    return false;
}

static void all_of_it_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t length = 256 * KIB, least_ms = length / UNIT * UNIT_NS / 1000000;

    bench_fill(image, sizeof image, 1);
    bench->waiting = nobody_waits;
    uint64_t us = bench_load_blank(bench, image, length, least_ms, least_ms * 12 / 10);
    bench_load_again(bench, image, length, us);
}

/* Page by page, for them: that takes longer. */
static void others_are_served_meanwhile(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 128 * KIB);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
}

static void a_sector_is_erased_when_it_must_be(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * SECTOR);
    image[SECTOR + 77] ^= 0x01;
    struct flash_report report = load(bench, FLASH, 4 * SECTOR);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_erased, SECTOR);
    bench_assert_memory(bench, FLASH, image, 4 * SECTOR);
}

/* Bits that could be cleared are no reason to program a cell again: its ECC could not, and this
 * controller would not tell. */
static void a_cell_is_never_programmed_twice(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    image[4] = 0xFF;
    load(bench, FLASH, SECTOR);
    image[4] = 0x0F;
    struct flash_report report = load(bench, FLASH, SECTOR);
    assert_int_equal(report.sectors_erased, 1);
    memset(image + SECTOR, 0xFF, SECTOR); /* the rest of a sector, later, without an erase */
    memset(image + SECTOR, 0x12, UNIT);
    load(bench, FLASH + SECTOR, SECTOR);
    memset(image + SECTOR + 1024, 0x34, UNIT);
    report = load(bench, FLASH + SECTOR, SECTOR);
    assert_int_equal(report.sectors_erased, 0);
    bench_assert_memory(bench, FLASH, image, 2 * SECTOR);
}

static void what_the_program_left_does_not_matter_and_is_put_back(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, SECTOR);
    set_word(bench, FLASH, 0); /* a stray write: PGSERR */
    assert_int_equal(bench_word(bench, NSSR), 1u << 18);
    set_word(bench, ICACHE_CR, 5);
    set_word(bench, DBGMCU_APB1LFZR, 1);
    set_word(bench, BASE + 4, 0x45670123);
    set_word(bench, BASE + 4, 0xCDEF89AB);
    assert_int_equal(bench_word(bench, NSCR), 0);
    image[0] ^= 0xFF;
    load(bench, FLASH, SECTOR);
    bench_assert_memory(bench, FLASH, image, SECTOR);
    assert_int_equal(bench_word(bench, NSCR), 1);
    assert_int_equal(bench_word(bench, NSSR), 0);
    assert_int_equal(bench_word(bench, ICACHE_CR), 5);
    assert_int_equal(bench_word(bench, ICACHE_CR + 4), 2); /* it was emptied */
    assert_int_equal(bench_word(bench, DBGMCU_APB1LFZR), 1);
}

static void nothing_is_left_by_an_erase_of_all(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, SECTOR);
    load(bench, FLASH + ALL - SECTOR, SECTOR);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_assert_filled(bench, FLASH, 0xFF, SECTOR);
    bench_assert_filled(bench, FLASH + ALL - SECTOR, 0xFF, SECTOR);
}

static void across_both_banks(struct bench *bench)
{
    enum { ACROSS = FLASH + HALF - 2 * SECTOR };

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * SECTOR);
    load(bench, ACROSS, 4 * SECTOR);
    image[HALF] ^= 0xFF;
    image[HALF - SECTOR] ^= 0xFF;
    struct flash_report report = load(bench, ACROSS, 4 * SECTOR);
    assert_int_equal(report.sectors_erased, 2);
    bench_assert_memory(bench, FLASH, image, 2 * SECTOR);
    bench_assert_memory(bench, ACROSS, image + (ACROSS - FLASH), 4 * SECTOR);
}

static void sectors_of_both_banks_are_their_own(void **state)
{
    across_both_banks(*state);
}

/* The bank that shows first is the chip's second one then. */
static void so_they_are_when_banks_are_exchanged(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 7);
    load(bench, FLASH + HALF, SECTOR);
    chosen(bench, "SWAP_BANK=on");
    bench_assert_memory(bench, FLASH, image + HALF, SECTOR);
    across_both_banks(bench);
    chosen(bench, "WRP=0");
    image[0] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, SECTOR, NULL), ERR_PROTECTED);
    bench_job(bench);
    image[HALF] ^= 0xFF;
    load(bench, FLASH + HALF, SECTOR);
}

/* --- what is not programmed --- */

static void a_protected_sector_is_named_before_anything_is_erased(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 12 * SECTOR);
    chosen(bench, "WRP=1,33");
    assert_int_equal(options(bench).stored[11], ~2u);
    assert_int_equal(options(bench).stored[12], ~2u);
    image[0] ^= 0xFF;
    image[5 * SECTOR] ^= 0xFF;
    assert_int_equal(bench_load(bench, FLASH, image, 12 * SECTOR, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "0x0800a000 is write protected by the option bytes"));
    bench_job(bench);
    image[0] ^= 0xFF;
    image[5 * SECTOR] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 12 * SECTOR);
}

static void sectors_that_hold_data_are_no_flash_for_programs(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    chosen(bench, "EDATA2_STRT=1");
    chosen(bench, "EDATA2_EN=on");
    load(bench, FLASH + ALL - 3 * SECTOR, SECTOR);
    assert_int_equal(bench_load(bench, FLASH + ALL - SECTOR, image, SECTOR, NULL), ERR_NOT_FLASH);
    bench_job(bench);
    load(bench, FLASH + HALF - SECTOR, SECTOR);
}

static void assert_banks(struct bench *bench, uint32_t first, uint32_t second)
{
    const struct target_region *bank = target_region_at(bench->target, FLASH);

    assert_int_equal(bank->size, first);
    assert_int_equal(target_region_at(bench->target, FLASH + HALF)->size, second);
    if (first < HALF)
        assert_null(target_region_at(bench->target, FLASH + first));
}

/* The map, as gdb is told it, ends where they begin, from the moment of the change on; and what is
 * left can be erased as a whole. */
static void the_map_ends_where_data_begin(void **state)
{
    struct bench *bench = *state;

    assert_banks(bench, HALF, HALF);
    bench_fill(image, sizeof image, 1);
    chosen(bench, "EDATA1_STRT=2");
    chosen(bench, "EDATA1_EN=on");
    assert_banks(bench, HALF - 3 * SECTOR, HALF);
    load(bench, FLASH + HALF - 4 * SECTOR, SECTOR);
    load(bench, FLASH + ALL - SECTOR, SECTOR);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_assert_filled(bench, FLASH + HALF - 4 * SECTOR, 0xFF, SECTOR);
    bench_assert_filled(bench, FLASH + ALL - SECTOR, 0xFF, SECTOR);
    chosen(bench, "WRP=32"); /* the second bank's first, as before */
    bench_job(bench);
    assert_int_equal(bench_load(bench, FLASH + HALF, image, SECTOR, NULL), ERR_PROTECTED);
    bench_job(bench);
    chosen(bench, "WRP=none");
    chosen(bench, "SWAP_BANK=on");
    bench_ok(bench, OPTIONS->load(bench->target));
    assert_banks(bench, HALF, HALF - 3 * SECTOR);
    chosen(bench, "EDATA1_EN=off");
    assert_banks(bench, HALF, HALF);
}

static void with_trustzone_nothing_is_done_by_halves(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    assert_int_equal(choose(bench, "TZEN=on", false), ERR_ARGUMENT);
    bench_job(bench);
    bench_ok(bench, choose(bench, "TZEN=on", true));
    assert_int_equal(bench_load(bench, FLASH, image, SECTOR, NULL), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench->job.text, "TrustZone is on"));
}

/* --- option bytes --- */

static void options_are_programmed_and_loaded_by_a_reset(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(options(bench).stored[OPTSR], OPTSR_FACTORY);
    bench_ok(bench, choose(bench, "SWAP_BANK=on", false));
    assert_int_equal(options(bench).stored[OPTSR], OPTSR_FACTORY | 1u << 31);
    assert_int_equal(options(bench).in_force[OPTSR], OPTSR_FACTORY);
    assert_int_equal(bench_word(bench, OPTCR), 1);
    assert_int_equal(bench_word(bench, NSCR), 1);
    bench_ok(bench, OPTIONS->load(bench->target));
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(options(bench).in_force[OPTSR], OPTSR_FACTORY | 1u << 31);
}

static void no_door_shuts_behind_one_who_did_not_say_so(void **state)
{
    static const char *const words[] = {"PRODUCT_STATE=provisioning",
                                        "PRODUCT_STATE=closed",
                                        "PRODUCT_STATE=regression",
                                        "TZEN=on",
                                        "BOOT_UBE=ST-iROT",
                                        "NSBOOT_LOCK=on",
                                        "SECBOOT_LOCK=on",
                                        "LOCKBL=1",
                                        "HDP1_END=3",
                                        "IO_VDD_HSLV=below-2.7V"};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_int_equal(choose(bench, words[i], false), ERR_ARGUMENT);
        assert_non_null(strstr(bench->job.text, "--irreversible"));
        assert_int_equal(options(bench).stored[OPTSR], OPTSR_FACTORY);
    }
    assert_int_equal(OPTIONS->lock(bench->target), ERR_UNSUPPORTED);
    bench_job(bench);
    bench_ok(bench, OPTIONS->unlock(bench->target)); /* it is open */
}

/* A closed product is told by name, with who can open it; nothing leads back from here. */
static void a_closed_product_is_explained(void **state)
{
    struct bench *bench = *state;

    bench_ok(bench, choose(bench, "PRODUCT_STATE=provisioning", true));
    assert_int_equal(choose(bench, "PRODUCT_STATE=open", true), ERR_UNSUPPORTED);
    assert_non_null(strstr(bench->job.text, "Debug Authentication"));
    bench_job(bench);
    assert_int_equal(choose(bench, "PRODUCT_STATE=regression", true), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "the chip refused other option bytes"));
    bench_ok(bench, choose(bench, "PRODUCT_STATE=closed", true));
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_RESET_LOST);
    assert_non_null(strstr(bench->job.text, "it keeps debuggers from its core now"));
    assert_int_equal(target_state(bench->target), TARGET_ABSENT);
    bench_job(bench);
    bench_hands(bench, "power", "off");
    bench_hands(bench, "power", "on");
    assert_int_equal(target_connect(bench->target, TARGET_CONNECT_NORMAL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "an STM32H562/H563/H573"));
    assert_non_null(strstr(bench->job.text, "Debug Authentication"));
    bench_job(bench);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(all_of_it_is_loaded_at_the_speed_of_the_flash),
        TEST(others_are_served_meanwhile),
        TEST(a_sector_is_erased_when_it_must_be),
        TEST(a_cell_is_never_programmed_twice),
        TEST(what_the_program_left_does_not_matter_and_is_put_back),
        TEST(nothing_is_left_by_an_erase_of_all),
        TEST(sectors_of_both_banks_are_their_own),
        TEST(so_they_are_when_banks_are_exchanged),
        TEST(a_protected_sector_is_named_before_anything_is_erased),
        TEST(sectors_that_hold_data_are_no_flash_for_programs),
        TEST(the_map_ends_where_data_begin),
        TEST(with_trustzone_nothing_is_done_by_halves),
        TEST(options_are_programmed_and_loaded_by_a_reset),
        TEST(no_door_shuts_behind_one_who_did_not_say_so),
        TEST(a_closed_product_is_explained),
    };

    return cmocka_run_group_tests_name("h5_load", tests, NULL, NULL);
}
