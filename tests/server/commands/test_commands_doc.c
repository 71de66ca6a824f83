/* SPDX-License-Identifier: MIT */
/* docs/commands.md and the tables of commands say the same. Argument: the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "commands/monitor.h"
#include "commands/monitor_commands.h"

static const char *page;

/* The rows of the section that begins with this line; 0 at its end. */
struct rows {
    FILE *file;
    char line[1024];
};

static void open_section(struct rows *rows, const char *heading)
{
    rows->file = fopen(page, "r");
    assert_non_null(rows->file);
    while (fgets(rows->line, sizeof rows->line, rows->file))
        if (strncmp(rows->line, heading, strlen(heading)) == 0)
            return;
    fail_msg("no section %s", heading);
}

static const char *next_row(struct rows *rows)
{
    while (fgets(rows->line, sizeof rows->line, rows->file) && strncmp(rows->line, "## ", 3) != 0)
        if (strncmp(rows->line, "| `", 3) == 0)
            return rows->line;
    fclose(rows->file);
    return NULL;
}

/* "| `reset [run\|halt]` | ": a pipe inside is escaped. */
static void expected_row(char *row, size_t size, const char *name, const char *usage)
{
    size_t used = (size_t)snprintf(row, size, "| `%s%s", name, usage[0] ? " " : "");

    for (; *usage && used + 2 < size; usage++) {
        if (*usage == '|')
            row[used++] = '\\';
        row[used++] = *usage;
    }
    snprintf(row + used, size - used, "` | ");
}

static bool judged(const char *cell)
{
    return strncmp(cell, "same |", 6) == 0 || strncmp(cell, "other |", 7) == 0 ||
           strncmp(cell, "ours |", 6) == 0;
}

static void every_command_has_its_row_in_order(void **state)
{
    struct rows rows;
    char row[512];

    (void)state;
    open_section(&rows, "## Commands");
    for (size_t i = 0; i < monitor_command_count; i++) {
        const struct monitor_command *command = &monitor_commands[i];

        if (command->run == monitor_not_yet)
            continue;
        expected_row(row, sizeof row, command->name, command->usage);
        const char *line = next_row(&rows);
        assert_non_null(line);
        if (strncmp(line, row, strlen(row)) != 0)
            fail_msg("expected %s, found %s", row, line);
        if (!judged(line + strlen(row)))
            fail_msg("%s: neither same, other nor ours", row);
    }
    assert_null(next_row(&rows));
}

static void every_alias_has_its_row_in_order(void **state)
{
    struct rows rows;

    (void)state;
    open_section(&rows, "## Other spellings");
    for (size_t i = 0; i < monitor_alias_count; i++) {
        const struct monitor_alias *alias = &monitor_aliases[i];
        char row[256];
        size_t used = (size_t)snprintf(row, sizeof row, "| `%s` | `", alias->name);

        for (size_t k = 0; alias->means[k]; k++)
            used += (size_t)snprintf(row + used, sizeof row - used, "%s%s", k ? " " : "",
                                     alias->means[k]);
        snprintf(row + used, sizeof row - used, "` |\n");
        const char *line = next_row(&rows);
        assert_non_null(line);
        assert_string_equal(line, row);
    }
    assert_null(next_row(&rows));
}

static bool is_there(const char *name, size_t length)
{
    for (size_t i = 0; i < monitor_command_count; i++)
        if (strlen(monitor_commands[i].name) == length &&
            memcmp(monitor_commands[i].name, name, length) == 0)
            return monitor_commands[i].run != monitor_not_yet;
    for (size_t i = 0; i < monitor_alias_count; i++)
        if (strlen(monitor_aliases[i].name) == length &&
            memcmp(monitor_aliases[i].name, name, length) == 0)
            return true;
    return false;
}

/* Known by name first, in order; then names that the tables must not have. */
static void what_is_not_there_is_listed(void **state)
{
    struct rows rows;
    const char *line;

    (void)state;
    open_section(&rows, "## Not there");
    for (size_t i = 0; i < monitor_command_count; i++) {
        char row[256];

        if (monitor_commands[i].run != monitor_not_yet)
            continue;
        snprintf(row, sizeof row, "| `%s` | ", monitor_commands[i].name);
        line = next_row(&rows);
        assert_non_null(line);
        if (strncmp(line, row, strlen(row)) != 0)
            fail_msg("expected %s, found %s", row, line);
    }
    while ((line = next_row(&rows))) {
        const char *end = strstr(line, "` | ");

        for (const char *at = strchr(line, '`'); at && at < end; at = strchr(at + 1, '`')) {
            size_t length = strcspn(at + 1, "`");

            if (is_there(at + 1, length))
                fail_msg("%.*s is there", (int)length, at + 1);
            at += 1 + length;
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_its_row_in_order),
        cmocka_unit_test(every_alias_has_its_row_in_order),
        cmocka_unit_test(what_is_not_there_is_listed),
    };

    page = argc > 1 ? argv[1] : "docs/commands.md";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
