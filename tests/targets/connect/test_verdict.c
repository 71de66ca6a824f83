/* SPDX-License-Identifier: MIT */
/* What measurements mean: no probe, no board, only numbers as those report them who had such a
 * board, and the verdict that they must lead to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connect/verdict.h"

static struct verdict verdicts[VERDICTS_MAX];
static size_t count;

/* --- patients --- */

static struct measurements somebody(uint32_t vtref_mv)
{
    return (struct measurements){.probe = {.product = "ST-LINK/V2", .vid = 0x0483, .pid = 0x3748},
                                 .vtref_count = 3,
                                 .vtref_mv = {vtref_mv, vtref_mv + 10, vtref_mv}};
}

/* A Blue Pill that counts. */
static struct measurements healthy(void)
{
    struct measurements m = somebody(3280);

    m.speed_count = 1;
    m.speeds[0] = (struct speed_measured){.connects = {.tries = 1, .good = 1},
                                          .reads = {.tries = 16, .good = 16}};
    m.reached = m.dpidr_steady = m.core_found = m.chip_known = true;
    m.dpidr = 0x1BA01477;
    m.cpuid = 0x411FC231;
    m.aps[0].known = true;
    m.aps[0].idr = 0x14770011;
    m.aps[0].csw = 0x43000042;
    m.samples = m.retired = MEASURED_SAMPLES;
    m.pc_known = true;
    m.pc = 0x08000130;
    m.chip = (struct target_chip){.name = "STM32F103",
                                  .idcode = 0x20036410,
                                  .dev_id = 0x410,
                                  .flash_size = 0x10000,
                                  .protection_known = true};
    m.vectors_known = true;
    m.vectors[0] = 0x20005000;
    m.vectors[1] = 0x08000131;
    return m;
}

static struct speed_measured nobody(uint32_t khz)
{
    return (struct speed_measured){
        .khz = khz, .connects = {.tries = 3, .silent = 3}, .first_err = ERR_NO_TARGET};
}

static struct measurements silent(uint32_t vtref_mv)
{
    struct measurements m = somebody(vtref_mv);

    m.speed_count = 3;
    m.speeds[0] = nobody(0);
    m.speeds[1] = nobody(480);
    m.speeds[2] = nobody(125);
    return m;
}

/* --- looking at verdicts --- */

static void judge(struct measurements m)
{
    count = doctor_judge(&m, verdicts);
    assert_true(count > 0);
}

static const struct verdict *find(enum verdict_class class)
{
    for (size_t i = 0; i < count; i++)
        if (verdicts[i].class == class)
            return &verdicts[i];
    return NULL;
}

static void assert_first(enum verdict_class class)
{
    if (verdicts[0].class != class)
        fail_msg("%s, not %s", verdict_word(verdicts[0].class), verdict_word(class));
}

static void assert_cause(const char *word, size_t within)
{
    for (size_t i = 0; i < verdicts[0].count && i < within; i++)
        if (!strcmp(verdicts[0].causes[i]->word, word))
            return;
    fail_msg("%s is not among the first %zu causes of %s", word, within,
             verdict_word(verdicts[0].class));
}

/* --- tests --- */

static void a_healthy_board_is_accused_of_nothing(void **state)
{
    judge(healthy());
    assert_int_equal(count, 1);
    assert_first(VERDICT_HEALTHY);
    assert_int_equal(verdicts[0].count, 0);
}

static void silence_by_its_voltage(void **state)
{
    static const struct {
        uint32_t mv;
        enum verdict_class class;
        const char *cause;
    } cases[] = {
        {0, VERDICT_NO_SUPPLY, "vtref-open"},       {200, VERDICT_NO_SUPPLY, "unpowered"},
        {300, VERDICT_ODD_SUPPLY, "fed-backwards"}, {1200, VERDICT_ODD_SUPPLY, "ground-open"},
        {1500, VERDICT_ODD_SUPPLY, "ground-open"},  {1900, VERDICT_ODD_SUPPLY, "ground-open"},
        {2700, VERDICT_SILENCE, "wires"},           {3300, VERDICT_SILENCE, "wires"},
        {3600, VERDICT_SILENCE, "power-or-ground"}, {3300, VERDICT_SILENCE, "chip-silent"},
        {4500, VERDICT_TOO_HIGH, "five-volts"},     {5980, VERDICT_TOO_HIGH, "probe-divider"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        judge(silent(cases[i].mv));
        assert_first(cases[i].class);
        assert_cause(cases[i].cause, 3);
    }
}

static void under_reset_alone(void **state)
{
    struct measurements m = silent(3300);

    m.reset_tried = true;
    m.under_reset = (struct speed_measured){.connects = {.tries = 1, .good = 1},
                                            .reads = {.tries = 16, .good = 16}};
    m.dpidr = 0x1BA01477;
    m.dpidr_steady = m.core_found = m.nrst_tested = m.nrst_works = true;
    judge(m);
    assert_first(VERDICT_UNDER_RESET);
    m.awake_tested = true;
    judge(m);
    assert_first(VERDICT_SWD_OFF);
    m.awake_helps = true;
    judge(m);
    assert_first(VERDICT_LOW_POWER);
    assert_int_equal(count, 1);
}

static void slow_only(void **state)
{
    struct measurements m = healthy();

    m.speed_count = 2;
    m.speeds[1] = m.speeds[0];
    m.speeds[1].khz = m.good_khz = 480;
    m.speeds[0].reads = (struct tally){.tries = 16, .good = 11, .garbled = 5};
    judge(m);
    assert_first(VERDICT_SLOW_ONLY);
    assert_cause("long-wires", 1);
    assert_non_null(strstr(verdicts[0].text, "480 kHz"));
}

static void locked(void **state)
{
    struct measurements m = healthy();

    m.chip.readout_protected = true;
    m.vectors_known = false;
    judge(m);
    assert_first(VERDICT_READ_PROTECTED);
    assert_null(find(VERDICT_HEALTHY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_board_is_accused_of_nothing),
        cmocka_unit_test(silence_by_its_voltage),
        cmocka_unit_test(under_reset_alone),
        cmocka_unit_test(slow_only),
        cmocka_unit_test(locked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
