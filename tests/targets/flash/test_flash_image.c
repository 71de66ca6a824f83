/* SPDX-License-Identifier: MIT */
/* Whole images onto a simulated STM32F103C8: where each byte goes, what is refused, what is read
 * back. */
#include "flash/content.h"

#include <string.h>

#include "flash_bench.h"

enum { CHUNKS = 8192 };

static uint8_t bytes[FLASH_SIZE];

static struct image image_of(struct image_segment *segments, size_t count)
{
    struct image image = {.segments = segments, .count = count};

    for (size_t i = 0; i < count; i++)
        image.bytes += segments[i].size;
    return image;
}

static void each_byte_has_its_place(void **state)
{
    struct bench *bench = *state;
    struct image_segment segments[] = {
        {FLASH + 100, 2000, bytes},
        {FLASH + FLASH_SIZE - 1, 1, bytes},
        {RAM + 16, 300, bytes},
    };
    struct image image = image_of(segments, 3);
    struct flash_image_places places;

    assert_int_equal(flash_image_places(bench->target, &image, &places), ERR_OK);
    assert_int_equal(places.flash, 2001);
    assert_int_equal(places.ram, 300);
}

static void assert_refused(struct bench *bench, uint32_t address, uint32_t size, const char *named)
{
    struct image_segment segments[] = {{FLASH, 1024, bytes}, {address, size, bytes}};
    struct image image = image_of(segments, 2);
    struct flash_image_options options = {0};

    bench_job(bench);
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_NOT_FLASH);
    assert_non_null(strstr(bench->job.text, named));
    bench_assert_filled(bench, FLASH, 0xFF, 1024);
}

static void what_lies_nowhere_is_refused_before_anything_is_touched(void **state)
{
    struct bench *bench = *state;

    bench_fill(bytes, sizeof bytes, 1);
    assert_refused(bench, FLASH + FLASH_SIZE, 4, "0x08010000");
    assert_refused(bench, FLASH + FLASH_SIZE - 4, 8, "0x08010000");
    assert_refused(bench, 0x60000000, 1, "0x60000000");
    assert_refused(bench, 0xFFFFFFF0, 16, "0xfffffff0");
    assert_refused(bench, 0x40022000, 4, "0x40022000");
}

/* What does not fit is measured as a person would: from the program's first byte in that memory to
 * its last, whatever it has elsewhere. */
static void what_does_not_fit_is_told_with_its_size(void **state)
{
    static const struct {
        struct {
            uint32_t address, size;
        } segments[3];
        const char *begins;
    } cases[] = {
        {{{FLASH + 0x100, 0x10000}},
         "64 KiB do not fit: ends at 0x080100ff, flash ends at 0x0800ffff; 0x08010000 is"},
        {{{FLASH, 1024}, {FLASH + 0x14000, 1024}},
         "81 KiB do not fit: ends at 0x080143ff, flash ends"},
        {{{FLASH, 1024}, {FLASH + 0xFC00, 2048}, {RAM, 100}},
         "65 KiB do not fit: ends at 0x080103ff, flash ends"},
        {{{FLASH, 1024}, {RAM + 0x4FFF, 1023}}, "1023 bytes do not fit: ends at 0x200053fd, RAM"},
        {{{FLASH, 1024}, {RAM + 0x4FFF, 1024}}, "1 KiB do not fit: ends at 0x200053fe, RAM ends"},
        {{{FLASH, 1024}, {RAM + 0x4FFF, 2}},
         "2 bytes do not fit: ends at 0x20005000, RAM ends at 0x20004fff; 0x20005000 is"},
        {{{FLASH, 1024}, {0x60000000, 1024}},
         "0x60000000 is neither in flash nor in RAM of this chip (STM32F10"},
    };
    static uint8_t zeros[0x10000];
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct image_segment segments[3];
        struct flash_image_places places;
        size_t count = 0;

        for (; count < 3 && cases[i].segments[count].size; count++)
            segments[count] = (struct image_segment){cases[i].segments[count].address,
                                                     cases[i].segments[count].size, zeros};
        struct image image = image_of(segments, count);
        bench_job(bench);
        assert_int_equal(flash_image_places(bench->target, &image, &places), ERR_NOT_FLASH);
        assert_memory_equal(bench->job.text, cases[i].begins, strlen(cases[i].begins));
    }
}

static void flash_and_ram_get_their_parts(void **state)
{
    struct bench *bench = *state;
    struct image_segment segments[] = {
        {FLASH, 1500, bytes}, {FLASH + 0x4000, 700, bytes + 1500}, {RAM, 20480, bytes + 3000}};
    struct image image = image_of(segments, 3);
    struct flash_image_options options = {0};
    struct flash_report report;

    bench_fill(bytes, sizeof bytes, 2);
    assert_int_equal(flash_image(bench->target, &image, &options, &report), ERR_OK);
    assert_int_equal(report.bytes_written, 2200);
    bench_assert_memory(bench, FLASH, bytes, 1500);
    bench_assert_filled(bench, FLASH + 1500, 0xFF, 0x4000 - 1500);
    bench_assert_memory(bench, FLASH + 0x4000, bytes + 1500, 700);
    bench_assert_memory(bench, RAM, bytes + 3000, 20480);
}

static void fill_chip(struct bench *bench)
{
    bench_fill(bytes, sizeof bytes, 3);
    assert_int_equal(bench_load(bench, FLASH, bytes, sizeof bytes, NULL), ERR_OK);
    bench_job(bench);
}

static void other_bytes_stay(void **state)
{
    struct bench *bench = *state;
    uint8_t few[3] = {1, 2, 3};
    struct image_segment segment = {FLASH + 0x1001, sizeof few, few};
    struct image image = image_of(&segment, 1);
    struct flash_image_options options = {0};

    fill_chip(bench);
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_OK);
    memcpy(bytes + 0x1001, few, sizeof few);
    bench_assert_memory(bench, FLASH, bytes, sizeof bytes);
}

static void other_bytes_go_if_asked_for(void **state)
{
    struct bench *bench = *state;
    uint8_t few[3] = {1, 2, 3};
    struct image_segment segment = {FLASH + 0x1001, sizeof few, few};
    struct image image = image_of(&segment, 1);
    struct flash_image_options options = {.erase_all = true};

    fill_chip(bench);
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_OK);
    memset(bytes, 0xFF, sizeof bytes);
    memcpy(bytes + 0x1001, few, sizeof few);
    bench_assert_memory(bench, FLASH, bytes, sizeof bytes);
}

static void a_uf2_file_for_another_chip_is_refused(void **state)
{
    static const struct {
        uint32_t family;
        enum err err;
        const char *said;
    } cases[] = {
        {0, ERR_OK, ""},
        {0x5EE21072, ERR_OK, ""},
        {0x57755A57, ERR_FILE, "made for STM32F4 (UF2 family 0x57755a57)"},
        {0x8FB060FE, ERR_FILE, "made for STM32F4 (UF2 family 0x8fb060fe)"},
        {0x1B57745F, ERR_FILE, "made for nRF52 "},
        {0x12345678, ERR_OK, ""},
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct image_segment segment = {FLASH, 16, bytes};
        struct image image = image_of(&segment, 1);

        image.uf2_family = cases[i].family;
        bench_job(bench);
        assert_int_equal(flash_image_made_for(bench->target, &image), cases[i].err);
        assert_non_null(strstr(bench->job.text, cases[i].said));
    }
}

struct seen {
    unsigned calls;
    size_t done;
};

static void see_verified(void *user, size_t done)
{
    struct seen *seen = user;

    assert_true(done > seen->done);
    seen->done = done;
    seen->calls++;
}

static void reading_back_names_the_first_difference(void **state)
{
    struct bench *bench = *state;
    struct image_segment segments[] = {{FLASH, CHUNKS + 100, bytes}, {FLASH + 0x8000, 50, bytes}};
    struct image image = image_of(segments, 2);
    struct flash_image_options options = {0};
    struct seen seen = {0};

    bench_fill(bytes, sizeof bytes, 4);
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_OK);
    assert_int_equal(flash_image_verify(bench->target, &image, see_verified, &seen), ERR_OK);
    assert_int_equal(seen.done, image.bytes);
    assert_int_equal(seen.calls, 3);

    bytes[CHUNKS + 7] ^= 0x40;
    assert_int_equal(flash_image_verify(bench->target, &image, NULL, NULL), ERR_VERIFY);
    assert_non_null(strstr(bench->job.text, "0x08002007"));
}

static void a_cancel_ends_it_between_slices(void **state)
{
    struct bench *bench = *state;
    struct image_segment segment = {FLASH, sizeof bytes, bytes};
    struct image image = image_of(&segment, 1);
    struct flash_image_options options = {0};
    struct flash_report report;

    bench_fill(bytes, sizeof bytes, 5);
    bench->cancel_at = 20;
    assert_int_equal(flash_image(bench->target, &image, &options, &report), ERR_CANCELLED);
    assert_non_null(strstr(bench->job.text, "flash: 0x08000000-"));
    assert_true(report.bytes_programmed > 0 && report.bytes_programmed < sizeof bytes);
    bench_job(bench);
    bench->cancel_at = 0;
    assert_int_equal(flash_image(bench->target, &image, &options, NULL), ERR_OK);
    bench_assert_memory(bench, FLASH, bytes, sizeof bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_byte_has_its_place, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(what_lies_nowhere_is_refused_before_anything_is_touched,
                                        bench_up, bench_down),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_told_with_its_size, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(flash_and_ram_get_their_parts, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(other_bytes_stay, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(other_bytes_go_if_asked_for, bench_up, bench_down),
        cmocka_unit_test_setup_teardown(a_uf2_file_for_another_chip_is_refused, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(reading_back_names_the_first_difference, bench_up,
                                        bench_down),
        cmocka_unit_test_setup_teardown(a_cancel_ends_it_between_slices, bench_up, bench_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
