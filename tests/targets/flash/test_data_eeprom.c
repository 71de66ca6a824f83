/* SPDX-License-Identifier: MIT */
/* Data EEPROM of the simulated STM32L053 and L152RC as a part of programming sessions: bytes that
 * are written as they come. */
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "flash/content.h"
#include "flash/flash_internal.h"
#include "flash/stm32/stm32l0.h"
#include "flash_bench.h"

enum { EEPROM = 0x08080000, SIZE = 2 * KIB };

static uint8_t data[SIZE];

static int l0(void **state)
{
    bench_fill(data, sizeof data, 7);
    return bench_up_at(state, "nucleo-l053,still", 4000);
}

static int l1(void **state)
{
    bench_fill(data, sizeof data, 7);
    return bench_up_at(state, "l152c-disco,still", 4000);
}

static void open_session(struct bench *bench)
{
    bench_job(bench);
    bench->checkpoint_us = bench_now_us(bench);
    bench_ok(bench, flash_open_by(bench->target, bench->driver, &bench->flash));
}

/* Ends it. */
static enum err done(struct bench *bench, struct flash_report *report)
{
    enum err err = flash_done(bench->flash);

    *report = *flash_report(bench->flash);
    flash_close(bench->flash);
    bench->flash = NULL;
    return err;
}

static struct flash_report written(struct bench *bench, uint32_t offset, uint32_t length)
{
    struct flash_report report;

    open_session(bench);
    bench_ok(bench, flash_write(bench->flash, EEPROM + offset, data + offset, length));
    bench_ok(bench, done(bench, &report));
    return report;
}

static void a_file_fills_flash_and_data_eeprom(void **state)
{
    struct bench *bench = *state;
    static uint8_t program[KIB];
    struct image_segment segments[] = {{FLASH, sizeof program, program}, {EEPROM, SIZE, data}};
    const struct image image = {.segments = segments, .count = 2};
    struct flash_report report;

    bench_fill(program, sizeof program, 3);
    for (int again = 0; again < 2; again++) {
        bench_job(bench);
        bench_ok(bench,
                 flash_image(bench->target, &image, &(struct flash_image_options){0}, &report));
        assert_int_equal(report.bytes_programmed + report.bytes_same, sizeof program + SIZE);
        assert_int_equal(report.bytes_programmed == 0, again);
        bench_assert_memory(bench, FLASH, program, sizeof program);
        bench_assert_memory(bench, EEPROM, data, SIZE);
    }
    bench_ok(bench, flash_image_verify(bench->target, &image, NULL, NULL));
}

/* A word is as long under way as a page of flash: nobody waits for more than some of them. */
static void it_is_written_in_slices(void **state)
{
    struct bench *bench = *state;

    written(bench, 0, SIZE);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    memset(data, 0x55, sizeof data); /* what is there is erased before */
    written(bench, 0, SIZE);
    assert_in_range(bench->longest_us, 1, SLICE_LIMIT_US);
    bench_assert_filled(bench, EEPROM, 0x55, SIZE);
}

static void bytes_leave_their_neighbours_alone(void **state)
{
    struct bench *bench = *state;
    uint8_t whole[128];

    written(bench, 0, sizeof whole);
    memcpy(whole, data, sizeof whole);
    data[61] ^= 0xFF;
    data[66] ^= 0xFF;
    memcpy(whole + 61, data + 61, 6);
    struct flash_report report = written(bench, 61, 6);
    assert_int_equal(report.bytes_programmed, 2);
    assert_int_equal(report.bytes_same, 4);
    bench_assert_memory(bench, EEPROM, whole, sizeof whole);
}

static void what_is_announced_ends_erased(void **state)
{
    static const uint8_t some[] = {1, 2, 3};
    struct bench *bench = *state;
    struct flash_report report;

    written(bench, 0, 128);
    open_session(bench);
    bench_ok(bench, flash_erase(bench->flash, EEPROM + 30, 10));
    bench_ok(bench, flash_write(bench->flash, EEPROM + 32, some, sizeof some));
    bench_ok(bench, flash_erase(bench->flash, EEPROM + 32, 1)); /* once written, it is kept */
    bench_ok(bench, done(bench, &report));
    memset(data + 30, 0, 10);
    memcpy(data + 32, some, sizeof some);
    bench_assert_memory(bench, EEPROM, data, 128);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, EEPROM, 128));
    bench_assert_filled(bench, EEPROM, 0, 128);
}

static void what_does_not_fit_is_refused(void **state)
{
    struct bench *bench = *state;
    uint32_t size = target_region_of(bench->target, REGION_EEPROM)->size;
    struct flash_report report;

    open_session(bench);
    assert_int_equal(flash_write(bench->flash, EEPROM + size - 2, "abc", 3), ERR_NOT_FLASH);
    assert_non_null(strstr(bench->job.text, "data EEPROM ends at"));
    job_clear(&bench->job);
    assert_int_equal(flash_erase(bench->flash, EEPROM + size - 2, 3), ERR_NOT_FLASH);
    job_clear(&bench->job);
    bench_ok(bench, done(bench, &report));
    assert_int_equal(report.bytes_programmed, 0);
}

/* All of the flash is not the data as well. */
static void an_erase_of_all_leaves_it(void **state)
{
    struct bench *bench = *state;

    written(bench, 0, 64);
    bench_job(bench);
    bench_ok(bench, flash_erase_now(bench->target, 0, 0));
    bench_assert_memory(bench, EEPROM, data, 64);
}

static void write_something_else(struct flash_controller *controller, uint32_t address,
                                 uint32_t word)
{
    stm32l0_flash.queue_data(controller, address, word ^ (address == EEPROM + 64 ? 0x8000 : 0));
}

static void every_byte_is_verified(void **state)
{
    struct bench *bench = *state;
    struct flash_driver driver = stm32l0_flash;
    struct flash_report report;

    driver.queue_data = write_something_else;
    bench->driver = &driver;
    open_session(bench);
    bench_ok(bench, flash_write(bench->flash, EEPROM, data, 128));
    assert_int_equal(done(bench, &report), ERR_VERIFY);
    assert_non_null(strstr(bench->job.text, "verification failed at 0x08080041"));
    assert_non_null(strstr(bench->job.text, "data EEPROM: written up to 0x0808007f"));
    bench->driver = NULL;
}

static void a_cancel_tells_how_far_it_got(void **state)
{
    struct bench *bench = *state;
    struct flash_report report;

    open_session(bench);
    bench_ok(bench, flash_write(bench->flash, EEPROM, data, SIZE));
    bench->cancel_at = bench->checkpoints + 4; /* behind the last word of the first 64 bytes */
    assert_int_equal(done(bench, &report), ERR_CANCELLED);
    assert_non_null(strstr(bench->job.text, "data EEPROM: written up to 0x0808003f"));
    bench_job(bench);
    bench_assert_memory(bench, EEPROM, data, 64);
    bench_assert_filled(bench, EEPROM + 64, 0, SIZE - 64);
}

static void it_is_kept_by_read_protection(void **state)
{
    struct bench *bench = *state;
    const struct flash_options *table = flash_options_for(bench->target);

    written(bench, 0, 64);
    bench_ok(bench, table->lock(bench->target));
    bench_ok(bench, table->load(bench->target));
    bench_job(bench);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_PROTECTED);
    assert_non_null(strstr(bench->job.text, "`monitor stm32lx unlock 0` removes it and erases the "
                                            "whole flash and the data EEPROM"));
    bench_job(bench);
    bench_ok(bench, table->unlock(bench->target));
    bench_ok(bench, table->load(bench->target));
    bench_assert_filled(bench, EEPROM, 0, 64);
}

int main(void)
{
#define BOTH(name)                                         \
    cmocka_unit_test_setup_teardown(name, l0, bench_down), \
        cmocka_unit_test_setup_teardown(name, l1, bench_down)
    const struct CMUnitTest tests[] = {
        BOTH(a_file_fills_flash_and_data_eeprom),
        BOTH(it_is_written_in_slices),
        BOTH(bytes_leave_their_neighbours_alone),
        BOTH(what_is_announced_ends_erased),
        BOTH(what_does_not_fit_is_refused),
        BOTH(an_erase_of_all_leaves_it),
        BOTH(every_byte_is_verified),
        BOTH(a_cancel_tells_how_far_it_got),
        BOTH(it_is_kept_by_read_protection),
    };

    return cmocka_run_group_tests_name("data_eeprom", tests, NULL, NULL);
}
