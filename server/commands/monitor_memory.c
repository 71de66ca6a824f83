/* SPDX-License-Identifier: MIT */
/* Memory by accesses of one width, never cached: mdb mdh mdw mdd, mwb mwh mww mwd, read_memory,
 * write_memory. Eight bytes are two accesses of four: no bus of a Cortex-M is wider for us. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"

enum { LINE_BYTES = 32, CHUNK_BYTES = 1024, LIST_MAX = 65536 };

struct range {
    uint32_t address;
    unsigned width; /* bytes */
    uint32_t count; /* elements */
};

static unsigned width_of(const char *name)
{
    switch (name[2]) {
    case 'b':
        return 1;
    case 'h':
        return 2;
    case 'd':
        return 8;
    default:
        return 4;
    }
}

/* `count_word` may be NULL: one. */
static enum err read_range(struct monitor *monitor, unsigned width, const char *address_word,
                           const char *count_word, struct range *range)
{
    enum err err = monitor_address(monitor, address_word, &range->address);

    range->width = width;
    range->count = 1;
    if (!err && count_word)
        err = monitor_value(monitor, count_word, "a count", UINT32_MAX, &range->count);
    if (err)
        return err;
    if (range->address % (width < 4 ? width : 4) != 0)
        return job_fail(monitor->job, ERR_ALIGNMENT, "0x%08x is not a multiple of %u",
                        (unsigned)range->address, width);
    if ((uint64_t)range->address + (uint64_t)range->count * width > UINT64_C(1) << 32)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "0x%08x and %u elements behind it: beyond the "
                        "last address",
                        (unsigned)range->address, (unsigned)range->count);
    return ERR_OK;
}

static enum err access(struct target *target, uint32_t address, unsigned width, uint8_t *data,
                       uint32_t count, bool write)
{
    uint32_t factor = width == 8 ? 2 : 1;

    width /= factor;
    return write ? target_write_width(target, address, width, data, count * factor)
                 : target_read_width(target, address, width, data, count * factor);
}

static uint64_t element(const uint8_t *data, unsigned width)
{
    switch (width) {
    case 1:
        return *data;
    case 2:
        return get_le16(data);
    case 4:
        return get_le32(data);
    default:
        return get_le32(data) | (uint64_t)get_le32(data + 4) << 32;
    }
}

/* --- show --- */

/* As OpenOCD prints it, with the space before the line end: scripts compare. */
static void print_line(struct monitor *monitor, const struct range *range, const uint8_t *data)
{
    char text[16 + LINE_BYTES * 3 + 2];
    int used = snprintf(text, sizeof text, "0x%08x: ", (unsigned)range->address);

    for (uint32_t i = 0; i < range->count; i++)
        used +=
            snprintf(text + used, sizeof text - (size_t)used, "%0*" PRIx64 " ",
                     (int)range->width * 2, element(data + (size_t)i * range->width, range->width));
    job_print(monitor->job, "%s\n", text);
}

/* As `read_memory` returns it: a Tcl list. */
static void print_elements(struct monitor *monitor, const struct range *range, const uint8_t *data)
{
    for (uint32_t i = 0; i < range->count; i++)
        job_print(monitor->job, "0x%" PRIx64 "%s",
                  element(data + (size_t)i * range->width, range->width),
                  i + 1 < range->count ? " " : "");
}

/* *shown counts those before an error. */
static enum err show(struct monitor *monitor, struct target *target, struct range range,
                     uint32_t chunk_bytes,
                     void (*print)(struct monitor *, const struct range *, const uint8_t *))
{
    enum err err = ERR_OK;
    uint8_t data[CHUNK_BYTES];

    while (!err && range.count > 0) {
        struct range part = range;

        if (part.count > chunk_bytes / part.width)
            part.count = chunk_bytes / part.width;
        err = access(target, part.address, part.width, data, part.count, false);
        if (err)
            break;
        print(monitor, &part, data);
        range.address += part.count * part.width;
        range.count -= part.count;
        if (range.count > 0 && print == print_elements)
            job_print(monitor->job, " ");
        err = job_checkpoint(monitor->job);
    }
    return err;
}

/* "phys" says nothing here: there is no other address than the physical one. */
static int skip_phys(int argc, const char *const argv[])
{
    return argc > 2 && strcmp(argv[1], "phys") == 0 ? 2 : 1;
}

enum err monitor_display(struct monitor *monitor, int argc, const char *const argv[])
{
    int at = skip_phys(argc, argv);
    struct target *target;
    struct range range;
    enum err err = monitor_target(monitor, &target);

    if (argc - at > 2)
        return monitor_usage(monitor, argv[0]);
    if (!err)
        err = read_range(monitor, width_of(argv[0]), argv[at], argc > at + 1 ? argv[at + 1] : NULL,
                         &range);
    return !err ? show(monitor, target, range, LINE_BYTES, print_line) : err;
}

/* --- write --- */

/* Two numbers of 32 bits cannot hold what mwd may write. */
static enum err read_element(struct monitor *monitor, const char *word, unsigned width,
                             uint8_t data[8])
{
    uint32_t low;
    uint64_t value;
    char *end;

    if (width == 8 && strlen(word) > 2 && word[0] == '0' && (word[1] | 0x20) == 'x' &&
        strlen(word) <= 18 && word[2 + strspn(word + 2, "0123456789abcdefABCDEF")] == '\0')
        value = strtoull(word, &end, 16);
    else if (monitor_number(word, width < 4 ? UINT32_MAX >> (32 - 8 * width) : UINT32_MAX, &low))
        value = low;
    else
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not a number of %u bits", word,
                        width * 8);
    put_le32(data, (uint32_t)value);
    put_le32(data + 4, (uint32_t)(value >> 32));
    return ERR_OK;
}

enum err monitor_write(struct monitor *monitor, int argc, const char *const argv[])
{
    int at = skip_phys(argc, argv);
    struct target *target;
    struct range range;
    uint8_t data[CHUNK_BYTES], value[8];
    enum err err = monitor_target(monitor, &target);

    if (argc - at < 2 || argc - at > 3)
        return monitor_usage(monitor, argv[0]);
    if (!err)
        err = read_range(monitor, width_of(argv[0]), argv[at], argc > at + 2 ? argv[at + 2] : NULL,
                         &range);
    if (!err)
        err = read_element(monitor, argv[at + 1], range.width, value);
    if (err)
        return err;
    for (size_t i = 0; i < CHUNK_BYTES; i++)
        data[i] = value[i % range.width];
    while (!err && range.count > 0) {
        uint32_t room = CHUNK_BYTES / range.width, count = range.count < room ? range.count : room;

        err = access(target, range.address, range.width, data, count, true);
        range.address += count * range.width;
        range.count -= count;
        if (!err)
            err = job_checkpoint(monitor->job);
    }
    return err;
}

/* --- lists: ADDRESS WIDTH-IN-BITS .. [phys] --- */

static enum err read_width(struct monitor *monitor, int argc, const char *const argv[],
                           unsigned *width)
{
    static const char *const names[] = {"8", "16", "32", "64"};
    size_t which = monitor_choice(argv[2], names, 4);

    if (which == 4 || (argc > 4 && strcmp(argv[4], "phys") != 0))
        return monitor_usage(monitor, argv[0]);
    *width = 1u << which;
    return ERR_OK;
}

enum err monitor_read_memory(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    struct range range;
    unsigned width = 1;
    enum err err = monitor_target(monitor, &target);

    if (!err)
        err = read_width(monitor, argc, argv, &width);
    if (!err)
        err = read_range(monitor, width, argv[1], argv[3], &range);
    if (!err && range.count > LIST_MAX)
        err = job_fail(monitor->job, ERR_ARGUMENT, "more than %d elements at once", LIST_MAX);
    if (err)
        return err;
    err = show(monitor, target, range, CHUNK_BYTES, print_elements);
    job_print(monitor->job, "\n");
    return err;
}

/* The list's words one by one: any number of them. */
enum err monitor_write_memory(struct monitor *monitor, int argc, const char *const argv[])
{
    const char *at = argv[3];
    uint8_t data[MONITOR_COMMAND_SIZE / 2 * 8];
    char word[24];
    struct target *target;
    struct range range;
    unsigned width = 1;
    uint32_t count = 0;
    enum err err = monitor_target(monitor, &target);

    if (!err)
        err = read_width(monitor, argc, argv, &width);
    for (; !err && *(at += strspn(at, " \t\n")); at += strcspn(at, " \t\n")) {
        snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " \t\n"), at);
        uint8_t value[8] = {0};

        err = read_element(monitor, word, width, value);
        memcpy(data + (size_t)count++ * width, value, width);
    }
    if (!err)
        err = read_range(monitor, width, argv[1], NULL, &range);
    if (!err && (uint64_t)range.address + (uint64_t)count * width > UINT64_C(1) << 32)
        err = job_fail(monitor->job, ERR_ARGUMENT, "the list runs past the last address");
    return !err && count > 0 ? access(target, range.address, width, data, count, true) : err;
}
