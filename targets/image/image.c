/* SPDX-License-Identifier: MIT */
#include "image/image.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHECK_EVERY = 65536 }; /* bytes between looks whether the job is cancelled */

static bool is_power_of_two(size_t n)
{
    return (n & (n - 1)) == 0;
}

/* Room grows in powers of two, so a power of two is where it is full. */
static enum err append_segment(struct image_reader *reader, uint32_t address)
{
    struct image *image = reader->image;

    if (image->count == IMAGE_SEGMENTS_MAX) {
        job_fail(reader->job, ERR_FILE, "%s has more than %d separate pieces", reader->name,
                 IMAGE_SEGMENTS_MAX);
        return ERR_FILE;
    }
    if (!image->segments || is_power_of_two(image->count)) {
        size_t room = image->count ? 2 * image->count : 1;
        void *grown = realloc(image->segments, room * sizeof *image->segments);

        if (!grown) {
            job_fail(reader->job, ERR_NO_MEMORY, "out of memory");
            return ERR_NO_MEMORY;
        }
        image->segments = grown;
    }
    image->segments[image->count++] = (struct image_segment){.address = address};
    return ERR_OK;
}

static size_t room_for(size_t size)
{
    size_t room = 256;

    while (room < size)
        room *= 2;
    return room;
}

static enum err append_bytes(struct image_reader *reader, struct image_segment *segment,
                             const void *data, size_t size)
{
    if (!segment->data || room_for(segment->size) < segment->size + size) {
        uint8_t *grown = realloc(segment->data, room_for(segment->size + size));

        if (!grown)
            return job_fail(reader->job, ERR_NO_MEMORY, "out of memory");
        segment->data = grown;
    }
    memcpy(segment->data + segment->size, data, size);
    segment->size += (uint32_t)size;
    reader->image->bytes += size;
    return ERR_OK;
}

enum err image_add(struct image_reader *reader, uint64_t address, const void *data, size_t size)
{
    const struct image *image = reader->image;
    struct image_segment *last = image->count ? &image->segments[image->count - 1] : NULL;

    address += reader->offset;
    if (size == 0)
        return ERR_OK;
    if (size > IMAGE_BYTES_MAX || image->bytes + size > IMAGE_BYTES_MAX)
        return job_fail(reader->job, ERR_FILE, "%s holds more than %d MiB to load", reader->name,
                        IMAGE_BYTES_MAX >> 20);
    if (address + size > 1ull << 32)
        return job_fail(reader->job, ERR_FILE, "%s: %zu bytes at 0x%" PRIx64 " run past 0xffffffff",
                        reader->name, size, address);
    if (!last || last->address + (uint64_t)last->size != address) {
        enum err err = append_segment(reader, (uint32_t)address);
        if (err)
            return err;
        last = &image->segments[image->count - 1];
    }
    if (image->bytes / CHECK_EVERY != (image->bytes + size) / CHECK_EVERY) {
        enum err err = job_checkpoint(reader->job);
        if (err)
            return err;
    }
    return append_bytes(reader, last, data, size);
}

void image_set_entry(struct image_reader *reader, uint32_t entry)
{
    reader->image->has_entry = true;
    reader->image->entry = entry;
}

static int by_address(const void *a, const void *b)
{
    const struct image_segment *first = a, *second = b;

    return (first->address > second->address) - (first->address < second->address);
}

static enum err sort(struct image_reader *reader)
{
    struct image *image = reader->image;

    if (!image->count)
        return job_fail(reader->job, ERR_FILE, "%s holds nothing to load", reader->name);
    qsort(image->segments, image->count, sizeof *image->segments, by_address);
    for (size_t i = 1; i < image->count; i++) {
        const struct image_segment *a = &image->segments[i - 1], *b = a + 1;

        if (b->address - a->address < a->size)
            return job_fail(reader->job, ERR_FILE,
                            "%s: %" PRIu32 " bytes at 0x%08" PRIx32 " overlap those at "
                            "0x%08" PRIx32,
                            reader->name, a->size, a->address, b->address);
    }
    return ERR_OK;
}

void image_warn(struct image_reader *reader, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_line(reader->job->log, LOG_WARN, "%s", text);
    job_print(reader->job, "warning: %s\n", text);
}

static enum image_format by_ending(const char *name)
{
    const char *dot = strrchr(name, '.');
    enum image_format format;

    return dot && image_format_by_name(dot + 1, &format) ? format : IMAGE_AUTO;
}

static enum err refuse(struct image_reader *reader, const struct image_kind *kind)
{
    return job_fail(reader->job, ERR_FILE, "%.150s is %s, no program for a chip; %s", reader->name,
                    kind->what,
                    kind->advice ? kind->advice
                                 : "if its bytes are what the flash shall hold, give it a name "
                                   "that ends in .bin, and an address");
}

/* The content decides; the name where the content is nothing that can be read. */
static enum err choose_format(struct image_reader *reader, enum image_format *format)
{
    const struct image_kind *kind = image_recognise(reader->data, reader->size);
    enum image_format named = by_ending(reader->name);

    *format = IMAGE_BINARY;
    if (kind && kind->format != IMAGE_AUTO)
        *format = kind->format;
    else if (named != IMAGE_AUTO)
        *format = named;
    else if (kind)
        return refuse(reader, kind);
    return ERR_OK;
}

/* Asked for by word. */
static void doubt_binary(struct image_reader *reader)
{
    const struct image_kind *kind = image_recognise(reader->data, reader->size);

    if (kind && !kind->is_text)
        image_warn(reader, "%s is %s: its bytes are taken as they are, as asked", reader->name,
                   kind->what);
}

static enum err read_format(struct image_reader *reader, enum image_format format)
{
    switch (format) {
    case IMAGE_ELF:
        return image_read_elf(reader);
    case IMAGE_IHEX:
        return image_read_ihex(reader);
    case IMAGE_SREC:
        return image_read_srec(reader);
    case IMAGE_UF2:
        return image_read_uf2(reader);
    case IMAGE_DFUSE:
        return image_read_dfuse(reader);
    case IMAGE_DFU:
        return image_read_dfu(reader);
    case IMAGE_AUTO:
    case IMAGE_BINARY:
        break;
    }
    return image_add(reader, 0, reader->data, reader->size);
}

enum err image_parse(struct job *job, const char *name, const void *data, size_t size,
                     enum image_format format, uint32_t offset, struct image *image)
{
    struct image_reader reader = {job, name, data, size, offset, image};
    enum err err = ERR_OK;

    if (format == IMAGE_AUTO)
        err = choose_format(&reader, &format);
    else if (format == IMAGE_BINARY)
        doubt_binary(&reader);
    else if (format == IMAGE_DFU && image_is_dfuse(data, size))
        format = IMAGE_DFUSE;
    *image = (struct image){.format = format == IMAGE_DFU ? IMAGE_BINARY : format};
    if (!err)
        err = read_format(&reader, format);
    if (!err)
        err = sort(&reader);
    if (err)
        image_finish(image);
    return err;
}

enum err image_load(struct job *job, const char *path, enum image_format format, uint32_t offset,
                    struct image *image)
{
    uint8_t *data = NULL;
    size_t size = 0;

    *image = (struct image){0};
    enum err err = image_file_read(job, path, format, &data, &size);
    if (!err)
        err = image_parse(job, path, data, size, format, offset, image);
    free(data);
    return err;
}

void image_finish(struct image *image)
{
    for (size_t i = 0; i < image->count; i++)
        free(image->segments[i].data);
    free(image->segments);
    *image = (struct image){0};
}

bool image_format_by_name(const char *name, enum image_format *format)
{
    static const struct {
        const char *name;
        enum image_format format;
    } names[] = {
        {"auto", IMAGE_AUTO}, {"bin", IMAGE_BINARY}, {"dfu", IMAGE_DFU},
        {"elf", IMAGE_ELF},   {"hex", IMAGE_IHEX},   {"ihex", IMAGE_IHEX},
        {"s19", IMAGE_SREC},  {"srec", IMAGE_SREC},  {"uf2", IMAGE_UF2},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i].name) == 0) {
            *format = names[i].format;
            return true;
        }
    return false;
}

bool image_next_line(const struct image_reader *reader, size_t *at, struct image_line *line)
{
    const char *text = (const char *)reader->data;
    size_t from = *at, end;

    if (from >= reader->size)
        return false;
    for (end = from; end < reader->size && text[end] != '\n'; end++)
        continue;
    *at = end + 1;
    while (end > from && strchr(" \t\r", text[end - 1]) && text[end - 1])
        end--;
    while (from < end && strchr(" \t", text[from]) && text[from])
        from++;
    line->number++;
    line->text = text + from;
    line->length = end - from;
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int image_hex(const char *text, size_t length, uint8_t *bytes, size_t capacity)
{
    if (length % 2 || length / 2 > capacity)
        return -1;
    for (size_t i = 0; i < length; i += 2) {
        int high = digit(text[i]), low = digit(text[i + 1]);

        if (high < 0 || low < 0)
            return -1;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return (int)(length / 2);
}
