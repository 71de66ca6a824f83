/* SPDX-License-Identifier: MIT */
/* The picture of the wires: every wire is there once, in whatever the reader's terminal can show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <expat.h>

#include "doctor/wiring.h"

static const unsigned pids[] = {0x3748, 0x374B, 0x374E, 0x374F, 0x3752, 0x3753, 0x3754, 0};
enum { PIDS = sizeof pids / sizeof *pids, COLUMNS_MAX = 78 };

static void each_connector_has_each_wire_once(void **state)
{
    for (size_t i = 0; i < PIDS; i++)
        for (size_t k = 0; wiring_connector_of(pids[i], k); k++) {
            const struct wiring_connector *connector = wiring_connector_of(pids[i], k);
            unsigned seen[WIRES] = {0};

            for (unsigned row = 0; row < connector->rows; row++)
                for (unsigned column = 0; column < connector->columns; column++)
                    if (connector->pins[row][column].wire >= 0)
                        seen[connector->pins[row][column].wire]++;
            for (int wire = 0; wire < WIRES; wire++)
                assert_int_equal(seen[wire], 1);
        }
}

/* The two variants of the dongle: diagnosis by those who opened one. */
static void the_dongles_differ_where_it_hurts(void **state)
{
    const struct wiring_connector *a = wiring_connector_of(0x3748, 0),
                                  *b = wiring_connector_of(0x3748, 1);

    assert_string_equal(a->pins[0][1].label, "SWCLK");
    assert_string_equal(b->pins[0][1].label, "SWDIO");
    assert_string_equal(a->pins[2][1].label, "GND");
    assert_string_equal(b->pins[2][1].label, "SWCLK");
    for (unsigned row = 3; row < 5; row++)
        assert_string_equal(a->pins[row][0].label, b->pins[row][0].label);
}

static void headers_are_found_by_the_board(void **state)
{
    assert_string_equal(wiring_header_of("Blue Pill")->title, "Blue Pill");
    assert_string_equal(wiring_header_of("bluepill")->title, "Blue Pill");
    assert_string_equal(wiring_header_of("blackpill-f401")->title, "Black Pill");
    assert_string_equal(wiring_header_of("nucleo-l476")->title, "Nucleo");
    assert_string_equal(wiring_header_of("STM32F031")->title, "board");
    assert_string_equal(wiring_header_of("")->title, "board");
}

static const enum wire_state states[WIRES] = {[WIRE_VTREF] = WIRE_GOOD,
                                              [WIRE_SWDIO] = WIRE_SUSPECT,
                                              [WIRE_SWCLK] = WIRE_SUSPECT,
                                              [WIRE_GND] = WIRE_MISSING,
                                              [WIRE_NRST] = WIRE_NOT_SEEN};

static struct wiring wiring_of(unsigned pid, size_t index)
{
    struct wiring wiring = {
        wiring_connector_of(pid, index), wiring_header_of("bluepill"), {0}, {9, 9, 9, 9, 9}};

    memcpy(wiring.wires, states, sizeof states);
    return wiring;
}

static char *printed(const struct wiring *wiring, bool colour, bool utf8)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    wiring_print(wiring, colour, utf8, out);
    wiring_print_notes(wiring, 1, out);
    fclose(out);
    return text;
}

static size_t columns_of(const char *line, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)line[i] & 0xC0) != 0x80;
    return columns;
}

static void lines_fit_and_say_which_wire(void **state)
{
    for (size_t i = 0; i < PIDS; i++)
        for (size_t k = 0; wiring_connector_of(pids[i], k); k++) {
            struct wiring wiring = wiring_of(pids[i], k);
            char *text = printed(&wiring, false, true);

            for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
                if (columns_of(at, strcspn(at, "\n")) > COLUMNS_MAX)
                    fail_msg("too wide: %.*s", (int)strcspn(at, "\n"), at);
            for (int wire = 0; wire < WIRES; wire++)
                assert_non_null(strstr(text, wire_names[wire]));
            assert_non_null(strstr(text, "DIO (PA13): look here (9)"));
            assert_non_null(strstr(text, "GND: missing (9)"));
            assert_null(strchr(text, '\033'));
            free(text);
        }
}

static void plain_where_the_terminal_is(void **state)
{
    struct wiring wiring = wiring_of(0x3748, 0);
    char *plain = printed(&wiring, false, false), *coloured = printed(&wiring, true, true);

    for (const char *at = plain; *at; at++)
        assert_in_range((unsigned char)*at, '\n', '~');
    assert_non_null(strstr(coloured, "\033[32m"));
    assert_non_null(strstr(coloured, "\033[1;33m"));
    assert_non_null(strstr(coloured, "\033[1;31m"));
    free(plain);
    free(coloured);
}

/* --- SVG, read by a parser that others wrote --- */

struct seen {
    unsigned green, yellow, red, grey, documents;
};

static void begin(void *user, const char *name, const char **attributes)
{
    struct seen *seen = user;

    seen->documents += strcmp(name, "svg") == 0;
    for (size_t i = 0; strcmp(name, "path") == 0 && attributes[i]; i += 2) {
        if (strcmp(attributes[i], "stroke") != 0)
            continue;
        seen->green += strcmp(attributes[i + 1], "#1a9641") == 0;
        seen->yellow += strcmp(attributes[i + 1], "#e6a100") == 0;
        seen->red += strcmp(attributes[i + 1], "#d7191c") == 0;
        seen->grey += strcmp(attributes[i + 1], "#888888") == 0;
    }
}

static void the_svg_is_whole_and_coloured(void **state)
{
    struct wiring both[] = {wiring_of(0x3748, 0), wiring_of(0x3748, 1)};
    struct seen seen = {0};
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    wiring_svg(both, 2, out);
    fclose(out);
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetUserData(parser, &seen);
    XML_SetStartElementHandler(parser, begin);
    if (XML_Parse(parser, text, (int)size, 1) != XML_STATUS_OK)
        fail_msg("%s", XML_ErrorString(XML_GetErrorCode(parser)));
    /* Each of two pictures has its wires, and the legend one of each colour. */
    assert_int_equal(seen.documents, 1);
    assert_int_equal(seen.green, 2 * 1 + 1);
    assert_int_equal(seen.yellow, 2 * 2 + 1);
    assert_int_equal(seen.red, 2 * 1 + 1);
    assert_int_equal(seen.grey, 2 * 1);
    XML_ParserFree(parser);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_connector_has_each_wire_once),
        cmocka_unit_test(the_dongles_differ_where_it_hurts),
        cmocka_unit_test(headers_are_found_by_the_board),
        cmocka_unit_test(lines_fit_and_say_which_wire),
        cmocka_unit_test(plain_where_the_terminal_is),
        cmocka_unit_test(the_svg_is_whole_and_coloured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
