/* SPDX-License-Identifier: MIT */
/* Why it does not connect, in a log or a gdb: whatever the verdict is, something that is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "connect/verdict_internal.h"

enum { TERMINAL = 79, LINES = 5, SENTENCES = 3 };

/* With numbers as long as they get. */
static struct measurements long_numbers(void)
{
    struct measurements m = {.vtref_count = 3,
                             .vtref_mv = {3111, 3222, 3333},
                             .good_khz = 1800,
                             .dpidr = 0x1BA01477,
                             .cpuid = 0x411FC231,
                             .speed_count = 1};

    m.speeds[0] = (struct speed_measured){.khz = 1800,
                                          .now_khz = 1800,
                                          .connects = {.tries = 3, .silent = 3},
                                          .reads = {.tries = 1000, .silent = 150, .garbled = 900}};
    return m;
}

static struct verdict verdict_by(const struct rule *rule, const struct measurements *m)
{
    struct verdict verdict = {.class = rule->class, .sure = rule->sure, .split = rule->split};

    verdict_fill(m, rule->text, verdict.text, sizeof verdict.text);
    while (verdict.count < VERDICT_CAUSES && rule->causes[verdict.count].cause) {
        verdict.causes[verdict.count] = rule->causes[verdict.count].cause;
        verdict.count++;
    }
    verdict.split = verdict.count > 1 ? rule->split : NULL;
    return verdict;
}

static unsigned sentences_of(const char *text)
{
    unsigned sentences = 1;

    while ((text = strstr(text, ". "))) {
        sentences++;
        text += 2;
    }
    return sentences;
}

static void each_is_one_to_three_sentences(void **state)
{
    struct measurements m = long_numbers();
    char text[800];

    (void)state;
    for (size_t i = 0; i < verdict_rule_count; i++) {
        struct verdict verdict = verdict_by(&verdict_rules[i], &m);

        if (verdict.class > VERDICT_UNCLEAR)
            break; /* it connected */
        doctor_explain(&verdict, 1, text, sizeof text);
        if (strlen(text) > TERMINAL * LINES || sentences_of(text) > SENTENCES)
            fail_msg("%zu characters, %u sentences: %s", strlen(text), sentences_of(text), text);
    }
}

/* Each names what it most likely is, what to do and what splits it from the others. */
static void nothing_of_it_is_cut(void **state)
{
    struct measurements m = long_numbers();
    char text[800];

    (void)state;
    for (size_t i = 0; i < verdict_rule_count; i++) {
        struct verdict verdict = verdict_by(&verdict_rules[i], &m);
        const struct cause *first = verdict.causes[0];

        if (verdict.class > VERDICT_UNCLEAR)
            break;
        doctor_explain(&verdict, 1, text, sizeof text);
        assert_non_null(strstr(text, first->brief_what ? first->brief_what : first->what));
        assert_non_null(strstr(text, first->brief_next ? first->brief_next : first->next));
        if (verdict.split)
            assert_string_equal(text + strlen(text) - strlen(verdict.split), verdict.split);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_one_to_three_sentences),
        cmocka_unit_test(nothing_of_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
