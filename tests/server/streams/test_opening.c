/* SPDX-License-Identifier: MIT */
/* The first bytes of who listens to a stream: a browser, a client of J-Link's, or the program's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "streams/opening.h"

static size_t used;
static unsigned channel;

static enum opening_is judge(const char *text)
{
    used = 0;
    channel = 7;
    return opening_judge(text, strlen(text), &used, &channel);
}

static void browsers_are_known(void **state)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: a\r\n", "POST /very/long/path", "OPTIONS * HTTP/1.1\r\n",
        "CHICKEN / HTTP/1.1\n",          "GET http://a/",        "get / HTTP/1.0\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        assert_int_equal(judge(requests[i]), OPENING_HTTP);
}

static void words_for_the_program_are_none(void **state)
{
    static const char *const words[] = {
        "h", "LED ON\n", "GET", "GET x", "help\nsee HTTP/1.1 HTTP/1.1 \n", "\x1b[A", "A /", "$",
    };

    (void)state;
    for (size_t i = 0; i + 1 < sizeof words / sizeof *words; i++)
        assert_int_equal(judge(words[i]), OPENING_BYTES);
    assert_int_equal(judge("\xff\xfe binary"), OPENING_BYTES);
    assert_int_equal(opening_judge("\0\0", 2, &used, &channel), OPENING_BYTES);
}

static void a_string_is_taken_out_and_chooses(void **state)
{
    (void)state;
    assert_int_equal(judge("$$SEGGER_TELNET_ConfigStr=RTTCh;3$$rest"), OPENING_STRING);
    assert_int_equal(used, strlen("$$SEGGER_TELNET_ConfigStr=RTTCh;3$$"));
    assert_int_equal(channel, 3);
    assert_int_equal(judge("$$SEGGER_TELNET_ConfigStr=SetRTTAddr;0x20000000;RTTCh;12;$$"),
                     OPENING_STRING);
    assert_int_equal(channel, 12);
    assert_int_equal(judge("$$SEGGER_TELNET_ConfigStr=$$"), OPENING_STRING);
    assert_int_equal(channel, 7);
    assert_int_equal(judge("$$SEGGER_TELNET_ConfigStr=RTTCh;99999999999$$"), OPENING_STRING);
    assert_int_equal(channel, 999); /* nobody's, but a number */
}

static void what_may_become_one_waits(void **state)
{
    static const char whole[] = "$$SEGGER_TELNET_ConfigStr=RTTCh;3$";
    char endless[OPENING_SIZE + 1];

    (void)state;
    for (size_t length = 0; length < sizeof whole; length++)
        assert_int_equal(opening_judge(whole, length, &used, &channel), OPENING_UNSURE);
    assert_int_equal(judge("$$SEGGER_X"), OPENING_BYTES);
    memset(endless, 'x', sizeof endless);
    memcpy(endless, whole, sizeof whole - 2);
    assert_int_equal(opening_judge(endless, OPENING_SIZE - 1, &used, &channel), OPENING_UNSURE);
    assert_int_equal(opening_judge(endless, OPENING_SIZE, &used, &channel), OPENING_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(browsers_are_known),
        cmocka_unit_test(words_for_the_program_are_none),
        cmocka_unit_test(a_string_is_taken_out_and_chooses),
        cmocka_unit_test(what_may_become_one_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
