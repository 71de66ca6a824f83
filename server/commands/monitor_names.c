/* SPDX-License-Identifier: MIT */
/* What OpenOCD calls a chip and its core. */
#include <stdio.h>

#include "chip/chips.h"
#include "commands/monitor_commands.h"

const char *monitor_family(const struct target *target)
{
    const char *name = chip_family_of(target_chip(target)->dev_id)->openocd;

    return name ? name : "cortex_m";
}

const char *monitor_flash_driver(const struct target *target)
{
    const char *name = chip_family_of(target_chip(target)->dev_id)->commands;

    return name ? name : monitor_family(target);
}

struct monitor_name monitor_target_name(const struct target *target)
{
    struct monitor_name name;

    snprintf(name.text, sizeof name.text, "%s.cpu", monitor_family(target));
    return name;
}
