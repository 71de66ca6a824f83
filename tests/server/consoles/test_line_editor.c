/* SPDX-License-Identifier: MIT */
/* The line editor: keys in, line and terminal out; a terminal of one line plays the other side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "consoles/line_editor.h"

enum { SCREEN = LINE_WIDTH_MAX };

#define UP "\033[A"
#define DOWN "\033[B"
#define RIGHT "\033[C"
#define LEFT "\033[D"
#define DELETE "\033[3~"

static struct bench {
    struct line_editor editor;
    char memory[8 * LINE_OUTPUT];
    struct buf out;
    char screen[SCREEN + 1]; /* what a terminal shows in the cursor's line */
    size_t column;
    char ran[LINE_SIZE];
} bench;

/* --- the terminal --- */

static size_t escape_sequence(const char *text)
{
    unsigned number = 0;
    char final;
    int length = 0;

    if (sscanf(text, "\033[%u%c%n", &number, &final, &length) == 2 && final == 'C') {
        bench.column += number;
        return (size_t)length;
    }
    assert_memory_equal(text, "\033[K", 3);
    memset(bench.screen + bench.column, ' ', SCREEN - bench.column);
    return 3;
}

static void play(void)
{
    buf_byte(&bench.out, '\0');
    assert_false(bench.out.overflow);
    for (const char *at = (const char *)bench.out.data; *at; at++) {
        if (*at == '\r') {
            bench.column = 0;
        } else if (*at == '\n') {
            memset(bench.screen, ' ', SCREEN);
        } else if (*at == '\033') {
            at += escape_sequence(at) - 1;
        } else if (*at != '\a') {
            assert_true(bench.column < SCREEN);
            bench.screen[bench.column++] = *at;
        }
    }
    buf_clear(&bench.out);
}

/* The screen without the spaces at its end. */
static void expect_screen(const char *text)
{
    size_t length = SCREEN;

    while (length > 0 && bench.screen[length - 1] == ' ')
        length--;
    bench.screen[length] = '\0';
    assert_string_equal(bench.screen, text);
    bench.screen[length] = ' ';
}

/* --- the keyboard --- */

static enum line_event type_bytes(const char *keys, size_t length)
{
    enum line_event event = LINE_NOTHING;

    for (size_t i = 0; i < length; i++) {
        event = line_editor_byte(&bench.editor, (uint8_t)keys[i], &bench.out);
        play();
        if (event == LINE_READY || event == LINE_TOO_LONG) {
            memcpy(bench.ran, bench.editor.line, bench.editor.length + 1);
            line_editor_next(&bench.editor);
            line_editor_show(&bench.editor, &bench.out);
            play();
        }
    }
    return event;
}

static enum line_event type(const char *keys)
{
    return type_bytes(keys, strlen(keys));
}

static void expect_run(const char *keys, const char *line)
{
    assert_int_equal(type(keys), LINE_READY);
    assert_string_equal(bench.ran, line);
}

static int begin(void **state)
{
    (void)state;
    memset(&bench, 0, sizeof bench);
    line_editor_init(&bench.editor);
    bench.editor.editing = true;
    buf_init(&bench.out, bench.memory, sizeof bench.memory);
    memset(bench.screen, ' ', SCREEN);
    line_editor_show(&bench.editor, &bench.out);
    play();
    return 0;
}

/* --- tests --- */

static void typing_at_the_end_is_just_echoed(void **state)
{
    (void)state;
    line_editor_byte(&bench.editor, 'h', &bench.out);
    assert_int_equal(bench.out.length, 1);
    assert_int_equal(bench.out.data[0], 'h');
}

static void every_line_end_ends_one_line(void **state)
{
    (void)state;
    expect_run("a\n", "a");
    expect_run("b\r", "b");
    assert_int_equal(type_bytes("\0", 1), LINE_NOTHING);
    expect_run("c\r", "c");
    assert_int_equal(type("\n"), LINE_NOTHING);
    expect_run("\n", "");
    expect_run("\r", "");
}

static void cursor_keys_edit_in_the_middle(void **state)
{
    (void)state;
    type("hlt" LEFT LEFT "a");
    expect_screen("> halt");
    type("\001x\005y"); /* Ctrl-A, Ctrl-E */
    expect_screen("> xhalty");
    type("\033[H" DELETE "\033[F\177");
    expect_screen("> halt");
    assert_int_equal(bench.column, 6);
    type("\033[1~\033OC" DELETE);
    expect_screen("> hlt");
    expect_run(RIGHT "\177\n", "ht");
}

static void keys_kill(void **state)
{
    (void)state;
    type("one two three\027");
    expect_screen("> one two");
    type("\027\002\013"); /* Ctrl-W, Ctrl-B, Ctrl-K */
    expect_screen("> one");
    type(LEFT "\025"); /* Ctrl-U */
    expect_screen("> e");
    type("\004"); /* Ctrl-D deletes while there is something */
    expect_screen(">");
}

static void history_goes_back_and_forth(void **state)
{
    (void)state;
    type("halt\nhalt\n\nreset\nnew");
    type(UP);
    expect_screen("> reset");
    type(UP);
    expect_screen("> halt");
    type(UP); /* twice the same is once, and nothing is nothing */
    expect_screen("> halt");
    type(DOWN DOWN);
    expect_screen("> new");
    type(DOWN);
    expect_screen("> new");
    expect_run(UP UP " 0\n", "halt 0");
    type(UP UP);
    expect_screen("> reset");
}

static void history_forgets_the_oldest(void **state)
{
    char line[64];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(line, sizeof line, "mdw 0x%08x %d\n", (unsigned)i * 4, i);
        type(line);
    }
    assert_true(bench.editor.history.end - bench.editor.history.begin <= LINE_HISTORY);
    type(UP);
    expect_screen("> mdw 0x00000f9c 999");
    for (int i = 0; i < 1000; i++)
        type(UP);
    assert_memory_equal(bench.editor.line, "mdw 0x00000", 11);
}

static void control_c_forgets_the_line(void **state)
{
    (void)state;
    assert_int_equal(type("half\003"), LINE_INTERRUPT);
    expect_run("\n", "");
    assert_int_equal(type("\004"), LINE_END);
}

static void tab_asks_for_completion(void **state)
{
    (void)state;
    assert_int_equal(type("ha\t"), LINE_COMPLETE);
    line_editor_insert(&bench.editor, "lt ", 3, &bench.out);
    play();
    expect_screen("> halt");
    assert_int_equal(bench.editor.cursor, 5);
}

static void long_lines_scroll_sideways(void **state)
{
    (void)state;
    line_editor_resize(&bench.editor, 20);
    type("abcdefghijklmnopqrstuvwxyz");
    expect_screen("> jklmnopqrstuvwxyz");
    assert_true(bench.column < 20);
    type("\001");
    expect_screen("> abcdefghijklmnopq");
    assert_int_equal(bench.column, 2);
    expect_run("\n", "abcdefghijklmnopqrstuvwxyz");
}

static void erasing_backwards_shows_what_stands_before(void **state)
{
    (void)state;
    line_editor_resize(&bench.editor, 20);
    type("abcdefghijklmnopqrstuvwxyz\177\177\177\177\177\177\177\177\177");
    assert_true(bench.column < 20);
    for (int i = 0; i < 8; i++) {
        type("\177");
        assert_in_range(bench.column, 3, 19); /* there is always something to see */
    }
    expect_run("\n", "abcdefghi");
}

static void characters_of_several_bytes_are_one(void **state)
{
    (void)state;
    type("caf\303\251 x");
    expect_run(LEFT LEFT "\177e\n", "cafe x");
}

static void too_long_a_line_is_an_error(void **state)
{
    (void)state;
    for (int i = 0; i < 1000000; i++)
        line_editor_byte(&bench.editor, 'x', &bench.out), buf_clear(&bench.out);
    assert_int_equal(type("\n"), LINE_TOO_LONG);
    assert_int_equal(strlen(bench.ran), LINE_SIZE - 1);
    expect_run("halt\n", "halt");
}

static void other_things_step_aside(void **state)
{
    (void)state;
    type("hal" LEFT);
    line_editor_hide(&bench.editor, &bench.out);
    play();
    expect_screen("");
    assert_int_equal(bench.column, 0);
    line_editor_show(&bench.editor, &bench.out);
    play();
    expect_screen("> hal");
    assert_int_equal(bench.column, 4);
}

static void unknown_keys_do_nothing(void **state)
{
    (void)state;
    type("ha\033[15~\033[1;5P\033Oq\033z\001\006\006\016\020lt\006");
    expect_screen("> halt");
    type("\033[\003");
    expect_run("x\n", "x");
}

static void a_script_gets_no_echo(void **state)
{
    (void)state;
    bench.editor.editing = false;
    line_editor_next(&bench.editor);
    for (const char *at = "halt\t5\033[A"; *at; at++)
        assert_int_equal(line_editor_byte(&bench.editor, (uint8_t)*at, &bench.out), LINE_NOTHING);
    assert_int_equal(bench.out.length, 0);
    assert_int_equal(line_editor_byte(&bench.editor, '\n', &bench.out), LINE_READY);
    assert_int_equal(bench.out.length, 0);
    assert_string_equal(bench.editor.line, "halt 5[A");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        TEST(typing_at_the_end_is_just_echoed),
        TEST(every_line_end_ends_one_line),
        TEST(cursor_keys_edit_in_the_middle),
        TEST(keys_kill),
        TEST(history_goes_back_and_forth),
        TEST(history_forgets_the_oldest),
        TEST(control_c_forgets_the_line),
        TEST(tab_asks_for_completion),
        TEST(long_lines_scroll_sideways),
        TEST(erasing_backwards_shows_what_stands_before),
        TEST(characters_of_several_bytes_are_one),
        TEST(too_long_a_line_is_an_error),
        TEST(other_things_step_aside),
        TEST(unknown_keys_do_nothing),
        TEST(a_script_gets_no_echo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
