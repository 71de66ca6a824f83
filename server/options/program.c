/* SPDX-License-Identifier: MIT */
/* Options about the program on the chip, and what all options have in common. */
#include <stdio.h>

#include "options/options_internal.h"
#include "rtos/rtos.h"

bool option_said_before(struct reading *reading, bool before, const char *instead)
{
    if (before)
        snprintf(reading->why, reading->why_size, "%s twice: %s", reading->name, instead);
    return before;
}

bool option_set_rtos(struct reading *reading)
{
    char names[160];

    if (option_said_before(reading, reading->options->rtos, "a program has one"))
        return false;
    reading->options->rtos = reading->value;
    if (rtos_is_choice(reading->value))
        return true;
    rtos_names(names, sizeof names);
    snprintf(reading->why, reading->why_size, "--rtos: no kernel %.40s; there are auto, none, %s",
             reading->value, names);
    return false;
}

bool option_set_elf(struct reading *reading)
{
    if (option_said_before(reading, reading->options->elf, "it is one file"))
        return false;
    reading->options->elf = reading->value;
    return true;
}
