/* SPDX-License-Identifier: MIT */
/* Option bytes as registers, as OpenOCD's driver stm32l4x and its kin show and write them: by an
 * offset. What is written goes through the same door as all other changes. */
#include <string.h>

#include "base/buf.h"
#include "chip/chips.h"
#include "commands/option_subject.h"

enum { CONTROLLER_SIZE = 0x400 };

static uint32_t address_of(const struct option_subject *subject, uint32_t offset)
{
    return chip_family_of(target_chip(subject->target)->dev_id)->controller + offset;
}

/* Any register of the controller may be asked for. */
enum err monitor_option_read(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    uint32_t offset, value = 0;
    enum err err = option_subject_find(monitor, argv, &subject);

    (void)argc;
    if (!err)
        err = monitor_value(monitor, argv[2], "offset", CONTROLLER_SIZE - 4, &offset);
    if (!err && offset % 4)
        err = job_fail(monitor->job, ERR_ARGUMENT, "offset 0x%x is no multiple of 4",
                       (unsigned)offset);
    if (!err)
        err = target_read_width(subject.target, address_of(&subject, offset), 4, &value, 1);
    if (!err)
        job_print(monitor->job, "Option Register: <0x%x> = 0x%x\n",
                  (unsigned)address_of(&subject, offset), (unsigned)value);
    return err;
}

/* OFFSET VALUE [MASK], from argv[2] on, into the word of `registers` that it is about. */
static enum err take_register(struct monitor *monitor, const struct flash_options *options,
                              int argc, const char *const argv[], uint32_t *registers)
{
    uint32_t offset, value, mask = UINT32_MAX;
    enum err err = monitor_value(monitor, argv[2], "offset", CONTROLLER_SIZE - 4, &offset);

    if (!err)
        err = monitor_value(monitor, argv[3], "value", UINT32_MAX, &value);
    if (!err && argc > 4)
        err = monitor_value(monitor, argv[4], "mask", UINT32_MAX, &mask);
    for (uint8_t i = 0; i < options->register_count && !err; i++)
        if (options->registers[i].offset == offset) {
            registers[i] = (registers[i] & ~mask) | (value & mask);
            return ERR_OK;
        }
    return err ? err
               : job_fail(monitor->job, ERR_ARGUMENT,
                          "at offset 0x%x this chip has no register of option bytes",
                          (unsigned)offset);
}

enum err monitor_option_write(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    struct option_state before, wanted;
    enum option_consent consent = option_subject_consent(monitor, &argc, argv);
    enum err err;

    if (argc < 4)
        return monitor_usage(monitor, argv[0]);
    err = option_subject_to_change(monitor, argv, &subject);
    if (!err)
        err = subject.options->read(subject.target, &before);
    if (err)
        return err;
    wanted = before;
    err = take_register(monitor, subject.options, argc, argv, wanted.stored);
    if (!err)
        err = option_change(subject.target, subject.options, &before, &wanted, consent);
    if (err)
        return err;
    job_print(monitor->job, "%s Option written.\n", subject.options->says);
    option_subject_takes_effect(monitor, &subject);
    return ERR_OK;
}

enum err monitor_option_load(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_to_change(monitor, argv, &subject);

    (void)argc;
    if (err)
        return err;
    if (!subject.options->load)
        return job_fail(monitor->job, ERR_UNSUPPORTED, "%s", subject.options->no_load);
    err = subject.options->load(subject.target);
    if (!err)
        job_print(monitor->job, "%s option load completed. Power-on reset might be required\n",
                  subject.options->says);
    return err;
}

/* --- write protection, as ranges --- */

/* Blocks of all banks, or of one: of those whose flash is `bank` runs behind the first. */
static void put_ranges(struct buf *text, const struct option_subject *subject,
                       const struct option_state *state, int bank)
{
    struct option_block block, next;
    uint8_t first_reg = subject->options->blocks.reg;

    for (uint32_t i = 0; option_block_get(subject->options, subject->target, i, &block); i++) {
        uint32_t first = i;

        if ((bank >= 0 && (block.reg != first_reg) != (bank == 1)) ||
            !option_block_protected(&block, state->stored))
            continue;
        while (option_block_get(subject->options, subject->target, i + 1, &next) &&
               next.reg == block.reg && option_block_protected(&next, state->stored))
            i++;
        buf_printf(text, " [%u,%u]", (unsigned)first, (unsigned)i);
    }
}

enum err monitor_wrp_info(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    struct option_state state;
    char line[120];
    struct buf text;
    int bank = argc < 3 ? -1 : strcmp(argv[2], "bank1") == 0 ? 0 : 1;

    if (bank == 1 && strcmp(argv[2], "bank2") != 0)
        return monitor_usage(monitor, argv[0]);
    enum err err = option_subject_find(monitor, argv, &subject);
    if (!err)
        err = subject.options->read(subject.target, &state);
    if (err)
        return err;
    buf_init(&text, line, sizeof line - 1);
    put_ranges(&text, &subject, &state, bank);
    line[text.length] = '\0';
    job_print(monitor->job, text.length ? "protected areas:%s\n" : "no protected areas\n", line);
    return ERR_OK;
}

/* --- what there is not --- */

enum err monitor_trustzone(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_find(monitor, argv, &subject);

    (void)argc;
    return err ? err
               : job_fail(monitor->job, ERR_UNSUPPORTED, "This device does not have a TrustZone");
}
