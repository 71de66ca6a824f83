/* SPDX-License-Identifier: MIT */
/* Channel 0 as text for people: terminals told apart, whole characters, in whatever pieces it
 * comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "session/rtt_text.h"

static char out[8192];
static size_t out_length, pieces;

static void keep(void *user, const char *bytes, size_t length)
{
    (void)user;
    assert_true(length > 0 && out_length + length < sizeof out);
    memcpy(out + out_length, bytes, length);
    out_length += length;
    out[out_length] = '\0';
    pieces++;
}

/* In pieces of so many bytes. */
static const char *feed(const char *said, size_t piece)
{
    struct rtt_text text = {0};
    size_t length = strlen(said);

    out_length = pieces = 0;
    out[0] = '\0';
    for (size_t at = 0; at < length; at += piece)
        rtt_text_feed(&text, (const uint8_t *)said + at, length - at < piece ? length - at : piece,
                      keep, NULL);
    return out;
}

static void check(const char *said, const char *shown)
{
    for (size_t piece = 1; piece <= strlen(said); piece++)
        assert_string_equal(feed(said, piece), shown);
}

static void plain_text_stays(void **state)
{
    (void)state;
    check("one\ntwo\r\n\tthree", "one\ntwo\r\n\tthree");
    check("\x1b[2;31mred\x1b[0m\n", "\x1b[2;31mred\x1b[0m\n");
}

static void terminals_are_told_apart_once_there_are_several(void **state)
{
    (void)state;
    check("a\n\xff"
          "0b\n",
          "a\nb\n");
    check("a\n\xff"
          "1b\nc\n\xff"
          "0d\n",
          "a\n1> b\n1> c\n0> d\n");
    check("half\xff"
          "Fother",
          "half\nF> other");
    check("\xff"
          "1same \xff"
          "1line\n",
          "1> same line\n");
}

static void a_mark_without_a_terminal_is_left_away(void **state)
{
    (void)state;
    check("a\xff"
          "xb",
          "axb");
    check("a\xff\xff"
          "1b\n",
          "a\n1> b\n");
}

static void characters_stay_whole(void **state)
{
    (void)state;
    feed("gr\xc3\xbc\xc3\x9f e", 1);
    assert_string_equal(out, "gr\xc3\xbc\xc3\x9f e");
    assert_int_equal(pieces, 6); /* g, r, two of two bytes, blank, e */
}

static void much_at_once_is_not_too_much(void **state)
{
    static char much[2001], marked[8001];
    size_t length = 0;

    (void)state;
    memset(much, '\n', 2000);
    much[0] = '\xff';
    much[1] = '1';
    for (size_t i = 0; i < 1998; i++)
        length += (size_t)snprintf(marked + length, sizeof marked - length, "1> \n");
    assert_string_equal(feed(much, 2000), marked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays),
        cmocka_unit_test(terminals_are_told_apart_once_there_are_several),
        cmocka_unit_test(a_mark_without_a_terminal_is_left_away),
        cmocka_unit_test(characters_stay_whole),
        cmocka_unit_test(much_at_once_is_not_too_much),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
