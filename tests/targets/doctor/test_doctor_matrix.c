/* SPDX-License-Identifier: MIT */
/* Every fault that a board and a probe can have, drawn by many seeds: what the doctor says first,
 * and whether the cause is among the first three that it names: test_doctor_matrix BOARD.
 *
 * Prints a line a fault and kind of probe, for evidence.py, which makes the table of
 * docs/doctor-evidence.md of them; and why the first few wrong verdicts were wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fault_expectations.h"

enum {
    SEEDS = 20,
    SEEDS_OF_PAIRS = 8,
    SEEDS_UNRESET = 8,
    LIMIT_US = 5000000, /* without `thorough` */
    CAUSES_READ = 3,    /* so many people read */
    WRONG_SHOWN = 2,
};

static const char *const stlinks[] = {"V2J43", "V2-1", "V3", "clone"};
enum { STLINKS = sizeof stlinks / sizeof *stlinks };

static const char *board_name;
static unsigned first_seed; /* each board has its own */

/* A table of the evidence. */
struct round {
    const char *table;
    const struct fault_row *faults;
    unsigned seeds;
    bool allow_reset;
};

/* Of one fault behind one kind of probe. */
struct row {
    unsigned runs, cannot_be, right, cause;
    unsigned first[VERDICT_CLASSES];
    uint64_t longest_us;
    unsigned shown;
};

static bool names_a_cause(const struct expectation *expected, const struct verdict *verdict)
{
    size_t count = verdict->count < CAUSES_READ ? verdict->count : CAUSES_READ;

    if (!expected->causes[0])
        return true;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < EXPECTED_CAUSES && expected->causes[k]; k++)
            if (strcmp(verdict->causes[i]->word, expected->causes[k]) == 0)
                return true;
    return false;
}

static void show_wrong(const struct patient *patient, const struct visit *visit,
                       const struct expectation *expected, const struct verdict *verdict)
{
    char name[256], measured[2000];

    visit_name(patient, name, sizeof name);
    visit_describe(visit, measured, sizeof measured);
    printf("wrong: %s: %s (", name, verdict_word(verdict->class));
    for (size_t i = 0; i < verdict->count; i++)
        printf("%s%s", i ? ", " : "", verdict->causes[i]->word);
    printf(") in place of");
    for (unsigned class = 0; class < VERDICT_CLASSES; class ++)
        if (expected->classes >> class & 1)
            printf(" %s", verdict_word(class));
    for (size_t i = 0; i < EXPECTED_CAUSES && expected->causes[i]; i++)
        printf("%s%s", i ? ", " : " by ", expected->causes[i]);
    printf("\n       %s\n", measured);
}

static void judge(const struct fault_row *fault, const struct patient *patient,
                  const struct visit *visit, struct row *row)
{
    struct verdict verdicts[VERDICTS_MAX];
    const struct expectation *expected = fault_expected(fault->name, patient, visit);

    assert_non_null(expected);
    assert_in_range(visit_judge(visit, verdicts), 1, VERDICTS_MAX);
    bool right = expected->classes >> verdicts[0].class & 1;
    bool cause = right && names_a_cause(expected, &verdicts[0]);
    row->runs++;
    row->right += right;
    row->cause += cause;
    row->first[verdicts[0].class]++;
    row->longest_us = visit->us > row->longest_us ? visit->us : row->longest_us;
    if (!cause && row->shown++ < WRONG_SHOWN)
        show_wrong(patient, visit, expected, &verdicts[0]);
}

/* The words of a fault and the programs beside it, by turns. */
static void words_of(const struct fault_row *fault, unsigned seed, char *words, size_t size)
{
    unsigned variants = 0, programs = 0;

    while (variants < FAULT_VARIANTS && fault->variants[variants])
        variants++;
    while (fault->programs && fault->programs[programs])
        programs++;
    snprintf(words, size, "%s%s%s",
             variants ? fault->variants[seed / STLINKS % variants] : fault->name,
             programs ? "," : "", programs ? fault->programs[seed % programs] : "");
}

static void visit_all(const struct fault_row *fault, const struct round *round, bool stlink,
                      struct row *row)
{
    for (unsigned seed = 0; seed < round->seeds; seed++) {
        char words[128];
        struct visit seen;
        struct patient patient = {.board = board_name,
                                  .faults = words,
                                  .stlink = stlink ? stlinks[seed % STLINKS] : NULL,
                                  .seed = first_seed + seed,
                                  .limits.allow_reset = round->allow_reset};

        words_of(fault, seed, words, sizeof words);
        if (!fault_is_impossible(fault->name, &patient) && visit(&patient, &seen))
            judge(fault, &patient, &seen, row);
        else
            row->cannot_be++;
    }
}

static void print_row(const char *table, const struct fault_row *fault, bool stlink,
                      const struct row *row)
{
    printf("%s\t%s\t%s\t%u\t%u\t%u\t%u\t%llu\t", table, fault->name, stlink ? "stlink" : "sim",
           row->runs, row->cannot_be, row->right, row->cause,
           (unsigned long long)row->longest_us / 1000);
    for (unsigned class = 0; class < VERDICT_CLASSES; class ++)
        if (row->first[class])
            printf("%s=%u ", verdict_word(class), row->first[class]);
    printf("\n");
}

static unsigned go_through(const struct round *round)
{
    unsigned wrong = 0;

    for (const struct fault_row *fault = round->faults; fault->name; fault++) {
        for (int stlink = 0; stlink < 2; stlink++) {
            struct row row = {0};
            visit_all(fault, round, stlink, &row);
            print_row(round->table, fault, stlink, &row);
            wrong += row.runs - row.cause;
            assert_true(row.longest_us < LIMIT_US);
        }
    }
    return wrong;
}

static void every_fault_is_named(void **state)
{
    static const struct round round = {"fault", fault_rows, SEEDS, true};

    assert_int_equal(go_through(&round), 0);
}

static void of_two_the_first_to_mend_is_first(void **state)
{
    static const struct round round = {"pair", fault_pairs, SEEDS_OF_PAIRS, true};

    assert_int_equal(go_through(&round), 0);
}

/* As where there is no terminal, or nobody said yes. */
static void without_a_reset_what_can_be_is_named(void **state)
{
    static const struct round round = {"unreset", fault_rows, SEEDS_UNRESET, false};

    assert_int_equal(go_through(&round), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_named),
        cmocka_unit_test(of_two_the_first_to_mend_is_first),
        cmocka_unit_test(without_a_reset_what_can_be_is_named),
    };

    if (argc != 2)
        return 2;
    board_name = argv[1];
    for (const char *c = board_name; *c; c++)
        first_seed = first_seed * 31 % 100003 + (unsigned char)*c;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
