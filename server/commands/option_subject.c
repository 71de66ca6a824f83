/* SPDX-License-Identifier: MIT */
#include "commands/option_subject.h"

#include <string.h>

#include "chip/chips.h"

static bool is_called(const char *asked, const struct chip_family *family)
{
    return !asked[0] || (family->openocd && strcmp(asked, family->openocd) == 0) ||
           (family->commands && strcmp(asked, family->commands) == 0);
}

enum err option_subject_check(struct monitor *monitor, struct option_subject *subject)
{
    const struct target_chip *chip = target_chip(subject->target);

    if (!is_called(monitor->typed, chip_family_of(chip->dev_id)))
        return job_fail(monitor->job, ERR_UNSUPPORTED, "this chip is no %.20s: it is %s (%s)",
                        monitor->typed, monitor_family(subject->target), chip->name);
    subject->options = flash_options_for(subject->target);
    if (subject->options)
        return ERR_OK;
    return job_fail(monitor->job, ERR_UNSUPPORTED,
                    "the option bytes of %s are not known to this command yet", chip->name);
}

enum err option_subject_find(struct monitor *monitor, const char *const argv[],
                             struct option_subject *subject)
{
    enum err err = monitor_bank(monitor, argv[1], &subject->target, &subject->bank);

    return !err ? option_subject_check(monitor, subject) : err;
}

enum err option_subject_to_change(struct monitor *monitor, const char *const argv[],
                                  struct option_subject *subject)
{
    enum err err = option_subject_find(monitor, argv, subject);

    return !err ? monitor_flash_allowed(monitor, &subject->target) : err;
}

bool option_subject_can_load(const struct option_subject *subject)
{
    return subject->options->load != NULL;
}

const char *option_subject_driver(const struct option_subject *subject)
{
    return chip_family_of(target_chip(subject->target)->dev_id)->commands;
}

void option_subject_takes_effect(struct monitor *monitor, const struct option_subject *subject)
{
    struct option_state now;

    if (subject->options->at_once && subject->options->read(subject->target, &now) == ERR_OK &&
        !option_waits(subject->options, &now))
        return;
    job_print(monitor->job, "INFO: a reset or power cycle is required for the new settings to take "
                            "effect.\n");
    if (option_subject_can_load(subject) && !subject->options->reset_loads)
        job_print(monitor->job,
                  "of this part not by a reset: by `monitor %s %s %u`, which resets it, or a power "
                  "cycle\n",
                  option_subject_driver(subject), subject->options->load_command,
                  subject->bank.number);
}

enum option_consent option_subject_consent(const struct monitor *monitor, int *argc,
                                           const char *const argv[])
{
    const struct target *target = monitor->session->target;
    bool said = false, more = true;
    const char *id = NULL;

    while (more) {
        if (*argc > 1 && strcmp(argv[*argc - 1], "--irreversible") == 0) {
            said = true;
            *argc -= 1;
        } else if (*argc > 2 && strcmp(argv[*argc - 2], "--id") == 0) {
            id = argv[*argc - 1];
            *argc -= 2;
        } else {
            more = false;
        }
    }
    return target ? option_consent(target, said, id) : OPTION_NOTHING_SAID;
}
