/* SPDX-License-Identifier: MIT */
/* Flash by offsets into a bank, and filled with a pattern. */
#include <stdlib.h>
#include <string.h>

#include "commands/monitor_commands.h"

/* `OFFSET` in the bank; left out: 0. */
static enum err read_offset(struct monitor *monitor, const struct monitor_bank *bank, int argc,
                            const char *const argv[], uint32_t *offset)
{
    *offset = 0;
    enum err err =
        argc > 3 ? monitor_value(monitor, argv[3], "an offset", UINT32_MAX, offset) : ERR_OK;
    if (!err && *offset >= bank->size)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "offset 0x%08x is behind the end of the bank, which has 0x%x bytes",
                        (unsigned)*offset, (unsigned)bank->size);
    return err;
}

static enum err open_bank_file(struct monitor *monitor, int argc, const char *const argv[],
                               struct target **target, struct monitor_bank *bank, uint32_t *offset,
                               struct image *image)
{
    enum err err = monitor_bank(monitor, argv[1], target, bank);

    if (!err)
        err = read_offset(monitor, bank, argc, argv, offset);
    if (!err)
        err = image_load(monitor->job, argv[2], IMAGE_BINARY, bank->start + *offset, image);
    return err;
}

enum err monitor_write_bank(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    struct monitor_bank bank;
    struct target *target;
    struct image image;
    uint32_t offset;
    enum err err = monitor_flash_allowed(monitor, &target);

    if (!err)
        err = open_bank_file(monitor, argc, argv, &target, &bank, &offset, &image);
    if (err)
        return err;
    err = monitor_program_image(monitor, target, &image);
    if (!err)
        job_print(monitor->job,
                  "wrote %zu bytes from file %s to flash bank %u at offset 0x%08x in %s\n",
                  image.bytes, argv[2], bank.number, (unsigned)offset,
                  monitor_rate(monitor, started, image.bytes).text);
    image_finish(&image);
    return err;
}

enum err monitor_read_bank(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    struct monitor_bank bank;
    struct target *target;
    uint32_t offset, length;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    if (!err)
        err = read_offset(monitor, &bank, argc, argv, &offset);
    if (err)
        return err;
    length = bank.size - offset;
    if (argc > 4)
        err = monitor_value(monitor, argv[4], "a length that the bank has", length, &length);
    if (!err)
        err = monitor_save(monitor, target, bank.start + offset, length, argv[2]);
    if (!err)
        job_print(monitor->job,
                  "wrote %u bytes to file %s from flash bank %u at offset 0x%08x in %s\n",
                  (unsigned)length, argv[2], bank.number, (unsigned)offset,
                  monitor_rate(monitor, started, length).text);
    return err;
}

enum err monitor_verify_bank(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    uint32_t offset, differences = 0;
    struct monitor_bank bank;
    struct target *target;
    struct image image;
    enum err err = open_bank_file(monitor, argc, argv, &target, &bank, &offset, &image);

    if (err)
        return err;
    err = monitor_compare(monitor, target, &image, true, &differences);
    if (!err)
        job_print(monitor->job,
                  "read %zu bytes from file %s and flash bank %u at offset 0x%08x in %s\n"
                  "contents %s\n",
                  image.bytes, argv[2], bank.number, (unsigned)offset,
                  monitor_rate(monitor, started, image.bytes).text,
                  differences ? "differ" : "match");
    image_finish(&image);
    if (!err && differences > 0)
        return job_fail(monitor->job, ERR_VERIFY, "%u bytes differ from %.100s",
                        (unsigned)differences, argv[2]);
    return err;
}

/* --- flash fillw: the width is the last letter --- */

/* flash fillb fillh fillw filld ADDRESS VALUE COUNT */
enum err monitor_fill(struct monitor *monitor, int argc, const char *const argv[])
{
    static const char widths[] = "bh?w???d";
    uint64_t started = clock_now_us(monitor_clock(monitor));
    unsigned width = (unsigned)(strchr(widths, argv[0][strlen(argv[0]) - 1]) - widths) + 1;
    uint32_t limit = width < 4 ? UINT32_MAX >> (32 - 8 * width) : UINT32_MAX;
    uint32_t address, value, count;
    struct target *target;
    struct image image;
    enum err err = monitor_flash_allowed(monitor, &target);

    (void)argc;
    if (!err)
        err = monitor_address(monitor, argv[1], &address);
    if (!err)
        err = monitor_value(monitor, argv[2], "a value of that width", limit, &value);
    if (!err)
        err = monitor_value(monitor, argv[3], "a count", IMAGE_BYTES_MAX / width, &count);
    if (err)
        return err;
    size_t size = (size_t)count * width;
    uint8_t *data = malloc(size ? size : 1);
    if (!data)
        return job_fail(monitor->job, ERR_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < size; i++)
        data[i] = i % width < 4 ? (uint8_t)(value >> i % width * 8) : 0;
    err = image_parse(monitor->job, argv[0], data, size, IMAGE_BINARY, address, &image);
    free(data);
    if (err)
        return err;
    err = monitor_program_image(monitor, target, &image);
    image_finish(&image);
    if (!err)
        job_print(monitor->job, "wrote %zu bytes to 0x%08x in %s\n", size, (unsigned)address,
                  monitor_rate(monitor, started, size).text);
    return err;
}
