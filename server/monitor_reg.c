/* SPDX-License-Identifier: MIT */
/* Registers of the halted core: reg. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "monitor_commands.h"
#include "monitor_words.h"

/* Index of the register called so or numbered so, or `count`. */
static size_t find(const struct target_register *registers, size_t count, const char *name)
{
    uint32_t number;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(registers[i].name, name) == 0)
            return i;
    }
    return monitor_number(name, UINT32_MAX, &number) && number < count ? number : count;
}

static enum err print(struct monitor *monitor, struct target *target, size_t index, bool numbered)
{
    size_t count;
    const struct target_register *reg = &target_registers(target, &count)[index];
    uint64_t value;
    enum err err = target_read_register(target, index, &value);

    if (err != ERR_OK)
        return err;
    if (numbered)
        job_print(monitor->job, "(%zu) ", index);
    job_print(monitor->job, "%s (/%u): 0x%0*" PRIx64 "\n", reg->name, reg->bits, reg->bits / 4,
              value);
    return ERR_OK;
}

static enum err print_all(struct monitor *monitor, struct target *target, size_t count)
{
    uint64_t value;
    enum err err = target_read_register(target, 0, &value); /* no heading over an error */

    if (err == ERR_OK)
        job_print(monitor->job, "===== arm v7m registers\n");
    for (size_t i = 0; i < count && err == ERR_OK; i++)
        err = print(monitor, target, i, true);
    return err;
}

static enum err write(struct monitor *monitor, struct target *target, size_t index, unsigned bits,
                      const char *word)
{
    uint32_t value;

    if (bits > 32)
        return job_fail(monitor->job, ERR_UNSUPPORTED, "a register of %u bits is for gdb to write",
                        bits);
    if (!monitor_number(word, UINT32_MAX >> (32 - bits), &value))
        return job_fail(monitor->job, ERR_ARGUMENT, "'%.40s' is not a number of %u bits", word,
                        bits);
    return target_write_register(target, index, value);
}

enum err monitor_reg(struct monitor *monitor, int argc, const char *const argv[])
{
    struct target *target;
    size_t count;
    enum err err = monitor_target(monitor, &target);

    if (err != ERR_OK)
        return err;
    const struct target_register *registers = target_registers(target, &count);
    if (argc == 1)
        return print_all(monitor, target, count);
    size_t index = find(registers, count, argv[1]);
    if (index == count)
        return job_fail(monitor->job, ERR_ARGUMENT, "register %.40s not found in current target",
                        argv[1]);
    if (argc > 2)
        err = write(monitor, target, index, registers[index].bits, argv[2]);
    return err == ERR_OK ? print(monitor, target, index, false) : err;
}
