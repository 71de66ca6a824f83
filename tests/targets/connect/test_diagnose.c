/* SPDX-License-Identifier: MIT */
/* What findings mean: no probe, no board, only what was measured and the sentence that must name
 * its cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "connect/diagnose.h"

static char text[400];

static struct findings silence(uint32_t vtref_mv)
{
    return (struct findings){.rungs = {{.err = ERR_NO_TARGET}, {.khz = 125, .err = ERR_NO_TARGET}},
                             .rung_count = 2,
                             .vtref_known = true,
                             .vtref_mv = vtref_mv};
}

static void silence_without_a_voltage_is_an_error_of_power(void **state)
{
    static const struct {
        uint32_t mv;
        enum err err;
    } cases[] = {{0, ERR_POWER},
                 {1649, ERR_POWER},
                 {1650, ERR_NO_TARGET},
                 {3300, ERR_NO_TARGET},
                 {5000, ERR_NO_TARGET}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct findings findings = silence(cases[i].mv);
        assert_int_equal(diagnose_error(&findings), cases[i].err);
        assert_int_equal(diagnose_dead(&findings), cases[i].err == ERR_POWER);
        findings.vtref_known = false;
        assert_int_equal(diagnose_error(&findings), ERR_NO_TARGET);
    }
}

static void the_rung_that_got_further_is_quoted(void **state)
{
    struct findings findings = {
        .asked = TARGET_CONNECT_ATTACH,
        .rungs = {{.err = ERR_NO_TARGET, .text = "silence"},
                  {.err = ERR_FAULT, .text = "refused"},
                  {.way = WAY_UNDER_RESET, .err = ERR_NO_TARGET}},
        .rung_count = 3,
        .dpidr = 0x1BA01477,
        .vtref_known = true, /* an answer without a voltage is one all the same */
    };

    (void)state;
    assert_int_equal(diagnose_error(&findings), ERR_FAULT);
    assert_string_equal(diagnose_furthest(&findings)->text, "refused");
    findings.rungs[1].err = ERR_NO_TARGET; /* if none did, the first */
    assert_int_equal(diagnose_error(&findings), ERR_NO_TARGET);
    assert_string_equal(diagnose_furthest(&findings)->text, "silence");
}

static void success_says_why_it_was_not_gentle(void **state)
{
    static const struct {
        struct findings findings;
        const char *says; /* NULL: nothing */
    } cases[] = {
        {{.rung_count = 1}, NULL},
        {{.rungs = {{.khz = 240}}, .rung_count = 1},
         "connected at 240 kHz: the chip answers only at a low SWD speed"},
        {{.asked = TARGET_CONNECT_UNDER_RESET,
          .rungs = {{.way = WAY_UNDER_RESET}},
          .rung_count = 1},
         NULL},
        {{.asked = TARGET_CONNECT_UNDER_RESET,
          .rungs = {{.way = WAY_UNDER_RESET}, {.way = WAY_UNDER_RESET, .khz = 125}},
          .rung_count = 2},
         "only at a low SWD speed"},
        {{.rungs = {{.err = ERR_NO_TARGET}, {.way = WAY_UNDER_RESET}}, .rung_count = 2},
         "connected under reset: the chip answers only after a reset"},
        {{.rungs = {{.err = ERR_NO_TARGET}, {.way = WAY_PRE_RESET}}, .rung_count = 2},
         "connected right after a reset: "},
        {{.rungs = {{.err = ERR_NO_TARGET}, {.way = WAY_BY_HAND}}, .rung_count = 2},
         "by the reset button: NRST does not reach the chip"},
        {{.asked = TARGET_CONNECT_PRE_RESET, .rungs = {{.way = WAY_PRE_RESET}}, .rung_count = 1},
         NULL},
        {{.rung_count = 1, .held = true}, "held NRST low"},
        {{.asked = TARGET_CONNECT_UNDER_RESET,
          .rungs = {{.way = WAY_UNDER_RESET}},
          .rung_count = 1,
          .nrst_open = true},
         "NRST does not reach the chip"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        diagnose_success(&cases[i].findings, text, sizeof text);
        if (cases[i].says)
            assert_non_null(strstr(text, cases[i].says));
        else
            assert_string_equal(text, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_without_a_voltage_is_an_error_of_power),
        cmocka_unit_test(the_rung_that_got_further_is_quoted),
        cmocka_unit_test(success_says_why_it_was_not_gentle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
