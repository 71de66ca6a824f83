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

static struct findings silence(enum target_connect asked, uint32_t vtref_mv)
{
    return (struct findings){.asked = asked,
                             .rungs = {{.err = ERR_NO_TARGET},
                                       {.khz = 125, .err = ERR_NO_TARGET},
                                       {.way = WAY_UNDER_RESET, .err = ERR_NO_TARGET}},
                             .rung_count = asked == TARGET_CONNECT_LADDER ? 3 : 2,
                             .vtref_known = true,
                             .vtref_mv = vtref_mv};
}

static void silence_is_explained_by_the_voltage(void **state)
{
    static const struct {
        uint32_t mv;
        enum err err;
        const char *says, *never;
    } cases[] = {
        {0, ERR_POWER, "has no power", "SWDIO"},
        {299, ERR_POWER, "VTref 0.29 V", "SWDIO"},
        {300, ERR_POWER, "not really powered", "SWDIO"},
        {1649, ERR_POWER, "not really powered", "SWDIO"},
        {1650, ERR_NO_TARGET, "needs 2.0 V", "5 V do not"},
        {2000, ERR_NO_TARGET, "SWDIO and SWCLK (swapped?", "supply"},
        {3999, ERR_NO_TARGET, "voltage is fine", "supply"},
        {4000, ERR_NO_TARGET, "5 V do not belong", "swapped"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct findings findings = silence(TARGET_CONNECT_LADDER, cases[i].mv);
        assert_int_equal(diagnose_failure(&findings, text, sizeof text), cases[i].err);
        assert_non_null(strstr(text, cases[i].says));
        assert_null(strstr(text, cases[i].never));
    }
}

static void an_unknown_voltage_is_not_made_up(void **state)
{
    struct findings findings = silence(TARGET_CONNECT_LADDER, 0);

    (void)state;
    findings.vtref_known = false;
    assert_int_equal(diagnose_failure(&findings, text, sizeof text), ERR_NO_TARGET);
    assert_null(strstr(text, "VTref"));
    assert_non_null(strstr(text, "check power, GND, SWDIO and SWCLK"));
}

static void only_what_was_tried_is_told(void **state)
{
    struct findings all = silence(TARGET_CONNECT_LADDER, 3300),
                    attach = silence(TARGET_CONNECT_ATTACH, 3300),
                    dead = silence(TARGET_CONNECT_ATTACH, 0);

    (void)state;
    diagnose_failure(&all, text, sizeof text);
    assert_non_null(strstr(text, ", nor under reset"));
    assert_non_null(strstr(text, "connect NRST, too"));
    diagnose_failure(&attach, text, sizeof text);
    assert_non_null(strstr(text, "(not tried: under reset)"));
    assert_null(strstr(text, "connect NRST"));
    diagnose_failure(&dead, text, sizeof text);
    assert_null(strstr(text, "under reset")); /* nor would it help */
}

static void the_rung_that_got_further_is_quoted(void **state)
{
    struct findings findings = {
        .asked = TARGET_CONNECT_ATTACH,
        .rungs = {{.err = ERR_NO_TARGET, .text = "silence"},
                  {.err = ERR_FAULT, .text = "refused"},
                  {.way = WAY_UNDER_RESET, .err = ERR_NO_TARGET}},
        .rung_count = 2,
        .dpidr = 0x1BA01477,
    };

    (void)state;
    assert_int_equal(diagnose_failure(&findings, text, sizeof text), ERR_FAULT);
    assert_non_null(strstr(text, "(DPIDR 0x1ba01477), but: refused; is NRST held low"));
    assert_non_null(strstr(text, "or connect under reset"));
    findings.rung_count = 3;
    diagnose_failure(&findings, text, sizeof text);
    assert_null(strstr(text, "or connect under reset"));
    findings.rungs[1].err = ERR_NO_TARGET; /* if none did, the first */
    assert_int_equal(diagnose_failure(&findings, text, sizeof text), ERR_NO_TARGET);
    assert_non_null(strstr(text, "but: silence"));
}

static void noise_is_not_blamed_on_the_chip(void **state)
{
    struct findings findings = {
        .rungs = {{.err = ERR_PARITY, .text = "garbled"}}, .rung_count = 1, .dpidr = 0x1BA01477};

    (void)state;
    assert_int_equal(diagnose_failure(&findings, text, sizeof text), ERR_PARITY);
    assert_non_null(strstr(text, "but: garbled"));
    assert_null(strstr(text, "asleep"));
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
        cmocka_unit_test(silence_is_explained_by_the_voltage),
        cmocka_unit_test(an_unknown_voltage_is_not_made_up),
        cmocka_unit_test(only_what_was_tried_is_told),
        cmocka_unit_test(the_rung_that_got_further_is_quoted),
        cmocka_unit_test(noise_is_not_blamed_on_the_chip),
        cmocka_unit_test(success_says_why_it_was_not_gentle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
