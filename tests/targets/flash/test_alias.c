/* SPDX-License-Identifier: MIT */
/* A program linked at 0, where the flash of a simulated STM32F103C8 shows again. */
#include <string.h>

#include "flash/content.h"
#include "flash_bench.h"

enum { ALIAS = 0, SIZE = 5000 };

static uint8_t bytes[SIZE];

static void what_is_loaded_at_0_is_in_the_flash(void **state)
{
    struct bench *bench = *state;
    struct flash_report report;

    bench_fill(bytes, SIZE, 1);
    assert_int_equal(bench_load(bench, ALIAS, bytes, SIZE, &report), ERR_OK);
    assert_int_equal(report.bytes_written, SIZE);
    bench_assert_memory(bench, FLASH, bytes, SIZE);
    bench_assert_memory(bench, ALIAS, bytes, SIZE);
    bench_job(bench);
    assert_int_equal(bench_load(bench, FLASH, bytes, SIZE, &report), ERR_OK);
    assert_int_equal(report.bytes_programmed, 0); /* the same bytes, wherever they are linked */
}

static void an_erase_at_0_erases_flash(void **state)
{
    struct bench *bench = *state;

    bench_fill(bytes, SIZE, 2);
    assert_int_equal(bench_load(bench, FLASH, bytes, SIZE, NULL), ERR_OK);
    bench_job(bench);
    assert_int_equal(flash_erase_now(bench->target, ALIAS + PAGE_SIZE, PAGE_SIZE), ERR_OK);
    bench_assert_memory(bench, FLASH, bytes, PAGE_SIZE);
    bench_assert_filled(bench, FLASH + PAGE_SIZE, 0xFF, PAGE_SIZE);
    bench_assert_memory(bench, FLASH + 2 * PAGE_SIZE, bytes + 2 * PAGE_SIZE, SIZE - 2 * PAGE_SIZE);
}

/* BOOT0 as it was at the last reset: the boot loader is what shows at 0. */
static void start_the_boot_loader(struct bench *bench)
{
    bench_hands(bench, "boot0", "1");
    assert_int_equal(target_reset(bench->target, TARGET_RESET_HALT), ERR_OK);
    bench_job(bench);
}

static void where_the_boot_loader_shows_nothing_is_programmed(void **state)
{
    struct bench *bench = *state;
    struct image_segment segment = {ALIAS, SIZE, bytes};
    struct image image = {.segments = &segment, .count = 1, .bytes = SIZE};
    struct flash_image_options options = {0};

    bench_fill(bytes, SIZE, 3);
    start_the_boot_loader(bench);
    assert_int_equal(bench_load(bench, ALIAS, bytes, SIZE, NULL), ERR_NOT_FLASH);
    assert_non_null(strstr(bench->job.text, "BOOT0 is high"));
    bench_job(bench);
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_NOT_FLASH);
    assert_non_null(strstr(bench->job.text, "BOOT0 is high"));
    bench_job(bench);
    assert_int_equal(flash_erase_now(bench->target, ALIAS, PAGE_SIZE), ERR_NOT_FLASH);
    bench_assert_filled(bench, FLASH, 0xFF, FLASH_SIZE);
    /* At its own address the flash is there all the same. */
    bench_job(bench);
    assert_int_equal(bench_load(bench, FLASH, bytes, SIZE, NULL), ERR_OK);
}

static void two_views_of_the_same_bytes_have_to_agree(void **state)
{
    struct bench *bench = *state;
    uint8_t other = 0;
    struct image_segment segments[] = {{ALIAS, SIZE, bytes}, {FLASH + 1000, 1, &other}};
    struct image image = {.segments = segments, .count = 2, .bytes = SIZE + 1};
    struct flash_image_options options = {0};

    bench_fill(bytes, SIZE, 4);
    other = bytes[1000] ^ 1;
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_FILE);
    assert_non_null(strstr(bench->job.text, "0x080003e8, which 0x000003e8 shows again"));
    bench_assert_filled(bench, FLASH, 0xFF, FLASH_SIZE);
    other = bytes[1000];
    bench_job(bench);
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, bytes, SIZE);
}

/* gdb sends one section after the other. */
static void two_views_one_after_the_other(void **state)
{
    for (int alias_first = 0; alias_first < 2; alias_first++) {
        struct bench *bench = *state;
        uint32_t first = alias_first ? ALIAS : FLASH, second = alias_first ? FLASH : ALIAS;

        bench_job(bench);
        bench_fill(bytes, SIZE, 5);
        assert_int_equal(flash_open(bench->target, &bench->flash), ERR_OK);
        assert_int_equal(flash_erase(bench->flash, first, SIZE), ERR_OK);
        assert_int_equal(flash_erase(bench->flash, second, SIZE), ERR_OK);
        assert_int_equal(flash_write(bench->flash, first, bytes, SIZE), ERR_OK);
        assert_int_equal(flash_write(bench->flash, second + 8, bytes + 8, 8), ERR_OK);
        bytes[21]++;
        assert_int_equal(flash_write(bench->flash, second + 16, bytes + 16, 8), ERR_ARGUMENT);
        assert_non_null(strstr(bench->job.text, "0x08000015, which 0x00000015 shows again"));
        flash_close(bench->flash);
        bench->flash = NULL;
    }
}

static void what_does_not_fit_is_said_as_a_size(void **state)
{
    struct bench *bench = *state;
    struct image_segment segment = {ALIAS + FLASH_SIZE - 2, 4, bytes};
    struct image image = {.segments = &segment, .count = 1, .bytes = 4};
    struct flash_image_options options = {0};

    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_NOT_FLASH);
    assert_non_null(strstr(bench->job.text, "ends at 0x00010001, flash ends at 0x0000ffff"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_loaded_at_0_is_in_the_flash, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(an_erase_at_0_erases_flash, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(where_the_boot_loader_shows_nothing_is_programmed, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(two_views_of_the_same_bytes_have_to_agree, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(two_views_one_after_the_other, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_said_as_a_size, bench_up, bench_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
