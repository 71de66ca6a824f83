/* SPDX-License-Identifier: MIT */
/* Completion from a small table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "consoles/completion.h"

static const struct monitor_command table[] = {
    {.name = "flash banks", .usage = ""},
    {.name = "flash erase_sector", .usage = "BANK FIRST LAST|last"},
    {.name = "flash probe", .usage = "BANK"},
    {.name = "halt", .usage = "[MS]"},
    {.name = "reset", .usage = "[run|halt|init]"},
    {.name = "resume", .usage = "[ADDRESS]"},
    {.name = "wp", .usage = "[ADDRESS LENGTH [r|w|a]]"},
};

enum { TABLE = sizeof table / sizeof *table };

static struct completion completion;

/* The words found, parted by spaces. */
static void expect(const char *line, const char *words)
{
    char text[400];
    struct buf out;

    buf_init(&out, text, sizeof text - 1);
    completion_find(&completion, line, strlen(line), table, TABLE);
    for (size_t i = 0; i < completion.count; i++) {
        buf_text(&out, i > 0 ? " " : "");
        buf_put(&out, completion.words[i].text, completion.words[i].length);
    }
    text[out.length] = '\0';
    assert_string_equal(text, words);
}

static void commands_are_completed(void **state)
{
    (void)state;
    expect("ha", "halt");
    expect("  re", "reset resume");
    expect("", "flash halt reset resume wp");
    expect("xyz", "");
    expect("halt; fl", "flash");
}

static void words_of_names_are_completed(void **state)
{
    (void)state;
    expect("flash ", "banks erase_sector probe");
    expect("flash p", "probe");
    expect("flash probe p", "");
}

static void literal_arguments_are_completed(void **state)
{
    (void)state;
    expect("reset ", "halt init run");
    expect("reset h", "halt");
    expect("reset halt ", "");
    expect("flash erase_sector 0 0 ", "last");
    expect("wp 0 4 ", "a r w");
    expect("resume ", "");
    expect("a b c d e f g h i j k l", "");
}

static void what_they_share_is_known(void **state)
{
    (void)state;
    expect("r", "reset resume");
    assert_int_equal(completion_common(&completion), 3);
    assert_int_equal(completion.typed, 1);
    expect("q", "");
    assert_int_equal(completion_common(&completion), 0);
}

static void they_are_listed_in_columns(void **state)
{
    char text[200];
    struct buf out;

    (void)state;
    buf_init(&out, text, sizeof text - 1);
    expect("", "flash halt reset resume wp");
    completion_list(&completion, 20, &out);
    text[out.length] = '\0';
    assert_string_equal(text, "flash   halt\r\nreset   resume\r\nwp\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_completed),
        cmocka_unit_test(words_of_names_are_completed),
        cmocka_unit_test(literal_arguments_are_completed),
        cmocka_unit_test(what_they_share_is_known),
        cmocka_unit_test(they_are_listed_in_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
