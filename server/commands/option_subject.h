/* SPDX-License-Identifier: MIT */
/* What a command about option bytes is about, and what all of them do alike. OpenOCD calls them by
 * the name of a flash driver (`stm32f1x ..`), with aliases for the families whose controller is the
 * same: those of another family are refused, since who types them expects another chip. */
#ifndef PROBED_OPTION_SUBJECT_H
#define PROBED_OPTION_SUBJECT_H

#include "commands/monitor_commands.h"
#include "flash/options.h"

struct option_subject {
    struct target *target;
    struct monitor_bank bank;
    const struct flash_options *options;
};

/* `BANK` is argv[1]; the second is about to change something. */
enum err option_subject_find(struct monitor *monitor, const char *const argv[],
                             struct option_subject *subject);
enum err option_subject_to_change(struct monitor *monitor, const char *const argv[],
                                  struct option_subject *subject);
/* The target is known: the rest. */
enum err option_subject_check(struct monitor *monitor, struct option_subject *subject);
bool option_subject_can_load(const struct option_subject *subject);
/* "stm32f1x" */
const char *option_subject_driver(const struct option_subject *subject);
/* As OpenOCD says it, and where that is not all. */
void option_subject_takes_effect(struct monitor *monitor, const struct option_subject *subject);
/* What the last words, which it takes away, say of what cannot be undone: `--irreversible`, `--id
 * DEV_ID`. There is a target. */
enum option_consent option_subject_consent(const struct monitor *monitor, int *argc,
                                           const char *const argv[]);

#endif
