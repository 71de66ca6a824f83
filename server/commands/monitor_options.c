/* SPDX-License-Identifier: MIT */
/* Protections and option bytes, of whichever family the chip is: what there is and what it is
 * called says the table of its driver. OpenOCD calls these by the name of a flash driver (`stm32f1x
 * ..`), with aliases for the families whose controller is the same: those of another family are
 * refused, since who types them expects another chip. */
#include <string.h>

#include "base/buf.h"
#include "chip/chips.h"
#include "commands/monitor_commands.h"
#include "commands/option_subject.h"
#include "flash/flash.h"
#include "flash/options.h"

/* --- protection against reading --- */

enum err monitor_lock(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_to_change(monitor, argv, &subject);

    (void)argc;
    if (!err)
        err = subject.options->lock(subject.target);
    if (err)
        return err;
    const char *says = subject.options->locked_says;
    job_print(monitor->job, "%s%s\n", says ? says : subject.options->says, says ? "" : " locked");
    option_subject_takes_effect(monitor, &subject);
    return ERR_OK;
}

static void print_unlocked(struct monitor *monitor, const struct option_subject *subject,
                           bool was_protected)
{
    const struct flash_options *options = subject->options;
    const char *says = options->unlocked_says;

    job_print(monitor->job, "%s%s\n", says ? says : options->says, says ? "" : " unlocked.");
    option_subject_takes_effect(monitor, subject);
    if (!was_protected || !options->unlock_wants_power)
        return;
    job_print(monitor->job, "the whole flash was erased; that it can be read again takes a power "
                            "cycle on this part, a reset is not enough\n");
    if (strcmp(probe_driver_name(monitor->session->probe), "sim") == 0)
        job_print(monitor->job, "on the simulated board: sim power off; sim power on\n");
}

enum err monitor_unlock(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_state before;
    struct option_subject subject = {0};
    enum err err = option_subject_to_change(monitor, argv, &subject);

    (void)argc;
    if (!err)
        err = subject.options->read(subject.target, &before);
    if (err)
        return err;
    if (before.readout_protected && target_chip(subject.target)->unlocked) {
        job_print(monitor->job, TARGET_UNLOCKED_TEXT "\n");
        return ERR_OK;
    }
    if (before.readout_protected)
        job_print(monitor->job, "unlocking erases %s\n", option_unlock_erases(subject.target));
    else
        job_print(monitor->job,
                  "the flash is not read-protected: nothing is erased, the option "
                  "bytes %s\n",
                  subject.options->unlock_keeps_others ? "stay as they are" : "get their defaults");
    err = subject.options->unlock(subject.target);
    if (!err)
        print_unlocked(monitor, &subject, before.readout_protected);
    return err;
}

/* --- erase --- */

enum err monitor_mass_erase(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_to_change(monitor, argv, &subject);

    (void)argc;
    if (err)
        return err;
    err = flash_erase_now(subject.target, subject.bank.start,
                          subject.options->erases_bank ? subject.bank.size : 0);
    job_print(monitor->job, "%s mass erase %s\n",
              subject.options->erased_says ? subject.options->erased_says : subject.options->says,
              !err ? "complete" : "failed");
    return err;
}

/* --- option bytes --- */

static void print_field(struct monitor *monitor, const struct option_field *field, uint32_t value)
{
    const struct option_value *meant = option_value(field, value);

    if (meant)
        job_print(monitor->job, "%s: %s\n", field->title, meant->text);
    else
        job_print(monitor->job, "%s = 0x%0*x\n", field->title, (field->bits + 3) / 4,
                  (unsigned)value);
}

/* "stm32f2x user_options 0xEC" */
static void print_numbers(struct monitor *monitor, const struct flash_options *options,
                          const struct option_state *state)
{
    char line[120];
    struct buf text;

    buf_init(&text, line, sizeof line - 1);
    for (uint8_t i = 0; i < options->number_count; i++) {
        const struct option_number *number = &options->numbers[i];

        buf_printf(&text, "%s %s 0x%0*X", i ? "," : "", number->name, number->digits,
                   (unsigned)option_number_get(number, state->in_force));
    }
    line[text.length] = '\0';
    job_print(monitor->job, "%s%s\n", options->says, line);
}

/* What is in force, not what is stored. */
static void print_options(struct monitor *monitor, const struct flash_options *options,
                          const struct option_state *state)
{
    for (uint8_t i = 0; i < options->register_count; i++)
        if (options->registers[i].title)
            job_print(monitor->job, "%s = 0x%x\n", options->registers[i].title,
                      (unsigned)state->in_force[i]);
    for (uint8_t i = 0; i < options->field_count; i++)
        print_field(monitor, &options->fields[i], option_get(&options->fields[i], state->in_force));
    if (state->broken)
        job_print(monitor->job, "an option byte and its complement disagree (OPTERR)\n");
}

enum err monitor_options_read(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_state state;
    struct option_subject subject = {0};
    enum err err = option_subject_find(monitor, argv, &subject);

    (void)argc;
    if (!err)
        err = subject.options->read(subject.target, &state);
    if (err)
        return err;
    if (subject.options->numbers)
        print_numbers(monitor, subject.options, &state);
    else
        print_options(monitor, subject.options, &state);
    return ERR_OK;
}

/* The field that `word` is a value of (*value), or the number of which follows it (*value NULL). */
static const struct option_field *find_word(const struct flash_options *options, const char *word,
                                            const struct option_value **value)
{
    for (uint8_t i = 0; i < options->field_count; i++) {
        const struct option_field *field = &options->fields[i];

        *value = NULL;
        if (field->word && strcmp(word, field->word) == 0)
            return field;
        for (uint8_t n = 0; n < field->value_count; n++) {
            *value = &field->values[n];
            if ((*value)->word && strcmp(word, (*value)->word) == 0)
                return field;
        }
    }
    return NULL;
}

static enum err take_words(struct monitor *monitor, int argc, const char *const argv[],
                           const struct flash_options *options, uint32_t *registers)
{
    const struct option_value *meant;

    for (int i = 2; i < argc; i++) {
        const struct option_field *field = find_word(options, argv[i], &meant);
        uint32_t value;

        if (!field || (!meant && i + 1 == argc))
            return monitor_usage(monitor, argv[0]);
        if (meant)
            value = meant->value;
        else if (monitor_value(monitor, argv[++i], field->title,
                               (uint32_t)((UINT64_C(1) << field->bits) - 1), &value) != ERR_OK)
            return ERR_ARGUMENT;
        option_set(field, registers, value);
    }
    return ERR_OK;
}

/* As many as the chip has. */
static enum err take_numbers(struct monitor *monitor, int argc, const char *const argv[],
                             const struct flash_options *options, uint32_t *registers)
{
    if (argc != 2 + options->number_count)
        return monitor_usage(monitor, argv[0]);
    for (uint8_t i = 0; i < options->number_count; i++) {
        const struct option_number *number = &options->numbers[i];
        uint32_t value;

        if (monitor_value(monitor, argv[2 + i], number->name, UINT32_MAX, &value) != ERR_OK)
            return ERR_ARGUMENT;
        if (!option_number_set(number, registers, value))
            return job_fail(monitor->job, ERR_ARGUMENT, "%s invalid %s", options->says,
                            number->name);
    }
    return ERR_OK;
}

static enum err change_options(struct monitor *monitor, struct option_subject *subject, int argc,
                               const char *const argv[])
{
    const struct flash_options *options = subject->options;
    enum option_consent consent = option_subject_consent(monitor, &argc, argv);
    struct option_state before, wanted;
    enum err err = options->read(subject->target, &before);

    wanted = before;
    if (!err && options->numbers)
        err = take_numbers(monitor, argc, argv, options, wanted.stored);
    else if (!err)
        err = take_words(monitor, argc, argv, options, wanted.stored);
    return err ? err : option_change(subject->target, options, &before, &wanted, consent);
}

enum err monitor_options_write(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_to_change(monitor, argv, &subject);

    if (!err)
        err = change_options(monitor, &subject, argc, argv);
    if (err)
        return err;
    job_print(monitor->job, "%s write options complete.\n", subject.options->says);
    if (option_subject_can_load(&subject))
        job_print(monitor->job,
                  "INFO: '%s options_load' command or power cycle is required for the new settings "
                  "to take effect.\n",
                  option_subject_driver(&subject));
    else
        option_subject_takes_effect(monitor, &subject);
    return ERR_OK;
}

/* A register that only some chips of the family have. */
enum err monitor_optcr2_write(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_find(monitor, argv, &subject);

    (void)argc;
    return err ? err : job_fail(monitor->job, ERR_UNSUPPORTED, "no optcr2 register");
}

/* --- `options [NAME=VALUE...]`: of any family --- */

static void list_options(struct monitor *monitor, const struct option_subject *subject,
                         const struct option_state *state)
{
    char line[300];

    for (uint32_t i = 0;
         option_line(subject->options, subject->target, i, state, line, sizeof line); i++)
        job_print(monitor->job, "%s\n", line);
    if (subject->options->hides_in_force)
        job_print(monitor->job, "%s\n", option_hidden);
}

static enum err set_options(struct monitor *monitor, const struct option_subject *subject, int argc,
                            const char *const argv[], const struct option_state *before)
{
    enum option_consent consent = option_subject_consent(monitor, &argc, argv);
    struct option_state wanted = *before;
    enum err err = argc > 1 ? ERR_OK : monitor_usage(monitor, argv[0]);
    char line[300];

    if (!err)
        err = option_take(monitor->job, subject->options, subject->target, (size_t)argc - 1,
                          argv + 1, wanted.stored);
    if (!err)
        err = option_change(subject->target, subject->options, before, &wanted, consent);
    for (uint32_t i = 0;
         !err && option_difference(subject->options, subject->target, i, before->stored,
                                   wanted.stored, line, sizeof line);
         i++)
        if (line[0])
            job_print(monitor->job, "%s\n", line);
    if (!err)
        option_subject_takes_effect(monitor, subject);
    if (!err &&
        option_moves_banks(subject->options, subject->target, before->stored, wanted.stored))
        job_print(monitor->job, "program no flash before that: its banks are where they were, and "
                                "the chip does not tell\n");
    return err;
}

enum err monitor_options(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_state state;
    struct option_subject subject = {0};
    enum err err = argc > 1 ? monitor_flash_allowed(monitor, &subject.target)
                            : monitor_target(monitor, &subject.target);

    monitor->typed = ""; /* no family's own command */
    if (!err)
        err = option_subject_check(monitor, &subject);
    if (!err)
        err = subject.options->read(subject.target, &state);
    if (!err && argc > 1)
        return set_options(monitor, &subject, argc, argv, &state);
    if (!err)
        list_options(monitor, &subject, &state);
    return err;
}

enum err monitor_options_load(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    enum err err = option_subject_find(monitor, argv, &subject);

    (void)argc;
    if (!err && !subject.options->load)
        err = job_fail(monitor->job, ERR_UNSUPPORTED, "%s", subject.options->no_load);
    if (!err)
        err = monitor_flash_allowed(monitor, &subject.target);
    return err ? err : subject.options->load(subject.target);
}

/* --- protection against writing: `flash protect BANK FIRST LAST on|off` --- */

static enum err write_blocks(struct monitor *monitor, const struct option_subject *subject,
                             uint32_t first, uint32_t last, bool on, enum option_consent consent)
{
    struct option_state before, wanted;
    enum err err = subject->options->read(subject->target, &before);

    wanted = before;
    if (!err)
        err = option_blocks_set(monitor->job, subject->options, subject->target, first, last, on,
                                wanted.stored);
    if (!err)
        err = option_change(subject->target, subject->options, &before, &wanted, consent);
    if (err)
        return err;
    job_print(monitor->job, "%s protection for %s %u through %u on flash bank %u\n",
              on ? "set" : "cleared", subject->options->blocks.size ? "blocks" : "sectors",
              (unsigned)first, (unsigned)last, subject->bank.number);
    option_subject_takes_effect(monitor, subject);
    return ERR_OK;
}

enum err monitor_protect(struct monitor *monitor, int argc, const char *const argv[])
{
    struct option_subject subject = {0};
    uint32_t first, last;
    bool on = false;
    enum option_consent consent = option_subject_consent(monitor, &argc, argv);
    enum err err = monitor_bank(monitor, argv[1], &subject.target, &subject.bank);

    monitor->typed = ""; /* no family's own command */
    if (!err && (argc != 5 || !monitor_switch(argv[4], &on)))
        err = monitor_usage(monitor, argv[0]);
    if (!err)
        err = option_subject_check(monitor, &subject);
    if (!err)
        err = monitor_flash_allowed(monitor, &subject.target);
    if (!err)
        err = monitor_bank_sectors(monitor, option_block_count(subject.options, subject.target),
                                   argv + 2, &first, &last);
    return err ? err : write_blocks(monitor, &subject, first, last, on, consent);
}
