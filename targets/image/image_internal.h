/* SPDX-License-Identifier: MIT */
/* What the readers of the formats share. */
#ifndef PROBED_IMAGE_INTERNAL_H
#define PROBED_IMAGE_INTERNAL_H

#include "image/image.h"

struct image_reader {
    struct job *job;
    const char *name;
    const uint8_t *data;
    size_t size;
    uint32_t offset;
    struct image *image;
};

/* The whole file; the caller frees *data, also on error. One that is larger than any program of
 * that kind is not read. */
enum err image_file_read(struct job *job, const char *path, enum image_format format,
                         uint8_t **data, size_t *size);

/* Appends bytes; joins them to the segment before if they follow it. */
enum err image_add(struct image_reader *reader, uint64_t address, const void *data, size_t size);
/* By address; what overlaps, or holds nothing, is an error. */
enum err image_sort(struct image_reader *reader);
void image_set_entry(struct image_reader *reader, uint32_t entry);

/* Taken all the same, and told. */
void image_warn(struct image_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum err image_read_elf(struct image_reader *reader);
/* The content of an ELF file's section of build attributes. What makes no sense says nothing. */
struct image_needs image_needs_of(const uint8_t *attributes, size_t size);
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
