/* SPDX-License-Identifier: MIT */
/* What keeps a probe from being used, and what copies of one often show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connect/verdict.h"

static void every_error_of_opening_has_its_class(void **state)
{
    static const struct {
        enum err err;
        enum verdict_class class;
    } rows[] = {
        {ERR_NO_PROBE, VERDICT_NO_PROBE},          {ERR_OTHER_PROBE, VERDICT_NO_PROBE},
        {ERR_PROBE_ACCESS, VERDICT_NO_PERMISSION}, {ERR_BUSY, VERDICT_PROBE_IN_USE},
        {ERR_PROBE_LOADER, VERDICT_PROBE_LOADER},  {ERR_UNSUPPORTED, VERDICT_PROBE_FIRMWARE},
        {ERR_PROBE_GONE, VERDICT_PROBE_GONE},      {ERR_PROBE, VERDICT_PROBE_TROUBLE},
        {ERR_TIMEOUT, VERDICT_PROBE_TROUBLE},
    };
    struct verdict verdict;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(doctor_judge_opening(rows[i].err, "it said so", &verdict));
        assert_int_equal(verdict.class, rows[i].class);
        assert_true(verdict.count > 0);
        assert_string_equal(verdict.text, "it said so");
        assert_false(verdict_is_remark(verdict.class));
    }
    assert_false(doctor_judge_opening(ERR_CANCELLED, "it was ended", &verdict));
    assert_false(doctor_judge_opening(ERR_NO_TARGET, "nobody answers", &verdict));
}

static struct measurements genuine_v2(void)
{
    struct measurements m = {.probe = {.vid = 0x0483, .pid = 0x3748},
                             .vtref_count = 3,
                             .vtref_mv = {3280, 3290, 3280},
                             .reached = true,
                             .core_found = true,
                             .nrst_tested = true,
                             .nrst_works = true};

    snprintf(m.probe.product, sizeof m.probe.product, "ST-LINK/V2");
    snprintf(m.probe.firmware, sizeof m.probe.firmware, "V2J43S7");
    snprintf(m.probe.serial, sizeof m.probe.serial, "53FF6B064977505312340887");
    return m;
}

/* What is said of it; NULL: nothing. */
static const char *hints_of(const struct measurements *m)
{
    static struct verdict verdicts[VERDICTS_MAX];
    size_t count = doctor_judge(m, verdicts);

    assert_true(verdict_is_remark(VERDICT_PROBE_COPY));
    for (size_t i = 0; i < count; i++)
        if (verdicts[i].class == VERDICT_PROBE_COPY) {
            assert_true(i > 0); /* it is never what is wrong */
            return verdicts[i].text;
        }
    return NULL;
}

static void one_weak_hint_is_no_copy(void **state)
{
    struct measurements m = genuine_v2();

    (void)state;
    assert_null(hints_of(&m));
    m.nrst_works = false;                                           /* a wire may be missing.. */
    snprintf(m.probe.firmware, sizeof m.probe.firmware, "V2J17S4"); /* ..and nobody updates */
    assert_null(hints_of(&m));
    m = genuine_v2();
    m.reached = m.core_found = m.nrst_tested = false; /* silence at a good voltage */
    assert_null(hints_of(&m));
    m.probe.serial[0] = '\0'; /* one hint more */
    assert_non_null(hints_of(&m));
}

static void several_are_worth_a_word(void **state)
{
    struct measurements m = genuine_v2();

    (void)state;
    m.vtref_count = 0;
    assert_non_null(strstr(hints_of(&m), "(it does not measure VTref)"));
    m = genuine_v2();
    snprintf(m.probe.firmware, sizeof m.probe.firmware, "V2J17S4");
    snprintf(m.probe.serial, sizeof m.probe.serial, "0A240F002B135937334D4E00");
    assert_non_null(strstr(hints_of(&m), "like those of copies, firmware V2J17)"));
    m.probe.pid = 0x374B; /* of a V2-1 there are none */
    assert_null(hints_of(&m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_of_opening_has_its_class),
        cmocka_unit_test(one_weak_hint_is_no_copy),
        cmocka_unit_test(several_are_worth_a_word),
    };

    return cmocka_run_group_tests_name("verdict_probe", tests, NULL, NULL);
}
