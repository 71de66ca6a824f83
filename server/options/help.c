/* SPDX-License-Identifier: MIT */
/* What is printed of the options. */
#include <string.h>

#include "base/wrapped.h"
#include "options/options_internal.h"
#include "probe/probe.h"

static const char examples[] =
    "probed: a debug server for STM32 microcontrollers: gdb on one side, a probe on the other\n"
    "\n"
    "  probed --sim                          nothing plugged in: a simulated Blue Pill\n"
    "  probed                                the probe that is plugged in\n"
    "  probed --connect under-reset          a program that turns its debug pins off\n"
    "  probed -c 'reset halt' --once         halt at the first instruction; leave with gdb\n"
    "  probed -f provision.probed            commands from a file, one a line\n"
    "  probed debug blink.elf                gdb in this terminal, stopped at main\n"
    "  probed --as openocd -f target/stm32f1x.cfg\n"
    "                                        openocd's command line; also st-util,\n"
    "                                        ST-LINK_gdbserver, pyocd\n"
    "\n"
    "  then, in another window:\n"
    "  gdb-multiarch firmware.elf -ex 'target extended-remote :3333' -ex load\n"
    "\n"
    "options:\n";

enum { HELP_COLUMN = 22 };

void options_print_pair(FILE *out, const char *left, const char *help)
{
    if (strlen(left) + 2 < HELP_COLUMN - 1)
        fprintf(out, "  %-*s", HELP_COLUMN - 2, left);
    else
        fprintf(out, "  %s\n%*s", left, HELP_COLUMN, "");
    wrapped_put(out, HELP_COLUMN, HELP_COLUMN, help);
}

static void print_boards(FILE *out)
{
    char text[600] = "Boards:";
    size_t used = strlen(text);
    const char *name;

    for (size_t i = 0; (name = probe_sim_board(i)) != NULL && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " %s", name);
    fprintf(out, "%*s", HELP_COLUMN, "");
    wrapped_put(out, HELP_COLUMN, HELP_COLUMN, text);
}

/* Of which board which is possible, a wrong one says. */
static void print_faults(FILE *out)
{
    char text[800] = "FAULTs:";
    size_t used = strlen(text);
    const char *name, *value;

    for (size_t i = 0; probe_sim_fault(i, &name, &value) && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " %s%s", name, value);
    fprintf(out, "%*s", HELP_COLUMN, "");
    wrapped_put(out, HELP_COLUMN, HELP_COLUMN, text);
}

static void print_row(FILE *out, const struct option_row *row)
{
    char left[80], letter[8] = "";

    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(left, sizeof left, "%s%s%s%s", letter, row->name, row->value_name ? " " : "",
             row->value_name ? row->value_name : "");
    options_print_pair(out, left, row->help);
    if (row->value != VALUE_BOARD)
        return;
    print_faults(out);
    print_boards(out);
}

void options_print_tools(FILE *out)
{
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].tools)
            print_row(out, &option_rows[i]);
}

size_t options_tool_names(const char *names[OPTIONS_TOOLS])
{
    size_t count = 0;

    for (size_t i = 0; i < option_row_count && count < OPTIONS_TOOLS; i++)
        if (option_rows[i].tools)
            names[count++] = option_rows[i].name;
    return count;
}

bool options_told(size_t index, bool tools, struct option_told *told)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];

        if ((tools && !row->tools) || index-- > 0)
            continue;
        *told = (struct option_told){row->name, row->letter, row->value_name,
                                     row->value == VALUE_BOARD, row->help};
        return true;
    }
    return false;
}

void options_print_help(FILE *out)
{
    fputs(examples, out);
    for (size_t i = 0; i < option_row_count; i++)
        print_row(out, &option_rows[i]);
}
