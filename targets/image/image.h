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

/* Architectures of cores that programs are made for. */
enum image_core {
    IMAGE_V6M = 1 << 0,
    IMAGE_V7M = 1 << 1,
    IMAGE_V7EM = 1 << 2,
    IMAGE_V8M_BASE = 1 << 3,
    IMAGE_V8M_MAIN = 1 << 4, /* and v8.1-M */
    IMAGE_OTHER = 1 << 5,    /* no microcontroller's: Cortex-A, Cortex-R, or older */
};

/* What a program says that it needs. */
struct image_needs {
    uint8_t core; /* enum image_core, one bit; 0: not said */
    bool fpu;     /* floating point registers, .. */
    bool doubles; /* .. that compute in double precision */
};

/* Segments ascend and do not overlap. */
struct image {
    struct image_segment *segments;
    size_t count;
    size_t bytes;             /* of all segments */
    enum image_format format; /* what it was read as; never IMAGE_AUTO */
    bool has_entry;
    uint32_t entry;
    uint32_t uf2_family;      /* of chips that it is made for; 0: not said */
    struct image_needs needs; /* ELF: by its build attributes */
    /* ELF: bytes of the program that no section covers, fill left out; gdb loads sections alone.
     * Not counted in a file of very many sections. */
    size_t unsectioned;
    uint32_t unsectioned_at; /* the first */
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

#endif
