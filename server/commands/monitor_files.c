/* SPDX-License-Identifier: MIT */
/* Program files and memory: load_image dump_image verify_image test_image, and what other commands
 * need of them. Names of files go to the system as they are: there is no console. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "flash/content.h"
#include "image/fit.h"

enum { CHUNK_BYTES = 4096, DIFFERENCES_SHOWN = 128, SAVE_MAX = 64 * 1024 * 1024 };

/* --- files --- */

static enum err needs_address(struct monitor *monitor, const char *command, const char *path)
{
    return job_fail(monitor->job, ERR_ARGUMENT,
                    "%.100s does not say where it belongs; as a binary it needs an "
                    "address: %s %.100s %s",
                    path, command, path,
                    strcmp(command, "load_image") == 0 ? "0x20000000" : "0x08000000");
}

enum err monitor_image(struct monitor *monitor, int argc, const char *const argv[], int file,
                       struct image *image)
{
    enum image_format format = IMAGE_AUTO;
    uint32_t offset = 0;
    enum err err = ERR_OK;

    if (argc > file + 1)
        err = monitor_address(monitor, argv[file + 1], &offset);
    if (!err && argc > file + 2 && !image_format_by_name(argv[file + 2], &format))
        err = job_fail(monitor->job, ERR_ARGUMENT,
                       "'%.40s' is no format: elf, ihex, s19, uf2, dfu or bin", argv[file + 2]);
    if (!err)
        err = image_load(monitor->job, argv[file], format, offset, image);
    if (!err && image->format == IMAGE_BINARY && argc <= file + 1) {
        image_finish(image);
        err = needs_address(monitor, argv[0], argv[file]);
    }
    return err;
}

static enum err write_file(struct monitor *monitor, const char *path, const void *data, size_t size)
{
    /* Not to wait for a reader, should it be a FIFO: all clients of the probe would wait, too. */
    int handle = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666);
    FILE *file = handle >= 0 ? fdopen(handle, "wb") : NULL;
    bool written;

    if (!file)
        return job_fail(monitor->job, ERR_FILE, "%s: %s", path, strerror(errno));
    written = fwrite(data, 1, size, file) == size;
    if (fclose(file) == 0 && written)
        return ERR_OK;
    return job_fail(monitor->job, ERR_FILE, "%s: %s; it is not complete", path, strerror(errno));
}

static enum err read_all(struct monitor *monitor, struct target *target, uint32_t address,
                         uint8_t *data, uint32_t size)
{
    enum err err = ERR_OK;

    for (uint32_t at = 0; at < size && !err; at += CHUNK_BYTES) {
        uint32_t part = size - at < CHUNK_BYTES ? size - at : CHUNK_BYTES;

        err = target_read(target, address + at, data + at, part, NULL);
        if (!err)
            err = job_checkpoint(monitor->job);
    }
    return err;
}

/* Read first, so that unreadable memory leaves no half a file. */
enum err monitor_save(struct monitor *monitor, struct target *target, uint32_t address,
                      uint32_t size, const char *path)
{
    if (size > SAVE_MAX || (uint64_t)address + size > UINT64_C(1) << 32)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "%u bytes from 0x%08x: more than 64 MiB, or past the last address",
                        (unsigned)size, (unsigned)address);
    uint8_t *data = malloc(size ? size : 1);
    if (!data)
        return job_fail(monitor->job, ERR_NO_MEMORY, "out of memory");
    enum err err = read_all(monitor, target, address, data, size);
    if (!err)
        err = write_file(monitor, path, data, size);
    free(data);
    return err;
}

/* --- compare --- */

static void count_differences(struct monitor *monitor, uint32_t address, const uint8_t *is,
                              const uint8_t *wanted, uint32_t size, bool print, uint32_t *count)
{
    if (*count == 0 && print && memcmp(is, wanted, size) != 0)
        job_print(monitor->job, "checksum mismatch - attempting binary compare\n");
    for (uint32_t i = 0; i < size; i++) {
        if (is[i] == wanted[i])
            continue;
        if (*count < DIFFERENCES_SHOWN && print)
            job_print(monitor->job, "diff %u address 0x%08x. Was 0x%02x instead of 0x%02x\n",
                      (unsigned)*count, (unsigned)(address + i), is[i], wanted[i]);
        else if (*count == DIFFERENCES_SHOWN && print)
            job_print(monitor->job, "More than %d errors, the rest are not printed.\n",
                      DIFFERENCES_SHOWN);
        ++*count;
    }
}

static enum err compare_segment(struct monitor *monitor, struct target *target,
                                const struct image_segment *segment, bool print, uint32_t *count)
{
    uint8_t data[CHUNK_BYTES];
    enum err err = ERR_OK;

    for (uint32_t at = 0; at < segment->size && !err; at += CHUNK_BYTES) {
        uint32_t part = segment->size - at < CHUNK_BYTES ? segment->size - at : CHUNK_BYTES;
        const uint8_t *wanted = segment->data + at;

        err = target_read(target, segment->address + at, data, part, NULL);
        if (err)
            break;
        count_differences(monitor, segment->address + at, data, wanted, part, print, count);
        err = job_checkpoint(monitor->job);
    }
    return err;
}

enum err monitor_compare(struct monitor *monitor, struct target *target, const struct image *image,
                         bool print, uint32_t *differences)
{
    enum err err = ERR_OK;

    *differences = 0;
    target_drop_caches(target);
    for (size_t i = 0; i < image->count && !err; i++) {
        const struct image_segment *segment = &image->segments[i];

        err = fit_check(target, segment->address, segment->size);
        if (!err)
            err = compare_segment(monitor, target, segment, print, differences);
    }
    if (!err && print && *differences > 0 && *differences <= DIFFERENCES_SHOWN)
        job_print(monitor->job, "No more differences found.\n");
    return err;
}

/* --- load_image --- */

/* Only what lies in [low, low + length). */
static struct image_segment clip(const struct image_segment *segment, uint32_t low, uint32_t length)
{
    uint64_t start = segment->address, end = start + segment->size;
    uint64_t from = start > low ? start : low;
    uint64_t to = end < (uint64_t)low + length ? end : (uint64_t)low + length;

    if (from >= to)
        return (struct image_segment){0};
    return (struct image_segment){(uint32_t)from, (uint32_t)(to - from),
                                  segment->data + (from - start)};
}

static enum err write_segment(struct monitor *monitor, struct target *target,
                              const struct image_segment *segment)
{
    const struct target_region *region = target_region_at(target, segment->address);

    if (region && (region->kind == REGION_FLASH || region->kind == REGION_FLASH_ALIAS ||
                   region->kind == REGION_EEPROM))
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "0x%08x is flash, which is not just written: use program or flash "
                        "write_image",
                        (unsigned)segment->address);
    enum err err = fit_check(target, segment->address, segment->size);
    for (uint32_t at = 0; at < segment->size && !err; at += CHUNK_BYTES) {
        uint32_t part = segment->size - at < CHUNK_BYTES ? segment->size - at : CHUNK_BYTES;

        err = target_write(target, segment->address + at, segment->data + at, part);
        if (!err)
            err = job_checkpoint(monitor->job);
    }
    if (!err)
        job_print(monitor->job, "%u bytes written at address 0x%08x\n", (unsigned)segment->size,
                  (unsigned)segment->address);
    return err;
}

enum err monitor_load_image(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    uint32_t low = 0, length = UINT32_MAX;
    struct target *target;
    struct image image;
    size_t bytes = 0;
    enum err err = monitor_target(monitor, &target);

    if (!err && argc > 4)
        err = monitor_address(monitor, argv[4], &low);
    if (!err && argc > 5)
        err = monitor_value(monitor, argv[5], "a length", UINT32_MAX, &length);
    if (!err)
        err = monitor_image(monitor, argc, argv, 1, &image);
    if (err)
        return err;
    err = flash_image_made_for(target, &image);
    for (size_t i = 0; i < image.count && !err; i++) {
        struct image_segment segment = clip(&image.segments[i], low, length);

        if (segment.size == 0)
            continue;
        err = write_segment(monitor, target, &segment);
        bytes += segment.size;
    }
    image_finish(&image);
    if (!err && bytes == 0)
        return job_fail(monitor->job, ERR_ARGUMENT, "nothing of %.100s lies in that range",
                        argv[1]);
    if (!err)
        job_print(monitor->job, "downloaded %zu bytes in %s\n", bytes,
                  monitor_rate(monitor, started, bytes).text);
    return err;
}

/* --- dump_image, verify_image, test_image --- */

enum err monitor_dump_image(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    struct target *target;
    uint32_t address, size;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    if (!err)
        err = monitor_address(monitor, argv[2], &address);
    if (!err)
        err = monitor_value(monitor, argv[3], "a size", UINT32_MAX, &size);
    if (!err)
        err = monitor_save(monitor, target, address, size, argv[1]);
    if (!err)
        job_print(monitor->job, "dumped %u bytes in %s\n", (unsigned)size,
                  monitor_rate(monitor, started, size).text);
    return err;
}

enum err monitor_verify_image(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    struct target *target;
    uint32_t differences = 0;
    struct image image;
    enum err err = monitor_target(monitor, &target);

    if (!err)
        err = monitor_image(monitor, argc, argv, 1, &image);
    if (err)
        return err;
    err = monitor_compare(monitor, target, &image, true, &differences);
    if (!err && differences > 0)
        err = job_fail(monitor->job, ERR_VERIFY, "%u bytes differ from %.100s",
                       (unsigned)differences, argv[1]);
    if (!err)
        job_print(monitor->job, "verified %zu bytes in %s\n", image.bytes,
                  monitor_rate(monitor, started, image.bytes).text);
    image_finish(&image);
    return err;
}

enum err monitor_test_image(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    struct image image;
    enum err err = monitor_image(monitor, argc, argv, 1, &image);

    if (err)
        return err;
    for (size_t i = 0; i < image.count; i++)
        job_print(monitor->job, "address 0x%08x length 0x%08x\n",
                  (unsigned)image.segments[i].address, (unsigned)image.segments[i].size);
    job_print(monitor->job, "verified %zu bytes in %s\n", image.bytes,
              monitor_rate(monitor, started, image.bytes).text);
    image_finish(&image);
    return ERR_OK;
}
