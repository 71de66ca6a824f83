/* SPDX-License-Identifier: MIT */
#include "cli/manual.h"

#include <string.h>

#include "cli/told.h"

/* Text as it stands: nothing in it is markup. */
static void put_text(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr("\\*_[]|<>#~`+-.", text[i]))
            putc('\\', out);
        putc(text[i], out);
    }
}

static void put_bold(FILE *out, const char *text)
{
    putc('*', out);
    put_text(out, text, strlen(text));
    putc('*', out);
}

/* --- a tool's text --- */

enum kind { PROSE, EXAMPLE, GAP };

static enum kind kind_of(const char *line)
{
    return line[0] == '\n' ? GAP : strncmp(line, "  ", 2) == 0 ? EXAMPLE : PROSE;
}

/* Lines that are indented are typed, or shown, as they stand; the others are prose. */
static void put_tool_text(FILE *out, const char *text)
{
    enum kind before = GAP;

    for (size_t length; *text; text += length) {
        enum kind kind = kind_of(text);

        length = strcspn(text, "\n");
        if ((kind == EXAMPLE) != (before == EXAMPLE))
            fputs("```\n", out);
        if (kind == EXAMPLE)
            fprintf(out, "%.*s", (int)length, text);
        else
            put_text(out, text, length);
        putc('\n', out);
        length += text[length] == '\n';
        before = kind;
    }
    fputs(before == EXAMPLE ? "```\n\n" : "\n", out);
}

/* --- sections --- */

static void put_boards(FILE *out)
{
    const char *name, *value;

    fputs(" FAULTs:", out);
    for (size_t i = 0; probe_sim_fault(i, &name, &value); i++) {
        putc(' ', out);
        put_text(out, name, strlen(name));
        put_text(out, value, strlen(value));
    }
    fputs(" Boards:", out);
    for (size_t i = 0; (name = probe_sim_board(i)) != NULL; i++) {
        putc(' ', out);
        put_text(out, name, strlen(name));
    }
}

static void put_option(FILE *out, const struct option_told *told)
{
    if (told->letter)
        fprintf(out, "*\\-%c*, ", told->letter);
    put_bold(out, told->name);
    if (told->value) {
        putc(' ', out);
        put_text(out, told->value, strlen(told->value));
    }
    fputs("\n\t", out);
    put_text(out, told->help, strlen(told->help));
    if (told->may_lack)
        put_boards(out);
    fputs("\n\n", out);
}

static void put_options(FILE *out, const struct told_tool *tool)
{
    struct option_told told;

    fputs("# OPTIONS\n\n", out);
    for (size_t i = 0; told_option(tool, i, &told); i++)
        put_option(out, &told);
}

static void put_head(FILE *out, const char *name, const char *help)
{
    fprintf(out, "%s(1) \"\" \"probed " PROBED_VERSION "\"\n\n# NAME\n\n", name);
    put_text(out, name, strlen(name));
    fputs(" \\- ", out);
    put_text(out, help, strlen(help));
    fputs("\n\n# SYNOPSIS\n\n", out);
}

static void put_tool_page(FILE *out, const char *name, const struct told_tool *tool)
{
    put_head(out, name, tool->help);
    fputs("*probed ", out);
    put_text(out, tool->name, strlen(tool->name));
    fputs("* [_options_] ", out);
    put_text(out, tool->usage, strlen(tool->usage));
    fputs("\n\n# DESCRIPTION\n\n", out);
    put_tool_text(out, tool->text);
    put_options(out, tool);
    fputs("# SEE ALSO\n\n*probed*(1)\n", out);
}

/* --- the daemon's page --- */

static const char description[] =
    "A daemon that lets *gdb*(1), an IDE or a person on *telnet*(1) debug an STM32 "
    "microcontroller\n"
    "through a debug probe. Without a command it serves gdb at port 3333 and telnet at 4444 of "
    "this\n"
    "machine until Ctrl\\-C. With a command it does one thing and ends.\n\n"
    "```\n"
    "probed --sim                          nothing plugged in: a simulated Blue Pill\n"
    "probed                                the probe that is plugged in\n"
    "gdb-multiarch firmware.elf -ex 'target extended-remote :3333' -ex load\n"
    "```\n\n"
    "Under the name of another server (by *\\-\\-as*, or a link of that name; they are installed "
    "in\n"
    "libexec/probed) it takes that server's command line: openocd, st\\-util, "
    "ST\\-LINK\\_gdbserver,\n"
    "pyocd.\n\n";

static const char rest[] =
    "# EXIT STATUS\n\n"
    "0: all went well. 1: it failed, as standard error says. 2: the command line is wrong. What a\n"
    "command does otherwise stands in its page.\n\n"
    "# ENVIRONMENT\n\n"
    "*PROBED\\_SIM*\n"
    "\tBOARD[,FAULT...]: a simulated board where no probe is named, whatever the command line.\n\n"
    "*LISTEN\\_FDS*, *LISTEN\\_FDNAMES*\n"
    "\tsockets that systemd listens at, named gdb, telnet or tcl: see *systemd.socket*(5).\n\n"
    "# FILES\n\n"
    "_lib/udev/rules.d/60\\-probed.rules_\n"
    "\tlets people use probes without being root: whoever sits at the machine, and the group\n"
    "\tplugdev.\n\n"
    "_share/doc/probed_\n"
    "\tthe documentation, and examples for IDEs and test runners.\n\n"
    "# SEE ALSO\n\n";

static void put_commands(FILE *out)
{
    struct told_tool tool;

    fputs("# COMMANDS\n\n", out);
    for (size_t i = 0; told_tool(i, &tool); i++) {
        put_bold(out, tool.name);
        putc(' ', out);
        put_text(out, tool.usage, strlen(tool.usage));
        fputs("\n\t", out);
        put_text(out, tool.help, strlen(tool.help));
        fprintf(out, ": *probed-%s*(1)\n\n", tool.name);
    }
}

static void put_daemon_page(FILE *out)
{
    struct told_tool tool;

    put_head(out, "probed", "a debug server for STM32 microcontrollers");
    fputs("*probed* [_options_]\n\n*probed* _command_ [...]\n\n# DESCRIPTION\n\n", out);
    fputs(description, out);
    put_commands(out);
    put_options(out, NULL);
    fputs(rest, out);
    for (size_t i = 0; told_tool(i, &tool); i++)
        fprintf(out, "*probed-%s*(1), ", tool.name);
    fputs("*gdb*(1)\n", out);
}

bool manual_print(FILE *out, const char *name)
{
    static const char before[] = "probed-";
    struct told_tool tool;

    if (strcmp(name, "probed") == 0)
        put_daemon_page(out);
    else if (strncmp(name, before, sizeof before - 1) == 0 &&
             told_find(name + sizeof before - 1, &tool))
        put_tool_page(out, name, &tool);
    else
        return false;
    return true;
}
