/* SPDX-License-Identifier: MIT */
/* Files and memory by monitor commands: load_image dump_image verify_image test_image. */
#include <errno.h>
#include <sys/stat.h>

#include "monitor_rig.h"

static const char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.."
                            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ..";
enum { SIZE = sizeof bytes - 1 };

/* 16 bytes at 0x20000100. */
static const char ihex[] = ":020000042000DA\n"
                           ":10010000000102030405060708090A0B0C0D0E0F77\n"
                           ":00000001FF\n";

static void a_file_goes_into_ram_and_out_again(void **state)
{
    const char *in = rig_file("in.bin", bytes, SIZE), *out = rig_path("out.bin");
    char back[SIZE + 1] = "";
    FILE *file;

    (void)state;
    monitorf("load_image %s 0x20000100", in);
    assert_also("128 bytes written at address 0x20000100\ndownloaded 128 bytes in 0.");
    assert_also(" KiB/s)\n");
    monitorf("dump_image %s 0x20000100 128", out);
    assert_true(strncmp(rig.output, "dumped 128 bytes in 0.", 22) == 0);
    file = fopen(out, "rb");
    assert_non_null(file);
    assert_int_equal(fread(back, 1, sizeof back, file), SIZE);
    fclose(file);
    assert_string_equal(back, bytes);
    monitorf("verify_image %s 0x20000100", in);
    assert_true(strncmp(rig.output, "verified 128 bytes in ", 22) == 0);
}

static void formats_are_found_or_said(void **state)
{
    const char *path = rig_file("in.hex", ihex, sizeof ihex - 1);

    (void)state;
    monitorf("load_image %s", path);
    assert_also("16 bytes written at address 0x20000100\n");
    assert_says("mdb 0x20000100 16", "0x20000100: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
    monitorf("load_image %s 0x100 ihex", path);
    assert_also("16 bytes written at address 0x20000200\n");
    monitorf("test_image %s", path);
    assert_also("address 0x20000100 length 0x00000010\nverified 16 bytes in ");
    monitorf("load_image %s 0x20000000 bin", path);
    assert_also("written at address 0x20000000\n");
    monitorf("load_image %s 0 odd", path);
    assert_also("'odd' is no format");
    monitorf("load_image %s 0 elf", path);
    assert_int_equal(rig.err, ERR_FILE);
}

static void a_window_cuts_the_image(void **state)
{
    const char *path = rig_file("in.bin", bytes, SIZE);

    (void)state;
    monitorf("mwb 0x20000300 0 128; load_image %s 0x20000300 bin 0x20000304 4", path);
    assert_also("4 bytes written at address 0x20000304\ndownloaded 4 bytes in ");
    assert_says("mdb 0x20000300 12", "00 00 00 00 34 35 36 37 00 00 00 00 ");
    monitorf("load_image %s 0x20000300 bin 0x10000000 4", path);
    assert_also("lies in that range");
}

static void differences_are_shown(void **state)
{
    const char *path = rig_file("in.bin", bytes, SIZE);

    (void)state;
    monitorf("load_image %s 0x20000000; mwb 0x20000002 0xff 2; verify_image %s 0x20000000", path,
             path);
    assert_also("checksum mismatch - attempting binary compare\n"
                "diff 0 address 0x20000002. Was 0xff instead of 0x32\n"
                "diff 1 address 0x20000003. Was 0xff instead of 0x33\n"
                "No more differences found.\n"
                "[2 bytes differ from ");
    assert_int_equal(rig.err, ERR_VERIFY);
    monitorf("verify_image_checksum %s 0x20000000", path);
    assert_int_equal(rig.err, ERR_VERIFY);
}

static void not_all_differences_are_printed(void **state)
{
    static char zeros[1024];

    (void)state;
    monitor("mwb 0x20000000 1 1024");
    monitorf("verify_image %s 0x20000000", rig_file("zeros", zeros, sizeof zeros));
    assert_also("diff 127 ");
    assert_also("More than 128 errors, the rest are not printed.\n[1024 bytes differ");
    assert_null(strstr(rig.output, "diff 128 "));
    assert_null(strstr(rig.output, "No more"));
}

static void a_binary_wants_an_address(void **state)
{
    static const char *const commands[][2] = {
        {"load_image", "0x20000000"},
        {"verify_image", "0x08000000"},
        {"program", "0x08000000"},
        {"flash write_image", "0x08000000"},
    };
    const char *path = rig_file("in.bin", bytes, SIZE);

    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char right[200];

        monitorf("%s %s", commands[i][0], path);
        assert_int_equal(rig.err, ERR_ARGUMENT);
        assert_null(strstr(rig.output, "wrote"));
        snprintf(right, sizeof right, "it needs an address: %s %s %s]", commands[i][0], path,
                 commands[i][1]);
        assert_also(right);
    }
}

static void files_that_are_none_are_refused(void **state)
{
    static const char *const lines[] = {
        "load_image %s 0x20000000", "verify_image %s 0x20000000",      "test_image %s 0",
        "program %s 0x08000000",    "flash write_image %s 0x08000000", "flash write_bank 0 %s",
        "flash verify_bank 0 %s"};
    char fifo[128], huge[128];
    FILE *file;

    (void)state;
    snprintf(fifo, sizeof fifo, "%s", rig_path("fifo"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    snprintf(huge, sizeof huge, "%s", rig_path("huge"));
    file = fopen(huge, "wb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 1L << 30, SEEK_SET), 0);
    fputc(0, file);
    fclose(file);
    const struct {
        const char *path, *why;
    } paths[] = {{"/nonexistent/file", "No such file or directory"},
                 {"/tmp", "is not a file"},
                 {fifo, "is not a file"},
                 {"/dev/zero", "is not a file"},
                 {huge, "larger than"},
                 {"{}", ": "}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
            char line[256];
            size_t before = strcspn(lines[i], "%");

            snprintf(line, sizeof line, "%.*s%s%s", (int)before, lines[i], paths[k].path,
                     lines[i] + before + 2);
            assert_says(line, paths[k].why);
            assert_int_equal(rig.err, ERR_FILE);
        }
}

static void an_empty_file_holds_nothing(void **state)
{
    (void)state;
    monitorf("load_image %s 0x20000000", rig_file("empty", "", 0));
    assert_also("holds nothing to load");
    monitorf("program %s 0x08000000", rig_file("empty", "", 0));
    assert_also("holds nothing to load");
}

static void what_cannot_be_written_leaves_no_file(void **state)
{
    struct stat info;

    (void)state;
    assert_says("dump_image /nonexistent/x 0x20000000 4", "No such file or directory");
    assert_says("dump_image /tmp 0x20000000 4", "Is a directory");
    char path[128];
    snprintf(path, sizeof path, "%s", rig_path("none.bin"));
    monitorf("dump_image %s 0x60000000 4", path);
    assert_also("FAULT");
    assert_int_equal(stat(path, &info), -1);
    assert_int_equal(errno, ENOENT);
    monitorf("dump_image %s 0x20000000 0xffffffff", path);
    assert_also("64 MiB");
    assert_int_equal(stat(path, &info), -1);
    assert_says("dump_image x", "[usage: dump_image FILE ADDRESS SIZE]");
}

/* Nor is a reader waited for that may never come. */
static void a_fifo_without_a_reader_is_no_place_to_write(void **state)
{
    char fifo[128];

    (void)state;
    snprintf(fifo, sizeof fifo, "%s", rig_path("nobody-reads"));
    assert_int_equal(mkfifo(fifo, 0600), 0);
    monitorf("dump_image %s 0x20000000 4", fifo);
    assert_also("No such device or address");
    monitorf("flash read_bank 0 %s", fifo);
    assert_also("No such device or address");
}

static void flash_is_not_just_written(void **state)
{
    const char *path = rig_file("in.bin", bytes, SIZE);

    (void)state;
    monitorf("load_image %s 0x08000000", path);
    assert_also("is flash, which is not just written");
    monitorf("load_image %s 0x60000000", path);
    assert_also("FAULT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_goes_into_ram_and_out_again),
        cmocka_unit_test(formats_are_found_or_said),
        cmocka_unit_test(a_window_cuts_the_image),
        cmocka_unit_test(differences_are_shown),
        cmocka_unit_test(not_all_differences_are_printed),
        cmocka_unit_test(a_binary_wants_an_address),
        cmocka_unit_test(files_that_are_none_are_refused),
        cmocka_unit_test(an_empty_file_holds_nothing),
        cmocka_unit_test(what_cannot_be_written_leaves_no_file),
        cmocka_unit_test(a_fifo_without_a_reader_is_no_place_to_write),
        cmocka_unit_test(flash_is_not_just_written),
    };

    return cmocka_run_group_tests(tests, rig_set_up, rig_tear_down);
}
