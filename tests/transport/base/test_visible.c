/* SPDX-License-Identifier: MIT */
/* What of a text from elsewhere reaches a terminal. */
#include "base/visible.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/job.h"

static void assert_shown(enum visible_kind kind, const char *text, const char *expected)
{
    char out[200];
    size_t length = visible_copy(kind, text, strlen(text), out, sizeof out);

    assert_string_equal(out, expected);
    assert_int_equal(length, strlen(expected));
}

static void a_line_of_the_log_holds_no_control_character(void **state)
{
    (void)state;
    assert_shown(VISIBLE_LINE, "a\033[2Jb\a", "a\\x1b[2Jb\\x07");
    assert_shown(VISIBLE_LINE, "x\nprobed: error: all is lost\r\t",
                 "x\\nprobed: error: all is lost\\r\t");
    assert_shown(VISIBLE_LINE, "\x7f", "\\x7f");
    assert_shown(VISIBLE_LINE, "\033[31mred\033[m", "\\x1b[31mred\\x1b[m");
    assert_shown(VISIBLE_LINE, "C:\\tools", "C:\\tools");
}

static void lines_of_text_keep_their_ends(void **state)
{
    (void)state;
    assert_shown(VISIBLE_TEXT, "a\tb\r\nc\n", "a\tb\r\nc\n");
    assert_shown(VISIBLE_TEXT, "99 %\rgone", "99 %\\rgone");
    assert_shown(VISIBLE_TEXT, "\033[1mfat\b", "\\x1b[1mfat\\x08");
}

static void programs_keep_all_but_escapes(void **state)
{
    (void)state;
    assert_shown(VISIBLE_PROGRAM, "1 %\r2 %\a\b\f\v\x7f", "1 %\r2 %\a\b\f\v\x7f");
    assert_shown(VISIBLE_PROGRAM, "\033[1;38:5:196mred\033[0m\033[m",
                 "\033[1;38:5:196mred\033[0m\033[m");
    assert_shown(VISIBLE_PROGRAM, "\033[2J\033]0;title\a\033c\033",
                 "\\x1b[2J\\x1b]0;title\a\\x1bc\\x1b");
    /* xterm's: not a colour; a sequence without end; a colour with too many numbers. */
    assert_shown(VISIBLE_PROGRAM, "\033[>4;2m\033[31", "\\x1b[>4;2m\\x1b[31");
    assert_shown(VISIBLE_PROGRAM, "\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m",
                 "\\x1b[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1m");
    assert_shown(VISIBLE_PROGRAM, "caf\xe9", "caf\xe9"); /* Latin-1, as it was sent */
}

static void utf8_stays_and_its_controls_do_not(void **state)
{
    static const char text[] = "\u00a0\u00e9\u20ac\U0001f600\ue000\U0010ffff";

    (void)state;
    for (int kind = VISIBLE_LINE; kind <= VISIBLE_PROGRAM; kind++) {
        assert_shown(kind, text, text);
        /* CSI as one character, in UTF-8 and in an 8-bit set. */
        assert_shown(kind,
                     "\xc2\x9b"
                     "2J\x9b"
                     "2J",
                     "\\x9b2J\\x9b2J");
    }
}

static void what_is_not_utf8_is_shown(void **state)
{
    (void)state;
    assert_shown(VISIBLE_LINE, "\xc0\x80", "\\xc0\\x80");          /* overlong */
    assert_shown(VISIBLE_LINE, "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"); /* overlong */
    assert_shown(VISIBLE_LINE, "\xf0\x8f\x80\x80", "\\xf0\\x8f\\x80\\x80");
    assert_shown(VISIBLE_LINE, "\xed\xa0\x80", "\\xed\\xa0\\x80");          /* a surrogate */
    assert_shown(VISIBLE_LINE, "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond the last */
    assert_shown(VISIBLE_LINE, "\xe2\x82", "\\xe2\\x82");                   /* cut */
    assert_shown(VISIBLE_LINE, "\xe2\x82x", "\\xe2\\x82x");
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    char out[6];

    (void)state;
    assert_int_equal(visible_copy(VISIBLE_LINE, "ab\033cd", 5, out, sizeof out), 2);
    assert_string_equal(out, "ab");
    assert_int_equal(visible_copy(VISIBLE_LINE, "abc\u20ac", 6, out, sizeof out), 3);
    assert_string_equal(out, "abc");
}

static void beginnings_are_waited_for(void **state)
{
    static const struct {
        const char *text;
        size_t unfinished;
    } cases[] = {
        {"text", 0},
        {"text\r", 1},
        {"text\r\n", 0},
        {"\033", 1},
        {"a\033[1;3", 5},
        {"\033[1m", 0},
        {"\033[2J", 0},
        {"\033x", 0},
        {"\xe2", 1},
        {"a\xe2\x82", 2},
        {"\xe2\x82\xac", 0},
        {"\xf0\x9f\x98", 3},
        {"\xf0\x8f\x98", 0},
        {"\xff", 0},
        {"\x9b", 0},
        {"\033[1\033[", 2},
        {"\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(visible_unfinished(cases[i].text, strlen(cases[i].text)),
                         cases[i].unfinished);
}

/* Whatever the bytes are: nothing of a terminal's own comes out, all is consumed, twice changes
 * nothing. */
static void no_bytes_come_through(void **state)
{
    (void)state;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        static const char likely[] = "\033[m0;\x9b\xc2\xe2\xf0\x80\r\n";
        char text[48], out[4 * sizeof text + 1], again[sizeof out];

        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)(rand() % 2 ? rand() : likely[(size_t)rand() % (sizeof likely - 1)]);
        size_t length = visible_copy(VISIBLE_LINE, text, sizeof text, out, sizeof out);
        for (size_t i = 0; i < length; i++)
            assert_true((uint8_t)(out[i] == '\t' ? ' ' : out[i]) >= ' ' && out[i] != 0x7f);
        assert_null(strstr(out, "\xc2\x9b"));
        assert_int_equal(visible_copy(VISIBLE_LINE, out, length, again, sizeof again), length);
        assert_string_equal(again, out);
        assert_true(visible_unfinished(text, sizeof text) < VISIBLE_SEQUENCE);
    }
}

/* --- where all our own words come from --- */

static char heard[2000];

static void hear_line(void *user, enum log_level level, const char *line)
{
    (void)user;
    (void)level;
    strcat(heard, line);
}

static void hear_text(void *user, const char *text, size_t length)
{
    (void)user;
    strncat(heard, text, length);
}

static void our_own_words_are_visible(void **state)
{
    const struct log log = {.level = LOG_DEBUG, .write = hear_line};
    struct job job;

    (void)state;
    heard[0] = '\0';
    log_line(&log, LOG_INFO, "no file %s", "a\033[2J\nb");
    assert_string_equal(heard, "no file a\\x1b[2J\\nb");
    heard[0] = '\0';
    job_init(&job, NULL);
    job.output = hear_text;
    job_print(&job, "file %s\n", "\033]0;x\a\xc3\xa9");
    assert_string_equal(heard, "file \\x1b]0;x\\x07\xc3\xa9\n");
    job_fail(&job, ERR_FILE, "%s: none", "\033[31m");
    assert_string_equal(job_text(&job, ERR_FILE), "\\x1b[31m: none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_the_log_holds_no_control_character),
        cmocka_unit_test(lines_of_text_keep_their_ends),
        cmocka_unit_test(programs_keep_all_but_escapes),
        cmocka_unit_test(utf8_stays_and_its_controls_do_not),
        cmocka_unit_test(what_is_not_utf8_is_shown),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(beginnings_are_waited_for),
        cmocka_unit_test(no_bytes_come_through),
        cmocka_unit_test(our_own_words_are_visible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
