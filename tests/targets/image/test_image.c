/* SPDX-License-Identifier: MIT */
/* Intel HEX, S-records, binaries, and what is wrong with them. ELF: test_image_elf.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/image.h"

static struct job job;

static enum err parse(const char *text, enum image_format format, uint32_t offset,
                      struct image *image)
{
    job_init(&job, NULL);
    return image_parse(&job, "file", text, strlen(text), format, offset, image);
}

static void expect_error(const char *text, enum image_format format, const char *sentence)
{
    struct image image;

    assert_int_equal(parse(text, format, 0, &image), ERR_FILE);
    assert_string_equal(job.text, sentence);
    assert_int_equal(image.count, 0);
    assert_null(image.segments);
}

static void reads_intel_hex(void **state)
{
    struct image image;

    (void)state;
    assert_int_equal(parse(":020000040800F2\r\n"
                           ":0400000001020304F2\r\n"
                           ":0200040005060EEF\n"
                           ":00000001FF\n",
                           IMAGE_AUTO, 0, &image),
                     ERR_FILE); /* third line: 2 bytes said, 3 there */
    assert_string_equal(job.text, "file line 3: its length is not what it says");
    assert_int_equal(parse(":020000040800F2\r\n"
                           ":0400000001020304F2\r\n"
                           ":020004000506EF\n"
                           ":0100100007E8\n"
                           ":0400000508000101ED\n"
                           ":00000001FF\n",
                           IMAGE_AUTO, 0, &image),
                     ERR_OK);
    assert_int_equal(image.count, 2);
    assert_int_equal(image.segments[0].address, 0x08000000);
    assert_int_equal(image.segments[0].size, 6); /* lines that follow each other are joined */
    assert_memory_equal(image.segments[0].data, "\1\2\3\4\5\6", 6);
    assert_int_equal(image.segments[1].address, 0x08000010);
    assert_int_equal(image.bytes, 7);
    assert_true(image.has_entry);
    assert_int_equal(image.entry, 0x08000101);
    image_finish(&image);
}

static const char two_hex_files[] = ":020000040800F2\n"
                                    ":0400000001020304F2\n"
                                    ":00000001FF\n"
                                    "\n"
                                    ":020000040801F1\n"
                                    ":0400000005060708E2\n"
                                    ":00000001FF\n";

static char said[400];

static void listen(void *user, const char *text, size_t length)
{
    (void)user;
    snprintf(said, sizeof said, "%.*s", (int)length, text);
}

/* As `cat boot.hex app.hex` makes them. */
static void files_behind_an_end_record_are_taken_with_a_warning(void **state)
{
    struct image image;

    (void)state;
    job_init(&job, NULL);
    job.output = listen;
    assert_int_equal(
        image_parse(&job, "both.hex", two_hex_files, strlen(two_hex_files), IMAGE_AUTO, 0, &image),
        ERR_OK);
    assert_int_equal(image.count, 2);
    assert_int_equal(image.segments[1].address, 0x08010000);
    assert_memory_equal(image.segments[1].data, "\5\6\7\10", 4);
    assert_string_equal(said, "warning: both.hex goes on behind the end record in line 3: several "
                              "files in one? All of them are taken\n");
    image_finish(&image);
    assert_int_equal(parse("S1050010AABB85\nS9030000FC\nS00600004844521B\nS1050020CCDD31\n"
                           "S9030000FC\n",
                           IMAGE_AUTO, 0, &image),
                     ERR_OK);
    assert_int_equal(image.count, 2);
    assert_int_equal(image.segments[1].address, 0x20);
    image_finish(&image);
}

/* The second one knows nothing of the first: not where that was, nor that it ended. */
static void each_of_several_files_stands_for_itself(void **state)
{
    struct image image;

    (void)state;
    assert_int_equal(parse(":020000040800F2\n:0100000001FE\n:00000001FF\n"
                           ":0100100002ED\n:00000001FF\n",
                           IMAGE_AUTO, 0, &image),
                     ERR_OK);
    assert_int_equal(image.segments[0].address, 0x10);
    assert_int_equal(image.segments[1].address, 0x08000000);
    image_finish(&image);
    expect_error(":0100000001FE\n:00000001FF\n:0100100002ED\n", IMAGE_IHEX,
                 "file ends without an end record: cut short?");
    expect_error("S1050010AABB85\nS9030000FC\nS1050020CCDD31\n", IMAGE_SREC,
                 "file ends without an S7, S8 or S9 record: cut short?");
}

static void what_follows_an_end_record_and_is_none_is_an_error(void **state)
{
    (void)state;
    expect_error(":0100000001FE\n:00000001FF\n\nwhatever follows", IMAGE_IHEX,
                 "file line 4: follows the end record and is no record");
    expect_error("S1050010AABB85\nS9030000FC\nmore\n", IMAGE_SREC,
                 "file line 3: follows the end record and is no record");
    expect_error(":0100000001FE\n:00000001FF\n:0100000001FF\n", IMAGE_IHEX,
                 "file line 3: wrong checksum");
}

static void segmented_hex_wraps_inside_its_segment(void **state)
{
    struct image image;

    (void)state;
    assert_int_equal(
        parse(":020000021000EC\n:04FFFE0001020304F5\n:00000001FF\n", IMAGE_IHEX, 0, &image),
        ERR_OK);
    assert_int_equal(image.count, 2);
    assert_int_equal(image.segments[0].address, 0x10000);
    assert_memory_equal(image.segments[0].data, "\3\4", 2);
    assert_int_equal(image.segments[1].address, 0x1FFFE);
    image_finish(&image);
}

static void refuses_wrong_hex(void **state)
{
    (void)state;
    expect_error(":0100000001FE\n", IMAGE_IHEX, "file ends without an end record: cut short?");
    expect_error(":0100000001FF\n", IMAGE_IHEX, "file line 1: wrong checksum");
    expect_error("\n\nhello\n", IMAGE_IHEX, "file line 3: does not begin with ':'");
    expect_error(":01000", IMAGE_IHEX, "file line 1: not pairs of hexadecimal digits, or too few");
    expect_error(":0000000AF6\n", IMAGE_IHEX, "file line 1: unknown kind of record");
    expect_error(":00000004FC\n", IMAGE_IHEX,
                 "file line 1: a record of this kind has another length");
    expect_error(":00000001FF\n", IMAGE_IHEX, "file holds nothing to load");
    expect_error(":02000004FFFFFC\n:04FFFE0001020304F5\n", IMAGE_IHEX,
                 "file: 4 bytes at 0xfffffffe run past 0xffffffff");
    expect_error(":0200000001FF\xFE\n", IMAGE_IHEX,
                 "file line 1: not pairs of hexadecimal digits, or too few");
    for (size_t at = 1; at < strlen(":0100000001FE"); at++) { /* one digit that is none */
        char line[] = ":0100000001FE";

        line[at] = 'g';
        expect_error(line, IMAGE_IHEX, "file line 1: not pairs of hexadecimal digits, or too few");
    }
}

static void refuses_overlaps_in_any_order(void **state)
{
    (void)state;
    expect_error(":0400020001020304F0\n:0400000001020304F2\n:00000001FF\n", IMAGE_IHEX,
                 "file: 4 bytes at 0x00000000 overlap those at 0x00000002");
}

static void reads_s_records(void **state)
{
    struct image image;

    (void)state;
    assert_int_equal(parse("S00600004844521B\n"
                           "S1050010AABB85\n"
                           "S2060800001122BE\n"
                           "S3070800001033448E\n"
                           "S5030003F9\n"
                           "S70508000101F0\n",
                           IMAGE_AUTO, 0, &image),
                     ERR_FILE);
    assert_string_equal(job.text, "file line 4: wrong checksum");
    assert_int_equal(parse("S00600004844521B\n"
                           "S1050010AABB85\n"
                           "S2060800001122BE\n"
                           "S30708000010334469\n"
                           "S5030003F9\n"
                           "S70508000101F0\n",
                           IMAGE_AUTO, 0, &image),
                     ERR_OK);
    assert_int_equal(image.count, 3);
    assert_int_equal(image.segments[0].address, 0x10);
    assert_int_equal(image.segments[1].address, 0x080000);
    assert_int_equal(image.segments[2].address, 0x08000010);
    assert_memory_equal(image.segments[2].data, "\x33\x44", 2);
    assert_int_equal(image.entry, 0x08000101);
    image_finish(&image);
}

static void refuses_wrong_s_records(void **state)
{
    (void)state;
    expect_error("S1050010AABB85\n", IMAGE_SREC,
                 "file ends without an S7, S8 or S9 record: cut short?");
    expect_error("S1050010AABB", IMAGE_SREC, "file line 1: its length is not what it says");
    expect_error("S4050010AABB85\n", IMAGE_SREC,
                 "file line 1: unknown kind of record, or too short");
    expect_error("S10200FD\n", IMAGE_SREC, "file line 1: unknown kind of record, or too short");
    expect_error("X", IMAGE_SREC, "file line 1: does not begin with S and a digit");
    expect_error("S1", IMAGE_SREC, "file line 1: not pairs of hexadecimal digits");
}

static void a_binary_begins_where_it_is_told(void **state)
{
    struct image image;

    (void)state;
    assert_int_equal(parse("just text", IMAGE_AUTO, 0x08004000, &image), ERR_OK);
    assert_int_equal(image.segments[0].address, 0x08004000);
    assert_int_equal(image.segments[0].size, 9);
    assert_false(image.has_entry);
    image_finish(&image);
    assert_int_equal(parse("just text", IMAGE_BINARY, 0xFFFFFFFF, &image), ERR_FILE);
}

static void an_empty_file_is_refused(void **state)
{
    struct image image;

    (void)state;
    assert_int_equal(image_parse(&job, "file", NULL, 0, IMAGE_AUTO, 0, &image), ERR_FILE);
}

static void a_file_of_100_mb_is_refused_by_its_content(void **state)
{
    struct image image;
    char path[] = "/tmp/probed-image-XXXXXX";
    int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, 100 << 20), 0);
    job_init(&job, NULL);
    assert_int_equal(image_load(&job, path, IMAGE_BINARY, 0, &image), ERR_FILE);
    assert_non_null(strstr(job.text, "holds more than 32 MiB to load"));
    close(file);
    unlink(path);
    job_init(&job, NULL);
    assert_int_equal(image_load(&job, path, IMAGE_AUTO, 0, &image), ERR_FILE);
    assert_non_null(strstr(job.text, "No such file or directory"));
    job_init(&job, NULL);
    assert_int_equal(image_load(&job, "/tmp", IMAGE_AUTO, 0, &image), ERR_FILE);
    assert_string_equal(job.text, "/tmp is not a file");
}

static void too_many_pieces_are_refused(void **state)
{
    size_t lines = IMAGE_SEGMENTS_MAX + 1, length = 0;
    char *text = malloc(lines * 24 + 16);
    struct image image;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < lines; i++) {
        unsigned at = (unsigned)(i * 2 & 0xFFFF);
        unsigned sum = 0x100 - ((1 + (at >> 8) + at) & 0xFF);
        length += (size_t)sprintf(text + length, ":01%04X0000%02X\n", at, sum & 0xFF);
    }
    job_init(&job, NULL);
    assert_int_equal(image_parse(&job, "file", text, length, IMAGE_IHEX, 0, &image), ERR_FILE);
    assert_string_equal(job.text, "file has more than 16384 separate pieces");
    free(text);
}

static void formats_have_names(void **state)
{
    enum image_format format;

    (void)state;
    assert_true(image_format_by_name("IHEX", &format));
    assert_int_equal(format, IMAGE_IHEX);
    assert_true(image_format_by_name("s19", &format));
    assert_int_equal(format, IMAGE_SREC);
    assert_false(image_format_by_name("tar", &format));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_intel_hex),
        cmocka_unit_test(files_behind_an_end_record_are_taken_with_a_warning),
        cmocka_unit_test(each_of_several_files_stands_for_itself),
        cmocka_unit_test(what_follows_an_end_record_and_is_none_is_an_error),
        cmocka_unit_test(segmented_hex_wraps_inside_its_segment),
        cmocka_unit_test(refuses_wrong_hex),
        cmocka_unit_test(refuses_overlaps_in_any_order),
        cmocka_unit_test(reads_s_records),
        cmocka_unit_test(refuses_wrong_s_records),
        cmocka_unit_test(a_binary_begins_where_it_is_told),
        cmocka_unit_test(an_empty_file_is_refused),
        cmocka_unit_test(a_file_of_100_mb_is_refused_by_its_content),
        cmocka_unit_test(too_many_pieces_are_refused),
        cmocka_unit_test(formats_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
