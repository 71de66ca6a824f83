/* SPDX-License-Identifier: MIT */
/* How a line of monitor commands falls into words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "commands/monitor_words.h"

/* The words as "[a][b];[c]", or what is wrong. */
static const char *split(const char *line)
{
    static char text[256];
    struct monitor_words words;
    size_t used = 0;

    text[0] = '\0';
    while (line) {
        const char *wrong = monitor_split(&line, &words);

        if (wrong)
            return wrong;
        for (int i = 0; i < words.count; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "[%s]", words.words[i]);
        if (line)
            used += (size_t)snprintf(text + used, sizeof text - used, ";");
    }
    return text;
}

static void lines_fall_into_words(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"  halt  ", "[halt]"},
        {"mdw 0x20000000\t4", "[mdw][0x20000000][4]"},
        {"halt;reg pc", "[halt];[reg][pc]"},
        {"halt ; ; resume", "[halt];;[resume]"},
        {"halt\nresume\r\n", "[halt];[resume];"},
        {"echo \"a ; b\" c", "[echo][a ; b][c]"},
        {"echo \"say \\\"x\\\" \\\\ \\n\"", "[echo][say \"x\" \\ \\n]"},
        {"echo {a {b ; c} \"}x", "[echo][a {b ; c} \"][x]"},
        {"echo \"\" {}", "[echo][][]"},
        {"a\"b c\"d", "[ab cd]"},
        {"echo \"open", "a quote is not closed"},
        {"echo {open {x}", "a brace is not closed"},
        {"echo \"ends\\", "a quote is not closed"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(split(cases[i][0]), cases[i][1]);
}

/* What Tcl would replace is marked; the first word of it. */
static void substitutions_are_seen(void **state)
{
    static const char *const cases[][2] = {
        {"mww $x 1", "$x"},
        {"$_TARGETNAME mww 0 1", "$_TARGETNAME"},
        {"echo a${b}c", "a${b}c"},
        {"echo \"x $::y z\"", "x $::y z"},
        {"mdw [expr 1]", "[expr"},
        {"echo \"[halt]\"", "[halt]"},
        {"[halt]", "[halt]"},
        {"echo $a [b]", "$a"},
        {"echo {$x [halt]}", NULL},
        {"echo \\$x \\[y\\]", NULL},
        {"echo \"\\$x \\[y\\]\"", NULL},
        {"echo costs 5$ $ $- a]", NULL},
    };
    struct monitor_words words;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *line = cases[i][0];

        assert_null(monitor_split(&line, &words));
        if (!cases[i][1]) {
            assert_null(words.tcl);
            continue;
        }
        assert_non_null(words.tcl);
        assert_string_equal(words.tcl, cases[i][1]);
    }
    assert_string_equal(split("echo \\$x \\[y\\] \"\\$z\""), "[echo][$x][[y]][$z]");
}

static void lines_have_an_end(void **state)
{
    char line[3 * MONITOR_COMMAND_SIZE] = "";

    (void)state;
    for (int i = 0; i <= MONITOR_WORDS; i++)
        memcpy(line + 2 * i, "w ", 3);
    assert_string_equal(split(line), "too many words");
    memset(line, 'x', sizeof line - 1);
    assert_string_equal(split(line), "the command is too long");
    line[MONITOR_COMMAND_SIZE] = '\0'; /* with its NUL one more than there is room for */
    assert_string_equal(split(line), "the command is too long");
    memset(line, '{', sizeof line - 1); /* depth is counted, not recursed into */
    assert_string_equal(split(line), "a brace is not closed");
}

static void numbers_are_checked(void **state)
{
    static const char *const wrong[] = {"",   "-1",  "+1",   " 1",          "1 ",
                                        "0x", "0xg", "12ab", "0x100000000", "99999999999999999999"};
    uint32_t value;

    (void)state;
    assert_true(monitor_number("0x20000000", UINT32_MAX, &value));
    assert_int_equal(value, 0x20000000);
    assert_true(monitor_number("0010", UINT32_MAX, &value));
    assert_int_equal(value, 10);
    assert_true(monitor_number("0xFFffFFff", UINT32_MAX, &value));
    assert_false(monitor_number("256", 255, &value));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(monitor_number(wrong[i], UINT32_MAX, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_fall_into_words),
        cmocka_unit_test(substitutions_are_seen),
        cmocka_unit_test(lines_have_an_end),
        cmocka_unit_test(numbers_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
