/* SPDX-License-Identifier: MIT */
#include "cli/advice.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static const char monitor[] = "monitor ", probed[] = "probed ";

/* What a monitor command is on the command line, by how it begins or, with a '*', by how it ends.
 */
static const struct {
    const char *monitor, *tool;
} tools[] = {
    {"options", "options"},   {"reset", "reset"},   {"doctor", "doctor"},
    {"* unlock 0", "unlock"}, {"* lock 0", "lock"},
};

static bool begins(const char *text, size_t length, const char *with)
{
    return length >= strlen(with) && strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, size_t length, const char *with)
{
    return length >= strlen(with) && strncmp(text + length - strlen(with), with, strlen(with)) == 0;
}

/* With a blank before each. */
static void put_probe(struct buf *out, int argc, const char *const argv[])
{
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool is_sim = strcmp(argv[i], "--sim") == 0, is_probe = strcmp(argv[i], "--probe") == 0;

        if (is_probe || is_sim || strncmp(argv[i], "--probe=", 8) == 0 ||
            strncmp(argv[i], "--sim=", 6) == 0)
            buf_printf(out, " %s", argv[i]);
        if ((is_probe || is_sim) && i + 1 < argc && argv[i + 1][0] != '-')
            buf_printf(out, " %s", argv[i + 1]);
    }
}

/* A tool's name, and what stands behind it. */
static void put_tool(struct buf *out, const char *command, size_t length, int argc,
                     const char *const argv[])
{
    size_t name = strcspn(command, " `'");

    name = name < length ? name : length;
    buf_printf(out, "%s%.*s", probed, (int)name, command);
    put_probe(out, argc, argv);
    buf_printf(out, "%.*s", (int)(length - name), command + name);
}

static void put_monitor(struct buf *out, const char *command, size_t length, int argc,
                        const char *const argv[])
{
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (tools[i].monitor[0] == '*' && ends(command, length, tools[i].monitor + 1)) {
            put_tool(out, tools[i].tool, strlen(tools[i].tool), argc, argv);
            return;
        }
        if (begins(command, length, tools[i].monitor)) {
            put_tool(out, command, length, argc, argv);
            return;
        }
    }
    buf_printf(out, "%.*s", (int)strlen(probed) - 1, probed);
    put_probe(out, argc, argv);
    buf_printf(out, " -c '%.*s' -c shutdown", (int)length, command);
}

const char *advice_for_shell(const char *text, int argc, const char *const argv[], char *out,
                             size_t size)
{
    struct buf buf;

    buf_init(&buf, out, size - 1);
    for (size_t length; *text; text += length) {
        length = 1 + strcspn(text + 1, "`'");
        bool quoted = *text == '`' || *text == '\'';
        const char *command = text + 1;

        if (quoted && begins(command, length - 1, monitor)) {
            buf_printf(&buf, "`");
            put_monitor(&buf, command + strlen(monitor), length - 1 - strlen(monitor), argc, argv);
        } else if (quoted && begins(command, length - 1, probed)) {
            buf_printf(&buf, "`");
            put_tool(&buf, command + strlen(probed), length - 1 - strlen(probed), argc, argv);
        } else {
            buf_printf(&buf, "%.*s", (int)length, text);
            continue;
        }
        if (text[length]) {
            buf_printf(&buf, "`");
            length++;
        }
    }
    out[buf.length] = '\0';
    return out;
}
