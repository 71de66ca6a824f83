/* SPDX-License-Identifier: MIT */
/* Memory by accesses of one width, never cached: mdb mdh mdw, mwb mwh mww. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "monitor_commands.h"
#include "monitor_words.h"

enum { LINE_BYTES = 32, CHUNK_BYTES = 1024 };

struct range {
    uint32_t address;
    unsigned width;
    uint32_t count; /* elements */
};

static unsigned width_of(const char *name)
{
    switch (name[2]) {
    case 'b':
        return 1;
    case 'h':
        return 2;
    default:
        return 4;
    }
}

/* argv[1] is the address, `count_word` (may be NULL) the count. */
static enum err read_range(struct monitor *monitor, const char *const argv[],
                           const char *count_word, struct range *range)
{
    range->width = width_of(argv[0]);
    range->count = 1;
    if (!monitor_number(argv[1], UINT32_MAX, &range->address))
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not an address", argv[1]);
    if (count_word && !monitor_number(count_word, UINT32_MAX, &range->count))
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not a count", count_word);
    if (range->address % range->width != 0)
        return job_fail(monitor->job, ERR_ALIGNMENT, "0x%08x is not a multiple of %u",
                        (unsigned)range->address, range->width);
    if ((uint64_t)range->address + (uint64_t)range->count * range->width > UINT64_C(1) << 32)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "0x%08x and %u elements behind it: beyond the "
                        "last address",
                        (unsigned)range->address, (unsigned)range->count);
    return ERR_OK;
}

static uint32_t element(const uint8_t *data, unsigned width)
{
    return width == 4 ? get_le32(data) : width == 2 ? get_le16(data) : *data;
}

/* As OpenOCD prints it, with the space before the line end: scripts compare. */
static void print_line(struct monitor *monitor, const struct range *range, const uint8_t *data)
{
    char text[16 + LINE_BYTES * 3 + 2];
    int used = snprintf(text, sizeof text, "0x%08x: ", (unsigned)range->address);

    for (uint32_t i = 0; i < range->count; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "%0*x ", (int)range->width * 2,
                         (unsigned)element(data + (size_t)i * range->width, range->width));
    job_print(monitor->job, "%s\n", text);
}

enum err monitor_display(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    struct range range, line;
    enum err err = monitor_target(monitor, &target);

    if (err == ERR_OK)
        err = read_range(monitor, argv, argc > 2 ? argv[2] : NULL, &range);
    while (err == ERR_OK && range.count > 0) {
        uint8_t data[LINE_BYTES];

        line = range;
        if (line.count > LINE_BYTES / line.width)
            line.count = LINE_BYTES / line.width;
        err = target_read_width(target, line.address, line.width, data, line.count);
        if (err != ERR_OK)
            break;
        print_line(monitor, &line, data);
        range.address += line.count * line.width;
        range.count -= line.count;
        err = job_checkpoint(monitor->job);
    }
    return err;
}

enum err monitor_write(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    struct range range;
    uint8_t data[CHUNK_BYTES];
    uint32_t value;
    enum err err = monitor_target(monitor, &target);

    if (err == ERR_OK)
        err = read_range(monitor, argv, argc > 3 ? argv[3] : NULL, &range);
    if (err != ERR_OK)
        return err;
    if (!monitor_number(argv[2], UINT32_MAX >> (32 - 8 * range.width), &value))
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not a number of %u bits", argv[2],
                        range.width * 8);
    for (size_t i = 0; i < CHUNK_BYTES; i++)
        data[i] = (uint8_t)(value >> (i % range.width * 8));
    while (err == ERR_OK && range.count > 0) {
        uint32_t room = CHUNK_BYTES / range.width, count = range.count < room ? range.count : room;

        err = target_write_width(target, range.address, range.width, data, count);
        range.address += count * range.width;
        range.count -= count;
        if (err == ERR_OK)
            err = job_checkpoint(monitor->job);
    }
    return err;
}
