/* SPDX-License-Identifier: MIT */
/* Loads on a simulated STM32F103C8: what ends in flash, what it costs, what stays untouched. */
#include <string.h>

#include "flash_bench.h"
#include "probe/ops.h"

static uint8_t image[FLASH_SIZE];

static void a_blank_chip_takes_little_more_than_physics(void **state)
{
    /* 32768 half-words of 52.5 us; the image holds no FFFF to speak of. */
    const double physics_us = FLASH_SIZE / 2 * 52.5;
    struct bench *bench = *state;
    struct flash_report report;

    bench_fill(image, sizeof image, 1);
    uint64_t started = bench_now_us(bench);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, &report), ERR_OK);
    double took_us = (double)(bench_now_us(bench) - started);
    print_message("64 KiB on a blank chip: %.1f ms, physics %.1f ms\n", took_us / 1000,
                  physics_us / 1000);
    assert_true(took_us < 1.1 * physics_us);
    assert_int_equal(report.bytes_programmed, FLASH_SIZE);
    assert_int_equal(report.sectors_erased, 0);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

/* Somebody said that half of it is all there is. */
static void what_lies_behind_a_size_that_was_said_stays(void **state)
{
    enum { HALF = FLASH_SIZE / 2 };
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 7);
    bench_loaded(bench, FLASH, image, sizeof image);
    bench_ok(bench, target_say_flash_size(bench->target, HALF));
    bench_ok(bench, flash_erase_now(bench->target, FLASH, 0));
    bench_ok(bench, target_say_flash_size(bench->target, 0));
    bench_assert_filled(bench, FLASH, 0xFF, HALF);
    bench_assert_memory(bench, FLASH + HALF, image + HALF, HALF);
}

static void the_same_image_again_costs_less_than_a_tenth(void **state)
{
    struct bench *bench = *state;
    struct flash_report report;

    bench_fill(image, sizeof image, 2);
    uint64_t at[3] = {bench_now_us(bench)};
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    at[1] = bench_now_us(bench);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, &report), ERR_OK);
    at[2] = bench_now_us(bench);
    print_message("full %.1f ms, identical %.1f ms\n", (double)(at[1] - at[0]) / 1000,
                  (double)(at[2] - at[1]) / 1000);
    assert_true((at[2] - at[1]) * 10 < at[1] - at[0]);
    assert_int_equal(report.bytes_programmed, 0);
    assert_int_equal(report.bytes_same, FLASH_SIZE);
    assert_int_equal(report.sectors_same, 64);
    assert_int_equal(report.sectors_erased, 0);
}

static void another_image_costs_its_erases(void **state)
{
    struct bench *bench = *state;
    struct flash_report report;

    bench_fill(image, sizeof image, 3);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    bench_fill(image, sizeof image, 4);
    uint64_t started = bench_now_us(bench);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, &report), ERR_OK);
    print_message("another image: %.1f ms\n", (double)(bench_now_us(bench) - started) / 1000);
    assert_true(report.mass_erased); /* one, of all, is as short as that of one page */
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void only_pages_that_differ_are_touched(void **state)
{
    struct bench *bench = *state;
    struct flash_report report;

    bench_fill(image, sizeof image, 5);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    image[5 * PAGE_SIZE + 3] ^= 0x10;
    image[40 * PAGE_SIZE] ^= 0x01;
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, &report), ERR_OK);
    assert_int_equal(report.sectors_erased, 2);
    assert_int_equal(report.bytes_programmed, 2 * PAGE_SIZE);
    assert_false(report.mass_erased);
    bench_assert_memory(bench, FLASH, image, sizeof image);
}

static void a_small_program_leaves_the_rest_alone(void **state)
{
    struct bench *bench = *state;
    uint8_t small[3 * PAGE_SIZE + 5];
    struct flash_report report;

    bench_fill(image, sizeof image, 6);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    bench_fill(small, sizeof small, 7);
    assert_int_equal(bench_load(bench, FLASH + 8 * PAGE_SIZE, small, sizeof small, &report),
                     ERR_OK);
    assert_int_equal(report.sectors_erased, 4);
    bench_assert_memory(bench, FLASH, image, 8 * PAGE_SIZE);
    bench_assert_memory(bench, FLASH + 8 * PAGE_SIZE, small, sizeof small);
    /* Announced with the last page, and not written. */
    bench_assert_filled(bench, FLASH + 8 * PAGE_SIZE + sizeof small, 0xFF,
                        4 * PAGE_SIZE - sizeof small);
    bench_assert_memory(bench, FLASH + 12 * PAGE_SIZE, image + 12 * PAGE_SIZE,
                        sizeof image - 12 * PAGE_SIZE);
}

static void gaps_end_erased(void **state)
{
    struct bench *bench = *state;
    uint8_t data[100];

    bench_fill(image, sizeof image, 8);
    assert_int_equal(bench_load(bench, FLASH, image, 8 * PAGE_SIZE, NULL), ERR_OK);
    bench_fill(data, sizeof data, 9);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, FLASH, 6 * PAGE_SIZE), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH + 7, data, sizeof data), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH + 3 * PAGE_SIZE - 50, data, sizeof data),
                     ERR_OK);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    bench_assert_filled(bench, FLASH, 0xFF, 7);
    bench_assert_memory(bench, FLASH + 7, data, sizeof data);
    bench_assert_filled(bench, FLASH + 107, 0xFF, 3 * PAGE_SIZE - 50 - 107);
    bench_assert_memory(bench, FLASH + 3 * PAGE_SIZE - 50, data, sizeof data);
    bench_assert_filled(bench, FLASH + 3 * PAGE_SIZE + 50, 0xFF, 3 * PAGE_SIZE - 50);
    bench_assert_memory(bench, FLASH + 6 * PAGE_SIZE, image + 6 * PAGE_SIZE, 2 * PAGE_SIZE);
}

static void unannounced_bytes_stay(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 10);
    assert_int_equal(bench_load(bench, FLASH, image, 4 * PAGE_SIZE, NULL), ERR_OK);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH + PAGE_SIZE + 11, "hello", 5), ERR_OK);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    memcpy(image + PAGE_SIZE + 11, "hello", 5);
    bench_assert_memory(bench, FLASH, image, 4 * PAGE_SIZE);
}

static void appending_needs_no_erase(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 11);
    assert_int_equal(bench_load(bench, FLASH, image, 600, NULL), ERR_OK);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH + 600, image + 600, 200), ERR_OK);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    assert_int_equal(flash_report(bench->flash)->sectors_erased, 0);
    bench_assert_memory(bench, FLASH, image, 800);
}

/* Not what the target remembers. */
static uint32_t in_the_core(struct bench *bench, unsigned regsel)
{
    struct ops ops;
    uint32_t value = 0;

    ops_init(&ops, bench->probe);
    ops_reg_read(&ops, regsel, &value);
    assert_int_equal(ops_flush(&ops), ERR_OK);
    return value;
}

static void memory_and_registers_come_back(void **state)
{
    struct bench *bench = *state;
    uint8_t ram[8192];
    uint64_t before[23], after;
    size_t count;

    target_registers(bench->target, &count);
    bench_fill(ram, sizeof ram, 12);
    assert_int_equal(target_write(bench->target, RAM, ram, sizeof ram), ERR_OK);
    for (size_t i = 0; i < 13; i++)
        assert_int_equal(target_write_register(bench->target, i, 0x1111 * (i + 1)), ERR_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(target_read_register(bench->target, i, &before[i]), ERR_OK);
    bench_fill(image, sizeof image, 13);
    assert_int_equal(bench_load(bench, FLASH, image, 9000, NULL), ERR_OK);
    bench_assert_memory(bench, RAM, ram, sizeof ram);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(target_read_register(bench->target, i, &after), ERR_OK);
        assert_int_equal(after, before[i]);
    }
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(in_the_core(bench, i), before[i]);
}

/* Somebody looks, and writes, while gdb sends the next packet; then gdb gives up. */
static void between_packets_the_registers_are_the_programs(void **state)
{
    struct bench *bench = *state;
    uint64_t r1 = 0;

    bench_fill(image, sizeof image, 13);
    assert_int_equal(target_write_register(bench->target, 1, 0x1111), ERR_OK);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_write(bench->flash, FLASH, image, 4 * PAGE_SIZE), ERR_OK);
    assert_int_equal(target_read_register(bench->target, 1, &r1), ERR_OK);
    assert_int_equal(r1, 0x1111);
    assert_int_equal(target_write_register(bench->target, 2, 0x2222), ERR_OK);
    assert_int_equal(
        flash_write(bench->flash, FLASH + 4 * PAGE_SIZE, image + 4 * PAGE_SIZE, PAGE_SIZE), ERR_OK);
    flash_close(bench->flash);
    bench->flash = NULL;
    bench_assert_memory(bench, FLASH, image, 5 * PAGE_SIZE);
    assert_int_equal(in_the_core(bench, 1), 0x1111);
    assert_int_equal(in_the_core(bench, 2), 0x2222);
}

static void the_loaded_program_runs(void **state)
{
    /* Stack, reset vector; then r0 counts in a loop: adds r0, #1; b . - 2. */
    static const uint8_t program[] = {0x00, 0x50, 0x00, 0x20, 0x09, 0x00,
                                      0x00, 0x08, 0x01, 0x30, 0xFD, 0xE7};
    struct bench *bench = *state;
    struct target_stop stop;
    uint64_t pc, r0[2];

    assert_int_equal(bench_load(bench, FLASH, program, sizeof program, NULL), ERR_OK);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    assert_int_equal(target_read_register(bench->target, 15, &pc), ERR_OK);
    assert_int_equal(pc, 0x08000008);
    assert_int_equal(target_read_register(bench->target, 0, &r0[0]), ERR_OK);
    assert_int_equal(target_resume(bench->target), ERR_OK);
    clock_sleep_us(probe_clock(bench->probe), 1000);
    assert_int_equal(target_halt(bench->target, &stop), ERR_OK);
    assert_int_equal(target_read_register(bench->target, 0, &r0[1]), ERR_OK);
    assert_true(r0[1] > r0[0] + 100);
}

/* Its interrupts, its watchpoint in RAM that the routines use, its breakpoint: none gets in the
 * way, and all are there afterwards. */
static void a_running_program_is_replaced(void **state)
{
    /* Stack, reset vector.. then: SysTick on, interrupt every 256 cycles; its handler returns. */
    static const uint16_t code[] = {0x4803, 0x21FF, 0x6041, 0x2107, 0x6001, 0x3401,
                                    0xE7FD, 0x0000, 0xE010, 0xE000, 0x4770};
    enum { WATCHED = RAM + 0x200 };
    struct bench *bench = *state;
    struct target_stop stop;
    uint32_t program[24] = {0x20005000, 0x08000041};
    uint64_t r4[2], xpsr;

    program[15] = 0x08000055;
    program[23] = 1; /* not in the next image: its vectors are erased in between */
    memcpy(&program[16], code, sizeof code);
    assert_int_equal(bench_load(bench, FLASH, (const uint8_t *)program, sizeof program, NULL),
                     ERR_OK);
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    assert_int_equal(target_watchpoint_set(bench->target, 0, WATCH_ACCESS, WATCHED, 4), ERR_OK);
    assert_int_equal(target_resume(bench->target), ERR_OK);
    clock_sleep_us(probe_clock(bench->probe), 2000);
    assert_int_equal(target_halt(bench->target, &stop), ERR_OK);
    assert_int_equal(target_read_register(bench->target, 16, &xpsr), ERR_OK);
    assert_int_equal(xpsr & 0x1FF, 0); /* else no interrupt could disturb anyway */
    assert_int_equal(target_resume(bench->target), ERR_OK);
    bench_fill(image, sizeof image, 15);
    memcpy(image, program, 23 * sizeof *program);
    assert_int_equal(bench_load(bench, FLASH, image, sizeof image, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, image, sizeof image);
    assert_int_equal(target_state(bench->target), TARGET_HALTED);
    assert_int_equal(target_read_register(bench->target, 4, &r4[0]), ERR_OK);
    assert_int_equal(target_resume(bench->target), ERR_OK);
    clock_sleep_us(probe_clock(bench->probe), 2000);
    assert_int_equal(target_poll(bench->target, &stop), ERR_OK);
    assert_int_equal(stop.reason, STOP_NONE); /* it runs on where it was */
    assert_int_equal(target_halt(bench->target, &stop), ERR_OK);
    assert_int_equal(target_read_register(bench->target, 4, &r4[1]), ERR_OK);
    assert_true(r4[1] > r4[0]);
    /* The watchpoint works again. */
    uint32_t load[2] = {0x68206820, 0xE7FDE7FD}; /* ldr r0, [r4]; .. */
    assert_int_equal(target_write(bench->target, RAM + 0x3000, load, sizeof load), ERR_OK);
    assert_int_equal(target_write_register(bench->target, 4, WATCHED), ERR_OK);
    assert_int_equal(target_write_register(bench->target, 15, RAM + 0x3000), ERR_OK);
    assert_int_equal(target_resume(bench->target), ERR_OK);
    clock_sleep_us(probe_clock(bench->probe), 2000);
    assert_int_equal(target_poll(bench->target, &stop), ERR_OK);
    assert_int_equal(stop.reason, STOP_WATCHPOINT);
}

static void progress(void *user, const struct flash_report *report)
{
    struct flash_report *last = user;

    assert_true(report->bytes_programmed >= last->bytes_programmed);
    assert_true(report->elapsed_us >= last->elapsed_us);
    *last = *report;
}

static void progress_keeps_pace(void **state)
{
    struct bench *bench = *state;
    struct flash_report last = {0};

    bench_fill(image, sizeof image, 16);
    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    flash_on_progress(bench->flash, progress, &last);
    assert_int_equal(flash_erase(bench->flash, FLASH, FLASH_SIZE), ERR_OK);
    /* The first page is handed over before the second is complete, and counts once it is known to
     * be programmed, which is when the core stands. */
    assert_int_equal(flash_write(bench->flash, FLASH, image, PAGE_SIZE + 10), ERR_OK);
    assert_int_equal(last.bytes_programmed, 0);
    assert_int_equal(flash_write(bench->flash, FLASH + PAGE_SIZE + 10, image, 10), ERR_OK);
    assert_int_equal(flash_done(bench->flash), ERR_OK);
    assert_int_equal(last.bytes_programmed, PAGE_SIZE + PAGE_SIZE / 2); /* the rest is blank */
}

static void a_session_refuses_what_is_not_flash(void **state)
{
    struct bench *bench = *state;

    assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
    assert_int_equal(flash_erase(bench->flash, RAM, 1024), ERR_NOT_FLASH);
    assert_string_equal(bench->job.text, "0x20000000 and 1024 bytes are not all in flash");
    bench_job(bench);
    assert_int_equal(flash_write(bench->flash, FLASH + FLASH_SIZE - 1, "ab", 2), ERR_NOT_FLASH);
    bench_job(bench);
    assert_int_equal(flash_write(bench->flash, FLASH, "ab", 2), ERR_OK); /* it goes on */
}

static void erasing_erases(void **state)
{
    struct bench *bench = *state;

    bench_fill(image, sizeof image, 14);
    assert_int_equal(bench_load(bench, FLASH, image, 16 * PAGE_SIZE, NULL), ERR_OK);
    assert_int_equal(flash_erase_now(bench->target, FLASH + 2 * PAGE_SIZE, 3 * PAGE_SIZE), ERR_OK);
    bench_assert_memory(bench, FLASH, image, 2 * PAGE_SIZE);
    bench_assert_filled(bench, FLASH + 2 * PAGE_SIZE, 0xFF, 3 * PAGE_SIZE);
    bench_assert_memory(bench, FLASH + 5 * PAGE_SIZE, image + 5 * PAGE_SIZE, PAGE_SIZE);
    assert_int_equal(flash_erase_now(bench->target, 0, 0), ERR_OK);
    bench_assert_filled(bench, FLASH, 0xFF, FLASH_SIZE);
}

/* Nobody wrote to the rest of the sector, and erased bytes are not what makes a program. */
static void on_a_blank_chip_nothing_was_there_already(void **state)
{
    struct bench *bench = *state;
    struct flash_report report;
    uint8_t program[PAGE_SIZE];

    bench_fill(program, sizeof program, 3);
    assert_int_equal(bench_load(bench, FLASH, program, 300, &report), ERR_OK);
    assert_int_equal(report.bytes_programmed, 512);
    assert_int_equal(report.bytes_same, 0);
    memset(program + 512, 0xFF, 512);
    assert_int_equal(bench_load(bench, FLASH + PAGE_SIZE, program, PAGE_SIZE, &report), ERR_OK);
    assert_int_equal(report.bytes_programmed, 512);
    assert_int_equal(report.bytes_same, 0);
    assert_int_equal(report.bytes_blank, 512);
    assert_int_equal(bench_load(bench, FLASH + PAGE_SIZE, program, PAGE_SIZE, &report), ERR_OK);
    assert_int_equal(report.bytes_programmed, 0);
    assert_int_equal(report.bytes_same, 512);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_up, bench_down)
    const struct CMUnitTest tests[] = {
        TEST(on_a_blank_chip_nothing_was_there_already),
        TEST(a_blank_chip_takes_little_more_than_physics),
        TEST(what_lies_behind_a_size_that_was_said_stays),
        TEST(the_same_image_again_costs_less_than_a_tenth),
        TEST(another_image_costs_its_erases),
        TEST(only_pages_that_differ_are_touched),
        TEST(a_small_program_leaves_the_rest_alone),
        TEST(gaps_end_erased),
        TEST(unannounced_bytes_stay),
        TEST(appending_needs_no_erase),
        TEST(memory_and_registers_come_back),
        TEST(between_packets_the_registers_are_the_programs),
        TEST(the_loaded_program_runs),
        TEST(a_running_program_is_replaced),
        TEST(progress_keeps_pace),
        TEST(a_session_refuses_what_is_not_flash),
        TEST(erasing_erases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
