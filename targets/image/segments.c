/* SPDX-License-Identifier: MIT */
/* The segments of an image while it is read. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/image_internal.h"

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

enum err image_sort(struct image_reader *reader)
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

void image_finish(struct image *image)
{
    for (size_t i = 0; i < image->count; i++)
        free(image->segments[i].data);
    free(image->segments);
    *image = (struct image){0};
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
