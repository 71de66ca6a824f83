/* SPDX-License-Identifier: MIT */
/* Program files to segments of bytes: ELF, Intel HEX, Motorola S-record, UF2, DfuSe, binary. Files
 * come from anywhere: every offset and size in them is checked, and what makes no sense is refused
 * with a sentence that names the file and the place. What is odd and taken all the same is a
 * warning in the job's log and output. */
#ifndef PROBED_IMAGE_H
#define PROBED_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/job.h"

enum image_format {
    IMAGE_AUTO,
    IMAGE_ELF,
    IMAGE_IHEX,
    IMAGE_SREC,
    IMAGE_UF2,
    IMAGE_DFUSE,
    IMAGE_DFU, /* a binary with a suffix: read as IMAGE_BINARY */
    IMAGE_BINARY
};

enum {
    IMAGE_FILE_MAX = 256 * 1024 * 1024, /* debug information is large */
    IMAGE_BYTES_MAX = 32 * 1024 * 1024, /* to be loaded */
    IMAGE_SEGMENTS_MAX = 16384,
};

struct image_segment {
    uint32_t address, size; /* address + size does not pass 2^32 */
    uint8_t *data;
};

/* Segments ascend and do not overlap. */
struct image {
    struct image_segment *segments;
    size_t count;
    size_t bytes;             /* of all segments */
    enum image_format format; /* what it was read as; never IMAGE_AUTO */
    bool has_entry;
    uint32_t entry;
    uint32_t uf2_family; /* of chips that it is made for; 0: not said */
};

/* `offset` is added to every address (a binary begins there). ERR_FILE, ERR_NO_MEMORY. On error
 * the image is empty. IMAGE_AUTO goes by the content; the name's ending decides what a file is that
 * looks like none, so that a damaged .hex is not taken for a binary. Archives, text and programs of
 * other machines are refused by name, unless the file ends in .bin. */
enum err image_load(struct job *job, const char *path, enum image_format format, uint32_t offset,
                    struct image *image);
/* The same from memory; `name` for sentences. */
enum err image_parse(struct job *job, const char *name, const void *data, size_t size,
                     enum image_format format, uint32_t offset, struct image *image);
void image_finish(struct image *image);

/* "elf", "ihex", "srec", "uf2", "dfu", "bin" (and "s19", "hex", "auto"); false if none. */
bool image_format_by_name(const char *name, enum image_format *format);

/* The whole file; the caller frees *data, also on error. One that is larger than any program of
 * that kind is not read. image_file.c */
enum err image_file_read(struct job *job, const char *path, enum image_format format,
                         uint8_t **data, size_t *size);

/* --- for the formats --- */

struct image_reader {
    struct job *job;
    const char *name;
    const uint8_t *data;
    size_t size;
    uint32_t offset;
    struct image *image;
};

/* Appends bytes; joins them to the segment before if they follow it. */
enum err image_add(struct image_reader *reader, uint64_t address, const void *data, size_t size);
void image_set_entry(struct image_reader *reader, uint32_t entry);

/* Taken all the same, and told. */
void image_warn(struct image_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum err image_read_elf(struct image_reader *reader);
enum err image_read_ihex(struct image_reader *reader);
enum err image_read_srec(struct image_reader *reader);
enum err image_read_uf2(struct image_reader *reader);
enum err image_read_dfuse(struct image_reader *reader);
/* The binary before the suffix. */
enum err image_read_dfu(struct image_reader *reader);
bool image_is_dfuse(const uint8_t *data, size_t size);
/* The file ends in a DFU suffix. */
bool image_has_dfu_suffix(const uint8_t *data, size_t size);

/* What a file looks like; `article` included: "an ELF file", "a zip archive". */
struct image_kind {
    const char *what;
    enum image_format format; /* IMAGE_AUTO: nothing that can be read */
    const char *advice;       /* what to do instead; may be NULL */
    bool is_text;
};
/* NULL: nothing known, so a binary. */
const struct image_kind *image_recognise(const uint8_t *data, size_t size);

/* A line of hexadecimal text, as both text formats have it. */
struct image_line {
    unsigned number; /* from 1 */
    const char *text;
    size_t length; /* without line end and blanks around */
};

/* False at the end. `at` starts at 0. */
bool image_next_line(const struct image_reader *reader, size_t *at, struct image_line *line);
/* Digits to bytes; the count, or -1 when there is something else or more than `capacity`. */
int image_hex(const char *text, size_t length, uint8_t *bytes, size_t capacity);

#endif
