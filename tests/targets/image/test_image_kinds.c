/* SPDX-License-Identifier: MIT */
/* UF2, DFU and DfuSe, and files that are no program: known by their content. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "image/image.h"

enum { BLOCK = 512, PAYLOAD = 256, BLOCKS = 4, STM32F1 = 0x5EE21072 };

static struct job job;
static struct image image;
static char said[400];

static void listen(void *user, const char *text, size_t length)
{
    (void)user;
    snprintf(said, sizeof said, "%.*s", (int)length, text);
}

static int fresh(void **state)
{
    (void)state;
    said[0] = '\0';
    return 0;
}

static int drop(void **state)
{
    (void)state;
    image_finish(&image);
    return 0;
}

static enum err parse_as(const char *name, const void *data, size_t size, enum image_format format,
                         uint32_t offset)
{
    image_finish(&image);
    job_init(&job, NULL);
    job.output = listen;
    return image_parse(&job, name, data, size, format, offset, &image);
}

static void refused(const char *name, const void *data, size_t size, const char *sentence)
{
    assert_int_equal(parse_as(name, data, size, IMAGE_AUTO, 0), ERR_FILE);
    assert_string_equal(job.text, sentence);
    assert_null(image.segments);
}

/* --- UF2 --- */

static uint8_t uf2[BLOCKS * BLOCK];

static void make_uf2(void)
{
    memset(uf2, 0, sizeof uf2);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        uint8_t *block = uf2 + (size_t)i * BLOCK;
        const uint32_t words[] = {0x0A324655, 0x9E5D5157, 0x2000, 0x08002000 + i * PAYLOAD,
                                  PAYLOAD,    i,          BLOCKS, STM32F1};

        for (size_t n = 0; n < 8; n++)
            put_le32(block + 4 * n, words[n]);
        memset(block + 32, (int)(0x10 + i), PAYLOAD);
        put_le32(block + 508, 0x0AB16F30);
    }
}

static void uf2_blocks_go_to_their_addresses(void **state)
{
    (void)state;
    make_uf2();
    assert_int_equal(parse_as("a.uf2", uf2, sizeof uf2, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(image.format, IMAGE_UF2);
    assert_int_equal(image.uf2_family, STM32F1);
    assert_int_equal(image.count, 1);
    assert_int_equal(image.segments[0].address, 0x08002000);
    assert_int_equal(image.bytes, BLOCKS * PAYLOAD);
    for (size_t i = 0; i < image.bytes; i++)
        assert_int_equal(image.segments[0].data[i], 0x10 + i / PAYLOAD);
    assert_string_equal(said, "");
}

static void uf2_files_behind_each_other_are_one(void **state)
{
    uint8_t both[2 * sizeof uf2];

    (void)state;
    make_uf2();
    memcpy(both, uf2, sizeof uf2);
    for (uint32_t i = 0; i < BLOCKS; i++)
        put_le32(uf2 + i * BLOCK + 12, 0x08008000 + i * PAYLOAD);
    memcpy(both + sizeof uf2, uf2, sizeof uf2);
    assert_int_equal(parse_as("a.uf2", both, sizeof both, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(image.count, 2);
    assert_int_equal(image.segments[1].address, 0x08008000);
}

static void uf2_blocks_for_elsewhere_are_left_out_with_a_warning(void **state)
{
    (void)state;
    make_uf2();
    put_le32(uf2 + 3 * BLOCK + 8, 0x2001);
    assert_int_equal(parse_as("a.uf2", uf2, sizeof uf2, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(image.bytes, 3 * PAYLOAD);
    assert_string_equal(said, "warning: a.uf2 has blocks that are not for the main flash: they are "
                              "left out\n");
}

static void wrong_uf2_is_refused(void **state)
{
    (void)state;
    make_uf2();
    refused("a.uf2", uf2, sizeof uf2 - BLOCK, "a.uf2 ends after 3 of 4 blocks: cut short?");
    refused("a.uf2", uf2, sizeof uf2 - 1, "a.uf2 ends after 3 of 4 blocks: cut short?");
    put_le32(uf2 + BLOCK + 20, 2);
    refused("a.uf2", uf2, sizeof uf2,
            "a.uf2 block 1: it says 2 of 4 where 1 of 4 is due: damaged, or blocks are missing");
    make_uf2();
    put_le32(uf2 + BLOCK + 16, 477);
    refused("a.uf2", uf2, sizeof uf2, "a.uf2 block 1: more bytes than a block has room for");
    make_uf2();
    put_le32(uf2 + BLOCK + 508, 0);
    refused("a.uf2", uf2, sizeof uf2, "a.uf2 block 1: not a UF2 block");
    make_uf2();
    put_le32(uf2 + 8, 0x1000);
    refused("a.uf2", uf2, sizeof uf2, "a.uf2 block 0: holds a file for a file system, not flash");
    make_uf2();
    put_le32(uf2 + 2 * BLOCK + 28, 0xE48BFF56);
    refused("a.uf2", uf2, sizeof uf2,
            "a.uf2 holds programs for several chips (families 0x5ee21072 and 0xe48bff56): take the "
            "file for one of them");
    refused("a.uf2", "\x00\x50\x00\x20", 4, "a.uf2 ends after 0 of 0 blocks: cut short?");
}

/* --- DFU and DfuSe --- */

static uint8_t dfu[600];
static size_t dfu_size;

/* Written anew: as the USB class specification's appendix has it, bit by bit. */
static void end_dfu(uint16_t version)
{
    uint32_t crc = 0xFFFFFFFF;
    uint8_t *suffix = dfu + dfu_size;

    memcpy(suffix, "\xFF\xFF\x11\xDF\x83\x04", 6);
    put_le16(suffix + 6, version);
    memcpy(suffix + 8, "UFD\x10", 4);
    for (size_t bit = 0; bit < 8 * (dfu_size + 12); bit++) {
        uint32_t in = dfu[bit / 8] >> bit % 8 & 1;
        crc = (crc ^ in) & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    put_le32(suffix + 12, crc);
    dfu_size += 16;
}

static void put_element(uint32_t address, uint32_t size, int value)
{
    put_le32(dfu + dfu_size, address);
    put_le32(dfu + dfu_size + 4, size);
    memset(dfu + dfu_size + 8, value, size);
    dfu_size += 8 + size;
}

static void make_dfuse(void)
{
    memset(dfu, 0, sizeof dfu);
    memcpy(dfu, "DfuSe\x01", 6);
    dfu[10] = 1; /* targets */
    memcpy(dfu + 11, "Target", 6);
    put_le32(dfu + 11 + 266, 2 * 8 + 16 + 5);
    put_le32(dfu + 11 + 270, 2); /* elements */
    dfu_size = 11 + 274;
    put_element(0x08000000, 16, 0xAA);
    put_element(0x08004000, 5, 0xBB);
    put_le32(dfu + 6, (uint32_t)dfu_size);
    end_dfu(0x011A);
}

static void dfuse_elements_go_to_their_addresses(void **state)
{
    (void)state;
    make_dfuse();
    assert_int_equal(parse_as("a.dfu", dfu, dfu_size, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(image.format, IMAGE_DFUSE);
    assert_int_equal(image.count, 2);
    assert_int_equal(image.segments[0].address, 0x08000000);
    assert_int_equal(image.segments[0].size, 16);
    assert_int_equal(image.segments[1].address, 0x08004000);
    assert_memory_equal(image.segments[1].data, "\xBB\xBB\xBB\xBB\xBB", 5);
    assert_int_equal(parse_as("a", dfu, dfu_size, IMAGE_DFU, 0), ERR_OK);
    assert_int_equal(image.count, 2);
}

static void make_plain_dfu(void)
{
    memcpy(dfu, "\x00\x50\x00\x20\x09\x00\x00\x08\xFE\xE7", 10);
    dfu_size = 10;
    end_dfu(0x0100);
}

/* A binary: it does not say where it belongs, and its suffix is not flashed. */
static void the_suffix_of_a_dfu_file_is_left_out(void **state)
{
    (void)state;
    make_plain_dfu();
    assert_int_equal(parse_as("a.dfu", dfu, dfu_size, IMAGE_AUTO, 0x08000000), ERR_OK);
    assert_int_equal(image.format, IMAGE_BINARY);
    assert_int_equal(image.bytes, 10);
    assert_int_equal(image.segments[0].address, 0x08000000);
}

static void wrong_dfu_is_refused(void **state)
{
    (void)state;
    make_plain_dfu();
    dfu[3] ^= 1;
    refused("a.dfu", dfu, dfu_size,
            "a.dfu: the checksum of the DFU suffix is wrong: the file is damaged");
    refused("a.dfu", "\x00\x50\x00\x20\x09\x00\x00\x08", 8,
            "a.dfu: no DFU suffix at its end: not a DFU file, or cut short");
    make_dfuse();
    refused("a.dfu", dfu, dfu_size - 1,
            "a.dfu: no DFU suffix at its end: not a DFU file, or cut short");
    dfu_size -= 16;
    put_le32(dfu + 11 + 274 + 4, 0xFFFFFFF0); /* an element's size */
    end_dfu(0x011A);
    refused("a.dfu", dfu, dfu_size, "a.dfu: an element of it does not end inside the file");
    make_dfuse();
    dfu_size -= 16;
    dfu[10] = 2;
    end_dfu(0x011A);
    refused("a.dfu", dfu, dfu_size, "a.dfu: a target prefix is missing");
    make_dfuse();
    dfu_size -= 16;
    put_le32(dfu + 11 + 270, 1);
    put_le32(dfu + 11 + 266, 24);
    end_dfu(0x011A);
    refused("a.dfu", dfu, dfu_size, "a.dfu: bytes stand behind its last element");
    make_dfuse();
    dfu_size -= 16;
    put_le32(dfu + 6, 3);
    end_dfu(0x011A);
    refused("a.dfu", dfu, dfu_size, "a.dfu: its length is not what it says");
}

/* --- no programs --- */

#define FILE_OF(bytes, what)          \
    {                                 \
        bytes, sizeof bytes - 1, what \
    }

static const struct {
    const char *bytes;
    size_t size;
    const char *what;
} others[] = {
    FILE_OF("PK\3\4\x14\0\0\0\x08\0 and so on", "is a zip archive"),
    FILE_OF("\x1F\x8B\x08\0\0\0\0\0\0\3 and so on", "is a gzip file"),
    FILE_OF("BZh91AY&SY\0", "is a bzip2 file"),
    FILE_OF("\xFD"
            "7zXZ\0\0\4",
            "is an xz file"),
    FILE_OF("!<arch>\n/               ", "is an ar archive (a static library)"),
    FILE_OF("\xCF\xFA\xED\xFE\x0C\0\0\1", "is a Mach-O file (of macOS)"),
    FILE_OF("\xCA\xFE\xBA\xBE\0\0\0\2", "is a Mach-O file (of macOS)"),
    FILE_OF("BC\xC0\xDE\x35\x14\0\0", "is LLVM bitcode"),
    FILE_OF("int main(void)\n{\n    return 0;\n}\n", "is text"),
    FILE_OF("Gr\xC3\xBC\xC3\x9F"
            "e\n",
            "is text"),
    FILE_OF("\xFF\xFE:\0001\0000\0", "is text in UTF-16"),
    FILE_OF("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a Git LFS pointer"),
};

static void what_is_no_program_is_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(parse_as("file", others[i].bytes, others[i].size, IMAGE_AUTO, 0),
                         ERR_FILE);
        if (!strstr(job.text, others[i].what))
            fail_msg("no \"%s\" in \"%s\"", others[i].what, job.text);
    }
}

static void a_program_of_windows_is_refused(void **state)
{
    char bytes[256] = "MZ";

    (void)state;
    bytes[0x3C] = (char)0x80;
    assert_int_equal(parse_as("a", bytes, sizeof bytes, IMAGE_AUTO, 0), ERR_OK); /* just MZ */
    memcpy(bytes + 0x80, "PE\0\0", 4);
    refused("a", bytes, sizeof bytes,
            "a is a PE file (of Windows), no program for a chip; build it with arm-none-eabi-gcc");
    bytes[0x3F] = (char)0xFF; /* a place behind the end */
    assert_int_equal(parse_as("a", bytes, sizeof bytes, IMAGE_AUTO, 0), ERR_OK);
}

/* Whoever wants just these bytes says so: by the name, or by a word. */
static void a_name_or_a_word_says_binary(void **state)
{
    (void)state;
    assert_int_equal(parse_as("assets.bin", others[0].bytes, others[0].size, IMAGE_AUTO, 0),
                     ERR_OK);
    assert_int_equal(image.format, IMAGE_BINARY);
    assert_string_equal(said, "");
    assert_int_equal(parse_as("assets.zip", others[0].bytes, others[0].size, IMAGE_BINARY, 0),
                     ERR_OK);
    assert_string_equal(said, "warning: assets.zip is a zip archive: its bytes are taken as they "
                              "are, as asked\n");
    make_uf2();
    assert_int_equal(parse_as("a.bin", uf2, sizeof uf2, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(image.format, IMAGE_UF2);
}

static void blank_bytes_and_a_few_letters_are_binaries(void **state)
{
    uint8_t blank[64];

    (void)state;
    memset(blank, 0xFF, sizeof blank);
    assert_int_equal(parse_as("a", blank, sizeof blank, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(parse_as("a", "serial 0815", 11, IMAGE_AUTO, 0), ERR_OK);
    assert_int_equal(image.format, IMAGE_BINARY);
}

static void a_damaged_file_is_no_binary(void **state)
{
    (void)state;
    refused("a.hex", "no hex at all\n", 14, "a.hex line 1: does not begin with ':'");
    refused("a.S19", "\0\1\2", 3, "a.S19 line 1: does not begin with S and a digit");
    refused("a.elf", "\0\1\2", 3, "a.elf: not an ELF file, or cut short");
    assert_int_equal(
        parse_as("a.hex", "\r\n\r\n:0100000001FE\r\n:00000001FF\r\n", 32, IMAGE_AUTO, 0),
        ERR_OK); /* blank lines in front */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, drop)
    const struct CMUnitTest tests[] = {
        TEST(uf2_blocks_go_to_their_addresses),
        TEST(uf2_files_behind_each_other_are_one),
        TEST(uf2_blocks_for_elsewhere_are_left_out_with_a_warning),
        TEST(wrong_uf2_is_refused),
        TEST(dfuse_elements_go_to_their_addresses),
        TEST(the_suffix_of_a_dfu_file_is_left_out),
        TEST(wrong_dfu_is_refused),
        TEST(what_is_no_program_is_refused_by_name),
        TEST(a_program_of_windows_is_refused),
        TEST(a_name_or_a_word_says_binary),
        TEST(blank_bytes_and_a_few_letters_are_binaries),
        TEST(a_damaged_file_is_no_binary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
