/* SPDX-License-Identifier: MIT */
/* Option bytes of the simulated STM32F103: read, changed, protection on and off. */
#include <string.h>

#include "flash_bench.h"

static void a_new_chip_is_open(void **state)
{
    struct stm32f1_options options = bench_options(*state);

    assert_false(options.readout_protected);
    assert_false(options.broken);
    assert_int_equal(options.rdp, 0xA5);
    assert_int_equal(options.user, 0xFF);
    assert_int_equal(options.wrp, 0xFFFFFFFF);
}

static void what_is_written_is_read(void **state)
{
    struct bench *bench = *state;
    struct stm32f1_options options = bench_options(bench), now;

    options.user = 0xFE; /* hardware watchdog */
    options.data[0] = 0x12;
    options.data[1] = 0x34;
    options.wrp = 0x7FFFFFFE;
    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_OK);
    now = bench_options(bench);
    assert_int_equal(now.rdp, 0xA5);
    assert_int_equal(now.user, 0xFE);
    assert_memory_equal(now.data, "\x12\x34", 2);
    assert_int_equal(now.wrp, 0x7FFFFFFE);
    bench_power_cycle(bench);
    now = bench_options(bench);
    assert_false(now.readout_protected);
    assert_int_equal(now.wrp, 0x7FFFFFFE);
}

static void protection_goes_on_and_off(void **state)
{
    struct bench *bench = *state;
    struct stm32f1_options options;
    uint8_t data[2 * PAGE_SIZE], byte;

    bench_fill(data, sizeof data, 1);
    assert_int_equal(bench_load(bench, FLASH, data, sizeof data, NULL), ERR_OK);
    options = bench_options(bench);
    options.data[0] = 0x77;
    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_OK);
    assert_int_equal(stm32f1_options_lock(bench->target), ERR_OK);
    bench_power_cycle(bench);
    options = bench_options(bench);
    assert_true(options.readout_protected);
    assert_int_equal(options.data[0], 0x77); /* the others stayed */
    assert_int_not_equal(target_read(bench->target, FLASH, &byte, 1, NULL), ERR_OK);
    bench_job(bench);
    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_PROTECTED);
    bench_job(bench);
    assert_int_equal(stm32f1_options_unlock(bench->target), ERR_OK);
    bench_power_cycle(bench);
    options = bench_options(bench);
    assert_false(options.readout_protected);
    assert_int_equal(options.rdp, 0xA5);
    assert_int_equal(options.data[0], 0xFF);
    bench_assert_filled(bench, FLASH, 0xFF, sizeof data);
    assert_int_equal(bench_load(bench, FLASH, data, sizeof data, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, data, sizeof data);
}

static void unlocking_an_open_chip_keeps_its_flash(void **state)
{
    struct bench *bench = *state;
    uint8_t data[PAGE_SIZE];

    bench_fill(data, sizeof data, 2);
    assert_int_equal(bench_load(bench, FLASH, data, sizeof data, NULL), ERR_OK);
    assert_int_equal(stm32f1_options_unlock(bench->target), ERR_OK);
    bench_power_cycle(bench);
    assert_false(bench_options(bench).readout_protected);
    bench_assert_memory(bench, FLASH, data, sizeof data);
}

static void the_controller_is_locked_afterwards(void **state)
{
    struct bench *bench = *state;
    struct stm32f1_options options = bench_options(bench);

    assert_int_equal(stm32f1_options_write(bench->target, &options), ERR_OK);
    assert_int_equal(bench_word(bench, 0x40022010), 0x80);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_chip_is_open),
        TEST(what_is_written_is_read),
        TEST(protection_goes_on_and_off),
        TEST(unlocking_an_open_chip_keeps_its_flash),
        TEST(the_controller_is_locked_afterwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
