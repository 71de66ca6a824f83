/* SPDX-License-Identifier: MIT */
/* Large program files: what is too large is not read, and whoever has enough may cancel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/image.h"

enum { MIB = 1024 * 1024 };

static char path[] = "/tmp/probed-image-XXXXXX";
static struct job job;
static unsigned looks; /* whether the job is cancelled: once a slice */

static int up(void **state)
{
    int file = mkstemp(path);

    (void)state;
    return file >= 0 ? close(file) : -1;
}

static int down(void **state)
{
    (void)state;
    return unlink(path);
}

static void on_look(void *user)
{
    (void)user;
    looks++;
}

/* A file that begins so; what follows up to `size` takes no room on the disk. */
static enum err load(const char *beginning, off_t size, enum image_format format)
{
    FILE *file = fopen(path, "wb");
    struct image image;

    assert_non_null(file);
    fputs(beginning, file);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(ftruncate(fileno(file), size), 0);
    fclose(file);
    looks = 0;
    enum err err = image_load(&job, path, format, 0, &image);
    image_finish(&image);
    return err;
}

static void begin(bool cancelled)
{
    job_init(&job, NULL);
    job.between = on_look;
    atomic_store(&job.cancelled, cancelled);
}

static void what_is_too_large_is_not_read(void **state)
{
    static const struct {
        const char *beginning;
        int limit; /* MiB */
        enum image_format format;
    } kinds[] = {
        {"", 32, IMAGE_AUTO},          {"", 32, IMAGE_BINARY},       {"\177ELF", 256, IMAGE_AUTO},
        {"\177ELF", 32, IMAGE_BINARY}, {":020000", 128, IMAGE_AUTO}, {"S1130000", 128, IMAGE_AUTO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char said[40];

        begin(false);
        assert_int_equal(load(kinds[i].beginning, (off_t)kinds[i].limit * MIB + 1, kinds[i].format),
                         ERR_FILE);
        snprintf(said, sizeof said, "%s than %d MiB",
                 kinds[i].limit == 32 ? "holds more" : "is larger", kinds[i].limit);
        assert_non_null(strstr(job.text, said));
        assert_int_equal(looks, 0);
    }
}

static void what_fits_is_read_in_slices(void **state)
{
    (void)state;
    begin(false);
    assert_int_equal(load("", 5 * MIB, IMAGE_BINARY), ERR_OK);
    assert_true(looks >= 5);
}

static void reading_may_be_cancelled(void **state)
{
    (void)state;
    begin(true);
    assert_int_equal(load("", 5 * MIB, IMAGE_BINARY), ERR_CANCELLED);
    assert_int_equal(looks, 1);
}

static void taking_it_apart_may_be_cancelled(void **state)
{
    static const uint8_t bytes[128 * 1024];
    struct image image;

    (void)state;
    begin(true);
    assert_int_equal(image_parse(&job, "file", bytes, sizeof bytes, IMAGE_BINARY, 0, &image),
                     ERR_CANCELLED);
    image_finish(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_large_is_not_read),
        cmocka_unit_test(what_fits_is_read_in_slices),
        cmocka_unit_test(reading_may_be_cancelled),
        cmocka_unit_test(taking_it_apart_may_be_cancelled),
    };

    return cmocka_run_group_tests(tests, up, down);
}
