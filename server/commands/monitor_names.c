/* SPDX-License-Identifier: MIT */
/* What OpenOCD calls a chip and its core. */
#include <stdio.h>
#include <string.h>

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

struct monitor_name monitor_core_name(const struct target *target, unsigned core)
{
    struct monitor_name name;

    snprintf(name.text, sizeof name.text, core ? "%s.cpu%u" : "%s.cpu", monitor_family(target),
             core);
    return name;
}

struct monitor_name monitor_target_name(const struct target *target)
{
    return monitor_core_name(target, target_selected_core(target));
}

bool monitor_core_of(const struct target *target, const char *name, unsigned *core)
{
    size_t first = strlen(monitor_core_name(target, 0).text);

    for (*core = 0; *core < target_core_count(target); ++*core)
        if (strcmp(name, monitor_core_name(target, *core).text) == 0)
            return true;
    *core = 0;
    return strncmp(name, monitor_core_name(target, 0).text, first) == 0 &&
           strcmp(name + first, "0") == 0;
}
