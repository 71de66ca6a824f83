/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32F401, whose sectors are of three sizes and take up to two seconds
 * to erase. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32f4.h"
#include "flash_bench.h"

/* Sectors 0 to 3 have 16 KiB, 4 has 64 and 5 has 128. */
enum { SECTOR_4 = 0x08010000, SECTOR_5 = 0x08020000, SOME = 8 * KIB };
enum { ALL = 256 * KIB, CR = 0x40023C10 };

static uint8_t image[ALL];

static int up(void **state, const char *board)
{
    if (bench_up_at(state, board, 8000))
        return -1;
    ((struct bench *)*state)->driver = &stm32f4_flash;
    return 0;
}

static bool nobody(void *user)
{
    (void)user;
    return false;
}

static int setup(void **state)
{
    return up(state, "blackpill-f401,still");
}

static struct flash_report load(struct bench *bench, uint32_t address, uint32_t length)
{
    return bench_loaded(bench, address, image + (address - FLASH), length);
}

/* Too wide an access for the supply leaves cells as they were, without a word: verified is right.
 */
static void what_was_written_is_there_at_every_voltage(void **state)
{
    static const struct {
        const char *board;
        uint32_t least_ms,
            most_ms; /* programming alone takes so long, and what is wanted at most */
    } cases[] = {
        {"blackpill-f401,still", 262, 330},
        {"blackpill-f401,still,vtref=2.5", 524, 610},
        {"blackpill-f401,still,vtref=1.8", 1048, 1160},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        void *rig;

        assert_int_equal(up(&rig, cases[i].board), 0);
        ((struct bench *)rig)->waiting = nobody;
        bench_fill(image, sizeof image, 1);
        uint64_t us = bench_load_blank(rig, image, 64 * KIB, cases[i].least_ms, cases[i].most_ms);
        bench_load_again(rig, image, 64 * KIB, us);
        bench_down(&rig);
    }
}

/* 16 us a word, and a tenth more for finding it blank, for the wire and for checking; to find it
 * there again, a tenth. */
static void a_whole_chip_costs_little_more_than_its_flash(void **state)
{
    enum { FLASH_US = ALL / 4 * 16 };
    struct bench *bench = *state;
    struct flash_report report;

    bench->waiting = nobody;
    bench_fill(image, sizeof image, 1);
    report = load(bench, FLASH, ALL);
    assert_int_equal(report.bytes_programmed, ALL);
    assert_in_range(report.elapsed_us, FLASH_US, FLASH_US / 10 * 11);
    bench_load_again(bench, image, ALL, report.elapsed_us);
}

static void load_some_of_each(struct bench *bench, uint32_t seed)
{
    bench_fill(image, sizeof image, seed);
    load(bench, FLASH, SOME);
    load(bench, SECTOR_4, SOME);
    load(bench, SECTOR_5, SOME);
}

static void assert_some_of_each(struct bench *bench)
{
    bench_assert_memory(bench, FLASH, image, SOME);
    bench_assert_memory(bench, SECTOR_4, image + (SECTOR_4 - FLASH), SOME);
    bench_assert_memory(bench, SECTOR_5, image + (SECTOR_5 - FLASH), SOME);
}

/* Whatever page of it is not: the first, the last, or one between. */
static void a_sector_with_something_in_it_is_not_blank(void **state)
{
    static const uint32_t places[] = {0, 6 * KIB, 15 * KIB};
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memset(image, 0xFF, 16 * KIB);
        load(bench, FLASH, 16 * KIB);
        memset(image + places[i], 0x55, KIB);
        load(bench, FLASH + places[i], KIB);
        bench_fill(image, 16 * KIB, 2);
        assert_int_equal(load(bench, FLASH, 16 * KIB).sectors_erased, 1);
        bench_assert_memory(bench, FLASH, image, 16 * KIB);
    }
}

static void sectors_of_every_size_are_erased_when_they_must_be(void **state)
{
    static const struct {
        uint32_t address, size;
    } sectors[] = {{FLASH, 16 * KIB}, {SECTOR_4, 64 * KIB}, {SECTOR_5, 128 * KIB}};
    struct bench *bench = *state;
    struct flash_report report;

    load_some_of_each(bench, 1);
    for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++) {
        image[sectors[i].address - FLASH + 77] ^= 0xFF;
        report = load(bench, sectors[i].address, SOME);
        assert_int_equal(report.sectors_erased, 1);
        assert_int_equal(report.bytes_erased, sectors[i].size);
        assert_false(report.mass_erased);
        assert_some_of_each(bench);
        report = load(bench, sectors[i].address, SOME);
        assert_int_equal(report.sectors_erased, 0);
        assert_int_equal(report.bytes_programmed, 0);
    }
}

/* Both banks of 1 MiB have the same sectors; one is not mistaken for the other. */
static void the_second_bank_is_another_one(void **state)
{
    enum { BANK2 = 0x08100000, SECTOR_4_OF_2 = BANK2 + 0x10000 };
    struct option_state options;
    struct option_block block;
    struct flash_report report;
    struct bench *bench;
    void *rig;

    (void)state;
    assert_int_equal(up(&rig, "f429i-disco,still"), 0);
    bench = rig;
    bench_fill(image, sizeof image, 1);
    for (uint32_t bank = FLASH; bank <= BANK2; bank += BANK2 - FLASH)
        assert_int_equal(bench_load(bench, bank, image, 72 * KIB, NULL), ERR_OK);
    image[0x10000] ^= 0xFF;
    assert_int_equal(bench_load(bench, SECTOR_4_OF_2, image + 0x10000, SOME, &report), ERR_OK);
    assert_int_equal(report.sectors_erased, 1);
    bench_assert_memory(bench, BANK2, image, 72 * KIB);
    image[0x10000] ^= 0xFF;
    bench_assert_memory(bench, FLASH, image, 72 * KIB);
    assert_int_equal(stm32f42x_option_table.read(bench->target, &options), ERR_OK);
    assert_true(option_block_get(&stm32f42x_option_table, bench->target, 12 + 4, &block));
    assert_int_equal(block.address, SECTOR_4_OF_2);
    option_block_protect(&block, options.stored, true);
    assert_int_equal(stm32f42x_option_table.write(bench->target, &options), ERR_OK);
    assert_int_equal(bench_load(bench, SECTOR_4_OF_2, image + 0x10000, SOME, NULL), ERR_PROTECTED);
    bench_job(bench);
    image[0x10000] ^= 0x55;
    assert_int_equal(bench_load(bench, SECTOR_4, image + 0x10000, SOME, NULL), ERR_OK);
    bench_down(&rig);
}

static void nobody_waits_for_a_slice_longer_than_a_slice(void **state)
{
    struct bench *bench = *state;

    load_some_of_each(bench, 1);
    bench_fill(image, sizeof image, 2);
    assert_int_equal(load(bench, FLASH, 40 * KIB).sectors_erased, 1);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    assert_int_equal(load(bench, SECTOR_5, SOME).sectors_erased, 1);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_assert_memory(bench, FLASH, image, 40 * KIB);
}

/* --- others meanwhile --- */

static enum err read_error;
static uint64_t read_took_us;
static bool tried;

static void reads_flash(struct bench *bench)
{
    uint64_t began_us = bench_now_us(bench);
    struct job other;
    uint8_t byte;

    bench->act_at++;
    if (tried || !bench->target->busy.count)
        return;
    tried = true;
    job_init(&other, NULL);
    struct job *mine = target_set_job(bench->target, &other);
    read_error = target_read(bench->target, SECTOR_5 + 0x1000, &byte, 1, NULL);
    target_set_job(bench->target, mine);
    read_took_us = bench_now_us(bench) - began_us;
}

static void an_erase_of_a_second_is_waited_for(void **state)
{
    struct bench *bench = *state;

    load_some_of_each(bench, 1);
    tried = false;
    bench->act = reads_flash;
    bench->act_at = 1;
    image[SECTOR_5 - FLASH] ^= 0xFF;
    load(bench, SECTOR_5, SOME);
    assert_true(tried);
    assert_int_equal(read_error, ERR_OK);
    assert_in_range(read_took_us, 800000, 1000000);
    assert_some_of_each(bench);
}

/* --- what must not be --- */

static void a_protected_sector_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state options;
    struct option_block block;

    load_some_of_each(bench, 1);
    assert_int_equal(stm32f4_option_table.read(bench->target, &options), ERR_OK);
    assert_true(option_block_get(&stm32f4_option_table, bench->target, 4, &block));
    assert_int_equal(block.address, FLASH + 0x10000);
    option_block_protect(&block, options.stored, true);
    assert_int_equal(stm32f4_option_table.write(bench->target, &options), ERR_OK);
    image[0x10000] ^= 0xFF;
    assert_int_equal(bench_load(bench, SECTOR_4, image + 0x10000, SOME, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "0x08010000 is write protected by the option bytes"));
    assert_null(strstr(bench->job.text, "stored")); /* of F4 it counts at once */
    assert_non_null(strstr(bench->job.text, "flash: unchanged"));
    bench_job(bench);
    image[0x10000] ^= 0xFF;
    assert_some_of_each(bench);
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;
    struct option_state options;
    uint32_t before;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, SOME);
    assert_int_equal(stm32f4_option_table.read(bench->target, &options), ERR_OK);
    assert_false(options.readout_protected);
    before = options.stored[0];
    assert_int_equal(stm32f4_option_table.lock(bench->target), ERR_OK);
    bench_power_cycle(bench);
    assert_true(target_chip(bench->target)->readout_protected);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_PROTECTED);
    bench_job(bench);
    assert_int_equal(bench_load(bench, FLASH, image, SOME, NULL), ERR_PROTECTED);
    bench_job(bench);
    assert_int_equal(stm32f4_option_table.unlock(bench->target), ERR_OK);
    bench_power_cycle(bench);
    assert_false(target_chip(bench->target)->readout_protected);
    assert_int_equal(stm32f4_option_table.read(bench->target, &options), ERR_OK);
    assert_int_equal(options.stored[0], before);
    bench_assert_filled(bench, FLASH, 0xFF, SOME);
}

/* The end of read protection erases the flash, for seconds: nobody else waits for that, and nobody
 * cuts it short. */
static void others_are_served_while_protection_ends(void **state)
{
    struct bench *bench = *state;
    uint64_t began_us;

    assert_int_equal(stm32f4_option_table.lock(bench->target), ERR_OK);
    bench_power_cycle(bench);
    bench_job(bench);
    bench->cancel_at = 10;
    began_us = bench->checkpoint_us = bench_now_us(bench);
    assert_int_equal(stm32f4_option_table.unlock(bench->target), ERR_OK);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    assert_in_range(bench->checkpoints, (bench_now_us(bench) - began_us) / SLICE_LIMIT_US, 1000);
    assert_true(bench->checkpoints > 20);
    bench->cancel_at = 0;
    bench_power_cycle(bench);
    assert_false(target_chip(bench->target)->readout_protected);
}

static void the_controller_is_locked_afterwards(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    assert_int_equal(bench_word(bench, CR), STM32F4_CR_LOCK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_there_at_every_voltage),
        TEST(a_sector_with_something_in_it_is_not_blank),
        TEST(a_whole_chip_costs_little_more_than_its_flash),
        TEST(sectors_of_every_size_are_erased_when_they_must_be),
        cmocka_unit_test(the_second_bank_is_another_one),
        TEST(nobody_waits_for_a_slice_longer_than_a_slice),
        TEST(an_erase_of_a_second_is_waited_for),
        TEST(a_protected_sector_is_named),
        TEST(protection_goes_on_and_off),
        TEST(others_are_served_while_protection_ends),
        TEST(the_controller_is_locked_afterwards),
    };

    return cmocka_run_group_tests_name("f4_load", tests, NULL, NULL);
}
