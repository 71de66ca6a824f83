/* SPDX-License-Identifier: MIT */
/* Lines that fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/wrapped.h"

#define TEN "123456789 "
#define SEVENTY TEN TEN TEN TEN TEN TEN TEN

static void put(int column, int indent, const char *text, char *lines, size_t size)
{
    FILE *out = fmemopen(lines, size, "w");

    assert_non_null(out);
    wrapped_put(out, column, indent, text);
    fclose(out);
}

static void a_line_is_full_at_79(void **state)
{
    char lines[300];

    (void)state;
    put(0, 2, SEVENTY "123456789 next", lines, sizeof lines);
    assert_string_equal(lines, SEVENTY "123456789\n  next\n");
    put(1, 2, SEVENTY "123456789", lines, sizeof lines);
    assert_string_equal(lines, TEN TEN TEN TEN TEN TEN "123456789\n  123456789\n");
}

static void a_long_word_stands_out_and_a_line_end_stays(void **state)
{
    static const char word[] = "0123456789012345678901234567890123456789012345678901234567890123456"
                               "78901234567890";
    char lines[300], expected[300];

    (void)state;
    snprintf(expected, sizeof expected, "a\n%s\nb", word);
    snprintf(lines, sizeof lines, "a %s b", word);
    put(0, 0, lines, lines + 100, 200);
    assert_memory_equal(lines + 100, expected, strlen(expected));
    wrapped_copy("one\ntwo. three", 0, lines, sizeof lines);
    assert_string_equal(lines, "one\ntwo. three");
}

static void a_copy_has_the_length_it_had(void **state)
{
    char lines[300], small[10];
    size_t length = wrapped_copy(SEVENTY "123456789. Next", 0, lines, sizeof lines);

    (void)state;
    assert_int_equal(length, strlen(lines));
    assert_string_equal(lines, TEN TEN TEN TEN TEN TEN "123456789\n123456789. Next");
    assert_int_equal(wrapped_copy("0123456789", 0, small, sizeof small), sizeof small - 1);
    assert_string_equal(small, "012345678");
}

static void a_single_sentence_stays_a_line(void **state)
{
    char lines[300];

    (void)state;
    wrapped_copy(SEVENTY "0x08000000 and what follows", 0, lines, sizeof lines);
    assert_string_equal(lines, SEVENTY "0x08000000 and what follows");
}

static void a_character_is_one_column(void **state)
{
    char lines[400] = "", text[400] = "";

    (void)state;
    for (int i = 0; i < WRAPPED_WIDTH; i++)
        strcat(text, "\xc3\xa4");
    strcat(text, " b. c");
    wrapped_copy(text, 0, lines, sizeof lines);
    assert_int_equal(lines[2 * WRAPPED_WIDTH], '\n');
    assert_string_equal(lines + 2 * WRAPPED_WIDTH + 1, "b. c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_full_at_79),
        cmocka_unit_test(a_long_word_stands_out_and_a_line_end_stays),
        cmocka_unit_test(a_copy_has_the_length_it_had),
        cmocka_unit_test(a_single_sentence_stays_a_line),
        cmocka_unit_test(a_character_is_one_column),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
