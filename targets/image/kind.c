/* SPDX-License-Identifier: MIT */
/* What a file is by its content: formats that can be read, and those that a user may take for a
 * program. A raw program begins with the initial stack pointer, a multiple of 4 in RAM, which none
 * of the marks below can be; other binaries that look like one go by their name (image.c). */
#include "image/image_internal.h"

#include <string.h>

#include "base/bytes.h"

struct row {
    struct image_kind kind;
    const char *mark; /* at `offset`; NULL: `is` decides */
    uint8_t length;
    uint16_t offset;
    bool (*is)(const uint8_t *data, size_t size);
};

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static size_t skip_blanks(const uint8_t *data, size_t size)
{
    size_t at = 0;

    while (at < size && is_blank(data[at]))
        at++;
    return at;
}

static bool is_ihex(const uint8_t *data, size_t size)
{
    size_t at = skip_blanks(data, size);

    return size - at >= 11 && data[at] == ':' &&
           image_hex((const char *)data + at + 1, 8, (uint8_t[4]){0}, 4) == 4;
}

static bool is_srec(const uint8_t *data, size_t size)
{
    size_t at = skip_blanks(data, size);

    return size - at >= 10 && data[at] == 'S' && data[at + 1] >= '0' && data[at + 1] <= '9' &&
           image_hex((const char *)data + at + 2, 6, (uint8_t[3]){0}, 3) == 3;
}

/* The place of PE's own mark stands at 0x3C. */
static bool is_pe(const uint8_t *data, size_t size)
{
    if (size < 0x40 || memcmp(data, "MZ", 2) != 0)
        return false;
    uint32_t at = get_le32(data + 0x3C);
    return at <= size - 4 && memcmp(data + at, "PE\0\0", 4) == 0;
}

static bool is_utf16(const uint8_t *data, size_t size)
{
    return size >= 4 && data[0] == 0xFF && data[1] == 0xFE && data[2] && !data[3];
}

/* Bytes of the character that begins there in UTF-8; 0: none that is printed. */
static size_t character(const uint8_t *data, size_t size)
{
    size_t length = data[0] < 0x80 ? 1 : data[0] >= 0xF0 ? 4 : data[0] >= 0xE0 ? 3 : 2;

    if (data[0] < 0x80)
        return is_blank(data[0]) || (data[0] >= ' ' && data[0] != 0x7F);
    if (data[0] < 0xC2 || data[0] > 0xF4 || size < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (data[i] >> 6 != 2)
            return 0;
    return length;
}

/* From its first to its last byte, and of lines: a few letters may well be what shall be written.
 */
static bool is_text(const uint8_t *data, size_t size)
{
    size_t at = 0, step = 1;

    while (at < size && step) {
        step = character(data + at, size - at);
        at += step;
    }
    return size > 0 && step && memchr(data, '\n', size);
}

#define MARK(offset, mark) (mark), sizeof(mark) - 1, (offset), NULL
#define TEST(function) NULL, 0, 0, (function)
#define READ(what, format)        \
    {                             \
        what, format, NULL, false \
    }
#define OTHER(what, advice)             \
    {                                   \
        what, IMAGE_AUTO, advice, false \
    }
#define UNPACK "unpack it; what is inside may be one"

static const struct row rows[] = {
    {READ("an ELF file", IMAGE_ELF), MARK(0, "\177ELF")},
    {READ("an Intel HEX file", IMAGE_IHEX), TEST(is_ihex)},
    {READ("an S-record file", IMAGE_SREC), TEST(is_srec)},
    {READ("a UF2 file", IMAGE_UF2), MARK(0, "UF2\n\x57\x51\x5D\x9E")},
    {READ("a DfuSe file", IMAGE_DFUSE), TEST(image_is_dfuse)},
    {READ("a DFU file", IMAGE_DFU), TEST(image_has_dfu_suffix)},
    {OTHER("a gzip file", UNPACK), MARK(0, "\x1F\x8B\x08")},
    {OTHER("a zip archive", UNPACK), MARK(0, "PK\3\4")},
    {OTHER("a bzip2 file", UNPACK), MARK(0, "BZh")},
    {OTHER("an xz file", UNPACK), MARK(0, "\xFD"
                                          "7zXZ\0")},
    {OTHER("a zstd file", UNPACK), MARK(0, "\x28\xB5\x2F\xFD")},
    {OTHER("a 7z archive", UNPACK), MARK(0, "7z\xBC\xAF\x27\x1C")},
    {OTHER("a RAR archive", UNPACK), MARK(0, "Rar!\x1A\x07")},
    {OTHER("a tar archive", UNPACK), MARK(257, "ustar")},
    {OTHER("an ar archive (a static library)", "link it into a program"), MARK(0, "!<arch>\n")},
    {OTHER("an ar archive (a thin library)", "link it into a program"), MARK(0, "!<thin>\n")},
    {OTHER("LLVM bitcode", "link it into a program"), MARK(0, "BC\xC0\xDE")},
    {OTHER("a Mach-O file (of macOS)", "build it with arm-none-eabi-gcc"),
     MARK(0, "\xFE\xED\xFA\xCE")},
    {OTHER("a Mach-O file (of macOS)", "build it with arm-none-eabi-gcc"),
     MARK(0, "\xFE\xED\xFA\xCF")},
    {OTHER("a Mach-O file (of macOS)", "build it with arm-none-eabi-gcc"),
     MARK(0, "\xCE\xFA\xED\xFE")},
    {OTHER("a Mach-O file (of macOS)", "build it with arm-none-eabi-gcc"),
     MARK(0, "\xCF\xFA\xED\xFE")},
    {OTHER("a Mach-O file (of macOS)", "build it with arm-none-eabi-gcc"),
     MARK(0, "\xCA\xFE\xBA\xBE")},
    {OTHER("a PE file (of Windows)", "build it with arm-none-eabi-gcc"), TEST(is_pe)},
    {OTHER("a PDF file", "it needs no flash to be read"), MARK(0, "%PDF-")},
    {OTHER("a Git LFS pointer", "`git lfs pull` fetches the file itself"),
     MARK(0, "version https://git-lfs")},
    {OTHER("text in UTF-16",
           "written by PowerShell's `>`? Let the tool write the file itself, or convert it to "
           "ASCII"),
     TEST(is_utf16)},
    {{"text", IMAGE_AUTO, NULL, true}, TEST(is_text)},
};

static bool matches(const struct row *row, const uint8_t *data, size_t size)
{
    if (row->is)
        return row->is(data, size);
    return size >= (size_t)row->offset + row->length &&
           memcmp(data + row->offset, row->mark, row->length) == 0;
}

const struct image_kind *image_recognise(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (matches(&rows[i], data, size))
            return &rows[i].kind;
    return NULL;
}
