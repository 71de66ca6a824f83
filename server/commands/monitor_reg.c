/* SPDX-License-Identifier: MIT */
/* Registers of the halted core: reg, get_reg, set_reg. */
#include <inttypes.h>
#include <string.h>

#include "commands/monitor_commands.h"
#include "commands/monitor_words.h"

static const struct target_register *describe(const struct target *target, size_t index)
{
    size_t count;

    return &target_registers(target, &count)[index];
}

static enum err find(struct monitor *monitor, const struct target *target, const char *name,
                     size_t *index)
{
    size_t count;

    target_registers(target, &count);
    *index = monitor_find_register(target, name);
    return *index < count ? ERR_OK
                          : job_fail(monitor->job, ERR_ARGUMENT,
                                     "register %.40s not found in current target", name);
}

static enum err print(struct monitor *monitor, struct target *target, size_t index, bool numbered)
{
    const struct target_register *reg = describe(target, index);
    uint64_t value;
    enum err err = target_read_register(target, index, &value);

    if (err)
        return err;
    if (numbered)
        job_print(monitor->job, "(%zu) ", index);
    job_print(monitor->job, "%s (/%u): 0x%0*" PRIx64 "\n", reg->name, reg->bits, reg->bits / 4,
              value);
    return ERR_OK;
}

static enum err print_all(struct monitor *monitor, struct target *target)
{
    size_t count;
    uint64_t value;
    enum err err = target_read_register(target, 0, &value); /* no heading over an error */

    target_registers(target, &count);
    if (!err)
        job_print(monitor->job, "===== arm v7m registers\n");
    for (size_t i = 0; i < count && !err; i++)
        err = print(monitor, target, i, true);
    return err;
}

static enum err write(struct monitor *monitor, struct target *target, size_t index,
                      const char *word)
{
    unsigned bits = describe(target, index)->bits;
    uint32_t value;

    if (bits > 32)
        return job_fail(monitor->job, ERR_UNSUPPORTED, "a register of %u bits is for gdb to write",
                        bits);
    if (!monitor_number(word, UINT32_MAX >> (32 - bits), &value))
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not a number of %u bits", word,
                        bits);
    return target_write_register(target, index, value);
}

/* What is shown was read from the halted core, which nothing changes behind our back: `force`
 * needs nothing more. */
enum err monitor_reg(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    size_t index;
    enum err err = monitor_target(monitor, &target);

    if (err)
        return err;
    if (argc == 1)
        return print_all(monitor, target);
    err = find(monitor, target, argv[1], &index);
    if (!err && argc > 2 && strcmp(argv[2], "force") != 0)
        err = write(monitor, target, index, argv[2]);
    return !err ? print(monitor, target, index, false) : err;
}

/* --- as Tcl lists --- */

static enum err split_list(struct monitor *monitor, const char *list, struct monitor_words *words)
{
    const char *wrong = monitor_split(&list, words);

    if (!wrong && list)
        wrong = "the list holds more than words";
    return wrong ? job_fail(monitor->job, ERR_ARGUMENT, "%s", wrong) : ERR_OK;
}

static enum err print_pair(struct monitor *monitor, struct target *target, const char *name,
                           bool first)
{
    uint64_t value;
    size_t index;
    enum err err = find(monitor, target, name, &index);

    if (!err)
        err = target_read_register(target, index, &value);
    if (!err)
        job_print(monitor->job, "%s%s 0x%0*" PRIx64, first ? "" : " ", name,
                  describe(target, index)->bits / 4, value);
    return err;
}

enum err monitor_get_reg(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_words names;
    struct target *target;
    enum err err = monitor_target(monitor, &target);

    if (argc > 2 && strcmp(argv[1], "-force") != 0)
        return monitor_usage(monitor, argv[0]);
    if (!err)
        err = split_list(monitor, argv[argc - 1], &names);
    if (err)
        return err;
    for (int i = 0; i < names.count && !err; i++)
        err = print_pair(monitor, target, names.words[i], i == 0);
    job_print(monitor->job, "\n");
    return err;
}

enum err monitor_set_reg(struct monitor *monitor, int argc, const char *const argv[])
{
    struct monitor_words pairs;
    struct target *target;
    size_t index;
    enum err err = monitor_target(monitor, &target);

    (void)argc;
    if (!err)
        err = split_list(monitor, argv[1], &pairs);
    if (!err && pairs.count % 2 != 0)
        err = monitor_usage(monitor, argv[0]);
    for (int i = 0; !err && i < pairs.count; i += 2) {
        err = find(monitor, target, pairs.words[i], &index);
        if (!err)
            err = write(monitor, target, index, pairs.words[i + 1]);
    }
    return err;
}
