/* SPDX-License-Identifier: MIT */
/* Loads into the simulated STM32H743, whose two banks have a controller each and whose flash words
 * are programmed once between two erases; its option bytes. */
#include <string.h>

#include "core/core.h"
#include "flash/stm32/stm32h7.h"
#include "flash_bench.h"

enum { SECTOR = 128 * KIB, HALF = 1024 * KIB, SECOND = FLASH + HALF, PAGE = 2 * KIB };
enum { UNIT = 32, UNIT_NS = 100000 };
enum {
    REGISTERS = 0x52002000,
    ACR = REGISTERS,
    CR1 = REGISTERS + STM32H7_CR,
    CR2 = CR1 + STM32H7_BANK_2,
    SR1 = REGISTERS + STM32H7_SR,
    SR2 = SR1 + STM32H7_BANK_2,
    OPTCR = REGISTERS + STM32H7_OPTCR,
    APB4FZ1 = 0x5C001054,
    FACTORY = 0x0406AAF0,
};
enum { OPTSR, BOOT, PRAR1 }; /* of the option table's words */
#define RESET_OF_CR 0x31u

static const struct flash_options *const table = &stm32h7_option_table;
static uint8_t image[2 * HALF];

static int up(void **state)
{
    return bench_up_at(state, "nucleo-h743,still", 8000);
}

static struct flash_report load(struct bench *bench, uint32_t address, uint32_t length)
{
    return bench_loaded(bench, address, image + (address - FLASH), length);
}

static void set_word(struct bench *bench, uint32_t address, uint32_t word)
{
    bench_ok(bench, target_write_width(bench->target, address, 4, &word, 1));
}

static const struct option_field *field(const char *name)
{
    for (unsigned i = 0; i < table->field_count; i++)
        if (strcmp(table->fields[i].name, name) == 0)
            return &table->fields[i];
    fail_msg("no %s", name);
    return NULL;
}

static void set_option(struct bench *bench, const char *name, uint32_t value)
{
    struct option_state wanted = bench_option_state(bench, table);

    option_set(field(name), wanted.stored, value);
    bench_ok(bench, table->write(bench->target, &wanted));
}

/* --- loading --- */

static void a_blank_chip_is_loaded_at_the_speed_of_the_flash(void **state)
{
    struct bench *bench = *state;
    uint32_t length = 2 * SECTOR, least_ms = length / UNIT * UNIT_NS / 1000000;

    bench_fill(image, sizeof image, 1);
    uint64_t us = bench_load_blank(bench, image, length, least_ms, least_ms * 11 / 10);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_load_again(bench, image, length, us);
}

/* Bits that could be cleared are no reason to program a flash word again: its ECC could not. */
static void a_flash_word_is_never_programmed_twice(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    image[4] = 0xFF;
    memset(image + PAGE + UNIT, 0xFF, PAGE);
    load(bench, FLASH, 2 * PAGE);
    image[4] = 0x0F;
    struct flash_report report = load(bench, FLASH, 2 * PAGE);
    assert_int_equal(report.sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    memset(image + PAGE + UNIT, 0x34, UNIT); /* the next one, without an erase */
    report = load(bench, FLASH, 2 * PAGE);
    assert_int_equal(report.sectors_erased, 0);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
}

/* A sector of the second bank has the number of one in the first, and other registers. */
static void a_load_goes_over_the_border_of_the_banks(void **state)
{
    struct bench *bench = *state;
    enum { ACROSS = SECOND - 2 * PAGE };

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 2 * PAGE);
    load(bench, ACROSS, 4 * PAGE);
    image[HALF - 1] ^= 0xFF;
    image[HALF] ^= 0xFF;
    struct flash_report report = load(bench, ACROSS, 4 * PAGE);
    assert_int_equal(report.sectors_erased, 2);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE);
    bench_assert_memory(bench, ACROSS, image + (ACROSS - FLASH), 4 * PAGE);
}

/* What the program left: an error of a stray store, keys given, a slow PSIZE, no debug freeze. */
static void it_is_left_as_it_was_found(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    assert_int_equal(bench_word(bench, CR1), RESET_OF_CR);
    assert_int_equal(bench_word(bench, CR2), RESET_OF_CR);
    set_word(bench, FLASH, 0);
    assert_int_equal(bench_word(bench, SR1), STM32H7_SR_PGSERR);
    set_word(bench, REGISTERS + STM32H7_KEYR, STM32H7_KEY1);
    set_word(bench, REGISTERS + STM32H7_KEYR, STM32H7_KEY2);
    set_word(bench, CR1, 0x10);
    set_word(bench, APB4FZ1, 0);
    image[0] ^= 0xFF;
    struct flash_report report = load(bench, FLASH, PAGE);
    assert_int_equal(report.sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, PAGE);
    assert_int_equal(bench_word(bench, CR1), 0x11);
    assert_int_equal(bench_word(bench, CR2), RESET_OF_CR);
    assert_int_equal(bench_word(bench, SR1), 0);
    assert_int_equal(bench_word(bench, APB4FZ1), 0);
    assert_int_equal(bench_word(bench, ACR), 0x37);
}

/* All of them, and not those alone that other families' routines use. */
static void the_programs_registers_are_its_own(void **state)
{
    struct bench *bench = *state;
    struct core *core = bench->target->core;
    uint32_t on_chip[15];

    bench_fill(image, sizeof image, 1);
    for (unsigned reg = 0; reg < 15; reg++)
        ops_reg_write(&core->ops, reg, 0x20001000 + reg * 16);
    bench_ok(bench, core_flush_halted(core));
    core_new_epoch(core); /* nobody knows them */
    load(bench, FLASH, PAGE);
    for (unsigned reg = 0; reg < 15; reg++)
        ops_reg_read(&core->ops, reg, &on_chip[reg]);
    bench_ok(bench, core_flush_halted(core));
    for (unsigned reg = 0; reg < 15; reg++)
        assert_int_equal(on_chip[reg], 0x20001000 + reg * 16);
}

/* A flash word whose ECC is wrong: a reset in the midst of its programming does that. */
static void break_flash_word(struct bench *bench, uint32_t address)
{
    uint32_t words[UNIT / 4] = {1, 2, 3, 4, 5, 6, 7, 8};

    set_word(bench, REGISTERS + STM32H7_KEYR, STM32H7_KEY1);
    set_word(bench, REGISTERS + STM32H7_KEYR, STM32H7_KEY2);
    set_word(bench, CR1, 0x32);
    bench_ok(bench, target_write_width(bench->target, address, 4, words, UNIT / 4));
    set_word(bench, CR1, 0x31);
}

/* A sector that holds one is erased like any other that differs. */
static void a_flash_word_that_cannot_be_read_is_written_anew(void **state)
{
    struct bench *bench = *state;
    uint32_t word;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, SECTOR + 2 * PAGE);
    break_flash_word(bench, FLASH + 5 * UNIT);
    assert_int_equal(target_read_width(bench->target, FLASH + 5 * UNIT, 4, &word, 1), ERR_FAULT);
    bench_job(bench);
    struct flash_report report = load(bench, FLASH, SECTOR + 2 * PAGE);
    assert_int_equal(report.sectors_erased, 1);
    assert_int_equal(report.bytes_programmed, SECTOR);
    bench_assert_memory(bench, FLASH, image, SECTOR + 2 * PAGE);
    assert_int_equal(bench_word(bench, 0xE000ED24) & 0xFFF, 0); /* no fault is active */
    assert_int_equal(bench_word(bench, 0xE000ED28), 0);
}

/* By their two controllers at the same time: one's time. */
static void both_banks_are_erased_at_once(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    load(bench, SECOND, PAGE);
    bench_job(bench);
    uint64_t before = bench_now_us(bench);
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    assert_in_range(bench_now_us(bench) - before, 5000000, 6000000);
    bench_assert_filled(bench, FLASH, 0xFF, PAGE);
    bench_assert_filled(bench, SECOND, 0xFF, PAGE);
}

static void a_bank_is_erased_alone(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    load(bench, SECOND, PAGE);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, SECOND, HALF));
    bench_assert_memory(bench, FLASH, image, PAGE);
    bench_assert_filled(bench, SECOND, 0xFF, PAGE);
}

/* --- option bytes --- */

static void options_count_at_once(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(bench_option_state(bench, table).in_force[OPTSR], FACTORY);
    set_option(bench, "BOR_LEV", 2);
    assert_int_equal(bench_option_state(bench, table).in_force[OPTSR], FACTORY | 2 << 2);
    assert_int_equal(bench_word(bench, OPTCR), 1);
    bench_power_cycle(bench);
    assert_int_equal(bench_option_state(bench, table).in_force[OPTSR], FACTORY | 2 << 2);
}

/* What a program wrote beside them, and did not start, is nobody's wish. */
static void nothing_else_is_programmed_along(void **state)
{
    struct bench *bench = *state;

    set_word(bench, REGISTERS + STM32H7_OPTKEYR, 0x08192A3B);
    set_word(bench, REGISTERS + STM32H7_OPTKEYR, 0x4C5D6E7F);
    set_word(bench, REGISTERS + STM32H7_BOOT_PRG, 0x12345678);
    set_option(bench, "IWDG1_SW", 0);
    struct option_state now = bench_option_state(bench, table);
    assert_int_equal(now.stored[OPTSR], FACTORY & ~0x10u);
    assert_int_equal(now.stored[BOOT], 0x1FF00800);
}

static void a_refused_change_is_told(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, table);

    wanted.stored[PRAR1] = 0x00100000; /* 4 KiB and a bit: PCROP, which cannot shrink */
    bench_ok(bench, table->write(bench->target, &wanted));
    wanted.stored[PRAR1] = 0x00080000;
    assert_int_equal(table->write(bench->target, &wanted), ERR_FLASH);
    assert_non_null(strstr(bench->job.text, "OPTCHANGEERR"));
    bench_job(bench);
    assert_int_equal(bench_option_state(bench, table).stored[PRAR1], 0x00100000);
}

static void a_protected_sector_is_named(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, table);

    bench_fill(image, sizeof image, 1);
    load(bench, SECOND, SECTOR + PAGE);
    bench_ok(bench, option_blocks_set(&bench->job, table, bench->target, 9, 9, true,
                                      wanted.stored)); /* the second one of bank 2 */
    bench_ok(bench, table->write(bench->target, &wanted));
    image[HALF + SECTOR] ^= 0xFF;
    assert_int_equal(bench_load(bench, SECOND, image + HALF, SECTOR + PAGE, NULL), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "0x08120000 is write protected by the option bytes"));
    bench_job(bench);
    image[HALF + SECTOR] ^= 0xFF;
    bench_assert_memory(bench, SECOND, image + HALF, SECTOR + PAGE);
}

/* The registers stay the physical banks': who erased by the address alone would erase the other. */
static void swapped_banks_are_told_apart(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, PAGE);
    load(bench, SECOND, PAGE);
    set_option(bench, "SWAP_BANK", 1);
    struct option_state now = bench_option_state(bench, table);
    assert_int_equal(now.stored[OPTSR] ^ now.in_force[OPTSR], 1u << 31); /* until a reset */
    bench_assert_memory(bench, FLASH, image, PAGE);
    bench_ok(bench, table->load(bench->target));
    now = bench_option_state(bench, table);
    assert_int_equal(now.in_force[OPTSR], now.stored[OPTSR]);
    bench_assert_memory(bench, FLASH, image + HALF, PAGE);
    bench_assert_memory(bench, SECOND, image, PAGE);
    bench_fill(image, PAGE, 7);
    assert_int_equal(load(bench, FLASH, PAGE).sectors_erased, 1);
    bench_assert_memory(bench, FLASH, image, PAGE);
    bench_fill(image + PAGE, PAGE, 1);
    bench_assert_filled(bench, FLASH + PAGE, 0xFF, PAGE);
    assert_int_equal(bench_word(bench, SR1) | bench_word(bench, SR2), 0);
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    load(bench, SECOND, 4 * KIB);
    bench_ok(bench, table->lock(bench->target));
    assert_true(target_chip(bench->target)->readout_protected);
    bench_assert_protection_ends(bench, table, image, 4 * KIB, 0xFF);
    bench_assert_filled(bench, SECOND, 0xFF, 4 * KIB);
}

/* An area that its options would keep is erased, too. */
static void the_end_of_protection_spares_no_area(void **state)
{
    struct bench *bench = *state;
    struct option_state wanted = bench_option_state(bench, table);

    bench_fill(image, sizeof image, 1);
    load(bench, FLASH, 4 * KIB);
    wanted.stored[PRAR1] = 0x00010000;
    bench_ok(bench, table->write(bench->target, &wanted));
    bench_ok(bench, table->lock(bench->target));
    bench_ok(bench, table->unlock(bench->target));
    bench_assert_filled(bench, FLASH, 0xFF, 4 * KIB);
    assert_int_equal(bench_option_state(bench, table).stored[PRAR1] & 0x0FFF0FFF, 0xFF);
}

static void level_2_is_for_ever(void **state)
{
    bench_assert_level_2_is_for_ever(*state, table, 0xCC);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(a_blank_chip_is_loaded_at_the_speed_of_the_flash),
        TEST(a_flash_word_is_never_programmed_twice),
        TEST(a_load_goes_over_the_border_of_the_banks),
        TEST(it_is_left_as_it_was_found),
        TEST(the_programs_registers_are_its_own),
        TEST(a_flash_word_that_cannot_be_read_is_written_anew),
        TEST(both_banks_are_erased_at_once),
        TEST(a_bank_is_erased_alone),
        TEST(options_count_at_once),
        TEST(nothing_else_is_programmed_along),
        TEST(a_refused_change_is_told),
        TEST(a_protected_sector_is_named),
        TEST(swapped_banks_are_told_apart),
        TEST(protection_goes_on_and_off),
        TEST(the_end_of_protection_spares_no_area),
        TEST(level_2_is_for_ever),
    };

    return cmocka_run_group_tests_name("h7_load", tests, NULL, NULL);
}
