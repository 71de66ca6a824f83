/* SPDX-License-Identifier: MIT */
/* What flash there is, and erasing it. */
#include <stdlib.h>
#include <string.h>

#include "chip/chips.h"
#include "commands/monitor_commands.h"
#include "flash/flash.h"
#include "flash/one_time.h"
#include "flash/options.h"

enum { CHUNK_BYTES = 1024 };

static void print_bank(struct monitor *monitor, const struct target *target,
                       const struct monitor_bank *bank)
{
    job_print(monitor->job, "#%u : %s.flash (%s) at 0x%08x, size 0x%08x, buswidth 0, chipwidth 0\n",
              bank->number, monitor_family(target), monitor_flash_driver(target),
              (unsigned)bank->start, (unsigned)bank->size);
}

enum err monitor_flash_banks(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_bank bank;
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    (void)argv;
    for (unsigned n = 0; !err && monitor_bank_get(target, n, &bank); n++)
        print_bank(monitor, target, &bank);
    return err;
}

enum err monitor_flash_list(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_bank bank;
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    (void)argv;
    for (unsigned n = 0; !err && monitor_bank_get(target, n, &bank); n++) {
        job_print(monitor->job,
                  "{ name {%s.flash} driver %s base 0x%08x size 0x%x bus_width 0 chip_width 0 "
                  "target %s }\n",
                  monitor_family(target), monitor_flash_driver(target), (unsigned)bank.start,
                  (unsigned)bank.size, monitor_target_name(target).text);
    }
    return err;
}

/* --- probe, info --- */

static enum err print_protection(struct monitor *monitor, struct target *target)
{
    struct option_state state = {.readout_protected = target_chip(target)->readout_protected};
    const struct flash_options *options = flash_options_for(target);
    enum err err = options ? options->read(target, &state) : ERR_OK;

    if (!err && state.readout_protected && target_chip(target)->unlocked)
        job_print(monitor->job, TARGET_UNLOCKED_TEXT "\n");
    else if (!err && state.readout_protected)
        job_print(monitor->job,
                  "the flash is read-protected: it can be neither read nor programmed; `%s unlock "
                  "0` erases all of it, and protection ends with the power cycle after that\n",
                  monitor_family(target));
    return err;
}

enum err monitor_flash_probe(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_bank bank;
    struct target *target;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    (void)argc;
    if (err)
        return err;
    const struct target_chip *chip = target_chip(target);
    job_print(monitor->job, "device id = 0x%08x\nflash size = %u KiB\n", (unsigned)chip->idcode,
              (unsigned)((bank.size + chip->flash_kept) / 1024));
    if (chip->flash_kept)
        job_print(monitor->job, "the last %u KiB are the other core's alone\n",
                  (unsigned)(chip->flash_kept / 1024));
    if (chip->flash_size_guessed)
        job_print(monitor->job,
                  "the size register does not say, as in a protected chip: %u KiB "
                  "assumed\n",
                  (unsigned)(bank.size / 1024));
    err = print_protection(monitor, target);
    if (!err)
        job_print(monitor->job, "flash '%s' found at 0x%08x\n", monitor_flash_driver(target),
                  (unsigned)bank.start);
    return err;
}

static void print_chip(struct monitor *monitor, const struct target *target)
{
    const struct target_chip *chip = target_chip(target);
    uint16_t revision = (uint16_t)(chip->idcode >> 16);
    char letter = chip_revision_letter(chip->dev_id, revision);

    if (letter)
        job_print(monitor->job, "%s - Rev: %c\n", chip->name, letter);
    else
        job_print(monitor->job, "%s - Rev: 0x%04x\n", chip->name, revision);
}

static void print_part(struct monitor *monitor, uint32_t number, uint32_t offset, uint32_t size,
                       const char *state)
{
    job_print(monitor->job, "\t#%3u: 0x%08x (0x%x %ukB) %s\n", (unsigned)number, (unsigned)offset,
              (unsigned)size, (unsigned)(size / 1024), state);
}

/* By the blocks that can be protected; where they are not known to us, by sectors. */
static enum err print_blocks(struct monitor *monitor, struct target *target,
                             const struct monitor_bank *bank)
{
    const struct flash_options *options = flash_options_for(target);
    struct option_block block;
    struct option_state state;
    uint32_t address, size;
    enum err err = options ? options->read(target, &state) : ERR_OK;

    if (err)
        return err;
    if (!options) {
        for (uint32_t i = 0; monitor_bank_sector(target, bank, i, &address, &size); i++)
            print_part(monitor, i, address - bank->start, size, "protection unknown");
        return ERR_OK;
    }
    for (uint32_t i = 0; option_block_get(options, target, i, &block); i++)
        if (block.address - bank->start < bank->size)
            print_part(monitor, i, block.address - bank->start, block.size,
                       option_block_protected(&block, state.stored) ? "protected"
                                                                    : "not protected");
    return ERR_OK;
}

enum err monitor_flash_info(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_bank bank;
    struct target *target;
    uint32_t address, size;
    bool sectors = argc > 2;

    if (sectors && strcmp(argv[2], "sectors") != 0)
        return monitor_usage(monitor, argv[0]);
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);
    if (err)
        return err;
    job_print(monitor->job, "#%u : %s at 0x%08x, size 0x%08x, buswidth 0, chipwidth 0\n",
              bank.number, monitor_flash_driver(target), (unsigned)bank.start, (unsigned)bank.size);
    for (uint32_t i = 0; sectors && monitor_bank_sector(target, &bank, i, &address, &size); i++)
        job_print(monitor->job, "\t#%3u: 0x%08x (0x%x %ukB)\n", (unsigned)i,
                  (unsigned)(address - bank.start), (unsigned)size, (unsigned)(size / 1024));
    if (!sectors)
        err = print_blocks(monitor, target, &bank);
    if (!err)
        print_chip(monitor, target);
    return err;
}

/* `flash size [SIZE|auto]` */
enum err monitor_flash_size(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    uint32_t kib = 0;
    enum err err =
        argc > 1 ? monitor_flash_allowed(monitor, &target) : monitor_target(monitor, &target);

    if (!err && argc > 1 && strcmp(argv[1], "auto") != 0) {
        char *end;
        unsigned long number = strtoul(argv[1], &end, 10);

        kib = (uint32_t)number;
        if (number < 1 || number > UINT16_MAX || (*end != 'k' && *end != 'K') || end[1])
            return monitor_usage(monitor, argv[0]);
    }
    if (!err && argc > 1)
        err = target_say_flash_size(target, kib * 1024);
    if (!err)
        job_print(monitor->job, "flash size = %u KiB\n",
                  (unsigned)target_chip(target)->flash_size / 1024);
    return err;
}

/* `stm32f2x otp BANK enable|disable|show`: OpenOCD's bank 1. What is written there stays for ever,
 * and nothing here writes it. */
/* Until the chip is another one, or disable. */
static enum err switch_otp(struct monitor *monitor, struct target *target, bool on, bool meant)
{
    if (on && !meant)
        return job_fail(monitor->job, ERR_ARGUMENT,
                        "what is written to one-time memory stays for ever: say --irreversible "
                        "behind it if that is meant; it is read as any memory");
    return one_time_allow(target, on);
}

enum err monitor_otp(struct monitor *monitor, int argc, const char *const argv[])
{
    bool on = strcmp(argv[2], "enable") == 0, show = strcmp(argv[2], "show") == 0;
    bool meant = argc > 3 && strcmp(argv[3], "--irreversible") == 0;
    struct target *target;

    if ((!on && !show && strcmp(argv[2], "disable") != 0) || (argc > 3 && !meant))
        return monitor_usage(monitor, argv[0]);
    if (strcmp(argv[1], "1") != 0)
        return job_fail(monitor->job, ERR_ARGUMENT, "Failed: not an OTP bank.");
    enum err err = monitor_flash_allowed(monitor, &target);
    if (!err && !show)
        err = switch_otp(monitor, target, on, meant);
    if (!err)
        job_print(monitor->job, "OTP memory bank #1 is %s for write commands.\n",
                  target_chip(target)->writes_one_time ? "enabled" : "disabled");
    return err;
}

/* --- erase --- */

static enum err is_erased(struct monitor *monitor, struct target *target, uint32_t address,
                          uint32_t size, uint8_t erased, bool *yes)
{
    uint8_t data[CHUNK_BYTES];
    enum err err = ERR_OK;

    *yes = true;
    for (uint32_t at = 0; at < size && *yes && !err; at += CHUNK_BYTES) {
        uint32_t part = size - at < CHUNK_BYTES ? size - at : CHUNK_BYTES;

        err = target_read(target, address + at, data, part, NULL);
        for (uint32_t i = 0; !err && i < part && *yes; i++)
            *yes = data[i] == erased;
        if (!err)
            err = job_checkpoint(monitor->job);
    }
    return err;
}

enum err monitor_erase_check(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_bank bank;
    struct target *target;
    uint32_t address, size;
    bool yes, all = true;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    (void)argc;
    if (err)
        return err;
    uint8_t erased = chip_family_of(target_chip(target)->dev_id)->erased;
    err = is_erased(monitor, target, bank.start, bank.size, erased, &all);
    if (err)
        return err;
    job_print(monitor->job, "successfully checked erase state\n");
    if (all) {
        job_print(monitor->job, "\tBank is erased\n");
        return ERR_OK;
    }
    for (uint32_t i = 0; !err && monitor_bank_sector(target, &bank, i, &address, &size); i++) {
        err = is_erased(monitor, target, address, size, erased, &yes);
        if (!err)
            job_print(monitor->job, "\t#%3u: 0x%08x (0x%x %ukB) %s\n", (unsigned)i,
                      (unsigned)(address - bank.start), (unsigned)size, (unsigned)(size / 1024),
                      yes ? "erased" : "not erased");
    }
    return err;
}

static uint32_t count_sectors(const struct target *target, const struct monitor_bank *bank)
{
    uint32_t address, size, count = 0;

    while (monitor_bank_sector(target, bank, count, &address, &size))
        count++;
    return count;
}

enum err monitor_erase_sector(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    uint32_t first, last, address, end, size;
    struct monitor_bank bank;
    struct target *target;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    (void)argc;
    if (!err)
        err = monitor_flash_allowed(monitor, &target);
    if (!err)
        err = monitor_bank_sectors(monitor, count_sectors(target, &bank), argv + 2, &first, &last);
    if (err)
        return err;
    monitor_bank_sector(target, &bank, last, &end, &size);
    end += size;
    monitor_bank_sector(target, &bank, first, &address, &size);
    err = flash_erase_now(target, address, end - address);
    if (!err)
        job_print(monitor->job, "erased sectors %u through %u on flash bank %u in %fs\n",
                  (unsigned)first, (unsigned)last, bank.number,
                  (double)(clock_now_us(monitor_clock(monitor)) - started) / 1e6);
    return err;
}

/* Whole sectors, or with `pad` those that the range touches. */
static enum err check_sectors(struct monitor *monitor, const struct target *target,
                              uint32_t address, uint32_t length)
{
    const struct target_region *first = target_region_at(target, address);
    const struct target_region *last = target_region_at(target, address + (length - 1));
    uint64_t end = (uint64_t)address + length;

    if (end > UINT64_C(1) << 32 || !first || !last || !first->sector_size || !last->sector_size)
        return job_fail(monitor->job, ERR_NOT_FLASH,
                        "0x%08x and %u bytes are not all in flash; nothing was changed",
                        (unsigned)address, (unsigned)length);
    if ((address - first->start) % first->sector_size == 0 &&
        (end - last->start) % last->sector_size == 0)
        return ERR_OK;
    return job_fail(monitor->job, ERR_ARGUMENT,
                    "0x%08x and %u bytes are not whole sectors of %u bytes: `flash erase_address "
                    "pad` erases those that they touch; nothing was changed",
                    (unsigned)address, (unsigned)length, (unsigned)first->sector_size);
}

enum err monitor_erase_address(struct monitor *monitor, int argc, const char *const argv[])
{
    uint64_t started = clock_now_us(monitor_clock(monitor));
    struct target *target;
    uint32_t address, length;
    bool pad = false;
    int at = 1;

    for (; at < argc && (strcmp(argv[at], "pad") == 0 || strcmp(argv[at], "unlock") == 0); at++)
        pad |= strcmp(argv[at], "pad") == 0;
    if (argc - at != 2)
        return monitor_usage(monitor, argv[0]);
    enum err err = monitor_flash_allowed(monitor, &target);
    if (!err)
        err = monitor_address(monitor, argv[at], &address);
    if (!err)
        err = monitor_value(monitor, argv[at + 1], "a length", UINT32_MAX, &length);
    if (!err && length == 0)
        err = job_fail(monitor->job, ERR_ARGUMENT, "a length of 0: nothing to erase");
    if (!err && !pad)
        err = check_sectors(monitor, target, address, length);
    if (!err)
        err = flash_erase_now(target, address, length);
    if (!err)
        job_print(monitor->job, "erased address 0x%08x (length %u) in %s\n", (unsigned)address,
                  (unsigned)length, monitor_rate(monitor, started, length).text);
    return err;
}

/* OpenOCD fills up sectors with this value; here the bytes beside an image stay as they are. */
enum err monitor_padded_value(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_bank bank;
    struct target *target;
    uint32_t value;
    enum err err = monitor_bank(monitor, argv[1], &target, &bank);

    (void)argc;
    if (!err)
        err = monitor_value(monitor, argv[2], "a byte", UINT8_MAX, &value);
    if (err)
        return err;
    return job_fail(monitor->job, ERR_UNSUPPORTED,
                    "nothing is padded here: the bytes beside an image stay as they are, or erased "
                    "with `erase`");
}
